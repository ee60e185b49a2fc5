// Arithmetic of durations: `[5m * 2]`, `offset (1m + step())`. What has no `step()` or `range()` in it is a number once
// parsed; the others become one when the query's steps are known. Source: Prometheus, "Duration expressions";
// promql/durations.go.

import type { Millis } from '../model/time.js';
import type { DurationExpr, DurationOperator, Expr, SpanExpr, Spans } from './ast.js';
import { EvaluationError } from './error.js';
import { millisOf } from './parse/number-literal.js';

/** What `step()` and `range()` stand for, in seconds; both are 0 in an instant query. */
interface QueryTimes {
  readonly step: number;
  readonly range: number;
}

/** Whether it is known before the query is. */
export function isConstant(expr: DurationExpr): boolean {
  switch (expr.type) {
    case 'literal':
      return true;
    case 'sign':
    case 'paren':
      return isConstant(expr.of);
    case 'binary':
      return isConstant(expr.lhs) && isConstant(expr.rhs);
    default:
      return false;
  }
}

/** Milliseconds, or what is wrong in Prometheus' words. */
export function spanOf(expr: DurationExpr, times: QueryTimes, mayBeNegative: boolean): Millis | string {
  const seconds = secondsOf(expr, times);
  if (typeof seconds === 'string') return seconds;
  if (!mayBeNegative && !(seconds > 0)) return 'duration must be greater than 0';
  return millisOf(seconds) ?? 'duration out of range';
}

function secondsOf(expr: DurationExpr, times: QueryTimes): number | string {
  switch (expr.type) {
    case 'literal':
      return expr.seconds;
    case 'step':
    case 'range':
      return times[expr.type];
    case 'paren':
      return secondsOf(expr.of, times);
    case 'sign': {
      const of = secondsOf(expr.of, times);
      return typeof of === 'number' && expr.op === '-' ? 0 - of : of;
    }
  }
  const lhs = secondsOf(expr.lhs, times);
  const rhs = secondsOf(expr.rhs, times);
  if (typeof lhs === 'string') return lhs;
  return typeof rhs === 'string' ? rhs : calculated(expr.op, lhs, rhs);
}

function calculated(op: DurationOperator, lhs: number, rhs: number): number | string {
  switch (op) {
    case '+':
      return lhs + rhs;
    case '-':
      return lhs - rhs;
    case '*':
      return lhs * rhs;
    case '/':
      return rhs === 0 ? 'division by zero' : lhs / rhs;
    case '%':
      return rhs === 0 ? 'modulo by zero' : lhs % rhs;
    case '^':
      return lhs ** rhs;
    case 'min_of':
      return Math.min(lhs, rhs);
    default:
      return Math.max(lhs, rhs);
  }
}

/** The expression with `step()` and `range()` filled in; itself when it has none. @throws EvaluationError */
export function resolveDurations(expr: Expr, times: QueryTimes): Expr {
  switch (expr.type) {
    case 'vectorSelector':
      return resolved(expr, times);
    case 'matrixSelector': {
      const selector = resolved(expr.selector, times);
      const own = resolved(expr, times);
      return selector === expr.selector ? own : { ...own, selector };
    }
    case 'subquery': {
      const inner = resolveDurations(expr.expr, times);
      const own = resolved(expr, times);
      return inner === expr.expr ? own : { ...own, expr: inner };
    }
    case 'paren':
    case 'unary': {
      const inner = resolveDurations(expr.expr, times);
      return inner === expr.expr ? expr : { ...expr, expr: inner };
    }
    case 'call': {
      const args = expr.args.map(each => resolveDurations(each, times));
      return args.every((each, i) => each === expr.args[i]) ? expr : { ...expr, args };
    }
    case 'aggregate': {
      const inner = resolveDurations(expr.expr, times);
      const param = expr.param && resolveDurations(expr.param, times);
      return inner === expr.expr && param === expr.param ? expr : { ...expr, expr: inner, param };
    }
    case 'binary': {
      const lhs = resolveDurations(expr.lhs, times);
      const rhs = resolveDurations(expr.rhs, times);
      return lhs === expr.lhs && rhs === expr.rhs ? expr : { ...expr, lhs, rhs };
    }
    default:
      return expr;
  }
}

/** Puts numbers in the place of what was not known before. */
function resolved<T extends { readonly spans?: Spans }>(node: T, times: QueryTimes): T {
  if (!node.spans) return node;
  const late = Object.entries(node.spans).filter(([, span]) => !isConstant((span as SpanExpr).expr));
  if (late.length === 0) return node;
  const numbers = late.map(([name, span]) => {
    const millis = spanOf((span as SpanExpr).expr, times, name === 'offset');
    if (typeof millis === 'string') throw new EvaluationError(millis);
    return [name, millis] as const;
  });
  return { ...node, ...Object.fromEntries(numbers) };
}
