// The process is stopped for a while and goes on: what it says of its scans is what it did, not how long it stood still.

import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { json, OK } from '../../src/demo/fault.js';
import { startServer } from '../../src/demo/server.js';
import { startMonitor } from '../support/monitor.js';
import { wholeHistory } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const PAUSE = 5;

test('a pause of the process is no part of a scan', async () => {
  const server = await startServer({ answer: () => json({}) });
  await using monitor = await startMonitor({
    scan: { intervals: { critical: '400ms', other: '400ms' } },
    services: { tools: { url: `${server.url}/`, critical: true, timeout: '2s' } },
  });
  const count = async () => (await wholeHistory(monitor)).count;
  await expect.poll(count, PATIENCE).toBeGreaterThan(2);
  // Stopped while a check is under way.
  await server.setFault({ kind: 'hang' });
  const before = server.requests;
  await expect.poll(() => server.requests, PATIENCE).toBeGreaterThan(before);
  monitor.signal('SIGSTOP');
  await delay(PAUSE * 1000);
  await server.setFault(OK);
  monitor.signal('SIGCONT');
  const known = await count();
  await expect.poll(count, PATIENCE).toBeGreaterThan(known + 3);

  const { history } = await wholeHistory(monitor);
  const times = history.map(({ timestamp }) => Date.parse(timestamp));
  const gaps = times.slice(0, -1).map((time, i) => time - (times[i + 1] as number));
  expect(Math.max(...gaps)).toBeGreaterThanOrEqual((PAUSE - 1) * 1000);
  expect(Math.max(...history.map(({ duration = 0 }) => duration))).toBeLessThan(PAUSE - 1);
  const query = 'max_over_time(langgraph_monitor_scan_duration_seconds[1h])';
  const { data } = await monitor.json<{ data: { result: { value: [number, string] }[] } }>(
    `/api/v1/query?${new URLSearchParams({ query })}`,
  );
  expect(Number(data.result[0]?.value[1])).toBeLessThan(PAUSE - 1);
  await server.close();
});
