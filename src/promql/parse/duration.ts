// Durations behind a selector, in the syntax tree: a literal, or arithmetic of several.

import type { Millis } from '../../model/time.js';
import type { DurationExpr, DurationOperator, SpanExpr } from '../ast.js';
import { isConstant, spanOf } from '../duration-expression.js';
import { millisOf, readDuration, readNumber } from './number-literal.js';
import type { Source } from './source.js';
import type { SyntaxNode } from './tree.js';

/** Milliseconds, and the expression where there is more than a literal; 0 stands for what only the query knows. */
interface ParsedSpan {
  readonly millis: Millis;
  readonly span?: SpanExpr;
}

/** Reads a duration. @throws ParseError for one that is not positive, where it has to be */
export function readSpan(node: SyntaxNode, source: Source, mayBeNegative: boolean): ParsedSpan {
  const expr = durationExpr(node, source);
  const position = { from: node.from, to: node.to };
  const isPlain =
    expr.type === 'literal' || (expr.type === 'sign' && expr.of.type === 'literal' && mayBeNegative);
  if (!isConstant(expr)) return { millis: 0, span: { expr, position } };
  const millis = spanOf(expr, { step: 0, range: 0 }, mayBeNegative);
  if (typeof millis === 'string') return source.fail(node, millis);
  return isPlain ? { millis } : { millis, span: { expr, position } };
}

const OPERATORS: Readonly<Record<string, DurationOperator>> = {
  Add: '+',
  Sub: '-',
  Mul: '*',
  Div: '/',
  Mod: '%',
  Pow: '^',
};

function durationExpr(node: SyntaxNode, source: Source): DurationExpr {
  const [first, second, third] = node.children;
  if (!first) return source.failAt(node.from);
  const nested = (each: SyntaxNode | undefined) =>
    each ? durationExpr(each, source) : source.failAt(node.to);
  switch (first.name) {
    case 'NumberDurationLiteralInDurationContext':
      return literal(first, source);
    case 'DurationStep':
      return { type: 'step' };
    case 'DurationRange':
      return { type: 'range' };
    case 'DurationMinOf':
    case 'DurationMaxOf': {
      const op = first.name === 'DurationMinOf' ? 'min_of' : 'max_of';
      return { type: 'binary', op, lhs: nested(second), rhs: nested(third) };
    }
    case 'UnaryOp':
      return {
        type: 'sign',
        op: source.tokenAt(first.from).text === '-' ? '-' : '+',
        of: nested(second),
      };
  }
  const op = OPERATORS[second?.name ?? ''];
  if (op) return { type: 'binary', op, lhs: nested(first), rhs: nested(third) };
  return second ? source.failAt(second.from) : { type: 'paren', of: nested(first) };
}

function literal(node: SyntaxNode, source: Source): DurationExpr {
  const token = source.tokenAt(node.from);
  const duration = token.kind === 'duration';
  const seconds = duration ? readDuration(token.text) : readNumber(token.text);
  if (typeof seconds !== 'number') return source.fail(token, seconds.reason);
  if (millisOf(seconds) === undefined) return source.fail(token, 'duration out of range');
  return { type: 'literal', seconds, duration };
}
