// From alerts to messages of receivers, over real HTTP.

import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseMatchers } from '../../src/alertmanager/matchers/parse.js';
import { firing, openWorld, over, type World, type WorldOptions, webhooksTo } from '../support/alerting.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { answers, drops, type Endpoint, hangs, startEndpoint } from '../support/endpoint.js';
import { parseMail, startSmtp } from '../support/smtp.js';

const PATIENCE = { timeout: 60_000, interval: 20 };
const HOUR = 3_600_000;

let folder: string;
let ops: Endpoint;
let boss: Endpoint;
let world: World;

beforeEach(async () => {
  folder = makeFolder('alerting');
  [ops, boss] = await Promise.all([startEndpoint(), startEndpoint()]);
});
afterEach(async () => {
  await world.close();
  await Promise.all([ops.close(), boss.close()]);
  removeFolder(folder);
});

async function open(options: Partial<WorldOptions> & { route?: string; more?: string } = {}): Promise<void> {
  const { route = '', more = '', ...rest } = options;
  const alertmanager = `
route: { receiver: ops, group_by: [alertname], group_wait: 50ms, group_interval: 200ms, repeat_interval: 1h${route} }
receivers:
  - name: ops
    webhook_configs: [{ url: "${ops.url}/" }]
  - name: boss
    webhook_configs: [{ url: "${boss.url}/" }]
  - name: both
    webhook_configs: [{ url: "${ops.url}/" }, { url: "${boss.url}/" }]
  - name: logged
${more}`;
  world = await openWorld({ folder, alertmanager, ...rest });
}

/** As after `kill -9`: state comes from disk only. */
async function reopen(options: Parameters<typeof open>[0] = {}): Promise<void> {
  await world.close();
  await open(options);
}

const A = { target: 'a' };
const B = { target: 'b' };

describe('one message for many alerts', () => {
  test('a hundred services that fail at once are one message', async () => {
    await open();
    world.send(...Array.from({ length: 100 }, (_, i) => firing({ target: `s${i}` })));
    await expect.poll(() => ops.requests.length, PATIENCE).toBe(1);
    await delay(500);
    expect(ops.requests).toHaveLength(1);
    expect(JSON.parse(ops.requests[0]?.body as string).alerts).toHaveLength(100);
  });

  test('an alert that fires later waits for the interval, and comes with the others', async () => {
    await open();
    world.send(firing(A));
    await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a']);
    world.send(firing(B));
    await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a', 'ops: firing a, firing b']);
  });

  test('labels of group_by make separate groups', async () => {
    await open();
    world.send(firing(A), firing({ ...B, alertname: 'Other' }));
    await expect.poll(() => webhooksTo(ops).sort(), PATIENCE).toEqual(['ops: firing a', 'ops: firing b']);
  });
});

describe('no message twice, none lost', () => {
  test('an alert that is sent repeatedly is notified once; its resolution follows', async () => {
    await open();
    for (let i = 0; i < 10; i++) {
      world.send(firing(A));
      await delay(60);
    }
    await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a']);
    world.send(over(A));
    await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a', 'ops: resolved a']);
    await expect.poll(() => [...(world.alerting.notifier?.groups ?? [])], PATIENCE).toEqual([]);
    expect(ops.requests).toHaveLength(2);
  });

  test('an alert that ends before its first message is not notified', async () => {
    await open();
    world.send(firing(A));
    world.send(over(A));
    await delay(500);
    expect(ops.requests).toEqual([]);
  });

  test('an alert that flaps within an interval is not notified again', async () => {
    await open();
    world.send(firing(A));
    await expect.poll(() => ops.requests.length, PATIENCE).toBe(1);
    for (let i = 0; i < 5; i++) {
      world.send(over(A));
      world.send(firing(A));
    }
    await delay(500);
    expect(webhooksTo(ops)).toEqual(['ops: firing a']);
  });

  test('after a restart an alert is not notified again, and its resolution is sent', async () => {
    await open();
    world.send(firing(A));
    await expect.poll(() => ops.requests.length, PATIENCE).toBe(1);
    await reopen();
    world.send(firing(A));
    await delay(400);
    expect(webhooksTo(ops)).toEqual(['ops: firing a']);
    world.send(over(A));
    await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a', 'ops: resolved a']);
  });

  test('an alert that ended before a restart is in no message after it', async () => {
    const slow = ', routes: [{ receiver: ops, group_wait: 1h }]';
    await open({ route: slow });
    world.send(firing(B));
    world.send(over(B));
    await reopen();
    world.send(firing(A));
    await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a']);
  });

  test('an alert that was not notified before a restart waits until it is sent again', async () => {
    ops.behaviour = answers(500);
    await open();
    world.send(firing(A), firing(B));
    await expect.poll(() => ops.requests.length, PATIENCE).toBeGreaterThan(0);
    await world.close();
    ops.behaviour = answers(200);
    ops.requests.length = 0;
    await open();
    await delay(400);
    expect(ops.requests).toEqual([]);
    world.send(firing(A));
    await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a']);
  });
});

