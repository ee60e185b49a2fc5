// One block of the test language, held against the language itself. As in Prometheus an instant query is asked in
// several ways that have the same answer: as written, as the middle of a range query, and with every selector pinned
// by `@` at other times.

import type { Millis } from '../../../src/model/time.js';
import type { Expr } from '../../../src/promql/ast.js';
import { EvaluationError, ParseError } from '../../../src/promql/error.js';
import type { EvaluateOptions } from '../../../src/promql/evaluate/scope.js';
import type { QueryResult } from '../../../src/promql/evaluate.js';
import { evaluateInstant, evaluateRange } from '../../../src/promql/evaluate.js';
import type { MemorySource } from '../../../src/promql/memory.js';
import { parse } from '../../../src/promql/parse.js';
import { print } from '../../../src/promql/print.js';
import {
  assertSorted,
  compareAnnotations,
  compareInstant,
  compareScalar,
  compareVector,
  Mismatch,
} from './compare.js';
import { otherTimes, pinned } from './pin.js';
import type { Eval, Expectation, Times } from './script.js';

const MINUTE: Millis = 60_000;

/** @throws Mismatch when the block does not hold; anything else is a fault of the language. */
export function check({ expr, when, expected }: Eval, source: MemorySource): void {
  const options: EvaluateOptions = {
    source,
    lookback: 5 * MINUTE,
    defaultInterval: MINUTE,
    maxSamples: 50_000_000,
    checkpoint: () => undefined,
  };
  if (when.mode === 'range') {
    checkRange(expr, when.times, expected, options);
    return;
  }
  for (const variant of variantsOf(expr, expected.rangeVector?.to ?? when.at))
    explained(variant, expr, () => checkInstant(variant, expected, options));
}

/** An expression and a time at which it has the block's answer. */
interface Variant {
  readonly expr: string;
  readonly at: Millis;
}

function variantsOf(expr: string, at: Millis): Variant[] {
  const tree = parsed(expr);
  const pin = tree && pinned(tree, at);
  if (!pin) return [{ expr, at }];
  const text = print(pin);
  return [{ expr, at }, ...otherTimes(at).map(time => ({ expr: text, at: time }))];
}

/** Undefined for invalid PromQL, whose error the query as written reports. */
function parsed(expr: string): Expr | undefined {
  try {
    return parse(expr);
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

/** Says which variant it was when it was not the one that is written in the block. */
function explained({ expr, at }: Variant, written: string, body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof Mismatch) || expr === written) throw error;
    throw new Mismatch(`${error.message} (asked as ${expr} at ${at / 1000} s)`);
  }
}

function checkRange(expr: string, times: Times, expected: Expectation, options: EvaluateOptions): void {
  const answer = answerOrFailure(expected, () => range(expr, times, options));
  if (!answer) return;
  compareAnnotations(answer, expected);
  compareInstant(answer, { ...expected, rangeVector: times });
}

function checkInstant({ expr, at }: Variant, expected: Expectation, options: EvaluateOptions): void {
  const answer = answerOrFailure(expected, () => evaluateInstant(parse(expr), expr, at, options));
  if (!answer) return;
  compareAnnotations(answer, expected);
  compareInstant(answer, expected);
  // Those two mean something else in a range query.
  const hasMiddle = answer.type === 'scalar' || answer.type === 'vector';
  if (!hasMiddle || /\b(start|end)\(\)/.test(expr)) return;
  try {
    checkMiddle({ expr, at }, answer.type, expected, options);
  } catch (error) {
    if (error instanceof Mismatch) throw new Mismatch(`${error.message} (in the middle of a range query)`);
    throw error;
  }
}

/** A range query's middle step says what the instant query says; only the order is its own. */
function checkMiddle(
  { expr, at }: Variant,
  type: 'scalar' | 'vector',
  expected: Expectation,
  options: EvaluateOptions,
): void {
  const answer = answered(() => range(expr, { from: at - MINUTE, to: at + MINUTE, step: MINUTE }, options));
  if (answer.type !== 'matrix' || expected.ordered) return;
  assertSorted(answer.series);
  const present = answer.series.flatMap(({ labels, times, values }) => {
    const i = times.indexOf(at);
    return i < 0 ? [] : [{ labels, times: times.subarray(i, i + 1), values: values.subarray(i, i + 1) }];
  });
  if (type === 'vector') compareVector(present, expected);
  else compareScalar(present[0]?.values[0], expected);
}

function range(expr: string, { from, to, step }: Times, options: EvaluateOptions): QueryResult {
  const count = to === from ? 1 : Math.floor((to - from) / step) + 1;
  return evaluateRange(parse(expr), expr, { start: from, step, count, end: to }, options);
}

/** Returns when the query failed as the block expects. @throws Mismatch when it failed otherwise, or did not fail. */
function answerOrFailure({ fail: [failure] }: Expectation, ask: () => QueryResult): QueryResult | undefined {
  if (!failure) return answered(ask);
  const error = errorOf(ask);
  if (!error) throw new Mismatch(`error ${failure.text} expected, none came`);
  if (!failure.matches(error.message))
    throw new Mismatch(`error ${failure.text} expected, came ${error.message}`);
  return undefined;
}

function answered(ask: () => QueryResult): QueryResult {
  let answer: QueryResult | undefined;
  const error = errorOf(() => {
    answer = ask();
  });
  if (error) throw new Mismatch(`an answer expected, came error ${error.message}`);
  return answer as QueryResult;
}

/** The message for users; a fault of the language is never an expected error. */
function errorOf(ask: () => unknown): Error | undefined {
  try {
    ask();
    return undefined;
  } catch (error) {
    if (error instanceof ParseError || error instanceof EvaluationError) return error;
    throw error;
  }
}
