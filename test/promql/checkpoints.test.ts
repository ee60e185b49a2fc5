// While an expression over many series is evaluated others have their turn, and it can be ended.

import { expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { EvaluationError } from '../../src/promql/error.js';
import { evaluateInstant, evaluateRange } from '../../src/promql/evaluate.js';
import { MemorySource } from '../../src/promql/memory.js';
import { parse } from '../../src/promql/parse.js';

const SERIES = 3000;
const source = new MemorySource();
for (let i = 0; i < SERIES; i++) {
  source.add(Labels.of({ __name__: 'x', i: String(i) }), 0, i);
  source.add(Labels.of({ __name__: 'y', i: String(i) }), 0, i);
}

/** Evaluates with an end at one of the checkpoints. @returns how many there were */
function checkpointsOf(text: string, count: number, endAt = Number.POSITIVE_INFINITY): number {
  let checkpoints = 0;
  const options = {
    source,
    lookback: 300_000,
    defaultInterval: 60_000,
    maxSamples: 1e9,
    checkpoint: () => {
      checkpoints++;
      if (checkpoints >= endAt) throw new EvaluationError('query timed out');
    },
  };
  const expr = parse(text);
  if (count === 1) evaluateInstant(expr, text, 0, options);
  else evaluateRange(expr, text, { start: 0, step: 10, count }, options);
  return checkpoints;
}

// One for each operand, and in the work with the series of each at least as many as before it.
test.each([
  ['x', 30],
  ['x > 5', 60],
  ['x and y', 120],
  ['x or y', 120],
  ['x + on (i) y', 120],
])('%s of thousands of series has many', (text, least) => {
  const count = checkpointsOf(text, 1);
  expect(count).toBeGreaterThan(least);
  // Not one for each series: it takes longer than what is done with one.
  expect(count).toBeLessThan(SERIES);
  expect(() => checkpointsOf(text, 1, least)).toThrow('query timed out');
});

test('with many steps each series has one', () => {
  expect(checkpointsOf('x > 5', 1000)).toBeGreaterThan(2 * SERIES);
});