describe('a receiver that fails', () => {
  test('is retried until it accepts the message', async () => {
    ops.behaviour = answers(503);
    await open();
    world.send(firing(A));
    await expect.poll(() => ops.requests.length, PATIENCE).toBeGreaterThan(1);
    ops.behaviour = answers(200);
    await expect.poll(() => world.emitted.includes('sent webhook'), PATIENCE).toBe(true);
    const count = ops.requests.length;
    await delay(400);
    expect(ops.requests).toHaveLength(count);
  });

  test('does not delay another', async () => {
    ops.behaviour = hangs;
    await open({ route: ', routes: [{ receiver: both }]' });
    world.send(firing(A));
    await expect.poll(() => webhooksTo(boss), PATIENCE).toEqual(['both: firing a']);
    world.send(over(A));
    await expect.poll(() => webhooksTo(boss), PATIENCE).toEqual(['both: firing a', 'both: resolved a']);
  });

  test('that was away gets the current state when it is back, not the former one', async () => {
    ops.behaviour = drops;
    await open();
    world.send(firing(A), firing(B));
    await expect.poll(() => ops.requests.length, PATIENCE).toBeGreaterThan(1);
    world.send(over(A));
    await delay(300);
    ops.behaviour = answers(200);
    const before = ops.requests.length;
    await expect.poll(() => world.emitted.includes('sent webhook'), PATIENCE).toBe(true);
    const messages = webhooksTo(ops).slice(before);
    expect(messages[0]).toBe('ops: resolved a, firing b');
  });

  test('that refuses permanently gets no retry until the alerts change, and the failure is logged', async () => {
    ops.behaviour = answers(400, 'no such room');
    await open();
    world.send(firing(A));
    await expect.poll(() => world.emitted.includes('failed webhook clientError'), PATIENCE).toBe(true);
    const [, , fields] =
      world.logged.find(([, message]) => message.startsWith('Notification failed after retries')) ?? [];
    expect(fields).toMatchObject({ receiver: 'ops', integration: 'webhook', attempts: 1 });
    expect(fields?.err).toMatch(/400/);
    const [episode] = world.alerting.history.select({ limit: 1 }).episodes;
    expect(episode?.notifications[0]).toMatchObject({ receiver: 'ops', error: expect.stringMatching(/400/) });
  });
});

test('an alert that arrives during a reload is notified by the new configuration', async () => {
  ops.behaviour = hangs;
  await open();
  world.send(firing(A));
  await expect.poll(() => ops.requests.length, PATIENCE).toBe(1);
  const changed = world.alerting.configure(world.alerting.delivery, []);
  await delay(100);
  world.send(firing(B));
  ops.behaviour = answers(200);
  await changed;
  await expect.poll(() => webhooksTo(ops).at(-1), PATIENCE).toBe('ops: firing a, firing b');
});

