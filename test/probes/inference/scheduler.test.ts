// The schedule of requests to models: a timetable with tasks that answer as the test scripts them.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { InferenceResult } from '../../../src/model/inference.js';
import { systemClock } from '../../../src/model/time.js';
import { InferenceScheduler, type InferenceTarget } from '../../../src/probes/inference/scheduler.js';
import {
  InferenceFailure,
  InferenceSkipped,
  type InferenceTask,
} from '../../../src/probes/inference/task.js';
import { ProbeFailure } from '../../../src/probes/probe.js';

/** How a model answers: after `ms`, with a failure or not; `hang` until it is called off, `deaf` for ever. */
type Script = { ms?: number; fails?: string; skips?: boolean; hang?: boolean; deaf?: boolean };

let begun = 0;
let starts: string[] = [];
let results: InferenceResult[] = [];
let scheduler: InferenceScheduler;
const scripts = new Map<string, Script>();
/** Running at once, by host; and the most of them. */
const running = new Map<string, number>();
const most = new Map<string, number>();

const second = () => Math.round((performance.now() - begun) / 100) / 10;
const seconds = (n: number) => vi.advanceTimersByTimeAsync(n * 1000);

beforeEach(() => {
  vi.useFakeTimers();
  for (const map of [scripts, running, most]) map.clear();
  starts = [];
  results = [];
  begun = performance.now();
  scheduler = new InferenceScheduler(systemClock, result => results.push(result));
});

afterEach(() => {
  scheduler.close();
  vi.useRealTimers();
});

function task(model: string, { host = 'h', interval = 300_000, timeout = 60_000 } = {}): InferenceTask {
  return {
    ...{ test: 'generate', model, host, interval, timeout },
    async run({ attempt }) {
      starts.push(`${second()} ${model}`);
      const { ms = 100, fails, skips, hang, deaf } = scripts.get(model) ?? {};
      count(host, 1);
      try {
        await new Promise<void>((resolve, reject) => {
          if (!hang && !deaf) setTimeout(resolve, ms);
          attempt.onCancel(() => {
            const late = new ProbeFailure('timeout', 'Request timed out before the answer ended');
            if (!deaf) reject(new InferenceFailure('timeout', late.message, { tokens: 3 }));
            return late;
          });
        });
      } finally {
        count(host, -1);
      }
      if (skips) throw new InferenceSkipped('not_loaded');
      if (fails) throw new InferenceFailure('stream', fails);
      return { tokens: 1 };
    },
  };
}

function count(host: string, by: number): void {
  const now = (running.get(host) ?? 0) + by;
  running.set(host, now);
  most.set(host, Math.max(now, most.get(host) ?? 0));
}

const target = (id: string, ...tasks: InferenceTask[]): InferenceTarget => ({
  id,
  tasks,
  secrets: () => ['hunter2'],
});

/** `SECOND TARGET MODEL OUTCOME` of every result, seconds since the start. */
const outcomes = () =>
  results.map(({ target: id, model, outcome, consecutiveFailures: failures }) => {
    const reason = outcome.type === 'success' ? '' : ` ${outcome.reason}`;
    return `${id} ${model} ${outcome.type}${reason}${failures > 0 ? ` ${failures}` : ''}`;
  });

test('a model is asked when its service has been checked, and then at its interval', async () => {
  scheduler.set([target('a', task('m'))]);
  await seconds(5);
  expect(starts).toEqual([]);
  scheduler.checked('a', true, 'up');
  await seconds(700);
  expect(starts).toEqual(['5 m', '305.1 m', '605.2 m']);
  expect(outcomes()).toEqual(Array(3).fill('a m success'));
});

test('a check more does not ask more', async () => {
  scheduler.set([target('a', task('m'))]);
  for (let i = 0; i < 20; i++) {
    scheduler.checked('a', true, 'up');
    await seconds(10);
  }
  expect(starts).toEqual(['0 m']);
});

test('no question while the service is down, and one at once when it is back', async () => {
  scheduler.set([target('a', task('m'))]);
  scheduler.checked('a', true, 'up');
  await seconds(100);
  scheduler.checked('a', false, 'up');
  await seconds(300);
  scheduler.checked('a', false, 'down');
  await seconds(600);
  expect(starts).toEqual(['0 m']);
  expect(outcomes()).toEqual(['a m success', 'a m skip down', 'a m skip down', 'a m skip down']);
  scheduler.checked('a', true, 'down');
  await seconds(1);
  expect(starts).toEqual(['0 m', '1000 m']);
});

