import { expect, test } from 'vitest';
import { NO_ANSWERS, type ShardAnswers, ShardStates } from '../../src/cluster/shard-states.js';
import { Labels } from '../../src/model/labels.js';
import type { CheckResult } from '../../src/model/result.js';

const AT = 1_700_000_100_000;
const INTERVALS = new Map([['a', 10_000]]);

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

const checked = (before: number, labels = {}): Said => ['checked', (AT - before) / 1000, labels];
const status = (word: string, labels = {}): Said => ['status', 1, { status: word, ...labels }];

const UP = [checked(5000), status('healthy'), ['up', 1], ['duration', 0.25]] as const satisfies Said[];
const DOWN = [
  checked(5000),
  status('timeout'),
  ['up', 0],
  ['duration', 10],
  ['failures', 3],
  ['reason', 1, { reason: 'timeout' }],
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
      ...([checked(0), status('degraded'), ['up', 1], ['slow', 1]] satisfies Said[]),
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
    [checked(0), status('error'), ['up', 1], ['failures', 1], ['reason', 1, { reason: 'refused' }]],
    {
      status: 'error',
      level: 'up',
      reason: 'refused',
      error: 'A check failed; a second one is to confirm it',
    },
  ],
  ['not checked yet', [status('unknown')], { status: 'unknown', level: 'unknown' }],
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
    [
      ...DOWN,
      checked(4000, { instance: 'm2' }),
      status('healthy', { instance: 'm2' }),
      ['up', 1, { instance: 'm2' }],
    ],
    { status: 'healthy', level: 'up', details: { instance: 'm2' }, consecutiveFailures: 0 },
  ],
])('a service that is %s', (_, said, want) => {
  const [result] = new ShardStates().results(answers(...said), INTERVALS, AT);
  expect(result).toMatchObject({ target: 'a', ...want });
});

test('only what is new is said, and since when', () => {
  const states = new ShardStates();
  expect(states.results(answers(...UP), INTERVALS, AT)).toHaveLength(1);
  expect(states.results(answers(...UP), INTERVALS, AT + 1000)).toEqual([]);
  const later = answers(...UP.slice(1), checked(-5000));
  expect(states.results(later, INTERVALS, AT + 6000)).toMatchObject([{ at: AT + 5000, since: AT - 5000 }]);
  const gone = AT + 5000 + 60_001;
  expect(states.results(later, INTERVALS, gone)).toMatchObject([
    { status: 'unknown', at: AT + 5000, since: gone },
  ]);
  expect(states.results(later, INTERVALS, gone + 5000)).toEqual([]);
});

test('a service that is not asked for any more is forgotten', () => {
  const states = new ShardStates();
  states.results(answers(...UP), INTERVALS, AT);
  expect(states.results(answers(...UP), new Map(), AT)).toEqual([]);
  expect(states.results(answers(...UP), INTERVALS, AT)).toHaveLength(1);
});
