// Forecasts of notifications come true, at their time: each row sets up a situation, requests the forecast, and compares it
// with the time the real delivery records when it sends. No test waits for a fixed time.

import { setTimeout as delay } from 'node:timers/promises';
import { type ExpectStatic, test, vi } from 'vitest';
import type { IncomingAlert } from '../../../src/alertmanager/alert-store.js';
import { fingerprintOf } from '../../../src/alertmanager/fingerprint.js';
import type { NextNotification } from '../../../src/alertmanager/forecast/forecast.js';
import { Matcher } from '../../../src/alertmanager/matchers/matcher.js';
import { type Clock, systemClock } from '../../../src/model/time.js';
import { firing, openWorld, over, type World } from '../../support/alerting.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { answers, type Endpoint, startEndpoint } from '../../support/endpoint.js';

const PATIENCE = { timeout: 60_000, interval: 10 };
/** Waits until something holds. */
const until = (holds: () => boolean) =>
  vi.waitFor(() => {
    if (!holds()) throw new Error(`not within the time: ${holds}`);
  }, PATIENCE);
/** How much earlier than its forecast a notification may be sent. */
const EARLY = 30;
/** Interval of the measurement of the machine's stalls, which delay every flush. */
const TICK = 5;
const A = { target: 'a' };
const B = { target: 'b' };

/** The steps a row may use. */
interface Scene extends World {
  readonly ops: Endpoint;
  readonly clock: Clock;
  fire(labels: Record<string, string>): void;
  silence(target: string, length: number): void;
  /** Waits until something was sent about an alert. */
  sent(labels: Record<string, string>): Promise<void>;
  next(labels: Record<string, string>): NextNotification[];
}

interface Row {
  readonly name: string;
  readonly route?: string;
  /** Written below the route, or into it when it begins with `routes`. */
  readonly more?: string | ((clock: Clock) => string);
  readonly clock?: () => Clock;
  /** Sets up the situation. */
  readonly before: (scene: Scene) => Promise<void> | void;
  /** The forecast then: `RECEIVER INTEGRATION WHAT [held by REASON]`. */
  readonly want: readonly string[];
  /** The target of the alert; by default `a`. */
  readonly about?: Record<string, string>;
  /** A step that is needed for the forecast to come true. */
  readonly after?: (scene: Scene) => Promise<void> | void;
  /** Whether the first one that has a time is waited for; by default true. */
  readonly comes?: boolean;
}

const refuses = answers(404);
const ROOT = 'receiver: ops, group_by: [alertname], group_wait: 300ms, group_interval: 900ms';
const LATE: Record<string, string> = {
  ...A,
  escalation: 'level2',
  escalates: 'ServiceDown',
  alertname: 'Risen',
};

/** A clock that reaches a whole minute soon. */
function beforeTheMinute(): Clock {
  const shift = 60_000 - (Date.now() % 60_000) - 2500;
  return { now: () => systemClock.now() + shift, elapsed: systemClock.elapsed };
}

/** The minute of the day that begins next, in UTC. */
function nextMinute(clock: Clock): string {
  return new Date(clock.now() + 60_000).toISOString().slice(11, 16);
}

