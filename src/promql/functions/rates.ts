// How much a series grew in a window, extrapolated to the window's bounds, or from the last sample but one to the last.
// Source: extrapolatedRate and instantValue of promql/functions.go; the annotation is of promql/engine.go.

import { METRIC_NAME } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { PromqlFunction } from '../function.js';
import type { CallContext, Value, VectorValue } from '../value.js';
import { matrixArgument } from './arguments.js';
import { Breaks } from './breaks.js';
import {
  argumentPosition,
  type OpenSeries,
  overWindows,
  type Window,
  type WindowFunction,
  windowFunction,
} from './windows.js';

/** Samples as far from the window's bound as this many intervals between samples still reach to the bound. */
const EXTRAPOLATION_THRESHOLD = 1.1;
const COUNTER_NAME = /_(?:total|sum|count|bucket)$/;

/** `rate`, `increase`, `delta`, `irate`, `idelta`: all need two samples. */
export const rates: readonly PromqlFunction[] = [
  counterFunction('rate', true),
  counterFunction('increase', false),
  {
    name: 'delta',
    argumentTypes: ['matrix'],
    returns: 'vector',
    call: (args, context) => extrapolated(args, context, openDelta()),
  },
  windowFunction('irate', () => instantRate),
  windowFunction('idelta', () => instantDelta),
];

function counterFunction(name: string, perSecond: boolean): PromqlFunction {
  return {
    name,
    argumentTypes: ['matrix'],
    returns: 'vector',
    call(args: readonly Value[], context: CallContext): Value {
      const vector = extrapolated(args, context, openCounter(perSecond));
      noteOtherThanCounters(vector, context);
      return vector;
    },
  };
}

/** To where the window ends: growth looks larger or smaller as the window moves on, and none stays none. */
function extrapolated(args: readonly Value[], context: CallContext, open: OpenSeries): VectorValue {
  const vector = overWindows(matrixArgument(args, 0), context, open);
  if (context.steps.count === 1 && vector.columns.some(({ values }) => values[0] !== 0))
    context.holdsUntil(Number.NEGATIVE_INFINITY);
  return vector;
}

/** Says once for each name that it is not one of a counter. */
function noteOtherThanCounters({ columns }: VectorValue, context: CallContext): void {
  for (const name of new Set(columns.map(({ labels }) => labels.get(METRIC_NAME)))) {
    if (name === '' || COUNTER_NAME.test(name)) continue;
    context.info(
      `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(name)}`,
      argumentPosition(context, 0),
    );
  }
}

/** Per second, or else for the whole window. */
function openCounter(perSecond: boolean): OpenSeries {
  const extents = new Extents();
  return ({ times, values }, { range, ends }) => {
    extents.of(times, ends.length);
    return counterGrowth(Breaks.resets(values), extents, perSecond ? secondsOf(range) : 1);
  };
}

function counterGrowth(resets: Breaks, extents: Extents, divisor: number): WindowFunction {
  return window => {
    const { values, lo, hi } = window;
    if (hi - lo < 2) return undefined;
    let growth = (values[hi - 1] as number) - (values[lo] as number);
    resets.moveTo(lo, hi);
    const { positions, first, past } = resets;
    for (let i = first; i < past; i++) growth += values[(positions[i] as number) - 1] as number;
    const factor = extents.factor(window, growth, values[lo] as number);
    return growth * (factor / divisor);
  };
}

function openDelta(): OpenSeries {
  const extents = new Extents();
  return ({ times }, { ends }) => {
    extents.of(times, ends.length);
    return window => {
      const { values, lo, hi } = window;
      if (hi - lo < 2) return undefined;
      const growth = (values[hi - 1] as number) - (values[lo] as number);
      return growth * extents.factor(window, 0, 0);
    };
  };
}

/**
 * How far the samples of a window reach, and how far further the series seems to: where it seems to begin or end within the
 * window, half an interval. Series that were scraped together share their times, and so this.
 */
class Extents {
  #times: Float64Array | undefined;
  /** By step, in seconds: between first and last sample (0: not found yet), before the first, after the last. */
  #sampled = new Float64Array();
  #before = new Float64Array();
  #after = new Float64Array();

  /** Of windows over these times from now on; there are always as many steps. */
  of(times: Float64Array, steps: number): void {
    if (times === this.#times) return;
    this.#times = times;
    if (this.#sampled.length === 0) {
      this.#sampled = new Float64Array(steps);
      this.#before = new Float64Array(steps);
      this.#after = new Float64Array(steps);
    } else this.#sampled.fill(0);
  }

  /**
   * By what the growth between the first and the last sample is to be multiplied for the whole window. @param first the value of
   * the first sample: a counter that grew cannot have been below zero
   */
  factor(window: Window, growth: number, first: number): number {
    const { step } = window;
    if (this.#sampled[step] === 0) this.#find(window);
    const sampled = this.#sampled[step] as number;
    let before = this.#before[step] as number;
    if (growth > 0 && first >= 0) {
      const toZero = sampled * (first / growth);
      if (toZero < before) before = toZero;
    }
    return (sampled + before + (this.#after[step] as number)) / sampled;
  }

  #find({ times, lo, hi, end, range, step }: Window): void {
    const first = times[lo] as number;
    const last = times[hi - 1] as number;
    const sampled = (last - first) / 1000;
    const interval = sampled / (hi - lo - 1);
    const threshold = interval * EXTRAPOLATION_THRESHOLD;
    const before = (first - (end - range)) / 1000;
    const after = (end - last) / 1000;
    this.#sampled[step] = sampled;
    this.#before[step] = before >= threshold ? interval / 2 : before;
    this.#after[step] = after >= threshold ? interval / 2 : after;
  }
}

/** A span in seconds with the rounding of Go's Duration.Seconds: whole seconds and the rest apart. */
function secondsOf(span: Millis): number {
  const whole = Math.floor(span / 1000);
  return whole + Math.round((span - whole * 1000) * 1e6) / 1e9;
}

function instantRate({ times, values, lo, hi }: Window): number | undefined {
  if (hi - lo < 2) return undefined;
  const last = values[hi - 1] as number;
  const before = values[hi - 2] as number;
  const growth = last < before ? last : last - before;
  return growth / (((times[hi - 1] as number) - (times[hi - 2] as number)) / 1000);
}

function instantDelta({ values, lo, hi }: Window): number | undefined {
  if (hi - lo < 2) return undefined;
  return (values[hi - 1] as number) - (values[hi - 2] as number);
}
