// The type of an expression, as its form says it.

import type { Expr, ValueType } from '../ast.js';
import { functionNamed } from './known.js';

/** What an expression gives. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.type) {
    case 'numberLiteral':
      return 'scalar';
    case 'stringLiteral':
      return 'string';
    case 'vectorSelector':
    case 'aggregate':
      return 'vector';
    case 'matrixSelector':
    case 'subquery':
      return 'matrix';
    case 'call':
      return functionNamed(expr.name).returns;
    case 'binary':
      return typeOf(expr.lhs) === 'scalar' && typeOf(expr.rhs) === 'scalar' ? 'scalar' : 'vector';
    case 'unary':
    case 'paren':
      return typeOf(expr.expr);
  }
}