const rows: Row[] = [
  {
    name: 'a new alert waits for its group',
    before: scene => scene.fire(A),
    want: ['ops webhook notification'],
  },
  {
    name: 'one that was sent is repeated',
    route: 'repeat_interval: 2s',
    before: async scene => {
      scene.fire(A);
      await scene.sent(A);
    },
    want: ['ops webhook repeat'],
  },
  {
    name: 'another alert of the group brings it again sooner',
    before: async scene => {
      scene.fire(A);
      await scene.sent(A);
      scene.fire(B);
    },
    want: ['ops webhook repeat'],
  },
  {
    name: 'one that joins a group comes with its next flush',
    about: B,
    before: async scene => {
      scene.fire(A);
      await scene.sent(A);
      scene.fire(B);
    },
    want: ['ops webhook notification'],
  },
  {
    name: 'a silenced alert comes when the silence has ended',
    before: scene => {
      scene.silence('a', 2000);
      scene.fire(A);
    },
    want: ['ops webhook notification held by silence'],
  },
  {
    name: 'a silence that has ended before the group is due holds nothing back',
    route: 'group_wait: 2s',
    before: scene => {
      scene.silence('a', 300);
      scene.fire(A);
    },
    want: ['ops webhook notification'],
  },
  {
    name: 'a silence that begins before a repetition holds that back',
    route: 'repeat_interval: 1800ms',
    before: async scene => {
      scene.fire(A);
      await scene.sent(A);
      scene.silence('a', 3000);
    },
    want: ['ops webhook repeat held by silence'],
  },
  {
    name: 'an inhibited alert has no moment',
    more: 'inhibit_rules: [{ source_matchers: [target="b"], target_matchers: [target="a"] }]',
    before: scene => {
      scene.fire(B);
      scene.fire(A);
    },
    want: ['ops webhook notification held by inhibition'],
    comes: false,
  },
  {
    name: 'what inhibits an alert is taken to go on beyond the time it is known for',
    route: 'group_wait: 5m',
    more: 'inhibit_rules: [{ source_matchers: [target="b"], target_matchers: [target="a"] }]',
    before: scene => {
      scene.fire(B);
      scene.fire(A);
    },
    want: ['ops webhook notification held by inhibition'],
    comes: false,
  },
  {
    name: 'an inhibited alert has one when the other is over',
    more: 'inhibit_rules: [{ source_matchers: [target="b"], target_matchers: [target="a"] }]',
    before: async scene => {
      scene.fire(B);
      scene.fire(A);
      await scene.sent(B);
      scene.send(over(B));
    },
    want: ['ops webhook notification'],
  },
  {
    name: 'each route that continues has its own',
    more: 'routes: [{ receiver: boss, continue: true, group_wait: 1200ms }, { receiver: ops }]',
    before: scene => scene.fire(A),
    want: ['ops webhook notification', 'boss webhook notification'],
  },
  {
    name: 'a receiver without integrations writes to the log',
    more: 'routes: [{ receiver: logs }]',
    before: scene => scene.fire(A),
    want: ['logs log notification'],
    comes: false,
  },
  {
    name: 'what the receiver refused for good is tried with the next flush',
    before: async scene => {
      scene.ops.behaviour = refuses;
      scene.fire(A);
      await until(() => scene.emitted.includes('failed webhook clientError'));
      scene.ops.behaviour = answers(200);
    },
    want: ['ops webhook notification'],
  },
  {
    name: 'what the receiver could not take is tried again when it said',
    route: 'group_interval: 5s',
    before: async scene => {
      scene.ops.behaviour = answers(503, '', { 'retry-after': '2' });
      scene.fire(A);
      await until(() => scene.next(A)[0]?.retry?.attempts === 1);
      scene.ops.behaviour = answers(200);
    },
    want: ['ops webhook notification after 1'],
  },
  {
    name: 'what runs out of time is tried again at once',
    route: 'group_interval: 8s',
    before: async scene => {
      scene.ops.behaviour = answers(503, '', { 'retry-after': '3600' });
      scene.fire(A);
      await until(() => scene.next(A)[0]?.retry?.attempts === 1);
      scene.ops.behaviour = answers(200);
    },
    want: ['ops webhook notification after 1'],
  },
  {
    name: 'the resolution of an alert is sent with the next flush',
    before: async scene => {
      scene.fire(A);
      await scene.sent(A);
      scene.send(over(A));
    },
    want: ['ops webhook resolved'],
  },
  {
    name: 'the resolution is not sent without send_resolved',
    more: 'routes: [{ receiver: quiet }]',
    before: async scene => {
      scene.fire(A);
      await scene.sent(A);
      scene.send(over(A));
    },
    want: [],
  },
  {
    name: 'outside of active times it waits for them',
    clock: beforeTheMinute,
    more: clock => `routes: [{ receiver: ops, active_time_intervals: [day] }]
time_intervals: [{ name: day, time_intervals: [{ times: [{ start_time: '${nextMinute(clock)}', end_time: '24:00' }] }] }]`,
    before: scene => scene.fire(A),
    want: ['ops webhook notification held by time_interval'],
  },
  {
    name: 'within mute times it waits for their end',
    clock: beforeTheMinute,
    more: clock => `routes: [{ receiver: ops, mute_time_intervals: [night] }]
time_intervals: [{ name: night, time_intervals: [{ times: [{ start_time: '00:00', end_time: '${nextMinute(clock)}' }] }] }]`,
    before: scene => scene.fire(A),
    want: ['ops webhook notification held by time_interval'],
  },
  {
    name: 'an alert that is pending about it is its escalation',
    route: 'repeat_interval: 1h',
    more: 'routes: [{ receiver: boss, matchers: [escalation="level2"], group_wait: 500ms }]',
    before: async scene => {
      scene.fire(A);
      await scene.sent(A);
      const firesAt = scene.clock.now() + 700;
      const labels = { ...firing(LATE).labels.toJSON() };
      const pending = [{ labels, expression: '', addedLabels: [], firesAt }];
      const found = { at: 0, unsent: [], active: [], notDue: ['ServiceDown'], failures: 0 };
      scene.alerting.applyEvaluation({ ...found, pending }, scene.clock.now());
    },
    want: ['boss webhook escalation', 'ops webhook repeat'],
    after: async scene => {
      await delay(700);
      scene.fire(LATE);
    },
  },
];

