// Alerts to real Alertmanagers.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../src/model/secret.js';
import { evaluation, firing, openWorld, type World } from '../support/alerting.js';
import { type AlertmanagerServer, startAlertmanager } from '../support/alertmanager.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { answers, type Endpoint, hangs, startEndpoint } from '../support/endpoint.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const CONFIG = JSON.stringify({ route: { receiver: 'none' }, receivers: [{ name: 'none' }] });

let folder: string;
let world: World | undefined;
const open: (AlertmanagerServer | Endpoint)[] = [];

beforeEach(() => {
  folder = makeFolder('sender');
});
afterEach(async () => {
  await world?.close();
  world = undefined;
  await Promise.all(open.splice(0).map(each => each.close()));
  removeFolder(folder);
});

async function endpoint(): Promise<Endpoint> {
  const started = await startEndpoint();
  open.push(started);
  return started;
}

async function alertmanager(port?: number): Promise<AlertmanagerServer> {
  const server = await startAlertmanager(CONFIG, port);
  open.push(server);
  return server;
}

const address = (url: string) => ({ url, timeout: 2000, follow_redirects: true });

/** An alert as the rules send it. */
function ruleAlert(target: string, resolvedAt?: number) {
  const now = Date.now();
  return {
    labels: { alertname: 'ServiceDown', severity: 'critical', target },
    annotations: { summary: `${target} is down` },
    state: resolvedAt === undefined ? ('firing' as const) : ('inactive' as const),
    value: 0,
    activeAt: now - 60_000,
    firedAt: now - 30_000,
    resolvedAt,
    lastSentAt: now,
    validUntil: now + 240_000,
    keepFiringSince: undefined,
    expression: 'up{a="b"} == 0',
  };
}

interface ApiAlert {
  readonly labels: Record<string, string>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
}

describe('an alert of the rules', () => {
  test('reaches every Alertmanager, and its resolution too', async () => {
    const [one, two] = await Promise.all([alertmanager(), alertmanager()]);
    world = await openWorld({ folder, alertmanagers: [address(one.url), address(`${two.url}/`)] });
    const alert = ruleAlert('tools');
    world.alerting.applyEvaluation(evaluation([alert]), Date.now());
    for (const server of [one, two]) {
      await expect.poll(async () => (await server.get<ApiAlert[]>('alerts')).length, PATIENCE).toBe(1);
      const [got] = await server.get<ApiAlert[]>('alerts');
      expect(got).toMatchObject({
        labels: alert.labels,
        startsAt: new Date(alert.firedAt).toISOString(),
        endsAt: new Date(alert.validUntil).toISOString(),
        generatorURL: 'http://127.0.0.1:8083/graph?g0.expr=up%7Ba%3D%22b%22%7D+%3D%3D+0&g0.tab=1',
      });
    }
    world.alerting.applyEvaluation(evaluation([ruleAlert('tools', Date.now())]), Date.now());
    await expect.poll(async () => (await one.get<ApiAlert[]>('alerts')).length, PATIENCE).toBe(0);
    expect(world.alerting.history.select({ limit: 5 }).episodes[0]?.endsAt).toBeGreaterThan(0);
  });

  test('is sent in requests of 64 alerts at most', async () => {
    const server = await endpoint();
    world = await openWorld({ folder, alertmanagers: [address(server.url)] });
    const alerts = Array.from({ length: 150 }, (_, i) => ruleAlert(`s${i}`));
    world.alerting.applyEvaluation(evaluation(alerts), Date.now());
    await expect.poll(() => server.requests.length, PATIENCE).toBe(3);
    expect(server.requests.map(({ body }) => JSON.parse(body).length)).toEqual([64, 64, 22]);
  });

  test('does not reach an Alertmanager that is away, which delays no other and gets it later', async () => {
    const port = await freePort();
    const there = await alertmanager();
    const away = `http://127.0.0.1:${port}`;
    world = await openWorld({ folder, alertmanagers: [address(away), address(there.url)] });
    world.alerting.applyEvaluation(evaluation([ruleAlert('tools')]), Date.now());
    await expect
      .poll(() => world?.emitted, PATIENCE)
      .toContain('alertmanager did not take 1: connection refused');
    await expect.poll(() => world?.emitted, PATIENCE).toContain('alertmanager took 1');
    const back = await alertmanager(port);
    world.alerting.applyEvaluation(evaluation([ruleAlert('tools')]), Date.now());
    await expect.poll(async () => (await back.get<ApiAlert[]>('alerts')).length, PATIENCE).toBe(1);
  });
});

test.each([
  ['refuses', answers(400, '"bad label name"'), /answered HTTP 400: "bad label name"/],
  ['is broken', answers(500), /answered HTTP 500/],
  ['hangs', hangs, /no answer within 2s \(timeout\)/],
])('the error of an Alertmanager that %s', async (_, behaviour, want) => {
  const server = await endpoint();
  server.behaviour = behaviour;
  world = await openWorld({ folder, alertmanagers: [address(server.url)] });
  world.alerting.applyEvaluation(evaluation([ruleAlert('tools')]), Date.now());
  await expect.poll(() => world?.emitted.join(), PATIENCE).toMatch(want);
});

test('sends the credentials', async () => {
  const server = await endpoint();
  const basic_auth = { username: 'monitor', password: new Secret('hunter2') };
  world = await openWorld({ folder, alertmanagers: [{ ...address(server.url), basic_auth }] });
  world.alerting.applyEvaluation(evaluation([ruleAlert('tools')]), Date.now());
  await expect.poll(() => server.requests.length, PATIENCE).toBe(1);
  const { authorization } = server.requests[0]?.headers ?? {};
  expect(authorization).toBe(`Basic ${Buffer.from('monitor:hunter2').toString('base64')}`);
});

test('an error that repeats the request is logged without the password', async () => {
  const server = await endpoint();
  const password = 'hunter2-of-alertmanager';
  const pair = Buffer.from(`monitor:${password}`).toString('base64');
  server.behaviour = (response, { headers }) =>
    void response.writeHead(403).end(`denied: ${headers.authorization}, that is ${password}`);
  const basic_auth = { username: 'monitor', password: new Secret(password) };
  world = await openWorld({ folder, alertmanagers: [{ ...address(server.url), basic_auth }] });
  world.alerting.applyEvaluation(evaluation([ruleAlert('tools')]), Date.now());
  await expect
    .poll(() => world?.emitted.join(), PATIENCE)
    .toContain('answered HTTP 403: denied: Basic <secret>');
  expect(world.emitted.join()).not.toMatch(new RegExp(`${password}|${pair}`));
});

test('with a Prometheus that sends alerts the monitor sends none; those of the Prometheus are in the history', async () => {
  world = await openWorld({ folder });
  const labels = { alertname: 'ServiceDown', severity: 'critical', target: 'tools' };
  const alert = { labels, annotations: {}, activeAt: Date.now() - 1000 };
  world.alerting.applyRemoteAlerts([alert], Date.now());
  expect(world.alerting.history.select({ active: true, limit: 5 }).count).toBe(1);
  world.alerting.applyRemoteAlerts([], Date.now());
  expect(world.alerting.history.select({ active: true, limit: 5 }).count).toBe(0);
  world.send(firing({ target: 'x' }));
  expect(world.emitted).toEqual([]);
});
