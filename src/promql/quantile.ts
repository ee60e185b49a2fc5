// Quantiles of a set of values, and what to say of a quantile that is none. Used by functions and aggregations.
// Source: quantile of promql/quantile.go, validateQuantile of promql/functions.go.

import type { Position } from './ast.js';
import { formatGeneral } from './number.js';
import type { EvalContext } from './value.js';

/** Warns when `q` is no quantile. The position is that of the parameter. */
export function checkQuantile(q: number, position: Position, context: EvalContext): void {
  if (q >= 0 && q <= 1) return;
  context.warn(`quantile value should be between 0 and 1, got ${formatGeneral(q)}`, position);
}

/**
 * The `q`-quantile of some values, with weights between the two nearest ranks. `sorted` are those that are numbers,
 * ascending; `nans` more are NaN and lie below all numbers. NaN without any value.
 */
export function quantileOf(q: number, sorted: Float64Array, nans: number): number {
  const count = sorted.length + nans;
  if (count === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const rank = q * (count - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(count - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return at(sorted, lower - nans) * (1 - weight) + at(sorted, upper - nans) * weight;
}

function at(sorted: Float64Array, i: number): number {
  return i < 0 ? Number.NaN : (sorted[i] as number);
}
