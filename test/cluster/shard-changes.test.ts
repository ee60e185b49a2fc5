import { expect, test } from 'vitest';
import { changeSamples, changesOf, emptySamples, hashOf } from '../../src/cluster/shard-changes.js';
import { Labels } from '../../src/model/labels.js';
import type { CheckResult } from '../../src/model/result.js';

const AT = 1_700_000_100_123;
const IDS = new Map(['a', 'b'].map(id => [hashOf(id), id]));

const change = (more: Partial<CheckResult> = {}): CheckResult => ({
  ...{ target: 'a', at: AT, status: 'healthy', level: 'up', responseTime: 0.25, consecutiveFailures: 0 },
  ...{ since: AT, readings: { values: [] } },
  ...more,
});

type Samples = readonly (readonly [labels: Record<string, string>, at: number, value: number])[];

/** Samples as a storage has them. */
function stored(samples: Samples) {
  const series = new Map<string, { labels: Labels; times: number[]; values: number[] }>();
  for (const [labels, at, value] of samples) {
    const key = JSON.stringify(labels);
    const known = series.get(key) ?? { labels: Labels.of(labels), times: [], values: [] };
    known.times.push(at);
    known.values.push(value);
    series.set(key, known);
  }
  return [...series.values()];
}

const of = (samples: ReturnType<typeof changeSamples>, instance = 'm1'): Samples =>
  samples.map(({ labels, at, value }) => [{ job: 'langgraph-monitor', instance, ...labels }, at, value]);

const UNCONFIRMED = 'A check failed; a second one is to confirm it';

test.each<[name: string, change: Partial<CheckResult>, want: object]>([
  ['healthy', { statusCode: 200 }, { status: 'healthy', level: 'up', statusCode: 200, error: undefined }],
  [
    'failed once',
    { status: 'error', reason: 'refused', consecutiveFailures: 1 },
    { status: 'error', level: 'up', reason: 'refused', consecutiveFailures: 1, error: UNCONFIRMED },
  ],
  [
    'down',
    { status: 'timeout', reason: 'timeout', level: 'down', consecutiveFailures: 3, responseTime: 10 },
    { status: 'timeout', level: 'down', responseTime: 10, error: 'Check failed: timeout' },
  ],
  ['slow', { status: 'degraded', level: 'slow' }, { status: 'degraded', level: 'slow', error: 'Slow' }],
  [
    'failed before anything is believed',
    { status: 'unhealthy', reason: 'body', level: 'unknown', consecutiveFailures: 1 },
    { status: 'unhealthy', level: 'unknown', reason: 'body', error: UNCONFIRMED },
  ],
])('a service that is %s is read as it was written', (_, more, want) => {
  const read = changesOf(stored(of(changeSamples(change(more), AT + 400))), IDS);
  expect([...read.keys()]).toEqual(['a']);
  expect(read.get('a')).toMatchObject({ at: AT, instance: 'm1', ...want });
});

test('of several changes of a service the last check counts, whichever monitor made it', () => {
  const failed = (at: number): Partial<CheckResult> => ({ at, status: 'error', reason: 'dns' });
  const all = [
    ...of(changeSamples(change(failed(AT)), AT)),
    ...of(changeSamples(change({ target: 'b', at: AT + 1 }), AT + 1)),
    ...of(changeSamples(change({ at: AT + 2000 }), AT + 2)),
    ...of(changeSamples(change(failed(AT + 1000)), AT + 1), 'm2'),
  ];
  const read = changesOf(stored(all), IDS);
  expect(read.get('a')).toMatchObject({ at: AT + 2000, status: 'healthy', instance: 'm1' });
  expect(read.get('b')).toMatchObject({ at: AT + 1, status: 'healthy' });
});

test.each<[name: string, samples: Samples]>([
  ['of a service that is not asked for', of(changeSamples(change({ target: 'c' }), AT))],
  ['of no change', of(emptySamples(AT))],
  ['that are not all there', of(changeSamples(change(), AT)).slice(1)],
  [
    'with a state of a later version',
    of(changeSamples(change(), AT)).map(([labels, at, value]) => [
      labels,
      at,
      labels.__name__?.endsWith('_state') ? 999 : value,
    ]),
  ],
])('samples %s say nothing', (_, samples) => {
  expect(changesOf(stored(samples), IDS).size).toBe(0);
});
