// How often each value occurs, the value in a label. Source: aggregationCountValues of promql/engine.go.

import { isLabelName } from '../../model/label-name.js';
import { type Labels, METRIC_NAME } from '../../model/labels.js';
import type { AggregateContext, Aggregation } from '../aggregation.js';
import type { AggregateExpr } from '../ast.js';
import { EvaluationError } from '../error.js';
import { formatDecimal } from '../number.js';
import { type Column, newColumn } from '../value.js';
import { stringParameter } from './parameter.js';

export const countValues: Aggregation = {
  name: 'count_values',
  param: 'string',
  call: (groups, param, context) => {
    const label = stringParameter(param);
    if (!isLabelName(label)) throw new EvaluationError(`invalid label name ${JSON.stringify(label)}`);
    const counts = new Counts(label, context);
    for (const { labels, columns } of groups) {
      for (const column of columns) counts.add(column, labels);
    }
    return counts.columns();
  },
};

/** Columns of counts. Groups may meet in one, when the value's label overwrites what told them apart. */
class Counts {
  readonly #label: string;
  readonly #context: AggregateContext;
  readonly #isLost: boolean;
  readonly #byLabels = new Map<string, Column>();

  constructor(label: string, context: AggregateContext) {
    this.#label = label;
    this.#context = context;
    this.#isLost = isLost(label, context.expr);
  }

  add({ values, has }: Column, group: Labels): void {
    this.#context.checkpoint();
    let target: Column | undefined;
    let last = 0;
    for (let i = 0; i < values.length; i++) {
      if (!has[i]) continue;
      const value = values[i] as number;
      // Most series stay at a value for many steps.
      if (!target || !Object.is(value, last)) target = this.#columnOf(value, group);
      last = value;
      target.values[i] = (target.values[i] as number) + 1;
      target.has[i] = 1;
    }
  }

  columns(): Column[] {
    return [...this.#byLabels.values()];
  }

  #columnOf(value: number, group: Labels): Column {
    const labels = this.#isLost ? group : group.with(this.#label, formatDecimal(value));
    let column = this.#byLabels.get(labels.key);
    if (!column) {
      const { count } = this.#context.steps;
      this.#context.spend(count);
      column = newColumn(labels, false, count);
      this.#byLabels.set(labels.key, column);
    }
    return column;
  }
}

/** The value's label is set before series are grouped, so `without` can take it away again. */
function isLost(label: string, { without, grouping }: AggregateExpr): boolean {
  return without && (label === METRIC_NAME || grouping.includes(label));
}
