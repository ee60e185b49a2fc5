import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PacedWrites } from '../../src/alerts/paced-writes.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** How many things were written at each moment, in milliseconds, to a tenth of a second. */
function written() {
  const begun = Date.now();
  const at = new Map<number, number>();
  const writes = new PacedWrites<number>(changed => {
    const now = Math.round((Date.now() - begun) / 100) * 100;
    at.set(now, (at.get(now) ?? 0) + changed.length);
  });
  const add = (from: number, to: number) => {
    for (let i = from; i < to; i++) writes.add(i);
  };
  return { writes, at, add };
}

test.each<
  [name: string, changes: readonly (readonly [from: number, to: number])[], want: [number, number][]]
>([
  ['a few are written at once', [[0, 64]], [[0, 64]]],
  [
    'those that follow too',
    [
      [0, 64],
      [64, 128],
    ],
    [
      [0, 64],
      [100, 64],
    ],
  ],
  [
    'of many, the rest waits',
    [
      [0, 150],
      [150, 1000],
    ],
    [
      [0, 150],
      [100, 850],
    ],
  ],
  [
    'what comes after many waits',
    [
      [0, 400],
      [400, 450],
    ],
    [
      [0, 400],
      [2000, 50],
    ],
  ],
  [
    'and is written once',
    [
      [0, 400],
      [0, 400],
      [0, 400],
    ],
    [
      [0, 400],
      [2000, 400],
    ],
  ],
])('%s', (_, changes, want) => {
  const { at, add } = written();
  for (const [from, to] of changes) {
    add(from, to);
    vi.advanceTimersByTime(100);
  }
  vi.advanceTimersByTime(10_000);
  expect([...at]).toEqual(want);
});

test('flush writes what waits, and nothing twice', () => {
  const { writes, at, add } = written();
  add(0, 400);
  vi.advanceTimersByTime(100);
  add(0, 300);
  writes.flush();
  vi.advanceTimersByTime(10_000);
  expect([...at]).toEqual([
    [0, 400],
    [100, 300],
  ]);
});
