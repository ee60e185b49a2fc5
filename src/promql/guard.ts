// The part of an expression without which it finds nothing: `a and b` and `a unless b` are empty while `a` is, `a and b` and `a / b`
// while `b` is. Comes in: an expression; goes out: that part, where the rest cannot fail and so need not be evaluated to know the
// answer.

import { METRIC_NAME } from '../model/labels.js';
import type { BinaryExpr, Expr, VectorSelector } from './ast.js';
import { typeOf } from './parse/type-of.js';

/** Functions of ranges that give one sample for each series and never fail. */
const OF_RANGES = new Set([
  ...['changes', 'delta', 'deriv', 'idelta', 'increase', 'irate', 'predict_linear', 'rate', 'resets'],
]);

/**
 * The largest part for which `isWanted` that decides alone whether the expression finds anything: it finds nothing while the
 * part does not. Undefined where there is none.
 */
export function guardOf(expr: Expr, isWanted: (part: Expr) => boolean): Expr | undefined {
  if (expr.type === 'paren') return guardOf(expr.expr, isWanted);
  if (expr.type !== 'binary' || expr.op === 'or') return undefined;
  const { op, lhs, rhs } = expr;
  const inside = (part: Expr) => (isWanted(part) ? part : guardOf(part, isWanted));
  const isSet = op === 'and' || op === 'unless';
  const left = isSet && !canFail(rhs) ? inside(lhs) : undefined;
  if (left || op === 'unless' || canFail(lhs)) return left;
  // A number is no part that could be empty.
  if (rhs.type === 'numberLiteral') return guardOf(lhs, isWanted);
  return typeOf(rhs) === 'vector' ? inside(rhs) : undefined;
}

/** Whether the value of an expression may be an error, as far as can be said beforehand. */
export function canFail(expr: Expr): boolean {
  switch (expr.type) {
    case 'numberLiteral':
    case 'vectorSelector':
    case 'matrixSelector':
      return false;
    case 'paren':
      return canFail(expr.expr);
    case 'call':
      return !isOfRange(expr.name) || expr.args.some(canFail) || !isDistinct(expr);
    case 'aggregate':
      return expr.param !== undefined || canFail(expr.expr);
    case 'binary':
      return canFail(expr.lhs) || canFail(expr.rhs) || mayMatchTwice(expr);
    default:
      return true;
  }
}

function isOfRange(name: string): boolean {
  return OF_RANGES.has(name) || name.endsWith('_over_time');
}

/** Whether two vectors are joined whose series may have no or several partners that are alike. */
function mayMatchTwice({ op, lhs, rhs, matching }: BinaryExpr): boolean {
  if (!matching || op === 'and' || op === 'or' || op === 'unless') return false;
  const isWhole = matching.card === 'one-to-one' && !matching.on && matching.labels.length === 0;
  return !isWhole || !isDistinct(lhs) || !isDistinct(rhs);
}

/** Whether no two series of a vector differ in their metric name alone. */
function isDistinct(expr: Expr): boolean {
  switch (expr.type) {
    case 'numberLiteral':
      return true;
    case 'vectorSelector':
      return hasOneName(expr);
    case 'matrixSelector':
      return hasOneName(expr.selector);
    case 'paren':
      return isDistinct(expr.expr);
    case 'call':
      return isOfRange(expr.name) && expr.args.every(isDistinct);
    case 'aggregate':
      return expr.param === undefined && !expr.grouping.includes(METRIC_NAME);
    case 'binary':
      return isDistinct(expr.lhs) && isDistinct(expr.rhs) && keepsLabels(expr);
    default:
      return false;
  }
}

function keepsLabels({ op, matching }: BinaryExpr): boolean {
  if (!matching || op === 'and' || op === 'unless') return true;
  return (
    !matching.on &&
    matching.labels.length === 0 &&
    matching.card !== 'many-to-one' &&
    matching.card !== 'one-to-many'
  );
}

function hasOneName({ matchers }: VectorSelector): boolean {
  return matchers.some(({ name, op, value }) => name === METRIC_NAME && op === '=' && value !== '');
}
