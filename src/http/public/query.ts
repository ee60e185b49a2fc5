// PromQL for the public page: questions about how services were, and nothing else. What may be asked is a list of
// metrics and labels; everything that could put another label's value into an answer, or compare with it, is refused.

import type { LabelMatcher } from '../../model/samples.js';
import type { Call, Expr, VectorSelector } from '../../promql/ast.js';
import { ParseError } from '../../promql/error.js';
import { parse } from '../../promql/parse.js';
import { print } from '../../promql/print.js';
import { QueryError } from '../../query/engine.js';

/** Metrics, each with the labels that may be seen. */
const METRICS: Readonly<Record<string, readonly string[]>> = {
  langgraph_monitor_service_up: ['target'],
  langgraph_monitor_service_slow: ['target'],
  langgraph_monitor_service_status: ['target', 'status'],
  langgraph_monitor_service_up_in_maintenance: ['target'],
  langgraph_monitor_service_maintenance: ['target'],
  probe_duration_seconds: ['target'],
  probe_http_duration_seconds: ['target', 'phase'],
  probe_success: ['target'],
  'langgraph:response_time_seconds:avg1d': ['target'],
  'langgraph:response_time_seconds:stddev1d': ['target'],
  'langgraph:anomaly:lower': ['target', 'anomaly'],
  'langgraph:anomaly:upper': ['target', 'anomaly'],
  langgraph_monitor_probe_failures_total: ['target', 'reason'],
  haproxy_backend_status: ['target', 'proxy', 'state'],
  haproxy_backend_agg_server_status: ['target', 'proxy', 'state'],
};
const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['avg_over_time', 'min_over_time', 'max_over_time', 'sum_over_time', 'count_over_time'],
  ...['quantile_over_time', 'last_over_time', 'present_over_time', 'increase', 'rate'],
]);
const AGGREGATIONS: ReadonlySet<string> = new Set(['avg', 'min', 'max', 'sum', 'count', 'group']);
/** Longest text, in UTF-16 units. */
const MAX_LENGTH = 4096;
/** Longest range of samples, in milliseconds. */
const MAX_RANGE = 92 * 86_400_000;

/**
 * An expression that may be asked, over the services that are shown alone: one that was removed, or is another monitor's
 * in the same storage, is not read either.
 * @param visible their ids @throws QueryError that says what may be asked instead
 */
export function publicQuery(text: string, visible: readonly string[]): string {
  if (text.length > MAX_LENGTH) throw refusal(`longer than ${MAX_LENGTH} characters`);
  return print(rewritten(parsed(text), { visible, labels: undefined }));
}

interface Around {
  readonly visible: readonly string[];
  /** Labels that the aggregation around leaves; undefined outside of one. */
  readonly labels: readonly string[] | undefined;
}

function rewritten(expr: Expr, around: Around): Expr {
  switch (expr.type) {
    case 'numberLiteral':
      return expr;
    case 'paren':
    case 'unary':
      return { ...expr, expr: rewritten(expr.expr, around) };
    case 'binary':
      if (expr.matching && expr.matching.include.length > 0) throw refusal('group_left and group_right');
      return { ...expr, lhs: rewritten(expr.lhs, around), rhs: rewritten(expr.rhs, around) };
    case 'aggregate': {
      if (!AGGREGATIONS.has(expr.op) || expr.without)
        throw refusal(`${expr.op}${expr.without ? ' without' : ''}`);
      return { ...expr, expr: rewritten(expr.expr, { ...around, labels: expr.grouping }) };
    }
    case 'call':
      if (isName(expr))
        return { ...expr, args: expr.args.map((arg, i) => (i === 0 ? rewritten(arg, around) : arg)) };
      if (!FUNCTIONS.has(expr.name)) throw refusal(`${expr.name}()`);
      return { ...expr, args: expr.args.map(arg => rewritten(arg, around)) };
    case 'vectorSelector':
      return selector(expr, around);
    case 'matrixSelector':
      if (expr.range > MAX_RANGE) throw refusal('a range of more than 92d');
      return { ...expr, selector: selector(expr.selector, around) };
    default:
      throw refusal(expr.type === 'stringLiteral' ? 'a text' : 'a subquery');
  }
}

/** Whether a call gives series a constant name as `part`, so that one question has several answers; it reads no label. */
function isName({ name, args }: Call): boolean {
  const [, target, replacement, source, pattern] = args.map(arg =>
    arg.type === 'stringLiteral' ? arg.value : undefined,
  );
  const isConstant = source === '' && pattern === '' && /^\w+$/.test(replacement ?? '');
  return name === 'label_replace' && target === 'part' && isConstant;
}

function selector(expr: VectorSelector, { visible, labels }: Around): VectorSelector {
  const name = expr.matchers.find(each => each.name === '__name__' && each.op === '=')?.value ?? '';
  const allowed = Object.hasOwn(METRICS, name) ? METRICS[name] : undefined;
  if (!allowed) throw refusal(name === '' ? 'a selector without a metric' : `the metric ${name}`);
  if (labels === undefined) throw refusal('a metric outside of an aggregation such as avg by (target)');
  const seen = [...labels, ...expr.matchers.map(each => each.name).filter(each => each !== '__name__')];
  const other = seen.find(each => !allowed.includes(each));
  if (other !== undefined) throw refusal(`the label ${other} of ${name}`);
  const others = expr.matchers.filter(({ name }) => name !== 'target');
  return { ...expr, matchers: [...others, ...only(expr.matchers, visible)] };
}

/** Matchers for the services among those that are shown which a selector asks for. */
function only(matchers: readonly LabelMatcher[], visible: readonly string[]): LabelMatcher[] {
  const onTarget = matchers.filter(({ name }) => name === 'target');
  const ids = visible.filter(id => onTarget.every(matcher => matcher.matches(id)));
  const [first] = ids;
  const equal = (op: '=' | '!=', value: string): LabelMatcher => ({
    ...{ name: 'target', op, value },
    matches: id => (id === value) === (op === '='),
  });
  // Where none is left, no series may match, not even one without the label.
  if (first === undefined) return [equal('=', ''), equal('!=', '')];
  if (ids.length === 1) return [equal('=', first)];
  const value = ids.map(id => id.replaceAll('.', '[.]')).join('|');
  return [{ name: 'target', op: '=~', value, matches: id => ids.includes(id) }];
}

function parsed(text: string): Expr {
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof ParseError ? new QueryError('bad_data', error.message) : error;
  }
}

function refusal(what: string): QueryError {
  const metrics = Object.keys(METRICS).join(', ');
  return new QueryError('bad_data', `${what} may not be asked for here, only aggregations over ${metrics}`);
}
