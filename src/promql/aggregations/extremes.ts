// The smallest and the largest value. NaN is neither as long as there is a number.
// Source: aggregation of promql/engine.go.

import type { AggregateContext, Aggregation } from '../aggregation.js';
import type { Column } from '../value.js';
import { onePerGroup } from './one-per-group.js';

export const extremes: readonly Aggregation[] = [
  onePerGroup('min', (columns, result, context) => extreme(columns, result, context, -1)),
  onePerGroup('max', (columns, result, context) => extreme(columns, result, context, 1)),
];

function extreme(columns: readonly Column[], result: Column, context: AggregateContext, sign: 1 | -1): void {
  for (const { values, has } of columns) {
    context.checkpoint();
    for (let i = 0; i < values.length; i++) {
      if (!has[i]) continue;
      const value = values[i] as number;
      const best = result.values[i] as number;
      if (result.has[i] && !(sign * value > sign * best || Number.isNaN(best))) continue;
      result.values[i] = value;
      result.has[i] = 1;
    }
  }
}
