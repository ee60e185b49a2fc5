// Silences of the whole program: set over Alertmanager's API, kept over a `kill -9`, muting notifications, expired by hand
// and by time. And the history of alerts with all of it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { webhooksTo } from '../support/alerting.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { type Endpoint, startEndpoint } from '../support/endpoint.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const SERVICES = ['cache', 'llm', 'tools'];

let folder: string;
let port: number;
let ops: Endpoint;
let servers: Map<string, SimulatedServer>;
let monitor: RunningMonitor;

beforeEach(async () => {
  folder = makeFolder('silences');
  port = await freePort();
  ops = await startEndpoint();
  const serve = () => startServer({ answer: () => json({ status: 'healthy' }) });
  servers = new Map(await Promise.all(SERVICES.map(async id => [id, await serve()] as const)));
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route:
  receiver: log
  routes:
    - { matchers: ['alertname=~"ServiceDown|Elsewhere"'], receiver: ops, group_by: [target], group_wait: 0s, group_interval: 1s }
receivers:
  - { name: log }
  - { name: ops, webhook_configs: [{ url: "${ops.url}/" }] }
`,
  );
  monitor = await start(folder);
});
afterEach(async () => {
  await monitor[Symbol.asyncDispose]();
  await Promise.all([ops.close(), ...[...servers.values()].map(server => server.close())]);
  removeFolder(folder);
});

function start(place: string): Promise<RunningMonitor> {
  const service = (id: string) => ({
    url: `${servers.get(id)?.url}/health`,
    critical: true,
    timeout: '5s',
    confirm: { failures: 2, successes: 1, every: '200ms' },
  });
  return startMonitor(
    {
      scan: { intervals: { critical: '500ms', other: '500ms' } },
      host: { enabled: false },
      services: Object.fromEntries(SERVICES.map(id => [id, service(id)])),
    },
    // The port is a part of every alert's labels.
    { folder: place, flags: [`--web.listen-address=127.0.0.1:${port}`] },
  );
}

interface ShownSilence {
  readonly id: string;
  readonly status: { readonly state: string };
}
interface ShownAlert {
  readonly status: { readonly state: string; readonly silencedBy: readonly string[] };
}
interface Entry {
  readonly [key: string]: unknown;
  readonly action_taken: string;
  readonly notifications: readonly { readonly status: string; readonly receiver: string }[];
}

const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

async function silence(target: string, seconds: number, id?: string): Promise<string> {
  const matchers = [{ name: 'target', value: target, isRegex: false }];
  const body = { id, matchers, startsAt: at(0), endsAt: at(seconds), createdBy: 'ann', comment: 'upgrade' };
  const known = id && (await monitor.json<{ startsAt: string }>(`/api/v2/silence/${id}`));
  const response = await post('silences', { ...body, ...(known && { startsAt: known.startsAt }) });
  expect(response.status).toBe(200);
  return ((await response.json()) as { silenceID: string }).silenceID;
}

function post(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return monitor.get(`/api/v2/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

const fail = (id: string) => servers.get(id)?.setFault({ kind: 'refused' });
const recover = (id: string) => servers.get(id)?.setFault(OK);
const alertsOf = (target: string) =>
  monitor.json<ShownAlert[]>(`/api/v2/alerts?filter=target=${target}&filter=alertname=ServiceDown`);
const historyOf = async (query: string) =>
  (await monitor.json<{ alert_history: Entry[] }>(`/alert_history?alertname=ServiceDown&${query}`))
    .alert_history;
/** The messages about a target. */
const messages = (target: string) => webhooksTo(ops).filter(line => line.includes(target));

test('a silence survives a kill, mutes what it matches, and is ended', async () => {
  const id = await silence('tools', 3600);
  await monitor.kill();
  monitor = await start(folder);
  expect(await monitor.json('/api/v2/silences')).toMatchObject([
    {
      id,
      status: { state: 'active' },
      createdBy: 'ann',
      comment: 'upgrade',
      matchers: [{ value: 'tools' }],
    },
  ]);

  await Promise.all([fail('tools'), fail('cache')]);
  const suppressed = [{ status: { state: 'suppressed', silencedBy: [id] } }];
  await expect.poll(() => alertsOf('tools'), PATIENCE).toMatchObject(suppressed);
  await expect.poll(() => messages('cache'), PATIENCE).toEqual(['ops: firing cache']);
  const silenced = { silenced_by: [{ id, created_by: 'ann', comment: 'upgrade' }] };
  await expect.poll(() => historyOf('service=tools'), PATIENCE).toMatchObject([silenced]);
  expect((await historyOf('service=tools'))[0]?.action_taken).toMatch(/silenced by ann \(upgrade\)$/i);
  expect(messages('tools')).toEqual([]);

  expect((await monitor.get(`/api/v2/silence/${id}`, { method: 'DELETE' })).status).toBe(200);
  await expect.poll(() => messages('tools'), PATIENCE).toEqual(['ops: firing tools']);
  // A message is recorded once the receiver has answered.
  await expect
    .poll(() => historyOf('service=tools'), PATIENCE)
    .toMatchObject([{ notifications: [{ status: 'firing' }] }]);
  await monitor.kill();
  monitor = await start(folder);
  const [shown] = await monitor.json<ShownSilence[]>('/api/v2/silences');
  expect([shown?.id, shown?.status.state]).toEqual([id, 'expired']);

  // The resolution is sent after the next evaluation of the rules.
  const known = async () =>
    (await monitor.json<{ data: { alerts: unknown[] } }>('/api/v1/alerts')).data.alerts;
  const firing = (target: string) => expect.objectContaining({ labels: expect.objectContaining({ target }) });
  await expect.poll(known, PATIENCE).toEqual(expect.arrayContaining([firing('tools'), firing('cache')]));
  await Promise.all([recover('tools'), recover('cache')]);
  await expect.poll(() => messages('tools'), PATIENCE).toEqual(['ops: firing tools', 'ops: resolved tools']);
  await expect.poll(() => messages('cache'), PATIENCE).toEqual(['ops: firing cache', 'ops: resolved cache']);
});

test('a silence expires by time; the history has the notifications and the ends', async () => {
  const id = await silence('llm', 3600);
  await fail('llm');
  await expect.poll(() => alertsOf('llm'), PATIENCE).toMatchObject([{ status: { silencedBy: [id] } }]);
  expect(messages('llm')).toEqual([]);
  // Changed, it keeps its id.
  expect(await silence('llm', 2, id)).toBe(id);
  await expect.poll(() => messages('llm'), PATIENCE).toEqual(['ops: firing llm']);
  expect(await monitor.json(`/api/v2/silence/${id}`)).toMatchObject({ status: { state: 'expired' } });
  expect(await alertsOf('llm')).toMatchObject([{ status: { state: 'active', silencedBy: [] } }]);

  // A message is recorded once the receiver has answered.
  await expect
    .poll(() => historyOf('active=true'), PATIENCE)
    .toMatchObject([
      {
        service: 'llm',
        severity: 'critical',
        message: expect.stringContaining('Connection refused'),
        notifications: [{ receiver: 'ops', integration: 'webhook', status: 'firing' }],
        silenced_by: [{ id }],
        action_taken: expect.stringMatching(
          /notification sent to ops \(webhook\), silenced by ann \(upgrade\)$/i,
        ),
      },
    ]);
  const action = async () =>
    (await monitor.json<{ details: { action_taken: string }[] }>('/alerts?detail=true')).details[0]
      ?.action_taken;
  await expect.poll(action, PATIENCE).toMatch(/sent to ops \(webhook\), silenced by ann \(upgrade\)$/);

  await recover('llm');
  await expect.poll(() => messages('llm'), PATIENCE).toEqual(['ops: firing llm', 'ops: resolved llm']);
  const ended = {
    service: 'llm',
    ends_at: expect.any(String),
    notifications: [{}, { status: 'resolved' }],
  };
  await expect.poll(() => historyOf('active=false'), PATIENCE).toMatchObject([ended]);
  expect(await historyOf('active=true')).toEqual([]);
  expect(await historyOf('service=tools')).toEqual([]);
});

test('an alert of another sender is handled the same way, also over a kill', async () => {
  const labels = { alertname: 'Elsewhere', severity: 'warning', target: 'somewhere' };
  expect((await post('alerts', [{ labels, startsAt: at(0), endsAt: at(600) }])).status).toBe(200);
  await monitor.kill();
  monitor = await start(folder);
  expect(await monitor.json('/api/v2/alerts?filter=alertname=Elsewhere')).toMatchObject([{ labels }]);
  await expect.poll(() => messages('somewhere').length, PATIENCE).toBeGreaterThan(0);
  expect((await post('alerts', [{ labels, startsAt: at(-60), endsAt: at(-1) }])).status).toBe(200);
  await expect.poll(() => messages('somewhere').at(-1), PATIENCE).toBe('ops: resolved somewhere');
  const entries = async () =>
    (await monitor.json<{ alert_history: Entry[] }>('/alert_history?alertname=Elsewhere')).alert_history;
  await expect.poll(entries, PATIENCE).toMatchObject([{ service: 'somewhere', ends_at: expect.any(String) }]);
});
