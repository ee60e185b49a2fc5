// Variance and standard deviation of a population, in one pass after Welford.
// Source: aggregation of promql/engine.go.

import type { AggregateContext, Aggregation } from '../aggregation.js';
import type { Column } from '../value.js';
import { onePerGroup } from './one-per-group.js';

export const variance: readonly Aggregation[] = [
  onePerGroup('stdvar', stdvar),
  onePerGroup('stddev', stddev),
];

function stdvar(
  columns: readonly Column[],
  { values: squares, has: seen }: Column,
  context: AggregateContext,
): void {
  const counts = new Float64Array(squares.length);
  const means = new Float64Array(squares.length);
  for (const { values, has } of columns) {
    context.checkpoint();
    for (let i = 0; i < squares.length; i++) {
      if (!has[i]) continue;
      const value = values[i] as number;
      const count = (counts[i] as number) + 1;
      counts[i] = count;
      if (seen[i]) {
        const delta = value - (means[i] as number);
        const mean = (means[i] as number) + delta / count;
        means[i] = mean;
        squares[i] = (squares[i] as number) + delta * (value - mean);
      } else {
        seen[i] = 1;
        means[i] = value;
        squares[i] = Number.isFinite(value) ? 0 : Number.NaN;
      }
    }
  }
  for (let i = 0; i < squares.length; i++)
    if (seen[i]) squares[i] = (squares[i] as number) / (counts[i] as number);
}

function stddev(columns: readonly Column[], result: Column, context: AggregateContext): void {
  stdvar(columns, result, context);
  for (let i = 0; i < result.values.length; i++) result.values[i] = Math.sqrt(result.values[i] as number);
}
