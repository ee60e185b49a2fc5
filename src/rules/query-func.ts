// The functions with which rules query and write samples.

import { Labels } from '../model/labels.js';
import type { Millis } from '../model/time.js';
import type { Expr } from '../promql/ast.js';
import { EvaluationError } from '../promql/error.js';
import type { EvaluateOptions } from '../promql/evaluate/scope.js';
import { evaluateInstant } from '../promql/evaluate.js';

/** A series at one moment. */
export interface InstantSample {
  readonly labels: Labels;
  readonly value: number;
}

/** The value of an expression at a moment; a scalar is one sample without labels. `text` is what `expr` was parsed from. Throws. */
export type QueryFunc = (expr: Expr, text: string, at: Millis) => readonly InstantSample[];

/**
 * Takes what a source shows at a moment. Series a source showed before and does not show now have ended; none at all is
 * how a source ends itself. May throw.
 */
export type Write = (source: string, at: Millis, samples: readonly InstantSample[]) => void;

/** Prometheus' words for a sample whose series has another value at the same time, of a rule before it say. */
export const DUPLICATE_SAMPLE = 'duplicate sample for timestamp';

/** What a query gives, and from when on it may give something else though its inputs are the same. */
export interface TimedAnswer {
  readonly samples: readonly InstantSample[];
  /** See {@link import('../promql/evaluate.js').QueryResult.until}. */
  readonly until: Millis;
}

/** A query function over PromQL's evaluator. */
export function engineQueryFunc(options: EvaluateOptions): QueryFunc {
  return (expr, text, at) => answerOfEngine(options, expr, text, at).samples;
}

/** What PromQL's evaluator says at a moment. Throws. */
export function answerOfEngine(options: EvaluateOptions, expr: Expr, text: string, at: Millis): TimedAnswer {
  const answer = evaluateInstant(expr, text, at, options);
  const { until = Number.NEGATIVE_INFINITY } = answer;
  if (answer.type === 'scalar') return { samples: [{ labels: Labels.NONE, value: answer.value }], until };
  if (answer.type !== 'vector') throw new EvaluationError('rule result is not a vector or scalar');
  const samples = answer.series.map(({ labels, values }) => ({ labels, value: values[0] as number }));
  return { samples, until };
}
