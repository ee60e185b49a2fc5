// From alerts to what receivers are told, over real HTTP.

import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseMatchers } from '../../src/alertmanager/matchers/parse.js';
import { firing, openWorld, over, toldTo, type World, type WorldOptions } from '../support/alerting.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { answers, drops, type Endpoint, hangs, startEndpoint } from '../support/endpoint.js';
import { parseMail, startSmtp } from '../support/smtp.js';

const PATIENCE = { timeout: 15_000, interval: 20 };
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
  - name: nobody
${more}`;
  world = await openWorld({ folder, alertmanager, ...rest });
}

/** As after `kill -9`: what is on disk is all there is. */
async function reopen(options: Parameters<typeof open>[0] = {}): Promise<void> {
  await world.close();
  await open(options);
}

const A = { target: 'a' };
const B = { target: 'b' };

describe('one message for many alerts', () => {
  test('a hundred services that fail at once are one message', async () => {
    await open();
    world.tell(...Array.from({ length: 100 }, (_, i) => firing({ target: `s${i}` })));
    await expect.poll(() => ops.requests.length, PATIENCE).toBe(1);
    await delay(500);
    expect(ops.requests).toHaveLength(1);
    expect(JSON.parse(ops.requests[0]?.body as string).alerts).toHaveLength(100);
  });

  test('what fails later waits for the interval, and comes with the others', async () => {
    await open();
    world.tell(firing(A));
    await expect.poll(() => toldTo(ops), PATIENCE).toEqual(['ops: firing a']);
    world.tell(firing(B));
    await expect.poll(() => toldTo(ops), PATIENCE).toEqual(['ops: firing a', 'ops: firing a, firing b']);
  });

  test('labels of group_by tell groups apart', async () => {
    await open();
    world.tell(firing(A), firing({ ...B, alertname: 'Other' }));
    await expect.poll(() => toldTo(ops).sort(), PATIENCE).toEqual(['ops: firing a', 'ops: firing b']);
  });
});

describe('nothing twice, nothing forgotten', () => {
  test('the same alert again and again is told once; its end follows', async () => {
    await open();
    for (let i = 0; i < 10; i++) {
      world.tell(firing(A));
      await delay(60);
    }
    expect(toldTo(ops)).toEqual(['ops: firing a']);
    world.tell(over(A));
    await expect.poll(() => toldTo(ops), PATIENCE).toEqual(['ops: firing a', 'ops: resolved a']);
    await delay(500);
    expect(ops.requests).toHaveLength(2);
    expect([...(world.alerting.notifier?.groups ?? [])]).toEqual([]);
  });

  test('an alert that came and went before anybody was told is not told', async () => {
    await open();
    world.tell(firing(A));
    world.tell(over(A));
    await delay(500);
    expect(ops.requests).toEqual([]);
  });

  test('one that flaps within an interval is not told again', async () => {
    await open();
    world.tell(firing(A));
    await expect.poll(() => ops.requests.length, PATIENCE).toBe(1);
    for (let i = 0; i < 5; i++) {
      world.tell(over(A));
      world.tell(firing(A));
    }
    await delay(500);
    expect(toldTo(ops)).toEqual(['ops: firing a']);
  });

  test('after a restart nobody is told again, and the end is told', async () => {
    await open();
    world.tell(firing(A));
    await expect.poll(() => ops.requests.length, PATIENCE).toBe(1);
    await reopen();
    world.tell(firing(A));
    await delay(400);
    expect(toldTo(ops)).toEqual(['ops: firing a']);
    world.tell(over(A));
    await expect.poll(() => toldTo(ops), PATIENCE).toEqual(['ops: firing a', 'ops: resolved a']);
  });

  test('what came and went before a restart is in no message after it', async () => {
    const slow = ', routes: [{ receiver: ops, group_wait: 1h }]';
    await open({ route: slow });
    world.tell(firing(B));
    world.tell(over(B));
    await reopen();
    world.tell(firing(A));
    await expect.poll(() => toldTo(ops), PATIENCE).toEqual(['ops: firing a']);
  });

  test('what fired before a restart and was not told waits until it is heard of again', async () => {
    ops.behaviour = answers(500);
    await open();
    world.tell(firing(A), firing(B));
    await expect.poll(() => ops.requests.length, PATIENCE).toBeGreaterThan(0);
    await world.close();
    ops.behaviour = answers(200);
    ops.requests.length = 0;
    await open();
    await delay(400);
    expect(ops.requests).toEqual([]);
    world.tell(firing(A));
    await expect.poll(() => toldTo(ops), PATIENCE).toEqual(['ops: firing a']);
  });
});

describe('a receiver in trouble', () => {
  test('is tried again until it takes the message', async () => {
    ops.behaviour = answers(503);
    await open();
    world.tell(firing(A));
    await expect.poll(() => ops.requests.length, PATIENCE).toBeGreaterThan(1);
    ops.behaviour = answers(200);
    await expect.poll(() => world.heard.includes('sent webhook'), PATIENCE).toBe(true);
    const count = ops.requests.length;
    await delay(400);
    expect(ops.requests).toHaveLength(count);
  });

  test('does not delay another', async () => {
    ops.behaviour = hangs;
    await open({ route: ', routes: [{ receiver: both }]' });
    world.tell(firing(A));
    await expect.poll(() => toldTo(boss), PATIENCE).toEqual(['both: firing a']);
    world.tell(over(A));
    await expect.poll(() => toldTo(boss), PATIENCE).toEqual(['both: firing a', 'both: resolved a']);
  });

  test('that was away is told what is true when it is back, not what was', async () => {
    ops.behaviour = drops;
    await open();
    world.tell(firing(A), firing(B));
    await expect.poll(() => ops.requests.length, PATIENCE).toBeGreaterThan(1);
    world.tell(over(A));
    await delay(300);
    ops.behaviour = answers(200);
    const before = ops.requests.length;
    await expect.poll(() => world.heard.includes('sent webhook'), PATIENCE).toBe(true);
    const told = toldTo(ops).slice(before);
    expect(told[0]).toBe('ops: resolved a, firing b');
  });

  test('refuses for good: given up until there is more to tell, and it is logged', async () => {
    ops.behaviour = answers(400, 'no such room');
    await open();
    world.tell(firing(A));
    await expect.poll(() => world.heard.includes('failed webhook clientError'), PATIENCE).toBe(true);
    const [, , fields] =
      world.logged.find(([, message]) => message.startsWith('Notification failed after retries')) ?? [];
    expect(fields).toMatchObject({ receiver: 'ops', integration: 'webhook', attempts: 1 });
    expect(fields?.err).toMatch(/400/);
    const [episode] = world.alerting.history.select({ limit: 1 }).episodes;
    expect(episode?.notifications[0]).toMatchObject({ receiver: 'ops', error: expect.stringMatching(/400/) });
  });
});

test('an alert that comes while one configuration gives way to another is told by the other', async () => {
  ops.behaviour = hangs;
  await open();
  world.tell(firing(A));
  await expect.poll(() => ops.requests.length, PATIENCE).toBe(1);
  const changed = world.alerting.configure(world.alerting.delivery, []);
  await delay(100);
  world.tell(firing(B));
  ops.behaviour = answers(200);
  await changed;
  await expect.poll(() => toldTo(ops).at(-1), PATIENCE).toBe('ops: firing a, firing b');
});

test('who stops waits for the answer to a message under way, and so tells nothing twice', async () => {
  ops.behaviour = response => void setTimeout(() => response.end(), 500);
  await open();
  world.tell(firing(A));
  await expect.poll(() => ops.requests.length, PATIENCE).toBe(1);
  await reopen();
  world.tell(firing(A));
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

  test('a silenced alert is not told, and its episode says who silenced it', async () => {
    await open();
    silence('target="a"');
    world.tell(firing(A), firing(B));
    await expect.poll(() => toldTo(ops), PATIENCE).toEqual(['ops: firing b']);
    const { episodes } = world.alerting.history.select({ service: 'a', limit: 1 });
    expect(episodes[0]?.silencedBy).toMatchObject([{ createdBy: 'ann', comment: 'upgrade' }]);
    expect(world.heard).toContain('silence 1');
  });

  test('whoever was told that it fires is told of its end, silenced or not', async () => {
    await open();
    world.tell(firing(A));
    await expect.poll(() => toldTo(ops), PATIENCE).toEqual(['ops: firing a']);
    silence('target="a"');
    world.tell(firing(B));
    await expect.poll(() => toldTo(ops), PATIENCE).toEqual(['ops: firing a', 'ops: firing b']);
    world.tell(over(A));
    await expect.poll(() => toldTo(ops).at(-1), PATIENCE).toBe('ops: resolved a, firing b');
  });

  test('a silence that is over lets it be told', async () => {
    await open();
    silence('target="a"', Date.now() + 300);
    world.tell(firing(A));
    await expect.poll(() => toldTo(ops), PATIENCE).toEqual(['ops: firing a']);
  });

  test('an inhibited alert is told when what explains it is over', async () => {
    const more = `inhibit_rules: [{ source_matchers: [alertname="Network"], target_matchers: [alertname="ServiceDown"] }]`;
    await open({ more });
    world.tell(firing({ alertname: 'Network', target: 'n' }), firing(A));
    await expect.poll(() => toldTo(ops), PATIENCE).toEqual(['ops: firing n']);
    await delay(300);
    expect(ops.requests).toHaveLength(1);
    world.tell(over({ alertname: 'Network', target: 'n' }));
    await expect
      .poll(() => toldTo(ops).sort(), PATIENCE)
      .toEqual(['ops: firing a', 'ops: firing n', 'ops: resolved n']);
  });

  test('outside of active times nothing is told', async () => {
    const never = `time_intervals: [{ name: never, time_intervals: [{ years: ["1999"] }] }]`;
    await open({ route: ', routes: [{ receiver: ops, active_time_intervals: [never] }]', more: never });
    world.tell(firing(A));
    await expect.poll(() => world.heard, PATIENCE).toContain('active_time_interval 1');
    expect(ops.requests).toEqual([]);
  });
});

test('a receiver with no way to tell anybody writes to the log', async () => {
  await open({ route: ', routes: [{ receiver: nobody }]' });
  world.tell(firing(A));
  await expect
    .poll(() => world.logged, PATIENCE)
    .toContainEqual([
      'info',
      'Notification',
      { receiver: 'nobody', integration: 'log', firing: 'CRITICAL: ServiceDown of a' },
    ]);
});

test('each message is logged, and which receivers only write to the log', async () => {
  await open({ route: ', routes: [{ receiver: boss, matchers: [severity="none"] }]' });
  world.tell(firing(A), firing({ ...B, alertname: 'Heartbeat', severity: 'none' }));
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
    { receivers: 'nobody' },
  ]);
});

test('what the checks do about the status is among the actions of the alerts there are and those that come', async () => {
  await open();
  world.tell(firing(A));
  world.alerting.setPace('adapted to 15 s (degraded)', Date.now());
  world.tell(firing(B));
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
  world.tell(firing({ target: 'c' }));
  expect(Object.fromEntries(actions()).c).toBe('');
});

test('another configuration takes over without telling anything twice', async () => {
  await open();
  world.tell(firing(A));
  await expect.poll(() => ops.requests.length, PATIENCE).toBe(1);
  const delivery = world.alerting.delivery;
  await world.alerting.configure(delivery, []);
  world.tell(firing(A));
  await delay(400);
  expect(ops.requests).toHaveLength(1);
  world.tell(over(A));
  await expect.poll(() => toldTo(ops), PATIENCE).toEqual(['ops: firing a', 'ops: resolved a']);
});

test('who has got a mail is not told again because another configuration took over meanwhile', async () => {
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
    world.tell(firing(A));
    const recipients = () => smtp.mails.map(({ to }) => to.join());
    // Each of the two entries tells everybody, whatever the other one has told.
    await expect.poll(recipients, PATIENCE).toEqual(['a@localhost', 'a@localhost']);
    // Who has got it is known once the attempt is over, a moment after the server has the mail.
    await expect
      .poll(() => world.heard.filter(each => each === 'tried email').length, PATIENCE)
      .toBeGreaterThan(1);
    await world.alerting.configure(world.alerting.delivery, []);
    isWell = true;
    await expect.poll(() => recipients().slice(2), PATIENCE).toEqual(['b@localhost', 'b@localhost']);
  } finally {
    await smtp.close();
  }
});

test('a mail server that was dead while the monitor was killed and started again gets what is still true, once', async () => {
  const port = await freePort();
  const more = `  - name: mail\n    email_configs: [{ to: on@call, from: m@localhost, smarthost: "127.0.0.1:${port}", require_tls: false, send_resolved: true }]`;
  const route = ', routes: [{ receiver: mail }]';
  await open({ route, more });
  world.tell(firing(A), firing(B));
  await expect
    .poll(() => world.heard.filter(each => each === 'tried email').length, PATIENCE)
    .toBeGreaterThan(1);
  await reopen({ route, more });
  world.tell(firing(A));
  await expect
    .poll(() => world.heard.filter(each => each === 'tried email').length, PATIENCE)
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
