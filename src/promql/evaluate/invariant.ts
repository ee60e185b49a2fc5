// Which expressions have the same value at every step of a query: those whose selectors are all pinned by `@`.

import type { Expr } from '../ast.js';
import { functions } from '../functions/index.js';

const USES_TIME = new Set(functions.filter(({ usesTime }) => usesTime).map(({ name }) => name));

const known = new WeakMap<Expr, boolean>();

/** True when no step's time has a part in the value. */
export function isInvariant(expr: Expr): boolean {
  let answer = known.get(expr);
  if (answer === undefined) {
    answer = isInvariantExpr(expr);
    known.set(expr, answer);
  }
  return answer;
}

function isInvariantExpr(expr: Expr): boolean {
  switch (expr.type) {
    case 'numberLiteral':
    case 'stringLiteral':
      return true;
    case 'vectorSelector':
      return expr.at !== undefined;
    case 'matrixSelector':
      return expr.selector.at !== undefined;
    case 'subquery':
      return expr.at !== undefined;
    case 'paren':
    case 'unary':
      return isInvariant(expr.expr);
    case 'call':
      return !USES_TIME.has(expr.name) && expr.args.every(isInvariant);
    case 'aggregate':
      return isInvariant(expr.expr) && (expr.param === undefined || isInvariant(expr.param));
    case 'binary':
      return isInvariant(expr.lhs) && isInvariant(expr.rhs);
  }
}
