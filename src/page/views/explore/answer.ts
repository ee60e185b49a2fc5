// What the Prometheus API answers to a panel's expression.

import { getJson } from '../../api.js';
import type { Labels } from './labels.js';
import { type Panel, stepOf } from './panels.js';

/** Seconds since the epoch and a value, as text: it can be `NaN`, `+Inf`. */
export type Point = readonly [number, string];

export interface Series {
  readonly metric: Labels;
  readonly value?: Point;
  readonly values?: readonly Point[];
}

export type Result =
  | { readonly resultType: 'vector' | 'matrix'; readonly result: readonly Series[] }
  | { readonly resultType: 'scalar' | 'string'; readonly result: Point };

/** The series of a result that has some; undefined of a scalar and a string. */
export function seriesOf(data: Result): readonly Series[] | undefined {
  return data.resultType === 'vector' || data.resultType === 'matrix' ? data.result : undefined;
}

export interface ExpressionResult {
  readonly data: Result;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  /** Milliseconds the query took. */
  readonly took: number;
  /** Seconds since the epoch: of a table the moment, of a graph the end. */
  readonly at: number;
}

interface Envelope {
  readonly data: Result;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/** Evaluates a panel's expression. @param now seconds since the epoch @throws Error with what the monitor says is wrong */
export async function evaluate(panel: Panel, now: number): Promise<ExpressionResult> {
  const { expression: query, tab, range, end } = panel;
  const at = end ?? now;
  const parameters: Record<string, string> =
    tab === 'table'
      ? { query, time: `${at}` }
      : { query, start: `${at - range}`, end: `${at}`, step: `${stepOf(panel)}` };
  const began = performance.now();
  const {
    data,
    warnings = [],
    infos = [],
  } = await getJson<Envelope>(
    `api/v1/${tab === 'table' ? 'query' : 'query_range'}?${new URLSearchParams(parameters)}`,
  );
  return { data, warnings, infos, took: performance.now() - began, at };
}
