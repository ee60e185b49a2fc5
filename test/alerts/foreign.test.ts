// Alerts that others send to our API, possibly once only: an accepted alert is notified, also after a restart.

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { IncomingAlert, StoredAlert } from '../../src/alertmanager/alert-store.js';
import { type Clock, systemClock } from '../../src/model/time.js';
import { firing, openWorld, type World, webhooksTo } from '../support/alerting.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type Endpoint, startEndpoint } from '../support/endpoint.js';

const PATIENCE = { timeout: 60_000, interval: 20 };
const MINUTE = 60_000;

let folder: string;
let ops: Endpoint;
let world: World;
beforeEach(async () => {
  folder = makeFolder('foreign');
  ops = await startEndpoint();
  world = await open('1h');
});
afterEach(async () => {
  await world.close();
  await ops.close();
  removeFolder(folder);
});

function open(groupWait: string, clock: Clock = systemClock): Promise<World> {
  const receivers = `[{ name: ops, webhook_configs: [{ url: "${ops.url}/" }] }]`;
  const route = `{ receiver: ops, group_by: [target], group_wait: ${groupWait}, group_interval: 200ms }`;
  return openWorld({ folder, alertmanager: `route: ${route}\nreceivers: ${receivers}\n`, clock });
}

/** Stops before the first message, and starts again. */
async function restart(): Promise<void> {
  await world.close();
  world = await open('0s');
}

const send = (...alerts: IncomingAlert[]) => world.alerting.ingest(alerts, Date.now());
const history = () =>
  world.alerting.history.select({ limit: 10 }).episodes.map(({ labels }) => labels.target);

test('an accepted alert is notified after a restart, though it is not sent again', async () => {
  expect(send(firing({ target: 'a' }, Date.now() + 10 * MINUTE))).toBe(true);
  await restart();
  await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a']);
});

test('an alert whose endsAt has passed meanwhile is notified when it is sent again', async () => {
  const endsAt = Date.now() + 50;
  send(firing({ target: 'a' }, endsAt), firing({ target: 'b' }, endsAt + 10 * MINUTE));
  await expect.poll(() => Date.now() > endsAt, PATIENCE).toBe(true);
  await restart();
  await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing b']);
  send(firing({ target: 'a' }, Date.now() + 10 * MINUTE));
  await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing b', 'ops: firing a']);
});

test('an alert on disk is in the history, though the process was killed before the history was written', async () => {
  send(firing({ target: 'a' }, Date.now() + 10 * MINUTE));
  // The state after a `kill -9` between the two.
  const labels = { alertname: 'ServiceDown', severity: 'critical', target: 'b' };
  const [now, later] = [Date.now(), Date.now() + 10 * MINUTE];
  const kept = { labels, annotations: {}, startsAt: now, endsAt: later, updatedAt: now, generatorUrl: '' };
  world.store.states.upsert('alert', [['0123456789abcdef', { ...kept, isEndGuessed: false, isOver: false }]]);
  expect(history()).toEqual(['a']);
  await restart();
  expect(history().sort()).toEqual(['a', 'b']);
  await restart();
  expect(history().sort()).toEqual(['a', 'b']);
});

test('an end and a message on disk are in the history, though the process was killed before the history was written', async () => {
  const [ended, notified] = [{ target: 'a' }, { target: 'b' }].map(each => firing(each, Date.now() + MINUTE));
  send(ended as IncomingAlert, notified as IncomingAlert);
  // The state after a `kill -9` between the two.
  const at = Date.now() + 1;
  const [over, open] = [...world.alerting.alerts.all()] as [StoredAlert, StoredAlert];
  const kept = { ...over, labels: over.labels.toJSON(), endsAt: at, isOver: true };
  world.store.states.upsert('alert', [[over.fingerprint, kept]]);
  const logged = { at, firing: [open.fingerprint], resolved: [] };
  world.store.states.upsert('notification', [['a/b/webhook/0\n{}:{target="b"}', logged]]);
  const entries = () =>
    world.alerting.history.select({ limit: 10 }).episodes.map(({ labels, endsAt, notifications }) => ({
      target: labels.target,
      endsAt,
      notifications,
    }));
  const sent = { at, receiver: 'a/b', integration: 'webhook', status: 'firing' };
  for (let i = 0; i < 2; i++) {
    await world.close();
    world = await openWorld({
      folder,
      alertmanager: 'route: { receiver: none }\nreceivers: [{ name: none }]\n',
    });
    expect(entries().filter(({ target }) => target === 'a')).toEqual([
      { target: 'a', endsAt: at, notifications: [] },
    ]);
    const [entry] = entries().filter(({ target }) => target === 'b');
    expect(entry?.notifications.filter(({ receiver }) => receiver === 'a/b')).toEqual([sent]);
  }
});

test('an alert that has ended has ended for its group, too, though the clock is set back before the group has it', async () => {
  await world.close();
  let setBy = 0;
  const clock: Clock = { now: () => systemClock.now() + setBy, elapsed: systemClock.elapsed };
  world = await open('0s', clock);
  world.alerting.ingest([firing({ target: 'a' }, clock.now() + 1440 * MINUTE)], clock.now());
  await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a']);
  let handOver = () => {};
  world.alerting.ingest([firing({ target: 'a' }, clock.now())], clock.now(), work => {
    handOver = work;
  });
  setBy = -60 * MINUTE;
  handOver();
  await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a', 'ops: resolved a']);
});
