// Alerts that are sent after a restart, by the embedded Alertmanager, real ones and actions. The alert of an
// outage that ended while the monitor was stopped must not go out as firing.

import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../../src/app/log.js';
import { type Monitor, startMonitor } from '../../src/app/monitor.js';
import { runInline } from '../../src/probes/inline.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { answers, type Endpoint, startEndpoint } from '../support/endpoint.js';
import { listen, portOf, stop } from '../support/http.js';
import { QUERY_SETTINGS } from '../support/query-settings.js';

const PATIENCE = { timeout: 60_000, interval: 20 };

const STATUS_RULES = fileURLToPath(new URL('../../rules/status.rules.yml', import.meta.url));

let folder: string;
let tools: { status: number; server: Server };
let receiver: Endpoint;
let alertmanager: Endpoint;
let monitor: Monitor | undefined;
let port: number;

beforeEach(async () => {
  port = await freePort();
  folder = makeFolder('restarted');
  [receiver, alertmanager] = await Promise.all([startEndpoint(), startEndpoint()]);
  const behaviour = { status: 200 };
  const server = await listen((_, response) => void response.writeHead(behaviour.status).end('{}'));
  tools = Object.assign(behaviour, { server });
});
afterEach(async () => {
  await monitor?.close();
  monitor = undefined;
  await Promise.all([receiver.close(), alertmanager.close(), stop(tools.server)]);
  removeFolder(folder);
});

/** Checks services that are all the same server. */
async function start(
  alerting: object,
  services: readonly string[] = ['tools'],
  more: object = {},
): Promise<void> {
  const url = `http://127.0.0.1:${portOf(tools.server)}/`;
  const confirm = { failures: 2, successes: 1, every: '100ms' };
  const configured = Object.fromEntries(services.map(id => [id, { name: id, url, critical: true, confirm }]));
  const scan = { intervals: { critical: '300ms', other: '300ms' } };
  const configFile = join(folder, 'monitor.yml');
  writeFileSync(
    configFile,
    JSON.stringify({ node: 'here', scan, host: { enabled: false }, services: configured, alerting, ...more }),
  );
  monitor = await startMonitor({
    configFile,
    webConfigFile: undefined,
    listen: { host: '127.0.0.1', port },
    externalUrl: undefined,
    enableLifecycle: true,
    storage: { path: join(folder, 'data'), retention: 86_400_000, maxBytes: 0 },
    ...QUERY_SETTINGS,
    version: '1.2.3',
    log: createLog('info', 'logfmt', { write: () => {} }),
    runChecks: runInline,
  });
}

/** A thread writes its samples meanwhile: a database and a journal that are not of the same moment would be damaged. */
function copyOfOneMoment(from: string, to: string): void {
  const changes = () =>
    readdirSync(from)
      .sort()
      .map(file => [file, statSync(join(from, file), { bigint: true })] as const)
      .map(([file, { size, mtimeNs }]) => `${file} ${size} ${mtimeNs}`)
      .join();
  for (let before = ''; before !== changes(); ) {
    before = changes();
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true });
  }
}

/** The next run finds what is on disk now, as after `kill -9`; services may change before it. */
async function killAndStart(meanwhile: () => void, ...args: Parameters<typeof start>): Promise<void> {
  const [data, copy] = [join(folder, 'data'), join(folder, 'copy')];
  copyOfOneMoment(data, copy);
  await monitor?.close();
  rmSync(data, { recursive: true });
  cpSync(copy, data, { recursive: true });
  meanwhile();
  receiver.requests.length = 0;
  alertmanager.requests.length = 0;
  await start(...args);
}

const comesBack = () => {
  tools.status = 200;
  receiver.behaviour = answers(200);
};

