// One question in the query thread. Comes in: a question and where samples are; goes out: its answer, as the bytes the
// API sends or as values. Synchronous; called by scheduler.ts.

import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { Expr } from '../../promql/ast.js';
import { EvaluationError, ParseError } from '../../promql/error.js';
import type { EvaluateOptions } from '../../promql/evaluate/scope.js';
import {
  evaluateInstant,
  evaluateRange,
  type QueryResult,
  type ResultSeries,
} from '../../promql/evaluate.js';
import type { Steps } from '../../promql/value.js';
import { QueryError } from '../engine.js';
import type { PlainAnswer, QueryLimits, ThreadQuery } from '../protocol.js';
import { executeFederation } from './federate.js';
import { executeLookup, type SeriesSource, TRUNCATED } from './lookup.js';
import { ParsedExpressions } from './parsed-expressions.js';
import { AnswerTooLarge } from './print/json-bytes.js';
import { type PrintedAnswer, type PrintedStats, printValue } from './print.js';

const expressions = new ParsedExpressions();

/** Points a range query may give for each series, as in Prometheus. */
const MAX_POINTS = 11_000;

/** What a question is answered from. */
interface QueryContext {
  readonly source: SeriesSource;
  readonly limits: QueryLimits;
  /** Called every millisecond or so; throws to end the question. */
  readonly checkpoint: () => void;
  /** How long the question has waited. */
  readonly waited: Millis;
}

type ExpressionQuery = Extract<ThreadQuery, { query: string }>;
type ApiQuery = Extract<ExpressionQuery, { type: 'query' | 'query_range' }>;

/** Answers a question. @throws QueryError, and what `checkpoint` throws */
export function executeQuery(query: ThreadQuery, context: QueryContext): PrintedAnswer | PlainAnswer {
  try {
    switch (query.type) {
      case 'query':
      case 'query_range':
        return printed(query, context);
      case 'instant_value':
      case 'range_value':
        return plain(evaluated(query, context).answer);
      case 'federate':
        return executeFederation(query, { ...context, lookback: context.limits.lookback });
      default:
        return executeLookup(query, { ...context, lookback: context.limits.lookback });
    }
  } catch (error) {
    throw refusalOf(error);
  }
}

/** The error for the client; errors that the query did not cause are returned unchanged. */
function refusalOf(error: unknown): unknown {
  if (error instanceof EvaluationError) return new QueryError('execution', error.message);
  if (error instanceof AnswerTooLarge)
    return new QueryError('execution', 'the answer is too large; ask for fewer series or a larger step');
  if (!(error instanceof RangeError)) return error;
  if (error.message.includes('call stack'))
    return new QueryError('execution', 'the expression is nested too deeply to be evaluated');
  // V8's words for an array, a string or a map that cannot be had.
  return /allocation failed|^Invalid (typed )?(array|string|array buffer) length|maximum size/.test(
    error.message,
  )
    ? new QueryError('execution', 'the query needs more memory than there is; try a smaller one')
    : error;
}

function printed(query: ApiQuery, context: QueryContext): PrintedAnswer {
  const { answer, stats } = evaluated(query, context);
  const { shown, isCut } = cut(answer, query.limit);
  const warnings = isCut ? [...answer.warnings, TRUNCATED] : answer.warnings;
  const { checkpoint } = context;
  const data = printValue(shown, { checkpoint, stats: query.stats && stats });
  return { data, warnings, infos: answer.infos };
}

function evaluated(
  query: ExpressionQuery,
  context: QueryContext,
): { answer: QueryResult; stats: PrintedStats } {
  const begun = performance.now();
  const expr = parsed(query.query);
  const ready = performance.now();
  const options = evaluateOptions(query, context);
  const isInstant = query.type === 'query' || query.type === 'instant_value';
  const answer = isInstant
    ? evaluateInstant(expr, query.query, Math.round(query.time), options)
    : evaluateRange(expr, query.query, stepsOf(query, expr), options);
  const stats = {
    samples: answer.samples,
    parsed: ready - begun,
    evaluated: performance.now() - ready,
    waited: context.waited,
  };
  return { answer, stats };
}

function parsed(text: string): Expr {
  try {
    return expressions.parse(text);
  } catch (error) {
    if (error instanceof ParseError)
      throw new QueryError('bad_data', `invalid parameter "query": ${error.message}`);
    throw error;
  }
}

function evaluateOptions(
  query: ExpressionQuery,
  { source, limits, checkpoint }: QueryContext,
): EvaluateOptions {
  const { maxSamples, defaultInterval } = limits;
  const lookback = 'lookback' in query && query.lookback ? query.lookback : limits.lookback;
  return { source, lookback, defaultInterval, maxSamples, checkpoint };
}

type RangeQuery = Extract<ExpressionQuery, { step: Millis }>;

function stepsOf({ start, end, step }: RangeQuery, expr: Expr): Steps {
  const type = unfitType(expr);
  if (type) {
    const reason = `invalid expression type "${type}" for range query, must be Scalar or instant Vector`;
    throw new QueryError('bad_data', `invalid parameter "query": ${reason}`);
  }
  if (!(step >= 1))
    throw new QueryError(
      'bad_data',
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  if (end < start)
    throw new QueryError('bad_data', 'invalid parameter "end": end timestamp must not be before start time');
  const count = Math.floor((end - start) / step) + 1;
  if (count > MAX_POINTS + 1)
    throw new QueryError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  return { start: Math.round(start), step: Math.round(step), count, end: Math.round(end) };
}

/** The type of an expression that a range query cannot have. No function returns one of these. */
function unfitType(expr: Expr): string | undefined {
  if (expr.type === 'paren') return unfitType(expr.expr);
  if (expr.type === 'stringLiteral') return 'string';
  return expr.type === 'matrixSelector' || expr.type === 'subquery' ? 'range vector' : undefined;
}

function cut(answer: QueryResult, limit: number | undefined): { shown: QueryResult; isCut: boolean } {
  const hasSeries = answer.type === 'vector' || answer.type === 'matrix';
  if (!hasSeries || !limit || answer.series.length <= limit) return { shown: answer, isCut: false };
  return { shown: { ...answer, series: answer.series.slice(0, limit) }, isCut: true };
}

function plain(answer: QueryResult): PlainAnswer {
  const { warnings, infos } = answer;
  if (answer.type === 'string')
    throw new QueryError('execution', 'a vector or scalar was expected, and the expression is a string');
  if (answer.type !== 'scalar') return { series: answer.series.map(plainSeries), warnings, infos };
  const times = Float64Array.of(answer.time);
  const values = Float64Array.of(answer.value);
  return { series: [{ names: [], labelValues: [], times, values }], warnings, infos };
}

/** A copy: the store's arrays are not to be sent, and a part of one would be sent with the whole. */
function plainSeries({ labels, times, values }: ResultSeries): PlainAnswer['series'][number] {
  const { names, values: labelValues }: Labels = labels;
  return { names, labelValues, times: times.slice(), values: values.slice() };
}
