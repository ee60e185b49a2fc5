// The wall clock is set under a running monitor: libfaketime gives it the time that a file says.

import { expect, test } from 'vitest';
import { json } from '../../src/demo/fault.js';
import { startServer } from '../../src/demo/server.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { startMonitor } from '../support/monitor.js';
import { HAS_WALL_CLOCK, WallClock } from '../support/wall-clock.js';
import { clusterHealth, healthOf, wholeHistory } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 100 };
test.skipIf(!HAS_WALL_CLOCK).each([
  ['two minutes', 120],
  ['an hour, as a summer time that was none', 3600],
  ['three days', 259_200],
])(
  'back by %s and forth again: alerts, history and queries go on at once',
  async (_, seconds) => {
    const folder = makeFolder('clock');
    const clock = new WallClock(folder);
    let isWell = true;
    const server = await startServer({
      answer: () => (isWell ? json({}) : json({}, 503)),
    });
    await using monitor = await startMonitor(
      {
        scan: { intervals: { critical: '200ms', other: '200ms' } },
        services: {
          tools: {
            url: `${server.url}/tools`,
            critical: true,
            timeout: '5s',
            confirm: { failures: 1, successes: 1 },
          },
        },
      },
      {
        env: clock.env,
      },
    );
    const isRecent = (text: string) => Math.abs(Date.parse(`${text}Z`) - clock.now) < 10_000;
    const alerts = async () => (await monitor.json<{ alerts: string[] }>('/alerts')).alerts.join();
    const up = async () => {
      const path = '/api/v1/query?query=langgraph_monitor_service_up';
      type Answer = { data: { result: { value: [number, string] }[] } };
      return (await monitor.json<Answer>(path)).data.result[0]?.value[1];
    };
    await expect.poll(async () => (await healthOf(monitor, 'tools'))?.status, PATIENCE).toBe('healthy');
    await expect.poll(async () => (await wholeHistory(monitor)).count, PATIENCE).toBeGreaterThan(3);
    await expect.poll(up, PATIENCE).toBe('1');

    for (const to of [-seconds, 0]) {
      clock.set(to);
      isWell = false;
      await expect.poll(alerts, PATIENCE).toContain('unhealthy');
      await expect.poll(up, PATIENCE).toBe('0');
      await expect.poll(async () => isRecent((await clusterHealth(monitor)).timestamp), PATIENCE).toBe(true);
      const newest = async () => (await wholeHistory(monitor)).history[0]?.timestamp ?? '';
      await expect.poll(async () => isRecent(await newest()), PATIENCE).toBe(true);
      isWell = true;
      await expect.poll(alerts, PATIENCE).toBe('');
      await expect.poll(up, PATIENCE).toBe('1');
    }
    expect((await monitor.get('/health')).status).toBe(200);
    expect(monitor.log.filter(line => line.level === 'error')).toEqual([]);
    await server.close();
    removeFolder(folder);
  },
  120_000,
);
