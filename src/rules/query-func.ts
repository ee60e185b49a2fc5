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

/** A query function over PromQL's evaluator. */
export function engineQueryFunc(options: EvaluateOptions): QueryFunc {
  return (expr, text, at) => {
    const answer = evaluateInstant(expr, text, at, options);
    if (answer.type === 'scalar') return [{ labels: Labels.NONE, value: answer.value }];
    if (answer.type !== 'vector') throw new EvaluationError('rule result is not a vector or scalar');
    return answer.series.map(({ labels, values }) => ({ labels, value: values[0] as number }));
  };
}
