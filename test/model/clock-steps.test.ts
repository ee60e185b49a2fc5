import { expect, test } from 'vitest';
import { ClockSteps } from '../../src/model/clock-steps.js';

const HOUR = 3_600_000;

test.each<[name: string, moments: readonly (readonly [at: number, elapsed: number])[], want: number[]]>([
  [
    'both clocks go on',
    [
      [1e9, 5],
      [1e9 + 15_000, 15_005],
      [1e9 + HOUR, HOUR + 5],
    ],
    [0, 0, 0],
  ],
  [
    'the process stood still',
    [
      [1e9, 5],
      [1e9 + HOUR, HOUR + 5],
    ],
    [0, 0],
  ],
  [
    'set forward, once',
    [
      [1e9, 5],
      [1e9 + HOUR, 15_005],
      [1e9 + HOUR + 15_000, 30_005],
    ],
    [0, HOUR - 15_000, 0],
  ],
  [
    'set back',
    [
      [1e9, 5],
      [1e9 - HOUR + 1000, 1005],
    ],
    [0, -HOUR],
  ],
  [
    'back and forth',
    [
      [1e9, 5],
      [1e9 - HOUR, 5],
      [1e9, 5],
    ],
    [0, -HOUR, HOUR],
  ],
  [
    'corrected',
    [
      [1e9, 5],
      [1e9 + 10_000, 5],
    ],
    [0, 0],
  ],
  [
    'corrected again and again',
    [
      [1e9, 5],
      [1e9 - 15_000, 5],
      [1e9 - 30_000, 5],
    ],
    [0, 0, -30_000],
  ],
])('%s', (_, moments, want) => {
  const steps = new ClockSteps();
  expect(moments.map(([at, elapsed]) => steps.since(at, elapsed))).toEqual(want);
});