test('close waits for the answer to a message under way, so that it is not sent twice', async () => {
  ops.behaviour = response => void setTimeout(() => response.end(), 500);
  await open();
  world.send(firing(A));
  await expect.poll(() => ops.requests.length, PATIENCE).toBe(1);
  await reopen();
  world.send(firing(A));
  await delay(400);
  expect(ops.requests).toHaveLength(1);
});

describe('muted', () => {
  const silence = (matchers: string, endsAt = Date.now() + HOUR) =>
    world.alerting.silences.set(
      {
        matchers: parseMatchers(matchers),
        startsAt: Date.now(),
        endsAt,
        createdBy: 'ann',
        comment: 'upgrade',
      },
      Date.now(),
    );

  test('a silenced alert is not notified, and its history has the author of the silence', async () => {
    await open();
    silence('target="a"');
    world.send(firing(A), firing(B));
    await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing b']);
    const { episodes } = world.alerting.history.select({ service: 'a', limit: 1 });
    expect(episodes[0]?.silencedBy).toMatchObject([{ createdBy: 'ann', comment: 'upgrade' }]);
    expect(world.emitted).toContain('silence 1');
  });

  test('the resolution of a notified alert is sent, also when it is silenced', async () => {
    await open();
    world.send(firing(A));
    await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a']);
    silence('target="a"');
    world.send(firing(B));
    await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a', 'ops: firing b']);
    world.send(over(A));
    await expect.poll(() => webhooksTo(ops).at(-1), PATIENCE).toBe('ops: resolved a, firing b');
  });

  test('an alert is notified when its silence has expired', async () => {
    await open();
    silence('target="a"', Date.now() + 300);
    world.send(firing(A));
    await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a']);
  });

  test('an inhibited alert is notified when its source has ended', async () => {
    const more = `inhibit_rules: [{ source_matchers: [alertname="Network"], target_matchers: [alertname="ServiceDown"] }]`;
    await open({ more });
    world.send(firing({ alertname: 'Network', target: 'n' }), firing(A));
    await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing n']);
    await delay(300);
    expect(ops.requests).toHaveLength(1);
    world.send(over({ alertname: 'Network', target: 'n' }));
    await expect
      .poll(() => webhooksTo(ops).sort(), PATIENCE)
      .toEqual(['ops: firing a', 'ops: firing n', 'ops: resolved n']);
  });

  test('outside of active time intervals no message is sent', async () => {
    const never = `time_intervals: [{ name: never, time_intervals: [{ years: ["1999"] }] }]`;
    await open({ route: ', routes: [{ receiver: ops, active_time_intervals: [never] }]', more: never });
    world.send(firing(A));
    await expect.poll(() => world.emitted, PATIENCE).toContain('active_time_interval 1');
    expect(ops.requests).toEqual([]);
  });
});

test('a receiver without integrations writes to the log', async () => {
  await open({ route: ', routes: [{ receiver: logged }]' });
  world.send(firing(A));
  await expect
    .poll(() => world.logged, PATIENCE)
    .toContainEqual([
      'info',
      'Notification',
      { receiver: 'logged', integration: 'log', firing: 'CRITICAL: ServiceDown of a' },
    ]);
});

test('each message is logged, and which receivers only write to the log', async () => {
  await open({ route: ', routes: [{ receiver: boss, matchers: [severity="none"] }]' });
  world.send(firing(A), firing({ ...B, alertname: 'Heartbeat', severity: 'none' }));
  await expect.poll(() => [ops.requests.length, boss.requests.length], PATIENCE).toEqual([1, 1]);
  const sent = () => world.logged.filter(([, message]) => message === 'Notification sent');
  await expect.poll(() => sent().length, PATIENCE).toBe(2);
  const [normal, heartbeat] = sent().sort(([a], [b]) => (a < b ? 1 : -1));
  expect(normal).toEqual([
    'info',
    'Notification sent',
    {
      receiver: 'ops',
      integration: 'webhook',
      status: 'firing',
      alerts: 1,
      names: 'ServiceDown a',
      attempts: 1,
      duration: expect.stringMatching(/^[\dms]+$/),
    },
  ]);
  expect(heartbeat?.[0]).toBe('debug');
  expect(world.logged).toContainEqual([
    'info',
    'Receivers without integrations only write to this log',
    { receivers: 'logged' },
  ]);
});

