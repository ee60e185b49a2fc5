import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChangeWriter } from '../../src/app/shard-change-writer.js';
import { changesOf, hashOf } from '../../src/cluster/shard-changes.js';
import { Labels } from '../../src/model/labels.js';
import type { CheckResult } from '../../src/model/result.js';
import type { UnqueuedSample } from '../../src/remote-write/unqueued.js';
import { result } from '../http/monitor.js';

const PATIENCE = { timeout: 10_000, interval: 20 };
const SHARED = { elsewhere: new Map([['z', 1000]]), remote: {}, remoteWrite: { remotes: [{}] } };
type Shared = Parameters<ChangeWriter['configure']>[0];

let now: number;
let sent: (readonly UnqueuedSample[])[];
let writer: ChangeWriter;
beforeEach(() => {
  now = 1_700_000_000_000;
  sent = [];
  writer = new ChangeWriter({ clock: { now: () => now }, send: samples => sent.push(samples) });
});
afterEach(() => writer.close());

function start(more: object = {}): void {
  writer.configure({ ...SHARED, ...more } as unknown as Shared);
}

const failed = (id: string, more: Partial<CheckResult> = {}) =>
  result(id, { status: 'error', reason: 'refused', level: 'down', consecutiveFailures: 1, ...more });

/** What others read of all that was sent, by service. */
function read(ids: readonly string[]): Record<string, string> {
  const series = sent
    .flat()
    .map(({ labels, at, value }) => ({ labels: Labels.of(labels), times: [at], values: [value] }));
  const changes = changesOf(series, new Map(ids.map(id => [hashOf(id), id])));
  return Object.fromEntries([...changes].map(([id, { status }]) => [id, status]));
}

const timesOf = (name: string) =>
  sent.flat().flatMap(({ labels, at }) => (labels.__name__?.endsWith(name) ? [at] : []));

test('what has changed is written, and what is as before is not', async () => {
  start();
  for (const each of [result('a'), failed('b'), result('c'), result('a')]) writer.add(each);
  await expect.poll(() => read(['a', 'b', 'c']), PATIENCE).toEqual({ b: 'error' });
  const before = sent.length;
  for (const each of [failed('b', { consecutiveFailures: 2 }), result('c'), failed('a')]) writer.add(each);
  await expect.poll(() => sent.length, PATIENCE).toBeGreaterThan(before);
  expect(read(['a', 'b', 'c'])).toEqual({ a: 'error', b: 'error' });
  sent = [];
  writer.add(result('b', { at: now + 1000 }));
  await expect.poll(() => read(['a', 'b', 'c']), PATIENCE).toEqual({ b: 'healthy' });
});

test('each change has a time of its own, in requests that are not too long', async () => {
  start();
  const ids = Array.from({ length: 700 }, (_, i) => `service-${i}`);
  for (const id of ids) writer.add(failed(id));
  await expect.poll(() => Object.keys(read(ids)).length, PATIENCE).toBe(700);
  const times = timesOf('_state');
  expect(times.every((time, i) => i === 0 || time > (times[i - 1] as number))).toBe(true);
  expect(Math.max(...sent.map(samples => samples.length))).toBeLessThanOrEqual(2000);
  // A clock that was set back is followed.
  now -= 3_600_000;
  sent = [];
  writer.add(failed('another'));
  await expect.poll(() => timesOf('_state'), PATIENCE).toEqual([now]);
});

test('the series are there before the first change', () => {
  start();
  expect(sent).toHaveLength(1);
  expect(new Set(sent[0]?.map(({ at }) => at))).toEqual(new Set([now]));
  expect(read(['a'])).toEqual({});
});

test.each<[name: string, configuration: object]>([
  ['without shards', { elsewhere: new Map() }],
  ['without a storage that answers', { remote: undefined }],
  ['without one that is written to', { remoteWrite: { remotes: [] } }],
])('%s nothing is written', async (_, configuration) => {
  start(configuration);
  writer.add(failed('a'));
  // What comes after it would be written together with it.
  start();
  writer.add(failed('b'));
  await expect.poll(() => read(['a', 'b']), PATIENCE).toEqual({ b: 'error' });
});
