// Aggregations that make one series of each group.

import type { AggregateContext, Aggregation, Group } from '../aggregation.js';
import { type Column, ColumnAllocator } from '../value.js';

/** Fills in an empty column what the group's columns come to, step by step. */
type Fold = (columns: readonly Column[], result: Column, context: AggregateContext) => void;

/** An aggregation without parameter that answers with one series for each group. */
export function onePerGroup(name: string, fold: Fold): Aggregation {
  return { name, call: (groups, _, context) => foldGroups(groups, context, fold) };
}

/** One column for each group. */
export function foldGroups(groups: readonly Group[], context: AggregateContext, fold: Fold): Column[] {
  const { count } = context.steps;
  const room = new ColumnAllocator(count, groups.length);
  return groups.map(({ labels, dropName, columns }) => {
    context.spend(count);
    const result = room.allocate(labels, dropName);
    fold(columns, result, context);
    return result;
  });
}