test('an adapted check interval is among the actions of current and new alerts', async () => {
  await open();
  world.send(firing(A));
  world.alerting.setPace('adapted to 15 s (degraded)', Date.now());
  world.send(firing(B));
  const actions = () =>
    world.alerting.history
      .select({ limit: 5 })
      .episodes.map(({ labels, actions: done }) => [
        labels.target,
        done.map(({ action, result }) => `${action} ${result}`).join(),
      ]);
  const adapted = 'monitoring interval adapted to 15 s (degraded)';
  expect(Object.fromEntries(actions())).toEqual({ a: adapted, b: adapted });
  world.alerting.setPace(undefined, Date.now());
  world.send(firing({ target: 'c' }));
  expect(Object.fromEntries(actions()).c).toBe('');
});

test('a reload sends no message twice', async () => {
  await open();
  world.send(firing(A));
  await expect.poll(() => ops.requests.length, PATIENCE).toBe(1);
  const delivery = world.alerting.delivery;
  await world.alerting.configure(delivery, []);
  world.send(firing(A));
  await delay(400);
  expect(ops.requests).toHaveLength(1);
  world.send(over(A));
  await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a', 'ops: resolved a']);
});

test('a recipient who has got a mail does not get it again after a reload', async () => {
  let isWell = false;
  const smtp = await startSmtp({
    onRcptTo: ({ address }, _, done) =>
      isWell || address === 'a@localhost'
        ? done()
        : done(Object.assign(new Error('later'), { responseCode: 451 })),
  });
  try {
    const entry = `{ to: "a@localhost, b@localhost", from: m@localhost, smarthost: "127.0.0.1:${smtp.port}", require_tls: false }`;
    await open({
      route: ', routes: [{ receiver: mail }]',
      more: `  - name: mail\n    email_configs: [${entry}, ${entry}]`,
    });
    world.send(firing(A));
    const recipients = () => smtp.mails.map(({ to }) => to.join());
    // Each of the two entries has all recipients, independent of the other.
    await expect.poll(recipients, PATIENCE).toEqual(['a@localhost', 'a@localhost']);
    // Recipients are recorded after the attempt, a moment after the server has the mail.
    await expect
      .poll(() => world.emitted.filter(each => each === 'tried email').length, PATIENCE)
      .toBeGreaterThan(1);
    await world.alerting.configure(world.alerting.delivery, []);
    isWell = true;
    await expect.poll(() => recipients().slice(2), PATIENCE).toEqual(['b@localhost', 'b@localhost']);
  } finally {
    await smtp.close();
  }
});

test('a mail server that was away during a restart of the monitor gets alerts that still fire, once', async () => {
  const port = await freePort();
  const more = `  - name: mail\n    email_configs: [{ to: on@call, from: m@localhost, smarthost: "127.0.0.1:${port}", require_tls: false, send_resolved: true }]`;
  const route = ', routes: [{ receiver: mail }]';
  await open({ route, more });
  world.send(firing(A), firing(B));
  await expect
    .poll(() => world.emitted.filter(each => each === 'tried email').length, PATIENCE)
    .toBeGreaterThan(1);
  await reopen({ route, more });
  world.send(firing(A));
  await expect
    .poll(() => world.emitted.filter(each => each === 'tried email').length, PATIENCE)
    .toBeGreaterThan(0);
  const smtp = await startSmtp({ port });
  try {
    await expect.poll(() => smtp.mails.length, PATIENCE).toBe(1);
    await delay(500);
    expect(smtp.mails).toHaveLength(1);
    const { parts } = parseMail(smtp.mails[0]?.raw as string);
    const text = Object.values(parts).join();
    expect(text).toContain('ServiceDown of a');
    expect(text).not.toContain('ServiceDown of b');
  } finally {
    await smtp.close();
  }
});
