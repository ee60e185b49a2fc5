import { expect, test } from 'vitest';
import type { ShardCheck } from '../../src/cluster/shard-check.js';
import { monitorOf } from '../../src/cluster/shard-queries.js';
import { type ShardAnswers, ShardStates } from '../../src/cluster/shard-states.js';
import { doAtOnce } from '../../src/concurrency/time-slicer.js';
import { Labels } from '../../src/model/labels.js';
import type { CheckResult } from '../../src/model/result.js';

const AT = 1_700_000_100_000;
const INTERVALS = new Map([['a', 10_000]]);

const NO_ANSWERS: ShardAnswers = {
  ...{ checked: [], duration: [], statusCode: [], reason: [], degraded: [] },
  ...{ unknown: [], down: [], slow: [], failures: [], trouble: [] },
};

type Answer = keyof ShardAnswers;
type Said = readonly [answer: Answer, value: number, labels?: Record<string, string>];

/** What monitor `m1` says of the service, in place of or beside what is usual. */
function answers(...said: readonly Said[]): ShardAnswers {
  const all: Record<string, { labels: Labels; value: number }[]> = {};
  for (const [answer, value, labels = {}] of said) {
    all[answer] ??= [];
    all[answer].push({ labels: Labels.of({ target: 'a', instance: 'm1', ...labels }), value });
  }
  return { ...NO_ANSWERS, ...all };
}

function said(states: ShardStates, say: readonly Said[]): ShardStates {
  doAtOnce(states.adding(answers(...say)));
  return states;
}

const checked = (before: number, labels = {}): Said => ['checked', (AT - before) / 1000, labels];
const failed = (reason: string): Said => ['reason', 1, { reason }];

/** What is usual is not said. */
const UP = [checked(5000), ['duration', 0.25]] as const satisfies Said[];
const DOWN = [
  checked(5000),
  ['down', 0],
  ['duration', 10],
  ['failures', 3],
  failed('timeout'),
  ['trouble', 1, { status: 'timeout', error: 'Request timed out' }],
] as const satisfies Said[];

test.each<[name: string, said: readonly Said[], want: Partial<CheckResult>]>([
  [
    'healthy',
    [...UP, ['statusCode', 200]],
    {
      ...{ at: AT - 5000, status: 'healthy', level: 'up', responseTime: 0.25, statusCode: 200 },
      ...{ consecutiveFailures: 0, details: { instance: 'm1' }, since: AT - 5000 },
    },
  ],
  [
    'slow',
    [
      ...([checked(0), ['degraded', 1], ['slow', 1]] satisfies Said[]),
      ['trouble', 1, { status: 'degraded', error: 'Slow: 3 s, threshold 1 s' }],
    ],
    { status: 'degraded', level: 'slow', error: 'Slow: 3 s, threshold 1 s' },
  ],
  [
    'down',
    DOWN,
    {
      ...{ status: 'timeout', level: 'down', error: 'Request timed out', reason: 'timeout' },
      ...{ responseTime: 10, consecutiveFailures: 3 },
    },
  ],
  [
    'failed once, which is not confirmed yet',
    [checked(0), failed('refused'), ['failures', 1]],
    {
      status: 'error',
      level: 'up',
      reason: 'refused',
      error: 'A check failed; a second one is to confirm it',
    },
  ],
  [
    'failed at its first check, which is not confirmed yet',
    [checked(0), failed('refused'), ['failures', 1], ['unknown', 1]],
    { status: 'error', level: 'unknown' },
  ],
  [
    'healthy once, which is not confirmed yet',
    [checked(0), ['down', 0], ['trouble', 1, { status: 'error', error: 'Connection refused' }]],
    { status: 'healthy', level: 'down' },
  ],
  ['not checked yet', [['unknown', 1]], { status: 'unknown', level: 'unknown' }],
  ['checked three intervals and a scrape ago', [...UP.slice(1), checked(60_000)], { status: 'healthy' }],
  [
    'not checked for longer than that',
    [...UP.slice(1), checked(60_001)],
    {
      ...{ status: 'unknown', level: 'unknown' },
      error: 'No recent check in the storage; is the monitor that checks it running?',
    },
  ],
  ['in no answer', [], { status: 'unknown', level: 'unknown' }],
  [
    'checked by two monitors: what the later one says',
    [...DOWN, checked(4000, { instance: 'm2' })],
    { status: 'healthy', level: 'up', details: { instance: 'm2' }, consecutiveFailures: 0 },
  ],
])('a service that is %s', (_, say, want) => {
  const [result] = said(new ShardStates(), say).results(INTERVALS, AT);
  expect(result).toMatchObject({ target: 'a', ...want });
});

test('only what is new is said, and since when', () => {
  const states = said(new ShardStates(), UP);
  expect(states.results(INTERVALS, AT)).toHaveLength(1);
  expect(states.results(INTERVALS, AT + 1000)).toEqual([]);
  said(states, [...UP.slice(1), checked(-5000)]);
  expect(states.results(INTERVALS, AT + 6000)).toMatchObject([{ at: AT + 5000, since: AT - 5000 }]);
  const gone = AT + 5000 + 60_001;
  expect(states.results(INTERVALS, gone)).toMatchObject([{ status: 'unknown', at: AT + 5000, since: gone }]);
  expect(states.results(INTERVALS, gone + 5000)).toEqual([]);
});

