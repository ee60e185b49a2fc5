// The walk of windows over range vectors. Comes in: a range vector and what to do with one window; goes out: one column
// for each series that has a value at some step.

import type { Millis } from '../../model/time.js';
import type { Expr, Position } from '../ast.js';
import type { PromqlFunction } from '../function.js';
import {
  type CallContext,
  type Column,
  ColumnAllocator,
  type MatrixValue,
  type RangeSeries,
  type VectorValue,
} from '../value.js';
import { matrixArgument } from './arguments.js';

/** Samples and steps looked at between two checkpoints. */
const WORK_PER_CHECKPOINT = 10_000;
/** What a step costs besides its samples, as if it were so many of them. */
const WORK_PER_STEP = 10;

/** What one step sees of a series; never empty. The object is used again for the next step. */
export interface Window {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Its samples are those at `lo <= i < hi`; neither ever decreases from one step of a series to the next. */
  readonly lo: number;
  readonly hi: number;
  /** Its samples were taken in `(end - range, end]`. */
  readonly end: Millis;
  readonly range: Millis;
  /** Number of the step. */
  readonly step: number;
}

/** Answers one window; undefined is no value. It sees the windows of one series, in order of time. */
export type WindowFunction = (window: Window) => number | undefined;

/** A function for each series of a range vector, so that it may remember where it was in it. */
export type OpenSeries = (series: RangeSeries, matrix: MatrixValue) => WindowFunction;

/** Answers all windows of a series at once, into a column. @returns whether it has a value at some step */
export type SeriesFunction = (series: RangeSeries, bounds: WindowBounds, column: Column) => boolean;

/**
 * Evaluates a function at each window that has samples. The results lose the metric name, unless they are samples
 * themselves and so keep what the series had. @throws EvaluationError
 */
export function overWindows(
  matrix: MatrixValue,
  context: CallContext,
  open: OpenSeries,
  keepsName = false,
): VectorValue {
  const columns: Column[] = [];
  const room = new ColumnAllocator(context.steps.count, matrix.series.length);
  const bounds = new Bounds(matrix);
  for (let i = 0; i < matrix.series.length; i++) {
    const series = matrix.series[i] as RangeSeries;
    const dropName = !keepsName || series.dropName;
    const place = () => openColumn(room, series, dropName, context);
    bounds.find(series.times);
    holdUntilOldestLeaves(series, matrix, bounds, context);
    const column = walk(series, matrix, bounds, open(series, matrix), context, place);
    if (column) columns.push(column);
  }
  return { type: 'vector', columns };
}

/** The same with a function that goes through the windows of a series itself; the results lose the metric name. */
export function overSeries(matrix: MatrixValue, context: CallContext, answer: SeriesFunction): VectorValue {
  const { count } = context.steps;
  const columns: Column[] = [];
  const room = new ColumnAllocator(count, matrix.series.length);
  const bounds = new Bounds(matrix);
  for (const series of matrix.series) {
    context.checkpoint();
    bounds.find(series.times);
    holdUntilOldestLeaves(series, matrix, bounds, context);
    const column = room.allocateSparse(series.labels, true);
    if (!answer(series, bounds, column)) continue;
    context.spend(count);
    columns.push(column);
  }
  return { type: 'vector', columns };
}

/** The one step of an instant query shows something else once the oldest sample is no longer in its window. */
function holdUntilOldestLeaves(
  { times }: RangeSeries,
  { range, ends }: MatrixValue,
  { lows, highs }: WindowBounds,
  context: CallContext,
): void {
  const first = lows[0] as number;
  if (ends.length === 1 && first < (highs[0] as number)) context.holdsUntil((times[first] as number) + range);
}

/** A function that takes nothing but a range vector. */
export function windowFunction(name: string, open: OpenSeries): PromqlFunction {
  return {
    name,
    argumentTypes: ['matrix'],
    returns: 'vector',
    call: (args, context) => overWindows(matrixArgument(args, 0), context, open),
  };
}

/** Where an argument stands, without the parentheses around it: what annotations point at. */
export function argumentPosition({ call }: CallContext, i: number): Position {
  let expr = call.args[i] as Expr;
  while (expr.type === 'paren') expr = expr.expr;
  return expr.position;
}

function walk(
  series: RangeSeries,
  { range, ends }: MatrixValue,
  bounds: Bounds,
  answer: WindowFunction,
  context: CallContext,
  place: () => Column,
): Column | undefined {
  context.checkpoint();
  const window = new MovingWindow(series, range);
  let column: Column | undefined;
  for (let step = 0; step < ends.length; step++) {
    window.moveTo(step, ends[step] as number, bounds);
    if (window.work > WORK_PER_CHECKPOINT) {
      context.checkpoint();
      window.work = 0;
    }
    const value = window.lo < window.hi ? answer(window) : undefined;
    if (value === undefined) continue;
    column ??= place();
    column.values[step] = value;
    column.has[step] = 1;
  }
  return column;
}

function openColumn(
  room: ColumnAllocator,
  { labels }: RangeSeries,
  dropName: boolean,
  context: CallContext,
): Column {
  context.spend(context.steps.count);
  return room.allocateSparse(labels, dropName);
}

class MovingWindow implements Window {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly range: Millis;
  lo = 0;
  hi = 0;
  end = 0;
  step = 0;
  /** Samples and steps passed, and samples shown. */
  work = 0;

  constructor({ times, values }: RangeSeries, range: Millis) {
    this.times = times;
    this.values = values;
    this.range = range;
  }

  moveTo(step: number, end: Millis, { lows, highs }: Bounds): void {
    const { hi } = this;
    this.lo = lows[step] as number;
    this.hi = highs[step] as number;
    this.step = step;
    this.end = end;
    this.work += WORK_PER_STEP + (this.hi - hi) + (this.hi - this.lo);
  }
}

/** Where the windows of all steps begin and end in the samples of a series. */
export interface WindowBounds {
  /** By step: its samples are those at `lows <= i < highs`; neither ever decreases. */
  readonly lows: Int32Array;
  readonly highs: Int32Array;
  readonly ends: Float64Array;
  readonly range: Millis;
}

/** Those in some times: series that were scraped together share them. */
class Bounds implements WindowBounds {
  readonly lows: Int32Array;
  readonly highs: Int32Array;
  readonly ends: Float64Array;
  readonly range: Millis;
  #times: Float64Array | undefined;

  constructor(matrix: MatrixValue) {
    this.ends = matrix.ends;
    this.range = matrix.range;
    this.lows = new Int32Array(matrix.ends.length);
    this.highs = new Int32Array(matrix.ends.length);
  }

  /** Finds those in other times than before. */
  find(times: Float64Array): void {
    if (times === this.#times) return;
    this.#times = times;
    const { range, ends } = this;
    let [lo, hi, before] = [0, 0, Number.POSITIVE_INFINITY];
    for (let step = 0; step < ends.length; step++) {
      const end = ends[step] as number;
      const start = end - range;
      // Windows that do not overlap begin where the one before ended.
      lo = firstAfter(times, start >= before ? hi : lo, start);
      hi = firstAfter(times, Math.max(hi, lo), end);
      this.lows[step] = lo;
      this.highs[step] = hi;
      before = end;
    }
  }
}

/** The first sample later than a moment, from one that is known not to come after it. */
function firstAfter(times: Float64Array, from: number, at: Millis): number {
  const count = times.length;
  // Windows of an instant query mostly end after the last sample that was fetched.
  if (count === 0 || (times[count - 1] as number) <= at) return count;
  let i = from;
  while ((times[i] as number) <= at) i++;
  return i;
}
