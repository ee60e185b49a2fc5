// The same question asked at another time: with every selector held at a moment by `@`, an instant query has the same
// answer whenever it is evaluated.

import type { Millis } from '../../../src/model/time.js';
import type { AtModifier, Expr } from '../../../src/promql/ast.js';

/** Functions whose answer depends on when they are evaluated, also when their argument does not. */
const DEPEND_ON_TIME = new Set([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
  'predict_linear',
  'time',
  'timestamp',
]);

/**
 * The expression with `@ at` on every selector and subquery that has no `@` yet; what is within a subquery follows
 * the subquery. Undefined when its answer depends on the time of evaluation all the same.
 */
export function pinned(expr: Expr, at: Millis): Expr | undefined {
  if (dependsOnTime(expr)) return undefined;
  return pin(expr, { time: at });
}

/** Times to evaluate a pinned expression at: earlier, later, before the epoch. */
export function otherTimes(at: Millis): Millis[] {
  return at === 0 ? [-1000, 0, 1000] : [-10 * at, 0, Math.floor(at / 5), at, 10 * at];
}

/** A subquery has its own times, so what is called within it does not count. */
function dependsOnTime(expr: Expr): boolean {
  if (expr.type === 'subquery') return false;
  if (expr.type === 'call' && DEPEND_ON_TIME.has(expr.name)) return true;
  return operands(expr).some(dependsOnTime);
}

function operands(expr: Expr): readonly Expr[] {
  switch (expr.type) {
    case 'call':
      return expr.args;
    case 'aggregate':
      return expr.param ? [expr.param, expr.expr] : [expr.expr];
    case 'binary':
      return [expr.lhs, expr.rhs];
    case 'paren':
    case 'unary':
      return [expr.expr];
    default:
      return [];
  }
}

function pin(expr: Expr, at: { time: Millis }): Expr {
  switch (expr.type) {
    case 'vectorSelector':
    case 'subquery':
      return { ...expr, at: moment(expr.at, at) };
    case 'matrixSelector':
      return { ...expr, selector: { ...expr.selector, at: moment(expr.selector.at, at) } };
    case 'call':
      return { ...expr, args: expr.args.map(arg => pin(arg, at)) };
    case 'aggregate':
      return { ...expr, expr: pin(expr.expr, at), param: expr.param && pin(expr.param, at) };
    case 'binary':
      return { ...expr, lhs: pin(expr.lhs, at), rhs: pin(expr.rhs, at) };
    case 'paren':
    case 'unary':
      return { ...expr, expr: pin(expr.expr, at) };
    default:
      return expr;
  }
}

/** `start()` and `end()` of an instant query are its time, too. */
function moment(written: AtModifier | undefined, at: { time: Millis }): AtModifier {
  return typeof written === 'object' ? written : at;
}
