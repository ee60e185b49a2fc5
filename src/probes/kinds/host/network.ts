// What the kernel has counted of network interfaces. systeminformation starts a shell and seven processes for each interface, and the
// thread that makes the checks stands still while they are forked: up to 25 ms, which would show in other probes' times.
// Source: Linux, Documentation/ABI/testing/sysfs-class-net-statistics.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Systeminformation } from 'systeminformation';
import type { System } from './system.js';

/** Counters of an interface since it is there. */
export type NetworkCounters = Pick<
  Systeminformation.NetworkStatsData,
  'iface' | 'rx_bytes' | 'rx_errors' | 'rx_dropped' | 'tx_bytes' | 'tx_errors' | 'tx_dropped'
>;

const SYSTEM = '/sys/class/net';

/**
 * The counters of interfaces; one that has gone meanwhile is left out: counters that fell to 0 would look like a reset.
 * @param folder where Linux has them; `system` is asked on others
 */
export async function readCounters(
  interfaces: readonly string[],
  system: Pick<System, 'networkStats'>,
  folder = SYSTEM,
): Promise<NetworkCounters[]> {
  if (interfaces.length === 0) return [];
  if (process.platform === 'linux')
    return (await Promise.all(interfaces.map(iface => countersOf(iface, folder)))).flat();
  const stats = await system.networkStats(interfaces.join(','));
  return stats.filter(({ operstate, rx_bytes }) => operstate !== 'unknown' || rx_bytes > 0);
}

async function countersOf(iface: string, folder: string): Promise<NetworkCounters[]> {
  const counter = async (name: string) =>
    Number(await readFile(join(folder, iface, 'statistics', name), 'latin1'));
  try {
    const [rx_bytes, rx_errors, rx_dropped, tx_bytes, tx_errors, tx_dropped] = await Promise.all([
      counter('rx_bytes'),
      counter('rx_errors'),
      counter('rx_dropped'),
      counter('tx_bytes'),
      counter('tx_errors'),
      counter('tx_dropped'),
    ]);
    return [{ iface, rx_bytes, rx_errors, rx_dropped, tx_bytes, tx_errors, tx_dropped }];
  } catch {
    return [];
  }
}
