// The k largest or smallest series of each group, step by step: they keep their labels and their name.
// Source: aggregationK of promql/engine.go.

import type { AggregateContext, Aggregation, Group } from '../aggregation.js';
import { EvaluationError } from '../error.js';
import { formatGeneral } from '../number.js';
import { type Column, newColumn, type Value } from '../value.js';
import { Heap } from './heap.js';
import { scalarParameter } from './parameter.js';

const MIN_INT64 = -(2 ** 63);
/** The largest float below 2^63. */
const MAX_INT64 = 2 ** 63 - 1024;

/** Whether a value is worse than another and leaves first; NaN is the worst. */
type Worse = (a: number, b: number) => boolean;

export const ranking: readonly Aggregation[] = [
  rank('topk', (a, b) => Number.isNaN(a) || a < b),
  rank('bottomk', (a, b) => Number.isNaN(a) || a > b),
];

function rank(name: string, worse: Worse): Aggregation {
  return {
    name,
    param: 'scalar',
    call: (groups, param, context) => {
      const sizes = sizesOf(param);
      if (!sizes) return [];
      const choose = context.steps.count === 1 ? chooseOrdered : chooseBySteps;
      return groups.flatMap(group => choose(group, sizes, worse, context));
    },
  };
}

/** How many series each step wants; undefined when no step wants any. @throws EvaluationError */
function sizesOf(param: Value | undefined): Float64Array | undefined {
  const sizes = scalarParameter(param);
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const size of sizes) [min, max] = [Math.min(min, size), Math.max(max, size)];
  if (max < 1) return undefined;
  if (Number.isNaN(max)) throw new EvaluationError('Parameter value is NaN');
  if (min <= MIN_INT64) throw new EvaluationError(`Scalar value ${formatGeneral(min)} underflows int64`);
  if (max >= MAX_INT64) throw new EvaluationError(`Scalar value ${formatGeneral(max)} overflows int64`);
  return sizes.map(Math.trunc);
}

/** An instant query's answer is in order of value, the best first. */
function chooseOrdered(
  { columns }: Group,
  sizes: Float64Array,
  worse: Worse,
  context: AggregateContext,
): Column[] {
  context.checkpoint();
  const best = [...bestOf(columns, 0, sizes[0] as number, worse)];
  const valueAt = (i: number): number => columns[i]?.values[0] as number;
  best.sort((a, b) => order(valueAt(a), valueAt(b), worse));
  return best.map(i => columns[i] as Column);
}

function order(a: number, b: number, worse: Worse): number {
  if (Number.isNaN(a) && Number.isNaN(b)) return 0;
  return Number(worse(a, b)) - Number(worse(b, a));
}

/** A range query's series are there at the steps at which they are among the best. */
function chooseBySteps(
  { columns }: Group,
  sizes: Float64Array,
  worse: Worse,
  context: AggregateContext,
): Column[] {
  const chosen = new Map<number, Column>();
  for (let step = 0; step < sizes.length; step++) {
    context.checkpoint();
    for (const i of bestOf(columns, step, sizes[step] as number, worse)) {
      const from = columns[i] as Column;
      const to = chosen.get(i) ?? startColumn(from, sizes.length, context);
      chosen.set(i, to);
      to.values[step] = from.values[step] as number;
      to.has[step] = 1;
    }
  }
  return [...chosen.keys()].sort((a, b) => a - b).map(i => chosen.get(i) as Column);
}

function startColumn({ labels, dropName }: Column, count: number, context: AggregateContext): Column {
  context.spend(count);
  return newColumn(labels, dropName, count);
}

/** Which columns have the `size` best values of a step; the earlier of equal ones stays. */
function bestOf(columns: readonly Column[], step: number, size: number, worse: Worse): readonly number[] {
  if (size < 1) return [];
  const valueAt = (i: number): number => columns[i]?.values[step] as number;
  const heap = new Heap((a, b) => worse(valueAt(a), valueAt(b)));
  for (let i = 0; i < columns.length; i++) {
    if (!columns[i]?.has[step]) continue;
    const worst = heap.items[0];
    if (worst === undefined || heap.items.length < size) heap.push(i);
    else if (isBetter(valueAt(i), valueAt(worst), worse)) heap.replaceFirst(i);
  }
  return heap.items;
}

function isBetter(value: number, worst: number, worse: Worse): boolean {
  return !Number.isNaN(value) && worse(worst, value);
}
