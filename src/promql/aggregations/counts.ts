// How many series there are, and whether there are any. Source: aggregation of promql/engine.go.

import type { AggregateContext, Aggregation } from '../aggregation.js';
import type { Column } from '../value.js';
import { onePerGroup } from './one-per-group.js';

export const counts: readonly Aggregation[] = [onePerGroup('count', count), onePerGroup('group', group)];

function count(columns: readonly Column[], result: Column, context: AggregateContext): void {
  for (const { has } of columns) {
    context.checkpoint();
    for (let i = 0; i < has.length; i++) {
      if (!has[i]) continue;
      result.values[i] = (result.values[i] as number) + 1;
      result.has[i] = 1;
    }
  }
}

function group(columns: readonly Column[], result: Column, context: AggregateContext): void {
  count(columns, result, context);
  result.values.set(result.has);
}
