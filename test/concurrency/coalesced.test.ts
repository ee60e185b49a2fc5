// An action requested many times at once: how often it runs, and what each request gets.

import { expect, test } from 'vitest';
import { Coalesced } from '../../src/concurrency/coalesced.js';

/** An action that ends when it is released, and counts how often it has begun. */
function controlled() {
  const ends: ((error?: Error) => void)[] = [];
  const action = new Coalesced(
    () =>
      new Promise<void>((resolve, reject) => {
        ends.push(error => (error ? reject(error) : resolve()));
      }),
  );
  return { action, ends };
}

test('requests during a run share the one after it', async () => {
  const { action, ends } = controlled();
  const first = action.run();
  const later = [action.run(), action.run(), action.run()];
  expect(new Set(later).size).toBe(1);
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await first;
  await expect.poll(() => ends.length).toBe(2);
  // A request during the second run does not get its result, which may be older than the request.
  const third = action.run();
  ends[1]?.();
  await Promise.all(later);
  await expect.poll(() => ends.length).toBe(3);
  ends[2]?.();
  await third;
});

test('a failed run rejects the requests that share it, and the next one runs', async () => {
  const { action, ends } = controlled();
  const first = action.run();
  const second = action.run();
  ends[0]?.(new Error('first'));
  await expect(first).rejects.toThrow('first');
  await expect.poll(() => ends.length).toBe(2);
  ends[1]?.();
  await second;
});

test('close waits for the current run and starts no other', async () => {
  const { action, ends } = controlled();
  const first = action.run();
  const second = action.run();
  let isClosed = false;
  const closed = action.close().then(() => {
    isClosed = true;
  });
  await new Promise(resolve => setImmediate(resolve));
  expect(isClosed).toBe(false);
  ends[0]?.();
  await Promise.all([first, second, closed]);
  await action.run();
  expect(ends).toHaveLength(1);
});
