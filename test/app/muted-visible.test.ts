// An alert that is not sent is visible in every place at once, and gone at once: muted by a dependency that is down, by a
// silence, by another alert, by the time.

import { writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../../src/app/log.js';
import { type Monitor, startMonitor } from '../../src/app/monitor.js';
import { runInline } from '../../src/probes/inline.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { listen, portOf, stop } from '../support/http.js';
import { QUERY_SETTINGS } from '../support/query-settings.js';

const PATIENCE = { timeout: 60_000, interval: 20 };

let folder: string;
let server: Server;
/** Paths that answer 503. */
const down = new Set<string>();
let monitor: Monitor;

beforeEach(async () => {
  folder = makeFolder('muted');
  down.clear();
  server = await listen((request, response) => {
    response.writeHead(down.has(request.url ?? '') ? 503 : 200).end('{}');
  });
});
afterEach(async () => {
  await monitor.close();
  await stop(server);
  removeFolder(folder);
});

async function start(alertmanager: string): Promise<void> {
  writeFileSync(join(folder, 'alertmanager.yml'), alertmanager);
  const confirm = { failures: 1, successes: 1, every: '100ms' };
  const service = (name: string, more: object = {}) => ({
    ...{ name, url: `http://127.0.0.1:${portOf(server)}/${name}`, critical: true, confirm },
    ...more,
  });
  const configFile = join(folder, 'monitor.yml');
  const services = { llm: service('LLM'), tools: service('Tools', { depends_on: ['llm'] }) };
  const scan = { intervals: { critical: '300ms', other: '300ms' } };
  const alerting = { config_file: 'alertmanager.yml' };
  writeFileSync(
    configFile,
    JSON.stringify({ node: 'here', scan, host: { enabled: false }, services, alerting }),
  );
  monitor = await startMonitor({
    configFile,
    webConfigFile: undefined,
    listen: { host: '127.0.0.1', port: 0 },
    externalUrl: undefined,
    enableLifecycle: true,
    storage: { path: join(folder, 'data'), retention: 86_400_000, maxBytes: 0 },
    ...QUERY_SETTINGS,
    version: '1.2.3',
    log: createLog('info', 'logfmt', { write: () => {} }),
    runChecks: runInline,
  });
}

const text = async (path: string) => (await fetch(`${monitor.url}${path}`)).text();
// biome-ignore lint/suspicious/noExplicitAny: what a client without a schema sees
const json = async (path: string): Promise<any> => JSON.parse(await text(path));

/** What each place says of muted alerts. */
async function seen(reason: string) {
  const [health, alerts, page, metrics] = await Promise.all([
    json('/cluster_health'),
    json('/alerts?detail=true'),
    text('/'),
    text('/metrics'),
  ]);
  const lines = (muted: { service: string; muted_by: string[] }[] = []) =>
    muted.map(each => `${each.service}: ${each.muted_by.join()}`);
  return {
    health: lines(health.muted),
    alerts: lines(alerts.muted),
    page: page.includes('Not sent at the moment'),
    metric: Number(new RegExp(`muted_alerts\\{reason="${reason}"\\} (\\d+)`).exec(metrics)?.[1]),
  };
}

const everywhere = (line: string) => ({ health: [line], alerts: [line], page: true, metric: 1 });
const NOWHERE = { health: [], alerts: [], page: false, metric: 0 };

const ROUTE = 'route: { receiver: ops, group_by: [target], group_wait: 1h }\nreceivers: [{ name: ops }]\n';
const post = (path: string, body: unknown) => {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${monitor.url}/api/v2/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
};
const firing = () => json('/alert_history?active=true&alertname=ServiceDown');

test('a service whose dependency is down', async () => {
  await start(ROUTE);
  down.add('/LLM').add('/Tools');
  await expect
    .poll(() => seen('dependency'), PATIENCE)
    .toEqual(everywhere('tools: depends on LLM, which is down'));
  await expect
    .poll(async () => (await firing()).alert_history, PATIENCE)
    .toMatchObject([{ service: 'llm', mutes: ['tools'] }]);
  down.clear();
  await expect.poll(() => seen('dependency'), PATIENCE).toEqual(NOWHERE);
});

test('a silenced alert, its links and its id', async () => {
  await start(ROUTE);
  down.add('/LLM');
  await expect.poll(async () => (await firing()).count, PATIENCE).toBe(1);
  expect(await seen('silence')).toEqual(NOWHERE);
  const matchers = [{ name: 'target', value: 'llm', isRegex: false }];
  const [startsAt, endsAt] = [0, 60_000].map(after => new Date(Date.now() + after).toISOString());
  const response = await post('silences', { matchers, startsAt, endsAt, createdBy: 'ann', comment: 'disk' });
  expect(response.status).toBe(200);
  const { silenceID } = (await response.json()) as { silenceID: string };
  // Nothing is waited for: the group has its turn in an hour.
  expect(await seen('silence')).toEqual(everywhere('llm: silenced by ann (disk)'));
  const [entry] = (await firing()).alert_history;
  expect(entry).toMatchObject({
    muted_by: ['silenced by ann (disk)'],
    silenced_by: [{ id: silenceID, created_by: 'ann' }],
  });
  const [detail] = (await json('/alerts?detail=true')).details;
  expect(detail).toMatchObject({
    id: entry.id,
    muted_by: ['silenced by ann (disk)'],
    runbook_url: `${monitor.url}/runbook#servicedown`,
    fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  const leads = await fetch(detail.dashboard_url);
  // Without Grafana to the page's own view of the service.
  expect([leads.status, new URL(leads.url).pathname]).toEqual([200, '/ui/service/llm']);

  await fetch(`${monitor.url}/api/v2/silence/${silenceID}`, { method: 'DELETE' });
  expect(await seen('silence')).toEqual(NOWHERE);
  expect((await firing()).alert_history[0].muted_by).toBeUndefined();
});

test('an alert that another one inhibits', async () => {
  const inhibit = `{ source_matchers: [alertname="Network"], target_matchers: [alertname="ServiceDown"] }`;
  await start(`${ROUTE}inhibit_rules: [${inhibit}]\n`);
  const source = { alertname: 'Network', severity: 'none' };
  const until = (after: number) => new Date(Date.now() + after).toISOString();
  await post('alerts', [{ labels: source, endsAt: until(60_000) }]);
  down.add('/LLM');
  await expect.poll(() => seen('inhibition'), PATIENCE).toEqual(everywhere('llm: inhibited by Network'));
  await post('alerts', [{ labels: source, startsAt: until(-60_000), endsAt: until(-1) }]);
  await expect.poll(() => seen('inhibition'), PATIENCE).toEqual(NOWHERE);
});

test('an alert outside of active times', async () => {
  const route = `route: { receiver: ops, routes: [{ receiver: ops, active_time_intervals: [never] }] }`;
  const never = 'time_intervals: [{ name: never, time_intervals: [{ years: ["1999"] }] }]';
  await start(`${route}\nreceivers: [{ name: ops }]\n${never}\n`);
  down.add('/LLM');
  await expect
    .poll(() => seen('time_interval'), PATIENCE)
    .toEqual(everywhere('llm: outside of active times (never)'));
});
