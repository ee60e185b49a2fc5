// The tree as `/api/v1/parse_query` answers it (Prometheus' web/api/v1/translate_ast.go).

import type { LabelMatcher } from '../../model/samples.js';
import type { AtModifier, Expr, VectorMatching, VectorSelector } from '../ast.js';
import { formatDecimal } from '../number.js';
import { functionNamed } from '../parse/known.js';

/** An expression as plain JSON data. */
export function toJson(expr: Expr): object {
  switch (expr.type) {
    case 'numberLiteral':
      return { type: 'numberLiteral', val: formatDecimal(expr.value) };
    case 'stringLiteral':
      return { type: 'stringLiteral', val: expr.value };
    case 'vectorSelector':
      return { type: 'vectorSelector', ...selector(expr) };
    case 'matrixSelector':
      return { type: 'matrixSelector', range: expr.range, ...selector(expr.selector) };
    case 'subquery': {
      const { range, step = 0, offset } = expr;
      const time = { range, step, offset, ...timeOf(expr.at) };
      return { type: 'subquery', expr: toJson(expr.expr), ...time, alignEvalTime: false };
    }
    case 'call':
      return { type: 'call', func: signature(expr.name), args: expr.args.map(toJson) };
    case 'aggregate': {
      const { op, grouping, without } = expr;
      const param = expr.param ? toJson(expr.param) : null;
      return { type: 'aggregation', op, expr: toJson(expr.expr), param, grouping, without };
    }
    case 'binary': {
      const sides = { lhs: toJson(expr.lhs), rhs: toJson(expr.rhs) };
      const matching = expr.matching ? matchingOf(expr.matching) : null;
      return { type: 'binaryExpr', op: expr.op, ...sides, matching, bool: expr.returnBool };
    }
    case 'unary':
      return { type: 'unaryExpr', op: expr.op, expr: toJson(expr.expr) };
    case 'paren':
      return { type: 'parenExpr', expr: toJson(expr.expr) };
  }
}

function selector({ name, matchers, offset, at }: VectorSelector): object {
  const translated = matchers.map(translateMatcher);
  const modifiers = { anchored: false, smoothed: false };
  return { name, offset, matchers: translated, ...timeOf(at), ...modifiers };
}

function translateMatcher({ name, op, value }: LabelMatcher): object {
  return { name, value, type: op };
}

function timeOf(at: AtModifier | undefined): { timestamp: number | null; startOrEnd: string | null } {
  if (typeof at === 'string') return { timestamp: null, startOrEnd: at };
  return { timestamp: at?.time ?? null, startOrEnd: null };
}

function matchingOf({ card, labels, on, include }: VectorMatching): object {
  return { card, labels, on, include, fillValues: { lhs: null, rhs: null } };
}

function signature(name: string): object {
  const { argumentTypes, variadic = 0, returns } = functionNamed(name);
  return { name, argTypes: argumentTypes, variadic, returnType: returns };
}
