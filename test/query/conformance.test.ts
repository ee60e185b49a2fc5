// One suite for all query engines: the embedded one, a real Prometheus and a real VictoriaMetrics, over the same samples.
// known.ts has their known differences; a difference that is listed there and no longer exists fails.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINES, type RunningEngine } from '../support/engines.js';
import { ask, isSame } from './conformance/answers.js';
import { openMetrics } from './conformance/dataset.js';
import {
  AGGREGATIONS,
  FUNCTIONS,
  NOW,
  OPERATORS,
  OVER_TIME,
  type Question,
  RANGE,
  RANGES,
  SELECTORS,
} from './conformance/expressions.js';
import { KNOWN, knownDifference } from './conformance/known.js';
import { BOUNDS, LOOKUPS, REFUSALS } from './conformance/lookups.js';

const SUITE: readonly (readonly [string, readonly Question[]])[] = [
  ['selectors', SELECTORS],
  ['operators', OPERATORS],
  ['aggregations', AGGREGATIONS],
  ['functions over time', OVER_TIME],
  ['functions', FUNCTIONS],
  ['ranges', RANGES],
  ['series and labels', LOOKUPS],
  ['refusals', REFUSALS],
  ['bounds', BOUNDS],
];

describe.each(ENGINES)('%s', (name, start) => {
  let running: RunningEngine | undefined;
  const engine = () => (running as RunningEngine).engine;
  beforeAll(async () => {
    running = await start(openMetrics());
  });
  afterAll(() => running?.close());

  describe.each(SUITE)('%s', (_, questions) => {
    test.each(questions.map(each => [each.name, each] as const))('%s', async (_, question) => {
      const lines = await ask(engine(), question.ask, question.inOrder);
      const known = knownDifference(name, question.name);
      if (known) expect(isSame(lines, question.want), `no longer differs: ${known.why}`).toBe(false);
      else expect(isSame(lines, question.want) ? question.want : lines).toEqual(question.want);
    });
  });

  test("values for the program's own queries", async () => {
    const { samples } = await engine().instant('memory_bytes > 500', NOW);
    expect(samples.map(({ labels, value }) => [labels.toString(), value])).toEqual([
      ['memory_bytes{service="a"}', 1000],
      ['memory_bytes{service="b"}', 2000],
    ]);
    const { start: from, end: to, step } = RANGE;
    const { series } = await engine().range('memory_bytes{service="a"} > 1050', { from, to, step });
    expect(series.map(({ labels, times, values }) => [labels.toString(), [...times], [...values]])).toEqual([
      ['memory_bytes{service="a"}', [2, 3, 4].map(i => from + i * step), [1080, 1120, 1160]],
    ]);
  });
});

describe('the table', () => {
  const names = SUITE.flatMap(([, questions]) => questions.map(({ name }) => name));

  test('has no query twice', () => {
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  test('has every query of a known difference', () => {
    const known = KNOWN.flatMap(({ questions }) => questions);
    expect(known.filter(name => !names.includes(name))).toEqual([]);
  });

  test('has no known difference of the embedded engine', () => {
    expect(KNOWN.filter(({ engine }) => engine === 'embedded')).toEqual([]);
  });
});
