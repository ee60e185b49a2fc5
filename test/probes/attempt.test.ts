import { describe, expect, test } from 'vitest';
import { family } from '../../src/model/family.js';
import { runCheck } from '../../src/probes/attempt.js';
import { type Attempt, ProbeFailure } from '../../src/probes/probe.js';
import { ReadingsRecorder } from '../../src/probes/readings.js';

const gauge = family('x', 'A number');

async function run(ask: (attempt: Attempt) => Promise<void>, isService = false) {
  const outcome = await runCheck(
    { run: ask, close() {} },
    { isService, timeout: 50, slowAfter: 40 },
    new ReadingsRecorder(),
  );
  const { layout, values } = outcome.readings;
  return { ...outcome, samples: (layout?.families ?? []).map((name, i) => [name, values[i]]) };
}

const never = () => new Promise<void>(() => {});
/** Blocks the thread for a good second, as SIGSTOP does. */
const standStill = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);

describe('an attempt', () => {
  test('keeps what was recorded before a failure', async () => {
    const outcome = await run(async attempt => {
      attempt.record(gauge, [], 7);
      throw new ProbeFailure('body', 'not what was wanted');
    });
    expect(outcome).toMatchObject({
      status: 'unhealthy',
      reason: 'body',
      error: 'not what was wanted',
      samples: [['x', 7]],
    });
  });

  test('lets a probe record readings at the deadline, and none after it', async () => {
    const outcome = await run(attempt => {
      attempt.onCancel(() => attempt.record(gauge, [], 0));
      setTimeout(() => attempt.record(gauge, ['late'], 1), 60);
      return never();
    });
    await new Promise(resolve => setTimeout(resolve, 30));
    expect(outcome).toMatchObject({ status: 'timeout', responseTime: 0.05, samples: [['x', 0]] });
  });

  test.each<[name: string, first: (attempt: Attempt) => Promise<void>]>([
    ['gets no answer', never],
    ['is answered afterwards', async () => {}],
    ['fails afterwards', () => Promise.reject(new ProbeFailure('protocol', 'Connection closed'))],
  ])('an attempt during which the thread was blocked, and that %s, is repeated', async (_, first) => {
    let attempts = 0;
    const outcome = await run(attempt => {
      if (attempts++ > 0) return Promise.resolve();
      attempt.record(gauge, [], 7);
      standStill();
      return first(attempt);
    });
    expect(outcome).toMatchObject({ status: 'healthy', samples: [] });
    expect(attempts).toBe(2);
  });

  test('the series are named by the attempt that counts', async () => {
    let attempts = 0;
    const outcome = await run(async attempt => {
      attempt.record(gauge, [], 7);
      if (attempts++ === 0) standStill();
    });
    expect([attempts, outcome.samples]).toEqual([2, [['x', 7]]]);
  });

  test('a check ends also when the thread is blocked again and again', async () => {
    let attempts = 0;
    const outcome = await run(() => {
      attempts++;
      standStill();
      return never();
    });
    expect(outcome).toMatchObject({ status: 'timeout' });
    expect(attempts).toBe(3);
  });

  test('calls a cancellation callback registered after the deadline at once', async () => {
    let calls = 0;
    await run(async attempt => {
      attempt.onCancel(() => attempt.onCancel(() => calls++));
      await never();
    });
    expect(calls).toBe(1);
  });

  test('an unexpected error is a failed check, not a dead prober', async () => {
    const outcome = await run(async () => {
      throw new TypeError('undefined is not a function');
    });
    expect(outcome).toMatchObject({
      status: 'error',
      reason: 'protocol',
      error: 'undefined is not a function',
    });
  });

  test('a probe that throws synchronously is a failed check too', async () => {
    const outcome = await run(() => {
      throw new Error('at once');
    });
    expect(outcome).toMatchObject({ status: 'error', error: 'at once' });
  });

  test('the duration measured by the probe is used', async () => {
    const outcome = await run(async attempt => attempt.measured(45));
    expect(outcome).toMatchObject({
      status: 'degraded',
      responseTime: 0.045,
      error: 'Slow: 0.045 s, threshold 0.04 s',
    });
  });

  test('services have probe_* families, the node itself has none', async () => {
    expect((await run(async () => {}, true)).samples.map(([name]) => name)).toEqual([
      'probe_success',
      'probe_duration_seconds',
      'probe_timeout_seconds',
    ]);
    expect((await run(async () => {}, false)).samples).toEqual([]);
  });
});