function embedded(): object {
  // By name, too: a message about another alert of the service, such as slow checks on a busy machine, names what ended as well.
  const route = '{ receiver: ops, group_by: [alertname, target], group_wait: 0s, group_interval: 200ms }';
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route: ${route}\nreceivers: [{ name: ops, webhook_configs: [{ url: "${receiver.url}/" }] }]\n`,
  );
  return { config_file: 'alertmanager.yml' };
}

type Sent = { readonly status: string; readonly labels: Record<string, string> };

/** `firing ServiceDown tools` */
function sent(): string[] {
  const alerts = receiver.requests.flatMap(({ body }) => (JSON.parse(body) as { alerts: Sent[] }).alerts);
  return alerts
    .filter(({ labels }) => labels.alertname === 'ServiceDown')
    .map(({ status, labels }) => `${status} ${labels.target}`);
}

/** The same for alerts sent to a real Alertmanager, without repetitions. */
function posted(): string[] {
  type Posted = { readonly labels: Record<string, string>; readonly endsAt: string };
  const alerts = alertmanager.requests.flatMap(({ body }) => JSON.parse(body) as Posted[]);
  const lines = alerts
    .filter(({ labels }) => labels.alertname === 'ServiceDown')
    .map(
      ({ labels, endsAt }) => `${Date.parse(endsAt) > Date.now() ? 'firing' : 'resolved'} ${labels.target}`,
    );
  return [...new Set(lines)];
}

async function status(): Promise<string> {
  const response = await fetch(`${monitor?.url}/cluster_health`);
  return ((await response.json()) as { overall_status: string }).overall_status;
}
/** Waits for the entry in the notification log: the receiver gets a message a moment before the monitor has its answer. */
async function noted(alerts: number): Promise<void> {
  type Entry = { readonly notifications: readonly unknown[] };
  const notified = async () => {
    const response = await fetch(`${monitor?.url}/alert_history`);
    const history = (await response.json()) as { readonly alert_history: readonly Entry[] };
    return history.alert_history.filter(({ notifications }) => notifications.length > 0).length;
  };
  await expect.poll(notified, PATIENCE).toBe(alerts);
}
const recovered = () => expect.poll(status, PATIENCE).toBe('healthy');

test('an alert that was not sent and ended meanwhile is not sent', async () => {
  receiver.behaviour = answers(500);
  tools.status = 503;
  await start(embedded());
  await expect.poll(() => sent().length, PATIENCE).toBeGreaterThan(0);
  await killAndStart(comesBack, embedded());
  await recovered();
  await delay(700);
  expect(sent()).toEqual([]);
});

test('an alert that was sent and ended meanwhile is resolved, without a firing before', async () => {
  tools.status = 503;
  await start(embedded());
  await expect.poll(sent, PATIENCE).toEqual(['firing tools']);
  await noted(1);
  await killAndStart(comesBack, embedded());
  await expect.poll(sent, PATIENCE).toEqual(['resolved tools']);
});

test('an alert that was not sent and is still there is sent', async () => {
  receiver.behaviour = answers(500);
  tools.status = 503;
  await start(embedded());
  await expect.poll(() => sent().length, PATIENCE).toBeGreaterThan(0);
  const isBack = () => {
    receiver.behaviour = answers(200);
  };
  await killAndStart(isBack, embedded());
  await expect.poll(sent, PATIENCE).toEqual(['firing tools']);
});

test('an incident begins with the first failed check, also when the monitor was killed before it was confirmed', async () => {
  const services = (failures: number) => ({
    tools: {
      ...{ name: 'tools', url: `http://127.0.0.1:${portOf(tools.server)}/`, critical: true },
      confirm: { failures, successes: 1, every: '100ms' },
    },
  });
  const get = async <T>(path: string) => (await (await fetch(`${monitor?.url}${path}`)).json()) as T;
  type Health = { services: { tools: { health: { status: string; since?: string } } } };
  const health = async () => (await get<Health>('/cluster_health')).services.tools.health;
  await start(embedded(), ['tools'], { services: services(100) });
  await recovered();
  tools.status = 503;
  await expect.poll(async () => (await health()).status, PATIENCE).toBe('unhealthy');
  const { since } = await health();
  await killAndStart(() => {}, embedded(), ['tools'], { services: services(2) });
  await expect.poll(sent, PATIENCE).toEqual(['firing tools']);
  type Entry = { first_failed_at?: string; active_at?: string; starts_at: string };
  const { alert_history: found } = await get<{ alert_history: Entry[] }>(
    '/alert_history?alertname=ServiceDown',
  );
  expect(found.map(each => each.first_failed_at)).toEqual([since]);
  const moments = found.flatMap(each => [each.first_failed_at, each.active_at, each.starts_at]);
  expect(moments).toEqual([...moments].sort());
});

test('real Alertmanagers get no firing of an alert that ended meanwhile', async () => {
  const alerting = { alertmanagers: [alertmanager.url] };
  tools.status = 503;
  await start(alerting);
  await expect.poll(posted, PATIENCE).toEqual(['firing tools']);
  await killAndStart(comesBack, alerting);
  await expect.poll(posted, PATIENCE).toEqual(['resolved tools']);
});

