// Metric names that are dropped at the end of an evaluation, and series that turn out to be one.
// Source: Prometheus' delayed name removal (promql/engine.go, cleanupMetricLabels and mergeSeriesWithSameLabelset).

import { EvaluationError } from '../error.js';
import { LabelGroups } from '../label-groups.js';
import type { Column } from '../value.js';

const SAME_LABELS = 'vector cannot contain metrics with the same labelset';

/** Drops the names that are to be dropped and joins series that then have the same labels. @throws EvaluationError */
export function finishNames(columns: readonly Column[]): readonly Column[] {
  return joinEqual(columns.some(({ dropName }) => dropName) ? columns.map(withoutName) : columns);
}

function withoutName(column: Column): Column {
  if (!column.dropName) return column;
  const { labels, values, has } = column;
  return { labels: labels.withoutName(), dropName: false, values, has };
}

/** Joins columns with the same labels; where two of them have a value at one step the query has no answer. */
export function joinEqual(columns: readonly Column[]): readonly Column[] {
  if (columns.length < 2) return columns;
  const groups = new LabelGroups();
  const joined: Column[] = [];
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i] as Column;
    const place = groups.numberOf(column.labels);
    const known = joined[place];
    joined[place] = known ? join(known, column) : column;
  }
  return joined;
}

function join(a: Column, b: Column): Column {
  const values = a.values.slice();
  const has = a.has.slice();
  for (let i = 0; i < has.length; i++) {
    if (!b.has[i]) continue;
    if (has[i]) throw new EvaluationError(SAME_LABELS);
    has[i] = 1;
    values[i] = b.values[i] as number;
  }
  return { labels: a.labels, dropName: a.dropName || b.dropName, values, has };
}
