// A thread that is started again, whatever it dies of.

import { afterEach, expect, test, vi } from 'vitest';
import { SupervisedWorker } from '../../src/concurrency/supervised-worker.js';

type Request = { readonly type: string; readonly [field: string]: unknown };

const TIMEOUT = { timeout: 60_000, interval: 10 };

let worker: SupervisedWorker<number, Request, Request> | undefined;
let events: Request[] = [];
let downs: [reason: string, wait: number][] = [];

afterEach(async () => {
  await worker?.close();
  events = [];
  downs = [];
});

/** A thread that is started with the number of its start. */
function start({ firstBackoff = 0, file = 'obedient.mjs', pingEvery = 10_000 } = {}) {
  let starts = 0;
  worker = new SupervisedWorker<number, Request, Request>({
    ...{ name: 'test', file: new URL(`threads/${file}`, import.meta.url), firstBackoff, pingEvery },
    data: () => ++starts,
    onEvent: event => events.push(event),
    onDown: (reason, wait) => downs.push([reason, wait]),
  });
  return worker;
}

const started = (data: number) => [{ type: 'data', data }, { type: 'ready' }];

test('events come one by one, in the order they were sent; supervision is not among them', async () => {
  const thread = start({ pingEvery: 20 });
  thread.post({ type: 'echo', n: 1 });
  thread.post({ type: 'ping' });
  thread.post({ type: 'echo', n: 2 });
  const want = [...started(1), { type: 'echo', n: 1 }, { type: 'echo', n: 2 }];
  await expect.poll(() => events, TIMEOUT).toEqual(want);
  expect(downs).toEqual([]);
});

test.each<[name: string, request: Request, reason: string | RegExp]>([
  ['throws', { type: 'throw', message: 'no such library' }, 'no such library'],
  ['throws without a message', { type: 'throw', message: '' }, 'exit code 1'],
  ['exits', { type: 'exit', code: 7 }, 'exit code 7'],
  ['hangs', { type: 'hang' }, /^no sign of life after \d+ pings$/],
])('a thread that %s is started again, and gets what is posted then', async (_, request, reason) => {
  const thread = start({ pingEvery: 50 });
  // What a thread posts just before it exits need not arrive.
  await expect.poll(() => events, TIMEOUT).toEqual(started(1));
  thread.post(request);
  await expect.poll(() => downs, TIMEOUT).toHaveLength(1);
  thread.post({ type: 'echo', n: 1 });
  await expect.poll(() => events, TIMEOUT).toEqual([...started(1), ...started(2), { type: 'echo', n: 1 }]);
  expect(downs).toEqual([[expect.stringMatching(reason), 0]]);
});

test.each([
  [0, [0, 1000, 2000]],
  [1000, [1000, 2000, 4000]],
])('after a first wait of %i ms each next wait is longer', async (firstBackoff, waits) => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    const thread = start({ firstBackoff, file: 'stillborn.mjs' });
    for (const [death, wait] of waits.entries()) {
      while (downs.length <= death) await new Promise(setImmediate);
      if (wait > 0) expect(thread.startsIn).toBeGreaterThan(wait - 1000);
      vi.advanceTimersByTime(wait);
      expect(thread.startsIn).toBeUndefined();
    }
    expect(downs.map(([, wait]) => wait)).toEqual(waits);
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  ['is asked to end', []],
  ['is ended when it does not end by itself', [{ type: 'stay' }]],
])('a thread %s; it is not started again', async (_, requests) => {
  const thread = start();
  for (const request of requests) thread.post(request);
  await expect.poll(() => events, TIMEOUT).toEqual(started(1));
  await thread.close(requests.length > 0 ? 100 : 15_000);
  expect(downs).toEqual([]);
});
