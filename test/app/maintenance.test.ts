// Maintenance in the joined program: a silence makes it, metrics and /cluster_health show it, and an outage in it leaves
// availability alone, what was recorded before it included.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../../src/app/log.js';
import { type Monitor, startMonitor } from '../../src/app/monitor.js';
import { runInline } from '../../src/probes/inline.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { answers, type Endpoint, startEndpoint } from '../support/endpoint.js';
import { QUERY_SETTINGS } from '../support/query-settings.js';

const PATIENCE = { timeout: 60_000, interval: 50 };

let folder: string;
let monitor: Monitor;
let tools: Endpoint;
beforeEach(async () => {
  folder = makeFolder('maintenance');
  tools = await startEndpoint();
  tools.behaviour = answers(200, '{"status":"healthy"}');
  const service = (critical: boolean) => ({
    url: `${tools.url}/health`,
    critical,
    confirm: { failures: 1, successes: 1, every: '100ms' },
  });
  const configuration = {
    scan: { intervals: { critical: '500ms', other: '500ms' } },
    query: { scrape_interval: '1s' },
    host: { enabled: false },
    services: { tools: service(true), other: service(false) },
  };
  const configFile = join(folder, 'monitor.yml');
  writeFileSync(configFile, JSON.stringify(configuration));
  monitor = await startMonitor({
    configFile,
    webConfigFile: undefined,
    listen: { host: '127.0.0.1', port: 0 },
    externalUrl: undefined,
    enableLifecycle: false,
    storage: { path: join(folder, 'data'), retention: 86_400_000, maxBytes: 0 },
    ...QUERY_SETTINGS,
    version: '1.2.3',
    log: createLog('error', 'logfmt', { write: () => true }),
    runChecks: runInline,
  });
});
afterEach(async () => {
  await monitor.close();
  await tools.close();
  removeFolder(folder);
});

const get = (path: string) => fetch(`${monitor.url}${path}`);
async function query(text: string): Promise<number | undefined> {
  const { data } = (await (await get(`/api/v1/query?${new URLSearchParams({ query: text })}`)).json()) as {
    data: { result: { value: [number, string] }[] };
  };
  const [first] = data.result;
  return first && Number(first.value[1]);
}
const gauge = async (metric: string) => {
  const page = await (await get('/metrics')).text();
  return new RegExp(`^${metric}\\{target="tools"\\} (\\S+)$`, 'm').exec(page)?.[1];
};
async function silence(comment: string, begin: number, end: number): Promise<string> {
  const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  const answer = await fetch(`${monitor.url}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      matchers: [{ name: 'target', value: 'tools', isRegex: false }],
      startsAt: at(begin),
      endsAt: at(end),
      createdBy: 'ann',
      comment,
    }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { silenceID: string }).silenceID;
}
const up = 'langgraph_monitor_service_up{target="tools"}[1h]';
const planned = 'langgraph_monitor_service_up_in_maintenance{target="tools"}[1h]';
const OUTSIDE = `(sum_over_time(${up}) - sum_over_time(${planned})) / (count_over_time(${up}) - count_over_time(${planned}) > 0) or (avg_over_time(${up}) unless count_over_time(${planned}))`;
const serviceOf = async () =>
  ((await (await get('/cluster_health')).json()) as { services: Record<string, { maintenance?: object }> })
    .services;

test('an outage in maintenance leaves availability alone', async () => {
  await expect.poll(() => query(`count_over_time(${up})`), PATIENCE).toBeGreaterThanOrEqual(2);
  expect(await gauge('langgraph_monitor_service_maintenance')).toBe('0');
  expect(await gauge('langgraph_monitor_service_up_in_maintenance')).toBeUndefined();
  const id = await silence('  Maintenance: new disk', 0, 3600);
  await expect.poll(() => gauge('langgraph_monitor_service_maintenance'), PATIENCE).toBe('1');
  expect(await serviceOf()).toMatchObject({
    tools: { maintenance: { until: expect.stringMatching(/^\d{4}-/), comment: '  Maintenance: new disk' } },
  });
  expect((await serviceOf()).other?.maintenance).toBeUndefined();
  tools.behaviour = answers(500);
  await expect.poll(() => query(`min_over_time(${planned})`), PATIENCE).toBe(0);
  tools.behaviour = answers(200, '{"status":"healthy"}');
  await expect.poll(() => query(`last_over_time(${planned})`), PATIENCE).toBe(1);
  await fetch(`${monitor.url}/api/v2/silence/${id}`, { method: 'DELETE' });
  await expect.poll(() => gauge('langgraph_monitor_service_maintenance'), PATIENCE).toBe('0');
  expect((await serviceOf()).tools?.maintenance).toBeUndefined();
  expect(await query(`avg_over_time(${up})`)).toBeLessThan(1);
  expect(await query(OUTSIDE)).toBe(1);
});

test('a planned window begins and ends by itself', async () => {
  await silence('maintenance', 2, 4);
  expect((await serviceOf()).tools?.maintenance).toBeUndefined();
  await expect.poll(async () => (await serviceOf()).tools?.maintenance, PATIENCE).toBeDefined();
  await expect.poll(async () => (await serviceOf()).tools?.maintenance, PATIENCE).toBeUndefined();
  expect(await gauge('langgraph_monitor_service_maintenance')).toBe('0');
});

test('a silence that is not for maintenance does not count as one', async () => {
  await silence('known, waiting for maintenance', 0, 60);
  expect(await gauge('langgraph_monitor_service_maintenance')).toBe('0');
});
