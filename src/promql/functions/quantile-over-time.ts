// Quantiles of the samples of a window. Source: funcQuantileOverTime of promql/functions.go.

import type { PromqlFunction } from '../function.js';
import { checkQuantile, quantileOf } from '../quantile.js';
import type { CallContext, Value } from '../value.js';
import { matrixArgument, scalarArgument } from './arguments.js';
import { select } from './select.js';
import { argumentPosition, overWindows, type Window } from './windows.js';

/** `quantile_over_time`. */
export const quantileOverTime: readonly PromqlFunction[] = [
  { name: 'quantile_over_time', argumentTypes: ['scalar', 'matrix'], returns: 'vector', call },
];

function call(args: readonly Value[], context: CallContext): Value {
  const quantiles = scalarArgument(args, 0).values;
  const matrix = matrixArgument(args, 1);
  const longest = matrix.series.reduce((most, { times }) => Math.max(most, times.length), 0);
  const scratch = new Float64Array(longest);
  const checked = new Set<number>();
  return overWindows(matrix, context, () => window => {
    const q = quantiles[window.step] as number;
    if (!checked.has(q)) {
      checked.add(q);
      checkQuantile(q, argumentPosition(context, 0), context);
    }
    return quantile(q, window, scratch);
  });
}

/** Only the two ranks around the quantile are put in their places: that is all {@link quantileOf} looks at. */
function quantile(q: number, { values, lo, hi }: Window, scratch: Float64Array): number {
  let count = 0;
  for (let i = lo; i < hi; i++) {
    const value = values[i] as number;
    if (!Number.isNaN(value)) scratch[count++] = value;
  }
  const nans = hi - lo - count;
  const numbers = scratch.subarray(0, count);
  const lower = Math.floor(q * (hi - lo - 1)) - nans;
  if (lower >= 0 && lower < count) select(numbers, lower);
  if (lower + 1 >= 0 && lower + 1 < count) select(numbers.subarray(lower + 1), 0);
  return quantileOf(q, numbers, nans);
}
