// What is not there, with the labels the question says it would have.
// Source: funcAbsent and createLabelsForAbsentFunction of promql/functions.go.

import { Labels, METRIC_NAME } from '../../model/labels.js';
import type { Expr } from '../ast.js';
import type { PromqlFunction } from '../function.js';
import { type CallContext, newColumn, type Value, type VectorValue } from '../value.js';
import { vectorArgument } from './arguments.js';

export const absence: readonly PromqlFunction[] = [
  { name: 'absent', argumentTypes: ['vector'], returns: 'vector', call: absent },
];

/**
 * The labels of what an expression did not find: those its selector asks to be equal to something. A label that is
 * asked for twice is in doubt and left out, and anything but a selector has none.
 */
export function absentLabels(expr: Expr): Labels {
  if (expr.type === 'paren') return absentLabels(expr.expr);
  if (expr.type === 'matrixSelector') return absentLabels(expr.selector);
  if (expr.type !== 'vectorSelector') return Labels.NONE;
  const found = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, op, value } of expr.matchers) {
    if (name === METRIC_NAME) continue;
    if (op === '=' && !seen.has(name)) {
      found.set(name, value);
      seen.add(name);
    } else found.delete(name);
  }
  return Labels.of(found);
}

function absent(args: readonly Value[], context: CallContext): VectorValue {
  const { steps, call } = context;
  context.spend(steps.count);
  const column = newColumn(absentLabels(call.args[0] as Expr), false, steps.count);
  column.values.fill(1);
  column.has.fill(1);
  for (const { has } of vectorArgument(args, 0).columns) {
    context.checkpoint();
    for (let i = 0; i < has.length; i++) if (has[i]) column.has[i] = 0;
  }
  return { type: 'vector', columns: [column] };
}
