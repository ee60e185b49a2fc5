// Trying again: when, how often, and when not.

import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Integration } from '../../../src/alertmanager/pipeline/integration.js';
import { type NotifyOutcome, retry } from '../../../src/alertmanager/pipeline/retry.js';
import { webhook } from '../../../src/alertmanager/receivers/webhook.js';
import { backoff, pause } from '../../../src/concurrency/backoff.js';
import { Semaphore } from '../../../src/concurrency/semaphore.js';
import { systemClock } from '../../../src/model/time.js';
import { answers, type Behaviour, type Endpoint, hangs, startEndpoint } from '../../support/endpoint.js';
import { notification, open } from '../../support/receivers.js';

interface Delivered {
  readonly outcome: NotifyOutcome;
  readonly requests: number;
  /** Between the first two requests, milliseconds. */
  readonly gap: number;
}

async function delivered(
  behaviours: readonly Behaviour[],
  { patience = 10_000, prepare = () => notification() }: { patience?: number; prepare?: () => unknown } = {},
): Promise<Delivered> {
  const endpoint: Endpoint = await startEndpoint();
  const times: number[] = [];
  const next = [...behaviours];
  endpoint.behaviour = (response, request) => {
    times.push(performance.now());
    (next.length > 1 ? next.shift() : next[0])?.(response, request);
  };
  const { receiver } = open(webhook, `url: ${endpoint.url}/`);
  const integration: Integration = {
    ...{ receiverName: 'ops', kind: 'webhook', id: 'ops/webhook/0', sendResolved: true },
    receiver,
    semaphore: new Semaphore(5),
  };
  try {
    const outcome = await retry({
      integration,
      prepare: prepare as () => ReturnType<typeof notification>,
      stop: AbortSignal.timeout(patience),
      signal: AbortSignal.timeout(patience),
      clock: systemClock,
      onAttempt: () => {},
    });
    return { outcome, requests: times.length, gap: (times[1] ?? 0) - (times[0] ?? 0) };
  } finally {
    receiver.close();
    await endpoint.close();
  }
}

const OK = answers(200);

describe('a message', () => {
  test.each<[string, readonly Behaviour[], object, number]>([
    ['that is taken', [OK], { state: 'sent', attempts: 1 }, 1],
    ['that is taken the third time', [answers(500), answers(503), OK], { state: 'sent', attempts: 3 }, 3],
    ['that is refused for good', [answers(404)], { state: 'failed', reason: 'clientError', attempts: 1 }, 1],
    ['that comes too soon', [answers(429), OK], { state: 'sent', attempts: 2 }, 2],
  ])('%s', async (_, behaviours, want, requests) => {
    const { outcome, requests: made } = await delivered(behaviours);
    expect(outcome).toMatchObject(want);
    expect(made).toBe(requests);
  });

  test('is kept back for as long as the other side asks', async () => {
    const { outcome, gap } = await delivered([answers(429, '', { 'retry-after': '2' }), OK]);
    expect(outcome).toMatchObject({ state: 'sent', attempts: 2 });
    expect(gap).toBeGreaterThanOrEqual(1990);
  });

  test('is given up when it is too late, with what was wrong', async () => {
    const { outcome, requests } = await delivered([answers(500)], { patience: 1500 });
    expect(outcome).toMatchObject({ state: 'failed', reason: 'contextDeadlineExceeded' });
    expect(outcome.state === 'failed' && outcome.error.message).toMatch(/500/);
    expect(requests).toBeGreaterThan(0);
  });

  test('that is not answered is given up when it is too late', async () => {
    const { outcome } = await delivered([hangs], { patience: 300 });
    expect(outcome).toMatchObject({ state: 'failed', reason: 'contextDeadlineExceeded', attempts: 1 });
  });

  test('is not tried again when there is nothing to tell any more', async () => {
    let asked = 0;
    const prepare = () => (asked++ === 0 ? notification() : undefined);
    const { outcome, requests } = await delivered([answers(500)], { prepare });
    expect(outcome).toEqual({ state: 'needless' });
    expect(requests).toBe(1);
  });
});

test('the wait between two tries grows, with chance in it, up to a bound', () => {
  expect([1, 2, 3, 4].map(n => backoff(n, 0.5))).toEqual([500, 750, 1125, 1687.5]);
  expect(backoff(1, 0)).toBe(250);
  expect(backoff(1, 0.999)).toBeLessThan(750);
  expect(backoff(100, 0.5)).toBe(60_000);
});

test('a pause ends early when it is aborted', async () => {
  const stop = new AbortController();
  const paused = pause(60_000, stop.signal);
  stop.abort();
  await paused;
  await pause(60_000, stop.signal);
});

describe('a semaphore', () => {
  test('lets only so many pass at once, in the order they came', async () => {
    const semaphore = new Semaphore(2);
    const signal = new AbortController().signal;
    let inside = 0;
    let most = 0;
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        semaphore.run(signal, async () => {
          most = Math.max(most, ++inside);
          order.push(i);
          await delay(5);
          inside--;
        }),
      ),
    );
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('turns away who cannot wait any longer, and lets the next one in', async () => {
    const semaphore = new Semaphore(1);
    const stop = new AbortController();
    const open = new AbortController().signal;
    let release: () => void = () => {};
    const first = semaphore.run(open, () => new Promise<void>(resolve => (release = resolve)));
    const second = semaphore.run(stop.signal, async () => 'second');
    const third = semaphore.run(open, async () => 'third');
    stop.abort(new Error('too late'));
    await expect(second).rejects.toThrow('too late');
    release();
    await first;
    expect(await third).toBe('third');
  });

  test('is open again after something failed inside', async () => {
    const semaphore = new Semaphore(1);
    const { signal } = new AbortController();
    await expect(semaphore.run(signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await semaphore.run(signal, async () => 'yes')).toBe('yes');
  });
});
