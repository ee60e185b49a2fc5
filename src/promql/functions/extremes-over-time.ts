// The largest and the smallest sample of a window. Source: compareOverTime of promql/functions.go.

import type { PromqlFunction } from '../function.js';
import type { MatrixValue } from '../value.js';
import { type OpenSeries, type WindowFunction, windowFunction } from './windows.js';

/** Windows longer than this many steps are worth remembering something from one to the next. */
const MUCH_OVERLAP = 4;

/** `max_over_time` and `min_over_time`. */
export const extremesOverTime: readonly PromqlFunction[] = [
  windowFunction('max_over_time', extreme(1)),
  windowFunction('min_over_time', extreme(-1)),
];

function extreme(direction: 1 | -1): OpenSeries {
  return ({ values }, matrix) =>
    overlapsMuch(matrix) ? slidingExtreme(values, direction) : scannedExtreme(values, direction);
}

function overlapsMuch({ ends, range }: MatrixValue): boolean {
  return ends.length > 1 && range > MUCH_OVERLAP * ((ends[1] as number) - (ends[0] as number));
}

/** Of equal samples the first one counts, and NaN only where there is nothing else. */
function scannedExtreme(values: Float64Array, direction: 1 | -1): WindowFunction {
  return ({ lo, hi }) => {
    let best = values[lo] as number;
    for (let i = lo + 1; i < hi; i++) {
      const value = values[i] as number;
      if (direction * value > direction * best || Number.isNaN(best)) best = value;
    }
    return best;
  };
}

/** The same, from those samples that no later one of the window surpasses: each sample is taken in once. */
function slidingExtreme(values: Float64Array, direction: 1 | -1): WindowFunction {
  const candidates = new Int32Array(values.length);
  let first = 0;
  let past = 0;
  let seen = 0;
  return ({ lo, hi }) => {
    let last = past;
    for (let i = Math.max(seen, lo); i < hi; i++) {
      const value = direction * (values[i] as number);
      if (Number.isNaN(value)) continue;
      while (last > first && direction * (values[candidates[last - 1] as number] as number) < value) last--;
      candidates[last++] = i;
    }
    seen = hi;
    past = last;
    while (first < past && (candidates[first] as number) < lo) first++;
    return first < past ? (values[candidates[first] as number] as number) : Number.NaN;
  };
}
