// A configuration that changes under a running monitor.

import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { json } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { type RunningMonitor, startMonitor, writeConfiguration } from '../support/monitor.js';
import { clusterHealth, healthOf } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const LIFECYCLE = { flags: ['--web.enable-lifecycle'] };
const SUCCESSFUL = 'langgraph_monitor_config_last_reload_successful';
const NOT_RELOADED = 'Configuration not reloaded; the running one stays';

let server: SimulatedServer;

beforeEach(async () => {
  server = await startServer({ answer: () => json({ status: 'healthy' }) });
});
afterEach(() => server.close());

/** A configuration with these services, all at the one server. */
function watching(...ids: string[]): object {
  const service = (id: string) => ({ url: `${server.url}/${id}`, critical: true, timeout: '5s' });
  return {
    scan: { intervals: { critical: '200ms', other: '200ms' } },
    services: Object.fromEntries(ids.map(id => [id, service(id)])),
  };
}

const ids = async (monitor: RunningMonitor) => Object.keys((await clusterHealth(monitor)).services);

describe.each([
  ['SIGHUP', (monitor: RunningMonitor) => monitor.signal('SIGHUP')],
  [
    'POST /-/reload',
    async (monitor: RunningMonitor) => void (await monitor.get('/-/reload', { method: 'POST' })),
  ],
])('%s', (_, reload) => {
  test('takes changed services up; who stays keeps its state, who goes leaves nothing behind', async () => {
    await using monitor = await startMonitor(watching('kept', 'removed'), LIFECYCLE);
    for (const id of ['kept', 'removed']) {
      await expect.poll(async () => (await healthOf(monitor, id))?.status, PATIENCE).toBe('healthy');
    }
    const since = (await healthOf(monitor, 'kept'))?.since;
    const probes = (await monitor.metric('langgraph_monitor_probes_total{target="kept"}')) as number;

    writeConfiguration(monitor.folder, watching('added', 'kept'));
    await reload(monitor);
    await expect.poll(() => ids(monitor), PATIENCE).toEqual(['added', 'kept']);
    expect(await healthOf(monitor, 'kept')).toMatchObject({ status: 'healthy', since });
    expect(await (await monitor.get('/metrics')).text()).not.toContain('removed');
    await expect.poll(async () => (await healthOf(monitor, 'added'))?.status, PATIENCE).toBe('healthy');
    await expect
      .poll(() => monitor.metric('langgraph_monitor_probes_total{target="kept"}'), PATIENCE)
      .toBeGreaterThan(probes);
    expect(await healthOf(monitor, 'kept')).toMatchObject({ status: 'healthy', since });
    expect(await monitor.metric(SUCCESSFUL)).toBe(1);
    expect(monitor.logged('Configuration reloaded')).toHaveLength(1);
  });

  test('with a wrong file leaves everything as it is, and says what is wrong', async () => {
    await using monitor = await startMonitor(watching('kept'), LIFECYCLE);
    await expect.poll(async () => (await healthOf(monitor, 'kept'))?.status, PATIENCE).toBe('healthy');

    writeConfiguration(monitor.folder, { ...watching('other'), scam: {}, node: `$\{NOWHERE_TO_BE_FOUND}` });
    await reload(monitor);
    await expect.poll(() => monitor.metric(SUCCESSFUL), PATIENCE).toBe(0);
    expect(await ids(monitor)).toEqual(['kept']);
    const lines = monitor.logged(NOT_RELOADED).map(line => line.err);
    expect(lines).toEqual([
      expect.stringContaining(`${monitor.configFile}: node: `),
      expect.stringContaining(`${monitor.configFile}: unknown key "scam"`),
    ]);
    const before = (await healthOf(monitor, 'kept'))?.last_check;
    await expect.poll(async () => (await healthOf(monitor, 'kept'))?.last_check, PATIENCE).not.toBe(before);

    writeConfiguration(monitor.folder, watching('other'));
    await reload(monitor);
    await expect.poll(() => monitor.metric(SUCCESSFUL), PATIENCE).toBe(1);
    expect(await ids(monitor)).toEqual(['other']);
  });
});

test('POST /-/reload answers with what is wrong', async () => {
  await using monitor = await startMonitor(watching('tools'), LIFECYCLE);
  writeFileSync(monitor.configFile, 'services: [');
  const answer = await monitor.get('/-/reload', { method: 'POST' });
  expect([answer.status, await answer.json()]).toEqual([
    500,
    { error: expect.stringMatching(/^failed to reload config: .*monitor\.yml:/) },
  ]);
});

test('POST /-/reload is refused unless it was allowed', async () => {
  await using monitor = await startMonitor(watching('tools'));
  const answer = await monitor.get('/-/reload', { method: 'POST' });
  expect([answer.status, await answer.json()]).toEqual([
    403,
    { error: 'Lifecycle API is not enabled; start with --web.enable-lifecycle' },
  ]);
});

test('twenty reloads in a row neither lose a check nor double one', async () => {
  await using monitor = await startMonitor(watching('a', 'b'), LIFECYCLE);
  for (let i = 0; i < 20; i++) {
    writeConfiguration(monitor.folder, watching('a', i % 2 === 0 ? 'c' : 'b'));
    expect((await monitor.get('/-/reload', { method: 'POST' })).status).toBe(200);
  }
  await expect.poll(async () => (await healthOf(monitor, 'b'))?.status, PATIENCE).toBe('healthy');
  const { timestamp } = await clusterHealth(monitor);
  await expect
    .poll(async () => ((await healthOf(monitor, 'a'))?.last_check ?? '') > timestamp, PATIENCE)
    .toBe(true);
  expect(await ids(monitor)).toEqual(['a', 'b']);
  expect(monitor.log.filter(line => line.level === 'error')).toEqual([]);
});

test('a storm of SIGHUP is a few reloads; the last file counts, and checks and answers go on', async () => {
  await using monitor = await startMonitor(watching('before'), LIFECYCLE);
  await expect.poll(async () => (await healthOf(monitor, 'before'))?.status, PATIENCE).toBe('healthy');
  const probes = 'langgraph_monitor_probes_total{target="before"}';
  const done = (await monitor.metric(probes)) as number;
  const bursts = 10;
  const signals = 50;
  for (let burst = 0; burst < bursts; burst++) {
    // Faster than the monitor can take them up.
    for (let i = 0; i < signals; i++) monitor.signal('SIGHUP');
    await delay(200);
  }
  await expect.poll(() => monitor.metric(probes), PATIENCE).toBeGreaterThan(done);
  writeConfiguration(monitor.folder, watching('after'));
  monitor.signal('SIGHUP');
  await expect.poll(() => ids(monitor), PATIENCE).toEqual(['after']);
  expect(monitor.logged('Configuration reloaded').length).toBeLessThan((bursts * signals) / 2);
  expect(await monitor.stop()).toEqual({ code: 0, signal: null });
});
