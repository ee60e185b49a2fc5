// Aggregations that make one series of each group.

import type { AggregateMoment, Aggregation, Group } from '../aggregation.js';
import { type Column, ColumnAllocator } from '../value.js';

/** Fills in an empty column what the group's columns come to, step by step. */
type Fold = (columns: readonly Column[], result: Column, moment: AggregateMoment) => void;

/** An aggregation without parameter that answers with one series for each group. */
export function onePerGroup(name: string, fold: Fold): Aggregation {
  return { name, call: (groups, _, moment) => foldGroups(groups, moment, fold) };
}

/** One column for each group. */
export function foldGroups(groups: readonly Group[], moment: AggregateMoment, fold: Fold): Column[] {
  const { count } = moment.steps;
  const room = new ColumnAllocator(count, groups.length);
  return groups.map(({ labels, dropName, columns }) => {
    moment.spend(count);
    const result = room.allocate(labels, dropName);
    fold(columns, result, moment);
    return result;
  });
}
