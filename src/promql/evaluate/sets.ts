// The set operators: `and`, `or`, `unless` keep or add whole samples by their matching labels.

import type { BinaryExpr, VectorMatching } from '../ast.js';
import type { LabelGroups } from '../label-groups.js';
import type { Column } from '../value.js';
import { matchGroups } from './matching.js';
import type { Scope } from './scope.js';

/** By group: steps at which some column of it has a value. */
type Presence = (Uint8Array | undefined)[];

export function combineSets(
  { op, matching }: BinaryExpr,
  lhs: readonly Column[],
  rhs: readonly Column[],
  count: number,
  scope: Scope,
): Column[] {
  const groups = matchGroups(matching as VectorMatching);
  if (op === 'or') {
    const there = presence(lhs, groups, count, scope);
    return [...lhs, ...masked(rhs, there, groups, false, scope)];
  }
  return masked(lhs, presence(rhs, groups, count, scope), groups, op === 'and', scope);
}

function presence(columns: readonly Column[], groups: LabelGroups, count: number, scope: Scope): Presence {
  const found: Presence = [];
  for (const column of columns) {
    scope.checkpointAfter(count);
    const group = groups.numberOf(column.labels);
    const there = found[group] ?? new Uint8Array(count);
    found[group] = there;
    for (let i = 0; i < count; i++) if (column.has[i]) there[i] = 1;
  }
  return found;
}

/** The columns at the steps where the other side has (or has not) their group. */
function masked(
  columns: readonly Column[],
  presence: Presence,
  groups: LabelGroups,
  wanted: boolean,
  scope: Scope,
): Column[] {
  const kept: Column[] = [];
  for (const column of columns) {
    scope.checkpointAfter(column.has.length);
    const there = presence[groups.numberOf(column.labels)];
    if (!there) {
      if (!wanted) kept.push(column);
      continue;
    }
    const has = column.has.slice();
    for (let i = 0; i < has.length; i++) if ((there[i] === 1) !== wanted) has[i] = 0;
    // A column without any value must not take the name off the one it would be joined with.
    if (has.includes(1)) kept.push({ ...column, has });
  }
  return kept;
}