test('no action is run for an alert that ended meanwhile', async () => {
  const done = join(folder, 'done');
  const matchers = ['alertname="ServiceDown"'];
  const action = { name: 'restart', enabled: true, matchers, command: ['touch', done] };
  tools.status = 503;
  await start(embedded());
  await expect.poll(sent, PATIENCE).toEqual(['firing tools']);
  // As if the outage had begun at the time of the kill: the state of the service is stored, the alert is not.
  const isBack = () => {
    comesBack();
    rmSync(join(folder, 'data', 'monitor.db'));
    rmSync(join(folder, 'data', 'monitor.db-wal'), { force: true });
    rmSync(join(folder, 'data', 'monitor.db-shm'), { force: true });
  };
  await killAndStart(isBack, embedded(), ['tools'], { actions: [action] });
  await recovered();
  await delay(700);
  expect(sent()).toEqual([]);
  expect(existsSync(done)).toBe(false);
});

test('the alert of a service that was removed while the monitor was stopped is resolved at once', async () => {
  tools.status = 503;
  await start(embedded(), ['tools', 'other']);
  await expect.poll(() => sent().sort(), PATIENCE).toEqual(['firing other', 'firing tools']);
  await noted(2);
  await killAndStart(() => {}, embedded(), ['other']);
  await expect.poll(sent, PATIENCE).toEqual(['resolved tools']);
});

test.each([
  ['another name', { name: 'Tools of old' }],
  ['another severity', { critical: false }],
  ['another kind', { kind: 'ollama' }],
])(
  'a service that got %s while the monitor was stopped: its alert is the new one, no rule fails',
  async (_, over) => {
    tools.status = 503;
    const query = { scrape_interval: '1s' };
    await start(embedded(), ['tools'], { query });
    await expect.poll(sent, PATIENCE).toEqual(['firing tools']);
    const get = async <T>(path: string) =>
      ((await (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json()) as { data: T }).data;
    const seen = 'query?query=count_over_time(langgraph_monitor_service_info[1h])';
    const scrapes = async () =>
      (await get<{ result: { value: [number, string] }[] }>(seen)).result[0]?.value[1];
    await expect.poll(async () => Number(await scrapes()), PATIENCE).toBeGreaterThan(2);
    const url = `http://127.0.0.1:${portOf(tools.server)}/`;
    const confirm = { failures: 2, successes: 1, every: '100ms' };
    const services = { tools: { name: 'tools', url, critical: true, confirm, ...over } };
    await killAndStart(() => {}, embedded(), ['tools'], { services, query });
    const rules = async () => {
      const { groups } = await get<{ groups: { rules: { name: string; health: string }[] }[] }>('rules');
      return groups.flatMap(group => group.rules);
    };
    const isAsked = async () => (await rules()).find(({ name }) => name === 'ServiceDown')?.health;
    await expect.poll(isAsked, PATIENCE).not.toBe('unknown');
    expect((await rules()).filter(({ health }) => health === 'err')).toEqual([]);
    const { result } = await get<{ result: unknown[] }>('query?query=langgraph_monitor_service_info');
    expect(result).toHaveLength(1);
  },
);

test('the alert of a service that is removed by a reload is resolved at once', async () => {
  tools.status = 503;
  await start(embedded(), ['tools', 'other']);
  await expect.poll(() => sent().sort(), PATIENCE).toEqual(['firing other', 'firing tools']);
  receiver.requests.length = 0;
  const file = join(folder, 'monitor.yml');
  const { services, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as {
    services: Record<string, object>;
  };
  const { tools: _, ...others } = services;
  writeFileSync(file, JSON.stringify({ ...rest, services: others }));
  await monitor?.reload();
  await expect.poll(sent, PATIENCE).toEqual(['resolved tools']);
});

test('the alert of a rule that is removed by a reload is resolved at once', async () => {
  const rules = join(folder, 'own.rules.yml');
  const rule = '{ alert: ServiceDown, expr: vector(1), labels: { target: own, severity: warning } }';
  writeFileSync(rules, `groups: [{ name: own, rules: [${rule}] }]\n`);
  await start(embedded(), ['tools'], { rule_files: [STATUS_RULES, rules] });
  await expect.poll(sent, PATIENCE).toEqual(['firing own']);
  writeFileSync(rules, 'groups: []\n');
  await monitor?.reload();
  await expect.poll(sent, PATIENCE).toEqual(['firing own', 'resolved own']);
});
