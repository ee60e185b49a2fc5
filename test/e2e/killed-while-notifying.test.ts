// `kill -9` between the moment a receiver has a notification and the moment the monitor knows: what the receiver may have
// been sent as firing gets its end.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { answers, type Behaviour, type Endpoint, hangs, startEndpoint } from '../support/endpoint.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const HOUR = 3_600_000;
const CONFIG = {
  scan: { intervals: { critical: '1s', other: '1s' } },
  host: { enabled: false },
  services: { tools: { url: 'http://127.0.0.1:1/', critical: false } },
};

let folder: string;
let port: number;
let ops: Endpoint;
let monitor: RunningMonitor | undefined;

beforeEach(async () => {
  folder = makeFolder('killed');
  port = await freePort();
  ops = await startEndpoint();
});
afterEach(async () => {
  await monitor?.[Symbol.asyncDispose]();
  monitor = undefined;
  await ops.close();
  removeFolder(folder);
});

async function start(sendResolved = true): Promise<RunningMonitor> {
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route:
  receiver: log
  routes:
    - { matchers: [team="ops"], receiver: ops, group_by: [team], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - { name: log }
  - { name: ops, webhook_configs: [{ url: "${ops.url}/", send_resolved: ${sendResolved} }] }
`,
  );
  monitor = await startMonitor(CONFIG, { folder, flags: [`--web.listen-address=127.0.0.1:${port}`] });
  return monitor;
}

async function raise(alertname: string, endsIn: number): Promise<void> {
  const alert = {
    labels: { alertname, team: 'ops' },
    startsAt: new Date(Date.now() - 1000),
    endsAt: new Date(Date.now() + endsIn),
  };
  const response = await (monitor as RunningMonitor).get('/api/v2/alerts', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([alert]),
  });
  expect(response.status).toBe(200);
}

/** What arrived, a line for each message: `Known firing`. */
const sent = () =>
  ops.requests.map(({ body }) =>
    (JSON.parse(body) as { alerts: { status: string; labels: { alertname: string } }[] }).alerts
      .map(({ status, labels }) => `${labels.alertname} ${status}`)
      .join(', '),
  );

const kills: Behaviour = () => process.kill((monitor as RunningMonitor).pid, 'SIGKILL');
const answersAndKills: Behaviour = (response, request) => {
  response.end('ok');
  kills(response, request);
};

/** Sends one alert to a receiver that ends the monitor, and starts the monitor again. */
async function killedWhile(behaviour: Behaviour, sendResolved = true): Promise<void> {
  await start(sendResolved);
  const gone = new Promise(resolve => {
    ops.behaviour = (...args) => {
      behaviour(...args);
      resolve(undefined);
    };
  });
  await raise('Known', HOUR).catch(() => {});
  await gone;
  // The process is gone before its port is taken again.
  await monitor?.stop('SIGKILL');
  expect(sent()).toEqual(['Known firing']);
  ops.behaviour = answers(200);
  await start(sendResolved);
}

test.each<[name: string, behaviour: Behaviour]>([
  ['before it is answered', kills],
  ['when it is answered', answersAndKills],
])('killed %s, the alert ends after the restart: its end is sent', async (_, behaviour) => {
  await killedWhile(behaviour);
  await raise('Known', -1);
  await expect.poll(() => sent().at(-1), PATIENCE).toBe('Known resolved');
});

test('the alert still fires: it is sent again, then its end', async () => {
  await killedWhile(kills);
  await expect.poll(sent, PATIENCE).toEqual(['Known firing', 'Known firing']);
  await raise('Known', -1);
  await expect.poll(sent, PATIENCE).toEqual(['Known firing', 'Known firing', 'Known resolved']);
});

test('a receiver that wants no ends gets none', async () => {
  await killedWhile(kills, false);
  await expect.poll(sent, PATIENCE).toEqual(['Known firing', 'Known firing']);
  await raise('Known', -1);
  await raise('Later', HOUR);
  await expect.poll(sent, PATIENCE).toEqual(['Known firing', 'Known firing', 'Later firing']);
});

test('stopped while the receiver does not answer: the end is sent after the restart', async () => {
  await start();
  ops.behaviour = hangs;
  await raise('Known', HOUR);
  await expect.poll(sent, PATIENCE).toEqual(['Known firing']);
  await monitor?.stop();
  ops.behaviour = answers(200);
  await start();
  await raise('Known', -1);
  await expect.poll(() => sent().at(-1), PATIENCE).toBe('Known resolved');
});

test('refused before the kill: no end is sent of what the receiver did not take', async () => {
  await start();
  ops.behaviour = answers(500);
  const endsAt = Date.now() + 4000;
  await raise('Known', 4000);
  await expect.poll(sent, PATIENCE).toContain('Known firing');
  // The monitor knows that the attempt has failed.
  const failed = 'alertmanager_notification_requests_failed_total{integration="webhook"}';
  await expect.poll(() => monitor?.metric(failed), PATIENCE).toBeGreaterThan(0);
  await monitor?.kill();
  await new Promise(resolve => setTimeout(resolve, endsAt - Date.now()));
  const before = ops.requests.length;
  ops.behaviour = answers(200);
  await start();
  await raise('Later', HOUR);
  await expect.poll(() => sent().slice(before), PATIENCE).toEqual(['Later firing']);
});
