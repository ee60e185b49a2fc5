// Aggregations: which columns belong together. What is made of them is the aggregation's own business.

import { type Labels, METRIC_NAME } from '../../model/labels.js';
import type { Group } from '../aggregation.js';
import { aggregations } from '../aggregations/index.js';
import type { AggregateExpr, Expr } from '../ast.js';
import { LabelGroups } from '../label-groups.js';
import type { Column, Steps, Value, VectorValue } from '../value.js';
import type { Scope } from './scope.js';

const byName = new Map(aggregations.map(each => [each.name, each]));

/** Groups the operand's columns and asks the aggregation for its answer. @throws EvaluationError */
export function aggregate(
  expr: AggregateExpr,
  steps: Steps,
  scope: Scope,
  evaluate: (expr: Expr, steps: Steps, scope: Scope) => Value,
): VectorValue {
  const found = byName.get(expr.op);
  if (!found) throw new Error(`the parser let an unknown aggregation pass: ${expr.op}`);
  const param = expr.param && evaluate(expr.param, steps, scope);
  const operand = evaluate(expr.expr, steps, scope);
  if (operand.type !== 'vector') throw new Error(`the parser let an aggregation of a ${operand.type} pass`);
  const columns = found.call(groupsOf(expr, operand.columns), param, {
    expr,
    steps,
    warn: (message, position) => scope.warn(message, position),
    info: (message, position) => scope.info(message, position),
    checkpoint: scope.options.checkpoint,
    spend: samples => scope.spend(samples),
  });
  return { type: 'vector', columns };
}

function groupsOf(expr: AggregateExpr, columns: readonly Column[]): Group[] {
  const names = expr.without ? [...expr.grouping, METRIC_NAME] : expr.grouping;
  const numbers = new LabelGroups({ on: !expr.without, labels: names });
  const groups: { labels: Labels; dropName: boolean; columns: Column[] }[] = [];
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i] as Column;
    const number = numbers.numberOf(column.labels);
    const group = groups[number];
    if (group) {
      group.columns.push(column);
      group.dropName ||= column.dropName;
      continue;
    }
    const labels = expr.without ? column.labels.without(names) : column.labels.keep(names);
    groups[number] = { labels, dropName: column.dropName, columns: [column] };
  }
  return groups;
}