test('a check is replaced as a whole by the next one of the same monitor', () => {
  const states = said(new ShardStates(), DOWN);
  expect(states.results(INTERVALS, AT)).toMatchObject([{ status: 'timeout' }]);
  said(states, [checked(1000)]);
  expect(states.results(INTERVALS, AT)).toEqual([
    {
      ...{ target: 'a', at: AT - 1000, status: 'healthy', level: 'up', responseTime: 0, since: AT - 1000 },
      ...{ consecutiveFailures: 0, details: { instance: 'm1' }, readings: { values: [] } },
    },
  ]);
});

test('an earlier check of another monitor does not replace a later one; one of the same monitor does', () => {
  const states = said(new ShardStates(), UP);
  said(states, [checked(6000, { instance: 'm2' })]);
  expect(states.results(INTERVALS, AT)).toMatchObject([{ at: AT - 5000, details: { instance: 'm1' } }]);
  // Its clock was set back.
  said(states, [checked(7000)]);
  expect(states.results(INTERVALS, AT)).toMatchObject([{ at: AT - 7000, details: { instance: 'm1' } }]);
});

test('what a monitor that is gone has found is unknown at once', () => {
  const states = said(new ShardStates(), UP);
  states.results(INTERVALS, AT);
  states.removeMonitor(monitorOf(Labels.of({ instance: 'm2' })));
  expect(states.results(INTERVALS, AT)).toEqual([]);
  states.removeMonitor(monitorOf(Labels.of({ instance: 'm1' })));
  expect(states.results(INTERVALS, AT)).toMatchObject([{ status: 'unknown', at: AT - 5000 }]);
});

test('a service that is not asked for any more is forgotten', () => {
  const states = said(new ShardStates(), UP);
  states.results(INTERVALS, AT);
  states.keep(new Map());
  expect(states.results(INTERVALS, AT)).toMatchObject([{ status: 'unknown' }]);
  said(states, UP);
  expect(states.results(INTERVALS, AT)).toHaveLength(1);
});

const M1 = monitorOf(Labels.of({ instance: 'm1' }));
/** A change of service `a`. @param before how long ago its check was */
function changed(states: ShardStates, before: number, readAt = AT): string[] {
  const change: ShardCheck = {
    ...{ monitor: M1, instance: 'm1', at: AT - before, status: 'error', level: 'down', reason: 'refused' },
    ...{ error: 'Check failed: refused', responseTime: 0, statusCode: undefined, consecutiveFailures: 2 },
  };
  return states.addChanges(new Map([['a', change]]), readAt);
}

test('a change counts until the samples of all services have it, too', () => {
  const states = said(new ShardStates(), UP);
  states.results(INTERVALS, AT);
  expect(changed(states, 1000)).toEqual(['a']);
  expect(states.results(INTERVALS, AT)).toMatchObject([
    { at: AT - 1000, status: 'error', level: 'down', error: 'Check failed: refused' },
  ]);
  // It is read more than once, and all services are read as they were before.
  expect(changed(states, 1000)).toEqual([]);
  said(states, UP);
  expect(states.results(INTERVALS, AT)).toEqual([]);
  said(states, [...DOWN.slice(1), checked(1000)]);
  expect(states.results(INTERVALS, AT)).toMatchObject([{ at: AT - 1000, error: 'Request timed out' }]);
  said(states, [checked(0)]);
  expect(states.results(INTERVALS, AT)).toMatchObject([{ at: AT, status: 'healthy' }]);
});

test('a change that is older than what is known changes nothing', () => {
  const states = said(new ShardStates(), UP);
  states.results(INTERVALS, AT);
  changed(states, 6000);
  expect(states.results(INTERVALS, AT)).toEqual([]);
});

test('a change by a clock that was set back since does not count for ever', () => {
  const states = said(new ShardStates(), UP);
  changed(states, -3_600_000);
  expect(states.results(INTERVALS, AT)).toMatchObject([{ status: 'error' }]);
  said(states, [...UP.slice(1), checked(-120_000)]);
  expect(states.results(INTERVALS, AT + 120_001)).toMatchObject([{ status: 'healthy' }]);
});

test('a change that a monitor has found is forgotten with the monitor', () => {
  const states = new ShardStates();
  changed(states, 1000);
  expect(states.results(INTERVALS, AT)).toMatchObject([{ status: 'error' }]);
  states.removeMonitor(M1);
  expect(states.results(INTERVALS, AT)).toMatchObject([{ status: 'unknown' }]);
});

test('answers about many services are taken by pieces', () => {
  const ids = Array.from({ length: 1000 }, (_, i) => `s${i}`);
  const states = new ShardStates();
  const of = (target: string): Said[] => [checked(5000, { target }), ['duration', 0.25, { target }]];
  const pieces = [...states.adding(answers(...ids.flatMap(of)))];
  expect(pieces.length).toBeGreaterThan(8);
  const results = states.results(new Map(ids.map(id => [id, 10_000])), AT);
  expect(results.map(({ target, status, responseTime }) => [target, status, responseTime])).toEqual(
    ids.map(id => [id, 'healthy', 0.25]),
  );
});
