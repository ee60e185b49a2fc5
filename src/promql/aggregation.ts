// The joint of aggregations: one entry of the catalogue each.

import type { Labels } from '../model/labels.js';
import type { AggregateExpr, ValueType } from './ast.js';
import type { Column, EvalContext, Value } from './value.js';

/** Columns that are aggregated into one group, and the labels of that group. */
export interface Group {
  readonly labels: Labels;
  /** True when the name is to be dropped from the result. */
  readonly dropName: boolean;
  readonly columns: readonly Column[];
}

/** What an aggregation gets besides its groups. */
export interface AggregateContext extends EvalContext {
  readonly expr: AggregateExpr;
}

/** `sum`, `topk`, ... Prometheus' names and types. */
export interface Aggregation {
  readonly name: string;
  /** Type of the parameter, for those that take one. */
  readonly param?: ValueType;
  /** Answers all groups; the order of its columns is the order of the answer. @throws EvaluationError */
  call(groups: readonly Group[], param: Value | undefined, context: AggregateContext): Column[];
}