test('one at a time on a host, whichever service it is of; hosts do not wait for each other', async () => {
  for (const model of ['m1', 'm2', 'm3', 'm4']) scripts.set(model, { ms: 10_000 });
  scheduler.set([
    target('a', task('m1'), task('m2')),
    target('b', task('m3')),
    target('c', task('m4', { host: 'i' })),
  ]);
  for (const id of ['a', 'b', 'c']) scheduler.checked(id, true, 'up');
  await seconds(40);
  expect(starts).toEqual(['0 m1', '0 m4', '10 m2', '20 m3']);
  expect(Object.fromEntries(most)).toEqual({ h: 1, i: 1 });
});

test('a question that takes longer than the interval is not asked twice at once', async () => {
  scripts.set('m', { ms: 25_000 });
  scheduler.set([target('a', task('m', { interval: 10_000 }))]);
  scheduler.checked('a', true, 'up');
  await seconds(100);
  expect(most.get('h')).toBe(1);
  expect(starts).toEqual(['0 m', '35 m', '70 m']);
});

test('a failure is confirmed twice, soon; then the interval holds', async () => {
  scripts.set('m', { fails: 'out of memory, hunter2' });
  scheduler.set([target('a', task('m'))]);
  scheduler.checked('a', true, 'up');
  await seconds(400);
  expect(starts).toEqual(['0 m', '30.1 m', '60.2 m', '360.3 m']);
  expect(outcomes()).toEqual([1, 2, 3, 4].map(n => `a m failure stream ${n}`));
  expect(results[0]?.outcome).toMatchObject({ error: 'out of memory, <secret>' });
  scripts.set('m', {});
  await seconds(300);
  expect(outcomes().at(-1)).toBe('a m success');
});

test('one that is not in memory is no failure', async () => {
  scripts.set('m', { skips: true });
  scheduler.set([target('a', task('m'))]);
  scheduler.checked('a', true, 'up');
  await seconds(400);
  expect(starts).toEqual(['0 m', '300.1 m']);
  expect(outcomes()).toEqual(Array(2).fill('a m skip not_loaded'));
});

test.each(['hang', 'deaf'] as const)('the deadline ends a question (%s)', async how => {
  scripts.set('m', { [how]: true });
  scheduler.set([target('a', task('m', { timeout: 5000 }), task('other'))]);
  scheduler.checked('a', true, 'up');
  await seconds(6);
  expect(outcomes()).toEqual(['a m failure timeout 1', 'a other success']);
  expect(results[0]?.outcome).toMatchObject({ error: 'Request timed out before the answer ended' });
  expect(results[0]?.measured).toEqual(how === 'hang' ? { tokens: 3 } : {});
});

test('a service that goes down ends its question, without a result', async () => {
  scripts.set('m', { hang: true });
  scheduler.set([target('a', task('m'))]);
  scheduler.checked('a', true, 'up');
  await seconds(5);
  scheduler.checked('a', false, 'up');
  await seconds(1);
  expect(running.get('h')).toBe(1);
  scheduler.checked('a', false, 'down');
  await seconds(1);
  expect([running.get('h'), outcomes()]).toEqual([0, []]);
});

test('a reload ends the questions of what has gone or changed, and no others', async () => {
  const [stays, goes] = [task('stays', { host: 'i' }), task('goes')];
  for (const model of ['stays', 'goes']) scripts.set(model, { hang: true });
  scheduler.set([target('a', stays), target('b', goes)]);
  for (const id of ['a', 'b']) scheduler.checked(id, true, 'up');
  await seconds(5);
  scheduler.set([target('a', stays), target('b', task('new'))]);
  await seconds(1);
  expect([running.get('i'), running.get('h')]).toEqual([1, 0]);
  expect(outcomes()).toEqual(['b new success']);
});

test('nothing comes after the end', async () => {
  scripts.set('m', { hang: true });
  scheduler.set([target('a', task('m'))]);
  scheduler.checked('a', true, 'up');
  await seconds(5);
  scheduler.close();
  await seconds(1000);
  expect([running.get('h'), starts, outcomes()]).toEqual([0, ['0 m'], []]);
});

test('a model whose name is not known yet says nothing', async () => {
  scheduler.set([target('a', { ...task('m'), model: undefined })]);
  scheduler.checked('a', true, 'up');
  await seconds(500);
  expect([starts, outcomes()]).toEqual([[], []]);
});
