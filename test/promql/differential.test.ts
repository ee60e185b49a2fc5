// Expressions by chance, asked here and of a real Prometheus over the same samples. The same digits are wanted except
// where known.ts says why not.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemorySource } from '../../src/promql/memory.js';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.js';
import { Random } from '../support/random.js';
import { askHere, askPrometheus, difference, type Question } from './differential/answers.js';
import { dataset, END, openMetrics, START } from './differential/dataset.js';
import { expression } from './differential/expressions.js';
import { type KnownDifference, LAST_DIGITS, OTHER_ANSWERS } from './differential/known.js';

const SEED = 1;
const COUNT = 400;
const LAST_DIGIT = 1e-9;

/** Two moments and a range, none of them a multiple of the 15 s between samples and between the steps of subqueries. */
const WHEN: readonly Omit<Question, 'expr'>[] = [
  { from: START + 4_021_000 },
  { from: END - 1_319_000 },
  // The last step is before the end, which is what `@ end()` means.
  { from: START + 611_000, to: END - 4_000, step: 330_000 },
];

const data = dataset();
const source = new MemorySource();
for (const { labels, samples } of data) for (const [time, value] of samples) source.add(labels, time, value);

let prometheus: PrometheusServer;
beforeAll(async () => {
  prometheus = await startPrometheus('{}', openMetrics(data));
});
afterAll(() => prometheus?.close());

const random = new Random(SEED);
const expressions = [...new Set(Array.from({ length: COUNT }, () => expression(random)))];
/** What was seen on the way. */
let withValues = 0;
let sameDigits = 0;
let excused = 0;

describe('the same answers as a real Prometheus', () => {
  test.each(expressions)('%s', async expr => {
    for (const when of WHEN) await compare({ expr, ...when });
  });
});

async function compare(question: Question): Promise<void> {
  const there = await askPrometheus(question, prometheus);
  const here = askHere(question, source);
  if (there !== 'refused' && there.size > 0) withValues++;
  const exact = difference(here, there, 0);
  if (exact === undefined) {
    sameDigits++;
    return;
  }
  if (mayShow(LAST_DIGITS, question) && difference(here, there, LAST_DIGIT) === undefined) return;
  if (!mayShow(OTHER_ANSWERS, question)) expect.fail(exact);
  excused++;
}

function mayShow(known: readonly KnownDifference[], { expr }: Question): boolean {
  return known.some(({ shows }) => shows.test(expr));
}

describe('what was compared', () => {
  test('is mostly answers with values, with the same digits', () => {
    const all = expressions.length * WHEN.length;
    expect(withValues).toBeGreaterThan(all * 0.8);
    expect(sameDigits).toBeGreaterThan(all * 0.9);
    expect(excused).toBeLessThan(all * 0.02);
  });
});

/** Whether the answers to an example differ by more than a tolerance, at one time or another. */
async function differs({ example, shows }: KnownDifference, tolerance: number): Promise<boolean> {
  expect(example).toMatch(shows);
  for (const when of WHEN) {
    const question = { expr: example, ...when };
    const there = await askPrometheus(question, prometheus);
    if (difference(askHere(question, source), there, tolerance) !== undefined) return true;
  }
  return false;
}

describe('what is known to differ does so', () => {
  test.each(LAST_DIGITS)('$name, in the last digits', async known => {
    expect(await differs(known, 0)).toBe(true);
    expect(await differs(known, LAST_DIGIT)).toBe(false);
  });

  test.each(OTHER_ANSWERS)('$name', async known => {
    expect(await differs(known, LAST_DIGIT)).toBe(true);
  });
});
