// How much a series grew in a window, extrapolated to the window's bounds, or from the last sample but one to the last.
// Source: extrapolatedRate and instantValue of promql/functions.go; the annotation is of promql/engine.go.

import { METRIC_NAME } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { PromqlFunction } from '../function.js';
import type { CallContext, Column, Value, VectorValue } from '../value.js';
import { matrixArgument } from './arguments.js';
import { Breaks } from './breaks.js';
import { argumentPosition, overSeries, type Window, type WindowBounds, windowFunction } from './windows.js';

/** Samples as far from the window's bound as this many intervals between samples still reach to the bound. */
const EXTRAPOLATION_THRESHOLD = 1.1;
/** A fraction of a millisecond. */
const STEPS_PER_CHECKPOINT = 16_384;
const COUNTER_NAME = /_(?:total|sum|count|bucket)$/;

/** `rate`, `increase`, `delta`, `irate`, `idelta`: all need two samples. */
export const rates: readonly PromqlFunction[] = [
  counterFunction('rate', true),
  counterFunction('increase', false),
  {
    name: 'delta',
    argumentTypes: ['matrix'],
    returns: 'vector',
    call: (args, context) => extrapolated(args, context, { isCounter: false, perSecond: false }),
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
      const vector = extrapolated(args, context, { isCounter: true, perSecond });
      noteOtherThanCounters(vector, context);
      return vector;
    },
  };
}

/** What growth is asked for. */
interface Growth {
  /** A fall is a reset, and nothing was below zero before the first sample. */
  readonly isCounter: boolean;
  /** Per second, or else for the whole window. */
  readonly perSecond: boolean;
}

/** To where the window ends: growth looks larger or smaller as the window moves on, and none stays none. */
function extrapolated(
  args: readonly Value[],
  context: CallContext,
  { isCounter, perSecond }: Growth,
): VectorValue {
  const matrix = matrixArgument(args, 0);
  const { checkpoint } = context;
  const extents = new Extents(matrix.ends.length, perSecond ? secondsOf(matrix.range) : 1, checkpoint);
  const vector = overSeries(matrix, context, (series, bounds, column) => {
    extents.of(series.times, bounds);
    const resets = isCounter ? Breaks.resets(series.values) : undefined;
    return writeGrowth(series.values, bounds, { extents, resets, checkpoint }, column);
  });
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

interface GrowingSeries {
  readonly extents: Extents;
  /** Of a counter; undefined: it is none. */
  readonly resets: Breaks | undefined;
  readonly checkpoint: () => void;
}

/** Needs two samples in a window. */
function writeGrowth(
  samples: Float64Array,
  { lows, highs }: WindowBounds,
  { extents, resets, checkpoint }: GrowingSeries,
  { values, has }: Column,
): boolean {
  const { sampled, before, factors } = extents;
  const hasResets = resets !== undefined && resets.positions.length > 0;
  let hasAny = false;
  for (let step = 0; step < lows.length; step++) {
    const lo = lows[step] as number;
    const hi = highs[step] as number;
    if (step % STEPS_PER_CHECKPOINT === 0) checkpoint();
    if (hi - lo < 2) continue;
    const first = samples[lo] as number;
    let growth = (samples[hi - 1] as number) - first;
    if (hasResets) growth = resets.addLost(growth, samples, lo, hi);
    let factor = factors[step] as number;
    if (resets !== undefined && growth > 0 && first >= 0) {
      // A counter that grew cannot have been below zero.
      const toZero = (sampled[step] as number) * (first / growth);
      if (toZero < (before[step] as number)) factor = extents.factorFrom(step, toZero);
    }
    values[step] = growth * factor;
    has[step] = 1;
    hasAny = true;
  }
  return hasAny;
}

/**
 * How far the samples of a window reach, and how far further the series seems to: where it seems to begin or end within the
 * window, half an interval. Series that were scraped together share their times, and so this.
 */
class Extents {
  /** By step, in seconds: between first and last sample, before the first, after the last. */
  readonly sampled: Float64Array;
  readonly before: Float64Array;
  readonly #after: Float64Array;
  /** By step: by what the growth between the first and the last sample is to be multiplied for the whole window. */
  readonly factors: Float64Array;
  readonly #divisor: number;
  readonly #checkpoint: () => void;
  #times: Float64Array | undefined;

  /** @param divisor what each factor is divided by */
  constructor(steps: number, divisor: number, checkpoint: () => void) {
    this.sampled = new Float64Array(steps);
    this.before = new Float64Array(steps);
    this.#after = new Float64Array(steps);
    this.factors = new Float64Array(steps);
    this.#divisor = divisor;
    this.#checkpoint = checkpoint;
  }

  /** Of windows over these times from now on. */
  of(times: Float64Array, bounds: WindowBounds): void {
    if (times === this.#times) return;
    this.#times = times;
    for (let step = 0; step < this.factors.length; step++) {
      if (step % STEPS_PER_CHECKPOINT === 0) this.#checkpoint();
      this.#find(step, times, bounds);
    }
  }

  /** The factor of a series that seems to begin so long before the first sample, in seconds. */
  factorFrom(step: number, before: number): number {
    const sampled = this.sampled[step] as number;
    return (sampled + before + (this.#after[step] as number)) / sampled / this.#divisor;
  }

  #find(step: number, times: Float64Array, { lows, highs, ends, range }: WindowBounds): void {
    const lo = lows[step] as number;
    const hi = highs[step] as number;
    if (hi - lo < 2) return;
    const first = times[lo] as number;
    const last = times[hi - 1] as number;
    const end = ends[step] as number;
    const sampled = (last - first) / 1000;
    const interval = sampled / (hi - lo - 1);
    const threshold = interval * EXTRAPOLATION_THRESHOLD;
    const before = (first - (end - range)) / 1000;
    const after = (end - last) / 1000;
    this.sampled[step] = sampled;
    this.before[step] = before >= threshold ? interval / 2 : before;
    this.#after[step] = after >= threshold ? interval / 2 : after;
    this.factors[step] = this.factorFrom(step, this.before[step] as number);
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
