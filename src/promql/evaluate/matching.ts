// Operators between two instant vectors: which series meet, and what the result is called.
// Source: Prometheus' promql/engine.go (VectorBinop, resultMetric) and "Vector matching" of its documentation.

import { compareLabels, type Labels, METRIC_NAME } from '../../model/labels.js';
import type { BinaryExpr, VectorMatching } from '../ast.js';
import { EvaluationError } from '../error.js';
import { LabelGroups } from '../label-groups.js';
import type { Column } from '../value.js';
import { arithmetic, comparison } from './arithmetic.js';
import type { Scope } from './scope.js';

/** Groups of label sets that match each other. */
export function matchGroups({ on, labels }: VectorMatching): LabelGroups {
  return new LabelGroups({ on, labels: on ? labels : [...labels, METRIC_NAME] });
}

function matchLabels(labels: Labels, { on, labels: names }: VectorMatching): Labels {
  return on ? labels.keep(names) : labels.without([...names, METRIC_NAME]);
}

interface Operation {
  readonly expr: BinaryExpr;
  readonly matching: VectorMatching;
  readonly groups: LabelGroups;
  readonly count: number;
  /** The "one" side stands on the left: `group_right`. */
  readonly swapped: boolean;
  readonly scope: Scope;
}

/** Columns of the "one" side by group. */
type Side = Column[][];

/** @throws EvaluationError when series do not match one to one, or many to one. */
export function matchVectors(
  expr: BinaryExpr,
  lhs: readonly Column[],
  rhs: readonly Column[],
  count: number,
  scope: Scope,
): Column[] {
  const matching = expr.matching as VectorMatching;
  const swapped = matching.card === 'one-to-many';
  const groups = matchGroups(matching);
  const operation = { expr, matching, groups, count, swapped, scope };
  const [many, one] = swapped ? [rhs, lhs] : [lhs, rhs];
  const side = byGroup(one, groups);
  refuseDuplicates(side, many, operation);
  return combine(many, side, operation);
}

function byGroup(columns: readonly Column[], groups: LabelGroups): Side {
  const side: Side = [];
  for (const column of columns) {
    const group = groups.numberOf(column.labels);
    const known = side[group];
    if (known) known.push(column);
    else side[group] = [column];
  }
  return side;
}

/** Two series of the "one" side may share a group as long as they are never there at the same step. */
function refuseDuplicates(side: Side, many: readonly Column[], operation: Operation): void {
  const { matching, count, swapped } = operation;
  for (const columns of side) {
    if (columns.length === 1) continue;
    const owners: (Column | undefined)[] = new Array(count);
    for (const column of columns) {
      for (let i = 0; i < count; i++) {
        // A step without anything on the other side is not evaluated at all.
        if (!column.has[i] || !many.some(each => each.has[i])) continue;
        const owner = owners[i];
        if (owner) throw duplicates(column.labels, owner.labels, matching, swapped);
        owners[i] = column;
      }
    }
  }
}

function duplicates(a: Labels, b: Labels, matching: VectorMatching, swapped: boolean): EvaluationError {
  const group = braces(matchLabels(a, matching));
  const side = swapped ? 'left' : 'right';
  const pair = [a, b].sort(compareLabels).map(braces).join(', ');
  return new EvaluationError(
    `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: ` +
      `[${pair}];many-to-many matching not allowed: matching labels must be unique on one side`,
  );
}

/** Labels as Go prints them, the metric name among them. */
function braces(labels: Labels): string {
  return `{${[...labels.pairs()].map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}

function combine(many: readonly Column[], side: Side, operation: Operation): Column[] {
  const { matching, groups, count, scope } = operation;
  const oneToOne = matching.card === 'one-to-one';
  const results: Column[] = [];
  // Steps at which a group's result is there already.
  const matched = new Map<number | string, Uint8Array>();
  for (const column of many) {
    scope.checkpointAfter(count);
    const group = groups.numberOf(column.labels);
    for (const partner of side[group] ?? []) {
      const met = meetings(column, partner);
      if (!met) continue;
      scope.spend(count);
      const result = compute(column, partner, met, operation);
      // Also where a comparison leaves nothing: whether a query has an answer does not hang on the values.
      claim(matched, oneToOne ? group : `${group}\x02${result.labels.key}`, met, oneToOne);
      if (result.has.includes(1)) results.push(result);
    }
  }
  return results;
}

/** The steps at which both have a value; undefined when there is none. */
function meetings(a: Column, b: Column): Uint8Array | undefined {
  const met = new Uint8Array(a.has.length);
  for (let i = 0; i < met.length; i++) met[i] = (a.has[i] as number) & (b.has[i] as number);
  return met.includes(1) ? met : undefined;
}

/** Takes a group's steps for one result. @throws EvaluationError when one of them is taken */
function claim(
  matched: Map<number | string, Uint8Array>,
  key: number | string,
  has: Uint8Array,
  oneToOne: boolean,
): void {
  const known = matched.get(key);
  if (!known) {
    matched.set(key, has.slice());
    return;
  }
  for (let i = 0; i < has.length; i++) {
    if (!has[i]) continue;
    if (known[i]) {
      throw new EvaluationError(
        oneToOne
          ? 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
          : 'multiple matches for labels: grouping labels must ensure unique matches',
      );
    }
    known[i] = 1;
  }
}

/** The operation of two columns at the steps they meet. */
function compute(many: Column, one: Column, met: Uint8Array, operation: Operation): Column {
  const { expr, swapped } = operation;
  const [left, right] = swapped ? [one, many] : [many, one];
  const calculate = arithmetic(expr.op);
  const test = comparison(expr.op);
  const labels = resultLabels(many.labels, one.labels, operation, test !== undefined);
  if (calculate) return { labels, dropName: false, has: met, values: calculated(left, right, calculate) };
  const dropName = many.dropName || expr.returnBool;
  return { labels, dropName, ...compared(left, right, met, test as Test, expr.returnBool) };
}

function calculated(left: Column, right: Column, calculate: (a: number, b: number) => number): Float64Array {
  const values = new Float64Array(left.values.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = calculate(left.values[i] as number, right.values[i] as number);
  }
  return values;
}

type Test = (a: number, b: number) => boolean;

function compared(
  left: Column,
  right: Column,
  met: Uint8Array,
  test: Test,
  returnBool: boolean,
): Pick<Column, 'values' | 'has'> {
  const holds = new Uint8Array(met.length);
  for (let i = 0; i < met.length; i++) {
    if (met[i] && test(left.values[i] as number, right.values[i] as number)) holds[i] = 1;
  }
  return returnBool ? { has: met, values: Float64Array.from(holds) } : { has: holds, values: left.values };
}

function resultLabels(many: Labels, one: Labels, { matching }: Operation, keepsName: boolean): Labels {
  let labels = keepsName ? many : many.withoutName();
  if (matching.card === 'one-to-one') {
    labels = matching.on ? labels.keep(matching.labels) : labels.without(matching.labels);
  }
  for (const name of matching.include) labels = labels.with(name, one.get(name));
  return labels;
}
