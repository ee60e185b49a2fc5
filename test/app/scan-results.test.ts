import { Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { ScanResults } from '../../src/app/scan-results.js';
import { HealthWriter } from '../../src/cluster/health-json.js';
import { ClusterState } from '../../src/cluster/state.js';
import { ScanWatchdog } from '../../src/cluster/watchdog.js';
import { Exposition } from '../../src/metrics/exposition.js';
import { OwnMetrics } from '../../src/metrics/own.js';
import { Store } from '../../src/store/store.js';
import { ManualClock, result, service } from '../http/monitor.js';

const INTERVAL = 30_000;
const SCAN = { startedAt: 0, endedAt: 1, work: 1, lag: 0, lags: [], complete: true };

const stores: Store[] = [];
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
});

/** The durations of the entries of the history after some scans, oldest first, in seconds. */
async function durations(services: number, scans: number): Promise<number[]> {
  const clock = new ManualClock();
  const cluster = new ClusterState();
  const ids = Array.from({ length: services }, (_, i) => `service-${i}`);
  cluster.setServices(ids.map(id => service(id)));
  for (const id of ids) cluster.update(result(id));
  const registry = new Registry();
  const store = new Store({ file: ':memory:', retention: 86_400_000, log: () => {}, clock });
  stores.push(store);
  const results = new ScanResults({
    watchdog: new ScanWatchdog(INTERVAL, clock.elapsed()),
    own: new OwnMetrics(registry, { version: '1.2.3' }),
    store,
    backend: { samples: undefined, evaluate: async onScraped => onScraped?.() },
    alerts: { updateMetrics: () => {} },
    exposition: new Exposition(registry, []),
    health: new HealthWriter(cluster, clock.elapsed()),
    muted: () => [],
    clock,
  });
  for (let i = 0; i < scans; i++) {
    clock.advance(INTERVAL);
    await results.add(SCAN);
  }
  const entries = store.scans({ limit: scans }).map(({ entry }) => JSON.parse(entry).duration as number);
  return entries.reverse();
}

test('the history has an entry for each scan', async () => {
  expect(await durations(1000, 6)).toEqual([30, 30, 30, 30, 30, 30]);
});

test('of thousands of services the history has fewer, each of which stands for all the time since the one before', async () => {
  const found = await durations(10_000, 12);
  expect(found[0]).toBe(30);
  expect(found.length).toBeLessThan(7);
  expect(found.slice(1).every(duration => duration > 30 && duration % 30 === 0)).toBe(true);
  expect(found.reduce((sum, duration) => sum + duration, 0)).toBeGreaterThan(12 * 30 - 150);
});
