// What follows a selector: `[5m]`, `[1h:5m]`, `offset 5m`, `@ 1609746000`. Which of them may stand where, and the
// words when they may not, is Prometheus' (promql/parser/parse.go).

import type { AtModifier, Expr, MatrixSelector, Spans, SubqueryExpr, VectorSelector } from '../ast.js';
import { readSpan } from './duration.js';
import { readDuration, readNumber } from './number-literal.js';
import type { Source } from './source.js';
import type { SyntaxNode } from './tree.js';

/** An expression with one more modifier. @throws ParseError */
export function applyModifier(expr: Expr, modifier: SyntaxNode, source: Source): Expr {
  switch (modifier.name) {
    case 'OffsetExpr':
      return withOffset(expr, modifier, source);
    case 'StepInvariantExpr':
      return withAt(expr, modifier, source);
    case 'MatrixSelector':
      return range(expr, modifier, source);
    case 'SubqueryExpr':
      return subquery(expr, modifier, source);
    default: {
      const word = modifier.name === 'AnchoredExpr' ? 'anchored' : 'smoothed';
      return source.fail(
        modifier.children.at(-1) ?? modifier,
        `${word} modifier is experimental and not supported`,
      );
    }
  }
}

type Timed = VectorSelector | MatrixSelector | SubqueryExpr;
type Time = Partial<Pick<VectorSelector, 'offset' | 'at' | 'spans'>>;

function isTimed(expr: Expr): expr is Timed {
  return expr.type === 'vectorSelector' || expr.type === 'matrixSelector' || expr.type === 'subquery';
}

function timeOf(expr: Timed): Time {
  return expr.type === 'matrixSelector' ? expr.selector : expr;
}

function withTime(expr: Timed, time: Time, to: number): Expr {
  const position = { from: expr.position.from, to };
  if (expr.type !== 'matrixSelector') return { ...expr, ...time, position };
  return { ...expr, selector: { ...expr.selector, ...time }, position };
}

function withOffset(expr: Expr, node: SyntaxNode, source: Source): Expr {
  const { millis: offset, span } = readSpan(node.children.at(-1) as SyntaxNode, source, true);
  if (!isTimed(expr)) return misplaced(expr, 'offset modifier', source);
  // As in Prometheus, an offset of zero is none.
  const { offset: before, spans } = timeOf(expr);
  if (before !== 0 || spans?.offset) source.fail(expr.position, 'offset may not be set multiple times');
  return withTime(expr, span ? { offset, spans: { ...spans, offset: span } } : { offset }, node.to);
}

function misplaced(expr: Expr, what: string, source: Source): never {
  const places = 'an instant vector selector or range vector selector or a subquery';
  return source.fail(expr.position, `${what} must be preceded by ${places}`);
}

function withAt(expr: Expr, node: SyntaxNode, source: Source): Expr {
  const at = atOf(node.children.at(-1) as SyntaxNode, expr, source);
  if (!isTimed(expr)) return misplaced(expr, '@ modifier', source);
  if (timeOf(expr).at !== undefined)
    source.fail(expr.position, '@ <timestamp> may not be set multiple times');
  return withTime(expr, { at }, node.to);
}

function atOf(node: SyntaxNode, expr: Expr, source: Source): AtModifier {
  if (node.name === 'AtModifierPreprocessors') {
    return source.tokenAt(node.from).text.toLowerCase() as 'start' | 'end';
  }
  const first = source.tokenAt(node.from);
  const token = first.kind === 'operator' ? (source.tokenNear(node.from, 1) ?? first) : first;
  const value = token.kind === 'duration' ? readDuration(token.text) : readNumber(token.text);
  if (typeof value !== 'number') return source.fail(token, value.reason);
  return { time: timestamp(first.text === '-' ? -value : value, expr, source) };
}

const MAX_TIMESTAMP = 2 ** 63;

function timestamp(seconds: number, expr: Expr, source: Source): number {
  if (!(Math.abs(seconds) < MAX_TIMESTAMP)) {
    const text = Number.isFinite(seconds) ? `${BigInt(seconds)}.000000` : infinite(seconds);
    source.fail(expr.position, `timestamp out of bounds for @ modifier: ${text}`);
  }
  return Math.round(seconds * 1000);
}

function infinite(value: number): string {
  return Number.isNaN(value) ? 'NaN' : `${value > 0 ? '+' : '-'}Inf`;
}

function range(expr: Expr, node: SyntaxNode, source: Source): MatrixSelector {
  const [, duration] = node.children as [SyntaxNode, SyntaxNode];
  const { millis, span } = readSpan(duration, source, false);
  const reason = rangeProblem(expr);
  if (reason || expr.type !== 'vectorSelector') {
    const bracket = source.tokenNear(duration.from, -1) ?? duration;
    return source.fail({ from: bracket.from, to: node.to }, reason ?? '');
  }
  const position = { from: expr.position.from, to: node.to };
  return {
    type: 'matrixSelector',
    selector: expr,
    range: millis,
    position,
    ...(span && { spans: { range: span } }),
  };
}

function rangeProblem(expr: Expr): string | undefined {
  if (expr.type !== 'vectorSelector') return 'ranges only allowed for vector selectors';
  if (expr.offset !== 0 || expr.spans) return 'no offset modifiers allowed before range';
  return expr.at === undefined ? undefined : 'no @ modifiers allowed before range';
}

function subquery(expr: Expr, node: SyntaxNode, source: Source): SubqueryExpr {
  const [, duration, step] = node.children as [SyntaxNode, SyntaxNode, SyntaxNode?];
  const position = { from: expr.position.from, to: node.to };
  const range = readSpan(duration, source, false);
  const own = step && readSpan(step, source, false);
  const spans: Spans = {
    ...(range.span && { range: range.span }),
    ...(own?.span && { step: own.span }),
  };
  const times = { range: range.millis, step: own?.millis, offset: 0, at: undefined };
  return { type: 'subquery', expr, ...times, position, ...(Object.keys(spans).length > 0 && { spans }) };
}
