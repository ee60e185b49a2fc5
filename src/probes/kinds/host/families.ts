// The families of the monitoring node itself. Our own prefix: node_* beside a real node_exporter would count twice.

import { family } from '../../../model/family.js';

const DISK = ['mountpoint', 'device', 'fstype'];
const DEVICE = ['device'];

export const cpuUsage = family(
  'host_cpu_usage_ratio',
  'Share of busy processor time since the last probe, from 0 to 1',
);
export const cpus = family('host_cpus', 'Number of processors');
export const load1 = family('host_load1', 'Load average over 1 minute');
export const load5 = family('host_load5', 'Load average over 5 minutes');
export const load15 = family('host_load15', 'Load average over 15 minutes');
export const bootTime = family('host_boot_time_seconds', 'When the node started, as a Unix timestamp');
export const memoryTotal = family('host_memory_total_bytes', 'Memory of the node');
export const memoryAvailable = family(
  'host_memory_available_bytes',
  'Memory that programs can still get without swapping',
);
export const memoryUsage = family(
  'host_memory_usage_ratio',
  'Share of memory that is not available, from 0 to 1',
);
export const swapTotal = family('host_swap_total_bytes', 'Swap space of the node');
export const swapFree = family('host_swap_free_bytes', 'Swap space that is not used');
export const diskSize = family('host_filesystem_size_bytes', 'Size of the file system', 'gauge', DISK);
export const diskFree = family(
  'host_filesystem_free_bytes',
  'Free space, root reserve included',
  'gauge',
  DISK,
);
export const diskAvailable = family(
  'host_filesystem_avail_bytes',
  'Free space for ordinary users',
  'gauge',
  DISK,
);
export const diskUsage = family(
  'host_filesystem_usage_ratio',
  'Used share of the space ordinary users can have, from 0 to 1, as df reckons it',
  'gauge',
  DISK,
);
const counter = (name: string, help: string) => family(`host_network_${name}_total`, help, 'counter', DEVICE);
export const received = counter('receive_bytes', 'Bytes received');
export const receiveErrors = counter('receive_errs', 'Errors while receiving');
export const receiveDrops = counter('receive_drop', 'Received packets dropped');
export const transmitted = counter('transmit_bytes', 'Bytes sent');
export const transmitErrors = counter('transmit_errs', 'Errors while sending');
export const transmitDrops = counter('transmit_drop', 'Packets to be sent dropped');

export const hostFamilies = [
  ...[cpuUsage, cpus, load1, load5, load15, bootTime],
  ...[memoryTotal, memoryAvailable, memoryUsage, swapTotal, swapFree],
  ...[diskSize, diskFree, diskAvailable, diskUsage],
  ...[received, receiveErrors, receiveDrops, transmitted, transmitErrors, transmitDrops],
];
