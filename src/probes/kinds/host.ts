// The node the monitor runs on: processors, memory, file systems, network. Not a kind users name for a service; the
// program probes itself with it.

import { cpus, loadavg, networkInterfaces, uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Systeminformation } from 'systeminformation';
import type { z } from 'zod';
import type { SchemaKit } from '../../config/schema-kit.js';
import type { Attempt, Probe } from '../probe.js';
import type { ProbeKind } from '../probe-kind.js';
import { CpuMeter } from './host/cpu.js';
import * as families from './host/families.js';
import { diskOf, type Filesystem, realFilesystems, usage } from './host/filesystems.js';
import { MountedFilesystems } from './host/mounted.js';
import { type NetworkCounters, readCounters } from './host/network.js';
import { Refreshed } from './host/refreshed.js';
import { loadSystem, type System } from './host/system.js';

const options = ({ about, section, words }: SchemaKit) =>
  section({
    disk: about(words().default('/'), 'A path on the disk that `/stats` shows.'),
  });

type HostOptions = z.output<ReturnType<typeof options>>;

export const host: ProbeKind<HostOptions> = {
  kind: 'host',
  options,
  families: families.hostFamilies,
  open: async config => new HostProbe(config, loadSystem()),
};

/** What /stats shows of the node: bytes, and percents from 0 to 100; what is not known yet is missing. */
export interface HostFacts {
  readonly cpu_percent?: number;
  readonly memory: { readonly total: number; readonly available: number; readonly percent: number };
  readonly disk?: { readonly total: number; readonly free: number; readonly percent: number };
}

declare module '../../model/result.js' {
  interface ProbeFacts {
    readonly host?: HostFacts;
  }
}

/** In milliseconds. */
const NETWORK_AGE = 15_000;
const FIRST_INTERVAL = 200;
/** Bridges and the host's ends of containers' links count the same bytes again, and there may be hundreds. */
const PLUMBING = /^(?:veth|br-|docker|virbr|vnet|tap|cali|flannel|cni|lxc|lxd)/;
const NO_LABELS: readonly string[] = [];

class HostProbe implements Probe {
  readonly #disk: string;
  readonly #system: System;
  readonly #cpu = new CpuMeter();
  readonly #mounted: MountedFilesystems;
  readonly #network: Refreshed<NetworkCounters[]>;
  #bootTime = Number.NaN;
  #cpuRatio = Number.NaN;

  constructor(config: HostOptions, system: System) {
    this.#disk = config.disk;
    this.#system = system;
    this.#mounted = new MountedFilesystems(system);
    this.#network = new Refreshed(() => readNetwork(system), NETWORK_AGE);
  }

  async run(attempt: Attempt): Promise<void> {
    const { promise: timeout, resolve: giveUp } = deferred();
    const timer = setTimeout(giveUp, attempt.timeout / 2);
    attempt.onCancel(giveUp);
    const [memory, mounted, network] = await Promise.all([
      this.#system.mem(),
      this.#mounted.get(timeout),
      this.#network.get(timeout),
      // The first probe has no interval behind it, so it makes one.
      Number.isNaN(this.#cpuRatio) ? delay(FIRST_INTERVAL) : undefined,
    ]);
    clearTimeout(timer);
    this.#recordProcessors(attempt);
    recordMemory(attempt, memory);
    for (const one of realFilesystems(mounted)) recordFilesystem(attempt, one);
    for (const one of network ?? []) recordNetwork(attempt, one);
    attempt.facts = { host: this.#facts(memory, diskOf(this.#disk, mounted)) };
  }

  close(): void {}

  #recordProcessors(attempt: Attempt): void {
    // Two probes close together share one interval, rather than measure each other.
    const ratio = this.#cpu.ratio();
    if (!Number.isNaN(ratio)) this.#cpuRatio = ratio;
    attempt.record(families.cpuUsage, NO_LABELS, this.#cpuRatio);
    attempt.record(families.cpus, NO_LABELS, cpus().length);
    const [one = 0, five = 0, fifteen = 0] = loadavg();
    attempt.record(families.load1, NO_LABELS, one);
    attempt.record(families.load5, NO_LABELS, five);
    attempt.record(families.load15, NO_LABELS, fifteen);
    // Wall clock less uptime wavers; a node that did not restart keeps its time, a corrected clock moves it.
    const boot = Math.round(Date.now() / 1000 - uptime());
    if (!(Math.abs(boot - this.#bootTime) <= 2)) this.#bootTime = boot;
    attempt.record(families.bootTime, NO_LABELS, this.#bootTime);
  }

  #facts(memory: Systeminformation.MemData, disk: Filesystem | undefined): HostFacts {
    return {
      ...(!Number.isNaN(this.#cpuRatio) && { cpu_percent: percent(this.#cpuRatio) }),
      memory: { total: memory.total, available: memory.available, percent: percent(memoryUsage(memory)) },
      ...(disk && { disk: { total: disk.size, free: disk.available, percent: percent(usage(disk)) } }),
    };
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>(settle => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** The interfaces that have an address of their own. */
function readNetwork(system: System): Promise<NetworkCounters[]> {
  const names = Object.entries(networkInterfaces())
    .filter(([name, addresses]) => !PLUMBING.test(name) && addresses?.some(({ internal }) => !internal))
    .map(([name]) => name);
  return readCounters(names, system);
}

/** Share of memory that is not available, as psutil reckons it. */
function memoryUsage({ total, available }: Systeminformation.MemData): number {
  return (total - available) / total;
}

function percent(ratio: number): number {
  return Math.round(ratio * 1000) / 10;
}

function recordMemory(attempt: Attempt, memory: Systeminformation.MemData): void {
  attempt.record(families.memoryTotal, NO_LABELS, memory.total);
  attempt.record(families.memoryAvailable, NO_LABELS, memory.available);
  attempt.record(families.memoryUsage, NO_LABELS, memoryUsage(memory));
  attempt.record(families.swapTotal, NO_LABELS, memory.swaptotal);
  attempt.record(families.swapFree, NO_LABELS, memory.swapfree);
}

function recordFilesystem(attempt: Attempt, one: Filesystem): void {
  const labels = [one.mountpoint, one.device, one.fstype];
  attempt.record(families.diskSize, labels, one.size);
  attempt.record(families.diskFree, labels, one.size - one.used);
  attempt.record(families.diskAvailable, labels, one.available);
  attempt.record(families.diskUsage, labels, usage(one));
}

function recordNetwork(attempt: Attempt, one: NetworkCounters): void {
  const labels = [one.iface];
  attempt.record(families.received, labels, one.rx_bytes);
  attempt.record(families.receiveErrors, labels, one.rx_errors);
  attempt.record(families.receiveDrops, labels, one.rx_dropped);
  attempt.record(families.transmitted, labels, one.tx_bytes);
  attempt.record(families.transmitErrors, labels, one.tx_errors);
  attempt.record(families.transmitDrops, labels, one.tx_dropped);
}
