// A straight line through the samples of a window, by least squares: its slope and where it leads.
// Source: linearRegression, funcDeriv and funcPredictLinear of promql/functions.go.

import type { Millis } from '../../model/time.js';
import type { PromqlFunction } from '../function.js';
import { type CallContext, timeOf, type Value } from '../value.js';
import { matrixArgument, scalarArgument } from './arguments.js';
import { compensation } from './compensation.js';
import { overWindows, type Window, windowFunction } from './windows.js';

/** `deriv` and `predict_linear`: both need two samples. */
export const regressions: readonly PromqlFunction[] = [
  windowFunction('deriv', () => slope),
  {
    name: 'predict_linear',
    argumentTypes: ['matrix', 'scalar'],
    returns: 'vector',
    usesTime: true,
    call: predictLinear,
  },
];

/** A line: its growth per second and its value at a moment that was asked for. */
interface Regression {
  readonly slope: number;
  readonly intercept: number;
}

function slope(window: Window): number | undefined {
  if (window.hi - window.lo < 2) return undefined;
  return lineThrough(window, window.times[window.lo] as number).slope;
}

/** The line's value some seconds after the step. */
function predictLinear(args: readonly Value[], context: CallContext): Value {
  const seconds = scalarArgument(args, 1).values;
  return overWindows(matrixArgument(args, 0), context, () => window => {
    if (window.hi - window.lo < 2) return undefined;
    const line = lineThrough(window, timeOf(context.steps, window.step));
    return line.slope * (seconds[window.step] as number) + line.intercept;
  });
}

/** The line that fits best, with its value at `at`. */
function lineThrough(window: Window, at: Millis): Regression {
  const constant = constantOf(window);
  if (constant !== undefined) return horizontal(constant);
  const count = window.hi - window.lo;
  const [x, y] = sums(window, at);
  const [xy, xx] = productSums(window, at);
  const covariance = xy - (x * y) / count;
  const variance = xx - (x * x) / count;
  const slope = covariance / variance;
  return { slope, intercept: y / count - (slope * x) / count };
}

/** Sums of the times, in seconds after `at`, and of the values. */
function sums({ times, values, lo, hi }: Window, at: Millis): [number, number] {
  let x = 0;
  let y = 0;
  let xError = 0;
  let yError = 0;
  for (let i = lo; i < hi; i++) {
    const time = ((times[i] as number) - at) / 1000;
    const nextX = x + time;
    xError = compensation(xError, x, time, nextX);
    x = nextX;
    const value = values[i] as number;
    const nextY = y + value;
    yError = compensation(yError, y, value, nextY);
    y = nextY;
  }
  return [x + xError, y + yError];
}

/** Sums of times by values and of times squared. */
function productSums({ times, values, lo, hi }: Window, at: Millis): [number, number] {
  let xy = 0;
  let xx = 0;
  let xyError = 0;
  let xxError = 0;
  for (let i = lo; i < hi; i++) {
    const time = ((times[i] as number) - at) / 1000;
    const product = time * (values[i] as number);
    const nextXy = xy + product;
    xyError = compensation(xyError, xy, product, nextXy);
    xy = nextXy;
    const square = time * time;
    const nextXx = xx + square;
    xxError = compensation(xxError, xx, square, nextXx);
    xx = nextXx;
  }
  return [xy + xyError, xx + xxError];
}

/** The value of all samples when they have just one. */
function constantOf({ values, lo, hi }: Window): number | undefined {
  const first = values[lo] as number;
  for (let i = lo + 1; i < hi; i++) if (values[i] !== first) return undefined;
  return first;
}

function horizontal(value: number): Regression {
  if (Number.isFinite(value)) return { slope: 0, intercept: value };
  return { slope: Number.NaN, intercept: Number.NaN };
}