async function play(row: Row, expect: ExpectStatic) {
  const { name, route = '', more = '', clock: made, before, want, about = A, after, comes = true } = row;
  const folder = makeFolder('forecast');
  const ops = await startEndpoint();
  const clock = made?.() ?? systemClock;
  const hook = `webhook_configs: [{ url: "${ops.url}/" }]`;
  const written = typeof more === 'string' ? more : more(clock);
  const [routes, ...rest] = written.startsWith('routes') ? written.split('\n') : ['', written];
  const settings = new Map(ROOT.split(', ').map(each => each.split(': ') as [string, string]));
  for (const each of route.split(', ').filter(Boolean))
    settings.set(...(each.split(': ') as [string, string]));
  const root = [...settings].map(pair => pair.join(': ')).join(', ');
  const alertmanager = `
route: { ${root}${routes ? `, ${routes}` : ''} }
receivers:
  - { name: ops, ${hook} }
  - { name: boss, ${hook} }
  - { name: quiet, webhook_configs: [{ url: "${ops.url}/", send_resolved: false }] }
  - name: logs
${rest.join('\n')}`;
  const world = await openWorld({ folder, alertmanager, clock });
  const known = (labels: Record<string, string>) =>
    world.alerting.alerts.get(fingerprintOf(firing(labels).labels));
  const scene: Scene = {
    ...world,
    ops,
    clock,
    fire: labels => world.alerting.alerts.upsert([firing(labels) as IncomingAlert], clock.now()),
    silence(target, length) {
      const [startsAt, endsAt] = [clock.now(), clock.now() + length];
      const matchers = [new Matcher('target', '=', target)];
      world.alerting.silences.set({ matchers, startsAt, endsAt, createdBy: 'ann', comment: 'c' }, startsAt);
    },
    sent: labels => until(() => sentAt(world, labels).length > 0),
    next(labels) {
      const alert = known(labels);
      return alert ? (world.alerting.forecast()?.next(alert) ?? []) : [];
    },
  };
  try {
    await before(scene);
    const said = scene.next(about);
    expect({ name, said: said.map(shown) }).toEqual({ name, said: want });
    const first = said.find(({ at }) => at !== undefined);
    if (!comes) return;
    const count = sentAt(world, about).length;
    let stalled = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      stalled += Math.max(0, performance.now() - last - TICK - 1);
      last = performance.now();
    }, TICK);
    await after?.(scene);
    if (first) {
      await until(() => sentAt(world, about).length > count);
      const happened = sentAt(world, about)[count] as number;
      // A busy machine sends late, never early.
      const off = happened - (first.at as number);
      const isThen = off > -EARLY && off < 200 + stalled;
      expect({ name, off, stalled, isThen }).toEqual({ name, off, stalled, isThen: true });
    }
    clearInterval(watch);
  } finally {
    await world.close();
    await ops.close();
    removeFolder(folder);
  }
}

function shown({ receiver, integration, what, heldBy, retry }: NextNotification): string {
  const held = heldBy.map(({ reason }) => reason).join(', ');
  return `${receiver} ${integration} ${what}${held && ` held by ${held}`}${retry ? ` after ${retry.attempts}` : ''}`;
}

/** Times at which notifications with an alert were delivered, from its history. */
function sentAt(world: World, labels: Record<string, string>): number[] {
  const { episodes } = world.alerting.history.select({ limit: 10, service: labels.target });
  return episodes.flatMap(({ notifications }) =>
    notifications.filter(({ error }) => error === undefined).map(({ at }) => at),
  );
}

test.concurrent.for(rows.map(row => [row.name, row] as const))('%s', ([, row], { expect }) =>
  play(row, expect),
);
