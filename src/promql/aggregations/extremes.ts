// The smallest and the largest value. NaN is neither as long as there is a number.
// Source: aggregation of promql/engine.go.

import type { AggregateMoment, Aggregation } from '../aggregation.js';
import type { Column } from '../value.js';
import { onePerGroup } from './one-per-group.js';

export const extremes: readonly Aggregation[] = [
  onePerGroup('min', (columns, result, moment) => extreme(columns, result, moment, -1)),
  onePerGroup('max', (columns, result, moment) => extreme(columns, result, moment, 1)),
];

function extreme(columns: readonly Column[], result: Column, moment: AggregateMoment, sign: 1 | -1): void {
  for (const { values, has } of columns) {
    moment.checkpoint();
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
