// A job that pushes, from its first push to a late one, across `kill -9`.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { healthOf } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const TOKEN = 'feedfacefeedface';

let folder: string;
beforeEach(() => {
  folder = makeFolder('push');
});
afterEach(() => removeFolder(folder));

const configuration = (over: object = {}) => ({
  query: { scrape_interval: '100ms' },
  scan: { intervals: { critical: '100ms', other: '100ms' } },
  services: {
    backup: {
      ...{ kind: 'push', token: TOKEN, push_interval: '1h', critical: true },
      confirm: { failures: 1, successes: 1, every: '100ms' },
      ...over,
    },
  },
});

const push = async (monitor: RunningMonitor, query: string) =>
  (await monitor.get(`/push/backup?token=${TOKEN}&${query}`, { method: 'POST' })).status;
const up = (monitor: RunningMonitor) => monitor.metric('langgraph_monitor_service_up{target="backup"}');
const seen = async (monitor: RunningMonitor) => {
  const health = await healthOf(monitor, 'backup');
  return `${health?.status} ${health?.error ?? ''}`.trim();
};

test('nothing is known before the first push, then what it says, also after kill -9', async () => {
  await using monitor = await startMonitor(configuration(), { folder });
  await expect.poll(() => seen(monitor), PATIENCE).toBe('timeout No push yet, expected every 1h');
  expect(await up(monitor)).toBeUndefined();
  expect(await push(monitor, 'msg=42+files&ping=90000')).toBe(200);
  await expect.poll(() => seen(monitor), PATIENCE).toBe('healthy');
  await expect.poll(() => up(monitor), PATIENCE).toBe(1);
  expect(await monitor.metric('probe_duration_seconds{target="backup"}')).toBe(90);
  const at = await monitor.metric('push_last_timestamp_seconds{target="backup"}');
  expect(await push(monitor, 'status=down&msg=disk+full')).toBe(200);
  await monitor.kill();

  await using again = await startMonitor(configuration(), { folder });
  await expect.poll(() => seen(again), PATIENCE).toBe('unhealthy disk full');
  await expect.poll(() => up(again), PATIENCE).toBe(0);
  expect(await again.metric('push_last_timestamp_seconds{target="backup"}')).toBeGreaterThanOrEqual(at ?? 0);
  expect(await push(again, 'status=degraded&msg=2+retries')).toBe(200);
  await expect.poll(() => seen(again), PATIENCE).toBe('degraded 2 retries');
});

test('a push that does not come is an outage, and the next one ends it', async () => {
  const late = configuration({ push_interval: '1s' });
  await using monitor = await startMonitor(late, { folder });
  expect(await push(monitor, '')).toBe(200);
  await expect.poll(() => seen(monitor), PATIENCE).toMatch(/^timeout No push since \S+, expected every 1s$/);
  await expect.poll(() => up(monitor), PATIENCE).toBe(0);
  // One second after a push the next one is late again, which a busy machine may see first.
  const seenAfterPush = async () => {
    expect(await push(monitor, '')).toBe(200);
    return await seen(monitor);
  };
  await expect.poll(seenAfterPush, PATIENCE).toBe('healthy');
});

test('a push that cannot be written is not acknowledged', async () => {
  mkdirSync(join(folder, 'data', 'monitor.db'), { recursive: true });
  await using monitor = await startMonitor(configuration(), { folder });
  expect(await push(monitor, 'status=down&msg=disk+full')).toBe(503);
  await expect.poll(() => seen(monitor), PATIENCE).toBe('unhealthy disk full');
});
