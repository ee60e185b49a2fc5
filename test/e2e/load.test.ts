// Requests to the monitor do not distort its measurements.

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { portOf, stop } from '../support/http.js';
import { startMonitor } from '../support/monitor.js';
import { clusterHealth, wholeHistory } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const CONNECTIONS = 256;

test("under many requests a response time is still the service's own", async () => {
  const own: number[] = [];
  const server = createServer((_, response) => {
    const begun = performance.now();
    setTimeout(() => {
      response.end('{"status":"healthy"}');
      own.push(performance.now() - begun);
    }, 30);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const tools = { url: `http://127.0.0.1:${portOf(server)}/health`, critical: true, timeout: '5s' };
  await using monitor = await startMonitor({
    scan: { intervals: { critical: '100ms', other: '100ms' } },
    services: { tools },
  });
  await expect.poll(async () => (await wholeHistory(monitor)).count, PATIENCE).toBeGreaterThan(2);

  const { timestamp } = await clusterHealth(monitor);
  const ownBefore = own.length;
  const crowd = await pressOn(monitor.url, 2500);
  const { history } = await wholeHistory(monitor);
  const reported = history
    .filter(entry => entry.timestamp > timestamp)
    .map(entry => (entry.services.tools?.health.response_time ?? Number.NaN) * 1000);
  await stop(server);

  expect(crowd.answers).toBeGreaterThan(CONNECTIONS);
  expect(reported.length).toBeGreaterThan(5);
  // In the thread that answers requests a measurement would wait behind them.
  const added = median(reported) - median(own.slice(ownBefore));
  expect(added).toBeLessThan(crowd.median);
});

/** Keeps the monitor busy from another process. */
async function pressOn(url: string, milliseconds: number): Promise<{ answers: number; median: number }> {
  const script = fileURLToPath(new URL('load.mjs', import.meta.url));
  const args = [script, url, String(CONNECTIONS), String(milliseconds), '/cluster_health', '/metrics'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 120_000 });
  return JSON.parse(stdout) as { answers: number; median: number };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
