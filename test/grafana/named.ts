// What an expression asks for: the names of the metrics in it.

import type { Expr } from '../../src/promql/ast.js';
import { parse } from '../../src/promql/parse.js';

/** Metric names of an expression. @throws when it cannot be parsed */
export function metricsOf(text: string): Set<string> {
  const names = new Set<string>();
  walk(parse(text), names);
  return names;
}

function walk(expr: Expr, names: Set<string>): void {
  switch (expr.type) {
    case 'vectorSelector':
      names.add(expr.name);
      break;
    case 'matrixSelector':
      names.add(expr.selector.name);
      break;
    case 'call':
      for (const argument of expr.args) walk(argument, names);
      break;
    case 'binary':
      walk(expr.lhs, names);
      walk(expr.rhs, names);
      break;
    case 'aggregate':
      if (expr.param) walk(expr.param, names);
      walk(expr.expr, names);
      break;
    case 'subquery':
    case 'unary':
    case 'paren':
      walk(expr.expr, names);
      break;
  }
}
