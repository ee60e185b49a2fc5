// A subquery: an expression evaluated at its own steps, whose values are the samples of a range vector.

import type { Expr, SubqueryExpr } from '../ast.js';
import { type Column, type MatrixValue, type RangeSeries, type Steps, timeOf, type Value } from '../value.js';
import type { Scope } from './scope.js';
import { referenceTimes } from './selector.js';

/** Evaluates the inner expression once over every step any window sees; steps are multiples of the subquery's own. */
export function subquery(
  expr: SubqueryExpr,
  steps: Steps,
  scope: Scope,
  evaluate: (expr: Expr, steps: Steps, scope: Scope) => Value,
): MatrixValue {
  const { range } = expr;
  const ends = referenceTimes(expr.at, expr.offset, steps, scope);
  const step = expr.step ?? scope.options.defaultInterval;
  const before = (ends[0] as number) - range;
  const start = (Math.floor(before / step) + 1) * step;
  const count = Math.floor(((ends[ends.length - 1] as number) - start) / step) + 1;
  if (count <= 0) return { type: 'matrix', series: [], range, ends };
  scope.spend(count);
  const own = { start, step, count };
  const value = evaluate(expr.expr, own, scope);
  if (value.type === 'scalar' || value.type === 'vector') {
    const columns = value.type === 'vector' ? value.columns : [];
    const series = columns.map(column => samplesOf(column, own)).filter(({ times }) => times.length > 0);
    return { type: 'matrix', series, range, ends };
  }
  throw new Error(`the parser let a subquery of a ${value.type} pass`);
}

function samplesOf({ labels, dropName, values, has }: Column, steps: Steps): RangeSeries {
  let count = 0;
  for (let i = 0; i < has.length; i++) count += has[i] as number;
  const series = { labels, dropName, times: new Float64Array(count), values: new Float64Array(count) };
  for (let i = 0, at = 0; i < has.length; i++) {
    if (!has[i]) continue;
    series.times[at] = timeOf(steps, i);
    series.values[at++] = values[i] as number;
  }
  return series;
}
