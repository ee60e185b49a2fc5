// The points of range queries: those of the steps at which a series has a value, in times that series share.

import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { evaluateRange } from '../../src/promql/evaluate.js';
import { MemorySource } from '../../src/promql/memory.js';
import { parse } from '../../src/promql/parse.js';

const STEP = 60_000;
const STEPS = 6;

/** A letter for each series; in its text a digit for each step that has a value. */
function answerTo(series: readonly string[]) {
  const source = new MemorySource();
  for (const [i, text] of series.entries())
    for (const [step, digit] of [...text].entries())
      if (digit !== '_') source.add(Labels.of({ __name__: 'x', i: String(i) }), step * STEP, Number(digit));
  const options = {
    source,
    lookback: 1000,
    defaultInterval: STEP,
    maxSamples: 1e6,
    checkpoint: () => undefined,
  };
  const answer = evaluateRange(parse('x'), 'x', { start: 0, step: STEP, count: STEPS }, options);
  if (answer.type !== 'matrix') throw new Error(answer.type);
  return answer.series;
}

describe('a series has the points it has, whichever series are before it', () => {
  test.each([
    [['123456']],
    [['123456', '654321']],
    [['__3456', '__6543', '__1234']],
    [['123___', '456___']],
    [['1_3_5_', '2_4_6_', '_1_2_3']],
    [['123456', '_23456', '123456', '1__4_6', '_12345']],
    [['______', '_____1', '1_____', '______']],
  ])('%j', series => {
    const want = series
      .map(text => [...text].flatMap((digit, step) => (digit === '_' ? [] : [[step * STEP, Number(digit)]])))
      .filter(points => points.length > 0);
    expect(
      answerTo(series).map(({ times, values }) => [...times].map((time, i) => [time, values[i]])),
    ).toEqual(want);
  });
});

test.each<[string[], boolean]>([
  [['123456', '654321'], true],
  [['_23456', '_54321'], true],
  [['1_3_56', '6_4_21'], true],
  [['_23456', '65432_'], false],
  [['_2345_', '_2_456'], false],
])('%j have one array of times: %j', (series, areShared) => {
  const [a, b] = answerTo(series);
  expect(a?.times === b?.times).toBe(areShared);
});
