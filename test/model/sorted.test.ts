import { expect, test } from 'vitest';
import { lowerBound, upperBound } from '../../src/model/sorted.js';

const CASES: [sorted: number[], value: number, lower: number, upper: number][] = [
  [[], 1, 0, 0],
  [[1], 0, 0, 0],
  [[1], 1, 0, 1],
  [[1], 2, 1, 1],
  [[1, 3, 3, 3, 5], 3, 1, 4],
  [[1, 3, 3, 3, 5], 4, 4, 4],
  [[1, 3, 5, 7], Number.NEGATIVE_INFINITY, 0, 0],
  [[1, 3, 5, 7], Number.POSITIVE_INFINITY, 4, 4],
];

test.each(CASES)('in %j the bounds of %d are %d and %d', (sorted, value, lower, upper) => {
  expect([lowerBound(sorted, value), upperBound(sorted, value)]).toEqual([lower, upper]);
  const floats = Float64Array.from(sorted);
  expect([lowerBound(floats, value), upperBound(floats, value)]).toEqual([lower, upper]);
});
