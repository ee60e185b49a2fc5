// One suite for everybody who may answer PromQL: the embedded engine, a real Prometheus and a real VictoriaMetrics, over
// the same samples. Whoever is known to answer otherwise is in known.ts, and has to.

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

  test("values for the program's own questions", async () => {
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

  test('asks no question twice', () => {
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  test('has every question that is known to be answered otherwise', () => {
    const known = KNOWN.flatMap(({ questions }) => questions);
    expect(known.filter(name => !names.includes(name))).toEqual([]);
  });

  test('knows of no difference of ours', () => {
    expect(KNOWN.filter(({ engine }) => engine === 'embedded')).toEqual([]);
  });
});
