// Sums, means and spreads of the samples of a window, how many there are, and whether there are any.
// Source: the functions *_over_time of promql/functions.go.

import type { Expr } from '../ast.js';
import type { PromqlFunction } from '../function.js';
import { type CallContext, newColumn, type Value } from '../value.js';
import { absentLabels } from './absence.js';
import { matrixArgument } from './arguments.js';
import { compensation } from './compensation.js';
import { overWindows, type Window, windowFunction } from './windows.js';

/** The functions `*_over_time` that look at a window as a whole; its extremes and quantiles have their own files. */
export const overTime: readonly PromqlFunction[] = [
  windowFunction('sum_over_time', () => sum),
  windowFunction('avg_over_time', () => average),
  windowFunction('count_over_time', () => count),
  windowFunction('stddev_over_time', () => window => Math.sqrt(variance(window))),
  windowFunction('stdvar_over_time', () => variance),
  windowFunction('present_over_time', () => () => 1),
  { name: 'absent_over_time', argumentTypes: ['matrix'], returns: 'vector', call: absentOverTime },
  { name: 'first_over_time', argumentTypes: ['matrix'], returns: 'vector', call: firstOverTime },
  { name: 'last_over_time', argumentTypes: ['matrix'], returns: 'vector', call: lastOverTime },
];

function count({ lo, hi }: Window): number {
  return hi - lo;
}

function sum({ values, lo, hi }: Window): number {
  let sum = 0;
  let error = 0;
  for (let i = lo; i < hi; i++) {
    const value = values[i] as number;
    const next = sum + value;
    error = compensation(error, sum, value, next);
    sum = next;
  }
  return Number.isFinite(sum) ? sum + error : sum;
}

/** The sum by the count, or step by step where the sum is too large for a float. */
function average(window: Window): number {
  const { values, lo, hi } = window;
  let sum = values[lo] as number;
  let error = 0;
  for (let i = lo + 1; i < hi; i++) {
    const value = values[i] as number;
    const next = sum + value;
    if (Math.abs(next) === Number.POSITIVE_INFINITY) return incrementalAverage(window, i, sum, error);
    error = compensation(error, sum, value, next);
    sum = next;
  }
  return sum / (hi - lo) + error / (hi - lo);
}

/** Goes on from the sum of the samples before `from`, with the mean in its place. */
function incrementalAverage({ values, lo, hi }: Window, from: number, sum: number, sumError: number): number {
  let mean = sum / (from - lo);
  let error = sumError / (from - lo);
  for (let i = from; i < hi; i++) {
    const count = i - lo + 1;
    const weight = (count - 1) / count;
    const before = weight * mean;
    const value = (values[i] as number) / count;
    mean = before + value;
    error = compensation(weight * error, before, value, mean);
  }
  return mean + error;
}

/** Welford's algorithm, compensated. */
function variance({ values, lo, hi }: Window): number {
  let mean = 0;
  let meanError = 0;
  let squares = 0;
  let squaresError = 0;
  for (let i = lo; i < hi; i++) {
    const distance = (values[i] as number) - (mean + meanError);
    const shift = distance / (i - lo + 1);
    const nextMean = mean + shift;
    meanError = compensation(meanError, mean, shift, nextMean);
    mean = nextMean;
    const square = distance * ((values[i] as number) - (mean + meanError));
    const nextSquares = squares + square;
    squaresError = compensation(squaresError, squares, square, nextSquares);
    squares = nextSquares;
  }
  return (squares + squaresError) / (hi - lo);
}

/** The samples themselves, so a series keeps its name. */
function firstOverTime(args: readonly Value[], context: CallContext): Value {
  return overWindows(matrixArgument(args, 0), context, () => first, true);
}

function first({ values, lo }: Window): number {
  return values[lo] as number;
}

/** As above. */
function lastOverTime(args: readonly Value[], context: CallContext): Value {
  return overWindows(matrixArgument(args, 0), context, () => last, true);
}

function last({ values, hi }: Window): number {
  return values[hi - 1] as number;
}

/** One at each step at which no series has a sample. */
function absentOverTime(args: readonly Value[], context: CallContext): Value {
  const { count } = context.steps;
  const column = newColumn(absentLabels(context.call.args[0] as Expr), true, count);
  column.values.fill(1);
  column.has.fill(1);
  context.spend(count);
  overWindows(matrixArgument(args, 0), context, () => ({ step }) => {
    column.has[step] = 0;
    return undefined;
  });
  return { type: 'vector', columns: column.has.includes(1) ? [column] : [] };
}