describe('more samples than the limit', () => {
  const labelled = family('y', 'By name', 'gauge', ['name']);
  const limited = (sampleLimit: number | undefined, ask: (attempt: Attempt) => void) =>
    runCheck(
      { run: async attempt => ask(attempt), close() {} },
      { isService: true, timeout: 1000, slowAfter: 900, ...(sampleLimit && { sampleLimit }) },
      new ReadingsRecorder(),
    );
  const three = (attempt: Attempt) => {
    for (const name of ['a', 'b', 'c']) attempt.record(labelled, [name], 1);
    attempt.record(gauge, [], 1);
  };

  test.each<
    [
      name: string,
      limit: number | undefined,
      ask: (attempt: Attempt) => void,
      want: string[],
      leftOut: unknown,
    ]
  >([
    ['without a limit there are all', undefined, three, ['y a', 'y b', 'y c', 'x'], undefined],
    ['as many as the limit', 4, three, ['y a', 'y b', 'y c', 'x'], undefined],
    [
      'those with labels that come later are left out',
      2,
      three,
      ['y a', 'y b', 'x'],
      { samples: 1, of: 4, limit: 2 },
    ],
    [
      'what a probe leaves out itself counts too',
      2,
      attempt => {
        attempt.record(labelled, [`${attempt.room} left`], 1);
        attempt.dropSamples(7);
      },
      ['y 2 left'],
      { samples: 7, of: 8, limit: 2 },
    ],
  ])('%s', async (_, limit, ask, want, leftOut) => {
    const { readings, status, ...outcome } = await limited(limit, ask);
    const { families = [], labels = [] } = readings.layout ?? {};
    const names = families.map((name, i) => [name, ...(labels[i] ?? [])].join(' '));
    expect(names.filter(name => !name.startsWith('probe_'))).toEqual(want);
    expect(outcome.leftOut).toEqual(leftOut);
    const value = (name: string) => readings.values[families.indexOf(name)];
    expect([value('probe_samples_left_out'), value('probe_sample_limit')]).toEqual(
      leftOut ? [(leftOut as { samples: number }).samples, limit] : [undefined, undefined],
    );
    expect([status, value('probe_success')]).toEqual(['healthy', 1]);
  });
});

describe('the recorder of readings', () => {
  const other = family('y', 'Another');
  const take = (recorder: ReadingsRecorder, ...samples: [typeof gauge, string[], number][]) => {
    recorder.start();
    for (const sample of samples) recorder.record(...sample);
    return recorder.end();
  };

  test('sends the layout once, and again when it changes', () => {
    const recorder = new ReadingsRecorder();
    expect(take(recorder, [gauge, ['a'], 1], [other, [], 2]).layout).toEqual({
      families: ['x', 'y'],
      labels: [['a'], []],
    });
    expect(take(recorder, [gauge, ['a'], 3], [other, [], 4])).toEqual({ values: [3, 4] });
    expect(take(recorder, [gauge, ['b'], 3], [other, [], 4]).layout?.labels).toEqual([['b'], []]);
    expect(take(recorder, [gauge, ['b'], 3])).toEqual({ values: [3, Number.NaN] });
    expect(take(recorder, [gauge, ['b'], 3], [other, [], 1])).toEqual({ values: [3, 1] });
    expect(take(recorder)).toEqual({ values: [Number.NaN, Number.NaN] });
  });

  test('readings handed out do not change with the next check', () => {
    const recorder = new ReadingsRecorder();
    const first = take(recorder, [gauge, ['a'], 1]);
    take(recorder, [gauge, ['b'], 2]);
    expect(first).toEqual({ layout: { families: ['x'], labels: [['a']] }, values: [1] });
  });
});
