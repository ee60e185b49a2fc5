// The set operators: `and`, `or`, `unless` keep or add whole samples by their matching labels.

import type { BinaryExpr, VectorMatching } from '../ast.js';
import type { Column } from '../value.js';
import { signatureOf } from './matching.js';
import type { Scope } from './scope.js';

/** Steps at which some column of a signature has a value. */
type Presence = Map<string, Uint8Array>;

export function combineSets(
  { op, matching }: BinaryExpr,
  lhs: readonly Column[],
  rhs: readonly Column[],
  count: number,
  scope: Scope,
): Column[] {
  const by = matching as VectorMatching;
  if (op === 'or') {
    const there = presence(lhs, by, count, scope);
    return [...lhs, ...masked(rhs, there, by, false, scope)];
  }
  return masked(lhs, presence(rhs, by, count, scope), by, op === 'and', scope);
}

function presence(
  columns: readonly Column[],
  matching: VectorMatching,
  count: number,
  scope: Scope,
): Presence {
  const found: Presence = new Map();
  for (const column of columns) {
    scope.checkpoint();
    const signature = signatureOf(column.labels, matching);
    let there = found.get(signature);
    if (!there) {
      there = new Uint8Array(count);
      found.set(signature, there);
    }
    for (let i = 0; i < count; i++) if (column.has[i]) there[i] = 1;
  }
  return found;
}

/** The columns at the steps where the other side has (or has not) their signature. */
function masked(
  columns: readonly Column[],
  presence: Presence,
  matching: VectorMatching,
  wanted: boolean,
  scope: Scope,
): Column[] {
  const kept: Column[] = [];
  for (const column of columns) {
    scope.checkpoint();
    const there = presence.get(signatureOf(column.labels, matching));
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
