// Values while an expression is evaluated: whole columns, one entry for each step of the query, so that labels are
// looked at once for a series and not once for each step.

import type { Labels } from '../model/labels.js';
import type { Millis } from '../model/time.js';
import type { Call, Position } from './ast.js';

/** One series of an instant vector, over all steps. */
export interface Column {
  /** With the metric name, also when that is to be dropped. */
  readonly labels: Labels;
  /** The metric name goes away at the end of the evaluation (Prometheus' delayed name removal). */
  readonly dropName: boolean;
  /** By step; what stands where {@link has} is 0 means nothing. */
  readonly values: Float64Array;
  /** By step: 1 where there is a value, 0 where there is none. */
  readonly has: Uint8Array;
  /** By step, when they were asked for: the time of the sample that was selected. */
  readonly stamps?: Float64Array;
}

/** One series of a range vector: all samples any step may see. */
export interface RangeSeries {
  readonly labels: Labels;
  readonly dropName: boolean;
  /** Strictly increasing. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

export interface ScalarValue {
  readonly type: 'scalar';
  /** By step. */
  readonly values: Float64Array;
}

interface StringValue {
  readonly type: 'string';
  readonly value: string;
}

export interface VectorValue {
  readonly type: 'vector';
  readonly columns: readonly Column[];
}

/** A range vector: at each step a series shows its samples in `(end - range, end]`. */
export interface MatrixValue {
  readonly type: 'matrix';
  readonly series: readonly RangeSeries[];
  readonly range: Millis;
  /** By step: where the window ends (offset and `@` are in it already); never decreases. */
  readonly ends: Float64Array;
}

export type Value = ScalarValue | StringValue | VectorValue | MatrixValue;

/** The moments a query is evaluated at: `count` of them, `step` apart. */
export interface Steps {
  readonly start: Millis;
  readonly step: Millis;
  readonly count: number;
  /** Where a range query was asked to end, which is what `@ end()` means. The last step unless said. */
  readonly end?: Millis;
}

/** What a function or aggregation gets besides its arguments. */
export interface EvalContext {
  readonly steps: Steps;
  /** How an annotation names the place: the collector has the expression's text. */
  warn(message: string, position: Position): void;
  info(message: string, position: Position): void;
  /** To be called at least once a millisecond or so of work; throws when the query has to end. */
  checkpoint(): void;
  /** Counts samples that are kept in memory for an answer; throws when they are too many. */
  spend(samples: number): void;
}

/** The same, for a function: where it is called and with which expressions. */
export interface CallContext extends EvalContext {
  readonly call: Call;
  /** Says of a query of one step: from a moment on the answer is another one, though the samples are the same. */
  holdsUntil(at: Millis): void;
}

/** The time of a step. */
export function timeOf(steps: Steps, i: number): Millis {
  return steps.start + i * steps.step;
}

/** An empty column: no value at any step yet. */
export function newColumn(labels: Labels, dropName: boolean, count: number): Column {
  return { labels, dropName, values: new Float64Array(count), has: new Uint8Array(count) };
}

/**
 * Room for empty columns. Those of one step are parts of one array: arrays of its own take two hundred bytes for each
 * series, and rules ask for thousands of them with every scrape.
 */
export class ColumnAllocator {
  readonly #count: number;
  readonly #values: Float64Array;
  readonly #has: Uint8Array;
  #used = 0;

  /** For so many `columns` of `count` steps, at most. */
  constructor(count: number, columns: number) {
    this.#count = count;
    this.#values = new Float64Array(count === 1 ? columns : 0);
    this.#has = new Uint8Array(count === 1 ? columns : 0);
  }

  /** An empty column. */
  allocate(labels: Labels, dropName: boolean): Column {
    if (this.#count !== 1) return newColumn(labels, dropName, this.#count);
    const at = this.#used++;
    const values = this.#values.subarray(at, at + 1);
    return { labels, dropName, values, has: this.#has.subarray(at, at + 1) };
  }

  /** A column for a caller that sets at least one value, or throws it away. */
  allocateSparse(labels: Labels, dropName: boolean): Column {
    if (this.#count !== 1) return newColumn(labels, dropName, this.#count);
    const at = this.#used++;
    return { labels, dropName, values: this.#values.subarray(at, at + 1), has: ONE };
  }
}

/** Where a column of one step has a value: all of them share it. */
export const ONE = Uint8Array.of(1);
