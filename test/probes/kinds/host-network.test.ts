// Counters of network interfaces, as Linux shows them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { networkStats } from 'systeminformation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCounters } from '../../../src/probes/kinds/host/network.js';

const system = { networkStats: () => Promise.reject(new Error('processes are started')) };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'network-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function add(iface: string, counters: Record<string, string>): void {
  const path = join(folder, iface, 'statistics');
  mkdirSync(path, { recursive: true });
  for (const [name, value] of Object.entries(counters)) writeFileSync(join(path, name), value);
}

const ALL = {
  ...{ rx_bytes: '18446744073709\n', rx_errors: '1\n', rx_dropped: '2\n' },
  ...{ tx_bytes: '40\n', tx_errors: '3\n', tx_dropped: '4\n' },
};

describe.runIf(process.platform === 'linux')('counters of interfaces', () => {
  test('are read without a process; an interface that has gone is left out', async () => {
    add('eth0', ALL);
    add('half', { rx_bytes: '1\n' });
    expect(await readCounters(['eth0', 'half', 'gone'], system, folder)).toEqual([
      {
        iface: 'eth0',
        rx_bytes: 18446744073709,
        rx_errors: 1,
        rx_dropped: 2,
        tx_bytes: 40,
        tx_errors: 3,
        tx_dropped: 4,
      },
    ]);
  });

  test("of this machine are systeminformation's", async () => {
    const interfaces = Object.keys(networkInterfaces());
    const [own, theirs] = [await readCounters(interfaces, system), await networkStats(interfaces.join(','))];
    const names = ({ iface, rx_errors, rx_dropped, tx_errors, tx_dropped }: (typeof own)[number]) =>
      [iface, rx_errors, rx_dropped, tx_errors, tx_dropped].join(' ');
    expect(own.map(names)).toEqual(theirs.map(names));
    expect(own.length).toBeGreaterThan(0);
    for (const [i, { rx_bytes }] of own.entries())
      expect(rx_bytes).toBeLessThanOrEqual((theirs[i] as { rx_bytes: number }).rx_bytes);
  });
});
