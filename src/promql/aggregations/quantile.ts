// The quantile of a group's values at each step. Source: rangeEvalAgg of promql/engine.go.

import type { AggregateContext, Aggregation } from '../aggregation.js';
import type { Expr } from '../ast.js';
import { checkQuantile, quantileOf } from '../quantile.js';
import type { Column } from '../value.js';
import { foldGroups } from './one-per-group.js';
import { scalarParameter } from './parameter.js';

export const quantile: Aggregation = {
  name: 'quantile',
  param: 'scalar',
  call: (groups, param, context) => {
    const quantiles = scalarParameter(param);
    warn(quantiles, context);
    return foldGroups(groups, context, (columns, result) => fold(columns, result, quantiles, context));
  },
};

/** Reports the worst ones only, where they change from step to step. */
function warn(quantiles: Float64Array, context: AggregateContext): void {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const q of quantiles) [min, max] = [Math.min(min, q), Math.max(max, q)];
  for (const q of new Set([max, min])) checkQuantile(q, (context.expr.param as Expr).position, context);
}

function fold(
  columns: readonly Column[],
  result: Column,
  quantiles: Float64Array,
  context: AggregateContext,
): void {
  const numbers = new Float64Array(columns.length);
  for (let i = 0; i < quantiles.length; i++) {
    context.checkpoint();
    const { size, nans } = gather(columns, i, numbers);
    if (size + nans === 0) continue;
    result.values[i] = quantileOf(quantiles[i] as number, numbers.subarray(0, size).sort(), nans);
    result.has[i] = 1;
  }
}

/** The numbers of a step into `numbers`, and how many values are none. */
function gather(
  columns: readonly Column[],
  i: number,
  numbers: Float64Array,
): { size: number; nans: number } {
  let [size, nans] = [0, 0];
  for (const { has, values } of columns) {
    if (!has[i]) continue;
    const value = values[i] as number;
    if (Number.isNaN(value)) nans++;
    else numbers[size++] = value;
  }
  return { size, nans };
}
