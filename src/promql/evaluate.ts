// The language's evaluator. Comes in: a parsed expression, the steps to evaluate it at, and where samples are; goes
// out: its value, with warnings and infos. Pure and synchronous.

import { compareLabels, Labels } from '../model/labels.js';
import type { Millis } from '../model/time.js';
import type { Expr } from './ast.js';
import { resolveDurations } from './duration-expression.js';
import { EvaluationError } from './error.js';
import { evaluate } from './evaluate/expression.js';
import { finishNames } from './evaluate/names.js';
import type { EvaluateOptions } from './evaluate/scope.js';
import { Scope } from './evaluate/scope.js';
import type { Column, MatrixValue, Steps, Value } from './value.js';
import { timeOf } from './value.js';

/** A series of an answer, its points in order of time. */
export interface ResultSeries {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** An expression's value. An instant query gives the expression's own type, a range query always `matrix`. */
export type QueryResult = {
  /** Prometheus' texts, each once: `PromQL warning: ... (1:5)`. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  /** Samples looked at and made. */
  readonly samples: number;
  /**
   * Of an instant query: at a later moment before this one the value is the same, if what it is made of is, and no range selector in
   * it has an offset, a fixed time or a subquery around it.
   */
  readonly until?: Millis;
} & (
  | { readonly type: 'scalar'; readonly time: Millis; readonly value: number }
  | { readonly type: 'string'; readonly time: Millis; readonly value: string }
  /** Every series has one point, at the time of the query. */
  | { readonly type: 'vector'; readonly series: readonly ResultSeries[] }
  | { readonly type: 'matrix'; readonly series: readonly ResultSeries[] }
);

/**
 * Evaluates an instant query: one step, any type of expression. `text` is what `expr` was parsed from.
 * @throws EvaluationError
 */
export function evaluateInstant(expr: Expr, text: string, at: Millis, options: EvaluateOptions): QueryResult {
  const steps = { start: at, step: 0, count: 1 };
  const scope = new Scope(text, steps, options);
  const value = evaluate(resolveDurations(expr, AT_ONCE), steps, scope);
  return instantResult(value, at, scope.findings());
}

const AT_ONCE = { step: 0, range: 0 };

/**
 * Evaluates a range query: a scalar or instant vector at every step. Series are sorted by labels.
 * @throws EvaluationError
 */
export function evaluateRange(expr: Expr, text: string, steps: Steps, options: EvaluateOptions): QueryResult {
  const scope = new Scope(text, steps, options);
  const times = { step: steps.step / 1000, range: (scope.momentOf('end') - steps.start) / 1000 };
  const value = evaluate(resolveDurations(expr, times), steps, scope);
  const { warnings, infos, samples, until } = scope.findings();
  return { type: 'matrix', series: rangeSeries(value, steps), warnings, infos, samples, until };
}

/** Every object is written out: V8 gives each that is spread from two others a shape of its own, and what reads them is not optimized. */
function instantResult(
  value: Value,
  at: Millis,
  { warnings, infos, samples, until }: ReturnType<Scope['findings']>,
): QueryResult {
  switch (value.type) {
    case 'scalar':
      return { type: 'scalar', time: at, value: value.values[0] as number, warnings, infos, samples, until };
    case 'string':
      return { type: 'string', time: at, value: value.value, warnings, infos, samples, until };
    case 'matrix':
      return { type: 'matrix', series: windowSeries(value), warnings, infos, samples, until };
    case 'vector':
      return { type: 'vector', series: instantSeries(value.columns, at), warnings, infos, samples, until };
  }
}

function instantSeries(columns: readonly Column[], at: Millis): ResultSeries[] {
  const times = Float64Array.of(at);
  const series: ResultSeries[] = [];
  for (const { labels, has, values } of finishNames(columns))
    if (has[0]) series.push({ labels, times, values });
  return series;
}

/** A range vector's samples at its one step. */
function windowSeries({ series, range, ends }: MatrixValue): ResultSeries[] {
  const to = ends[0] as number;
  return series
    .map(({ labels, dropName, times, values }) => {
      const from = times.findIndex(time => time > to - range);
      const end = times.findLastIndex(time => time <= to) + 1;
      return {
        labels: dropName ? labels.withoutName() : labels,
        times: from < 0 ? new Float64Array() : times.subarray(from, end),
        values: from < 0 ? new Float64Array() : values.subarray(from, end),
      };
    })
    .filter(({ times }) => times.length > 0)
    .sort((a, b) => compareLabels(a.labels, b.labels));
}

function rangeSeries(value: Value, steps: Steps): ResultSeries[] {
  const times = new Float64Array(steps.count).map((_, i) => timeOf(steps, i));
  if (value.type === 'scalar') return [{ labels: Labels.NONE, times, values: value.values }];
  if (value.type !== 'vector') {
    const type = value.type === 'matrix' ? 'range vector' : value.type;
    throw new EvaluationError(
      `invalid expression type "${type}" for range query, must be Scalar or instant Vector`,
    );
  }
  const present = new PresentTimes(times);
  return finishNames(value.columns)
    .map(column => points(column, present))
    .filter(series => series.times.length > 0)
    .sort((a, b) => compareLabels(a.labels, b.labels));
}

function points({ labels, values, has }: Column, present: PresentTimes): ResultSeries {
  let [count, first, last] = [0, 0, -1];
  for (let i = 0; i < has.length; i++) {
    if (!has[i]) continue;
    if (count++ === 0) first = i;
    last = i;
  }
  const times = present.of(has, count);
  if (count === has.length) return { labels, times, values };
  if (last - first + 1 === count) return { labels, times, values: values.subarray(first, last + 1) };
  const own = new Float64Array(count);
  for (let i = first, at = 0; i <= last; i++) if (has[i]) own[at++] = values[i] as number;
  return { labels, times, values: own };
}

/**
 * The times of the steps at which a column has a value. Columns that have one at the same steps share an array: mostly all, since
 * what is missing is what was before the first scrape.
 */
class PresentTimes {
  readonly #all: Float64Array;
  #has: Uint8Array | undefined;
  #times = new Float64Array();

  constructor(all: Float64Array) {
    this.#all = all;
  }

  /** @param count how many steps have a value */
  of(has: Uint8Array, count: number): Float64Array {
    if (count === has.length) return this.#all;
    if (this.#has && isSame(this.#has, has)) return this.#times;
    const times = new Float64Array(count);
    for (let i = 0, at = 0; at < count; i++) if (has[i]) times[at++] = this.#all[i] as number;
    this.#has = has;
    this.#times = times;
    return times;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
