// A client that watches the monitor while that is killed, comes back and reads its configuration again.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { LangGraphMonitoring } from '../../src/client/monitoring.js';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { startMonitor, writeConfiguration } from '../support/monitor.js';

const PATIENCE = { timeout: 60_000, interval: 20 };

let server: SimulatedServer;
let folder: string;
let monitoring: LangGraphMonitoring;
beforeEach(async () => {
  server = await startServer({ answer: () => json({ status: 'healthy' }) });
  folder = makeFolder('watch');
});
afterEach(async () => {
  monitoring.watch().close();
  await server.close();
  removeFolder(folder);
});

const configuration = (url: string) => ({
  scan: { intervals: { critical: '200ms', other: '200ms' } },
  services: {
    tools: { url: `${server.url}/health`, critical: true, timeout: '5s', confirm: { every: '100ms' } },
  },
  endpoints: { llm: [{ service: 'tools', url }] },
});

test('a view survives the end of the monitor and its return, and learns of a reload', async () => {
  const flags = [`--web.listen-address=127.0.0.1:${await freePort()}`];
  const first = await startMonitor(configuration('http://127.0.0.1:1'), { folder, flags });
  monitoring = new LangGraphMonitoring(first.url);
  const view = monitoring.watch();
  await expect.poll(() => view.current?.overall_status, PATIENCE).toBe('healthy');
  await expect.poll(() => monitoring.getBestLlmEndpoint(), PATIENCE).toBe('http://127.0.0.1:1');

  await first.kill();
  await expect.poll(() => view.mode, PATIENCE).toBe('connecting');
  // A restart is no reason to stop: what was known a moment ago still counts.
  expect(view.current?.overall_status).toBe('healthy');
  await server.setFault({ kind: 'status', code: 503 });

  await using second = await startMonitor(configuration('http://127.0.0.1:1'), { folder, flags });
  await expect.poll(() => view.current?.services.tools?.health.error, PATIENCE).toBe('HTTP 503');
  expect(second.url).toBe(first.url);
  await expect.poll(() => view.mode, PATIENCE).toBe('streaming');
  await expect.poll(() => view.current?.overall_status, PATIENCE).toBe('unhealthy');
  await server.setFault(OK);
  await expect.poll(() => view.current?.overall_status, PATIENCE).toBe('healthy');

  writeConfiguration(folder, configuration('http://127.0.0.1:2'));
  second.signal('SIGHUP');
  await expect.poll(() => monitoring.getBestLlmEndpoint(), PATIENCE).toBe('http://127.0.0.1:2');
  await expect.poll(() => view.mode, PATIENCE).toBe('streaming');
});

test('the fastest of those that are healthy is found by what the checks measured', async () => {
  const slow = await startServer({ answer: () => json({}), latency: () => 80 });
  const service = (url: string) => ({ url: `${url}/health`, critical: true, timeout: '5s' });
  const started = await startMonitor({
    scan: { intervals: { critical: '200ms', other: '200ms' } },
    services: { large: service(slow.url), small: service(server.url) },
    endpoints: {
      llm: [
        { service: 'large', url: 'http://127.0.0.1:1' },
        { service: 'small', url: 'http://127.0.0.1:2' },
      ],
    },
  });
  await using monitor = started;
  monitoring = new LangGraphMonitoring(monitor.url);
  const best = (prefer: 'order' | 'latency') => monitoring.getBestEndpoint('llm', { prefer });
  await expect.poll(() => best('order'), PATIENCE).toMatchObject({ service: 'large' });
  await expect
    .poll(() => best('latency'), PATIENCE)
    .toMatchObject({
      service: 'small',
      candidates: [
        { service: 'small', p95: expect.any(Number) },
        { service: 'large', p95: expect.any(Number) },
      ],
    });
  await server.setFault({ kind: 'status', code: 503 });
  await expect.poll(() => best('latency'), PATIENCE).toMatchObject({ service: 'large' });
  await slow.close();
});

test('without a Prometheus where one is named, the order of the configuration holds', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  await using monitor = await startMonitor({ ...configuration('http://127.0.0.1:1'), query: { url } });
  monitoring = new LangGraphMonitoring(monitor.url);
  await expect
    .poll(() => monitoring.getBestEndpoint('llm', { prefer: 'latency' }), PATIENCE)
    .toMatchObject({
      endpoint: 'http://127.0.0.1:1',
      reason: 'tools is healthy',
      latency_problem: expect.stringContaining('query.url'),
    });
});
