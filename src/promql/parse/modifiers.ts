// What follows a selector: `[5m]`, `[1h:5m]`, `offset 5m`, `@ 1609746000`. Which of them may stand where, and the
// words when they may not, is Prometheus' (promql/parser/parse.go).

import type { AtModifier, Expr, MatrixSelector, SubqueryExpr, VectorSelector } from '../ast.js';
import { millisOf, readDuration, readNumber } from './number-literal.js';
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
type Time = Partial<Pick<VectorSelector, 'offset' | 'at'>>;

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
  const offset = offsetOf(node.children.at(-1) as SyntaxNode, source);
  if (!isTimed(expr)) return misplaced(expr, 'offset modifier', source);
  // As in Prometheus, an offset of zero is none.
  if (timeOf(expr).offset !== 0) source.fail(expr.position, 'offset may not be set multiple times');
  return withTime(expr, { offset }, node.to);
}

function misplaced(expr: Expr, what: string, source: Source): never {
  const places = 'an instant vector selector or range vector selector or a subquery';
  return source.fail(expr.position, `${what} must be preceded by ${places}`);
}

function offsetOf(node: SyntaxNode, source: Source): number {
  const [first, second] = node.children as [SyntaxNode, SyntaxNode?];
  if (first.name !== 'UnaryOp') return secondsOf(node, source).millis;
  const { millis } = secondsOf(second as SyntaxNode, source);
  return source.tokenAt(first.from).text === '-' ? 0 - millis : millis;
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
  const span = positive(duration, source);
  const reason = rangeProblem(expr);
  if (reason || expr.type !== 'vectorSelector') {
    const bracket = source.tokenNear(duration.from, -1) ?? duration;
    return source.fail({ from: bracket.from, to: node.to }, reason ?? '');
  }
  const position = { from: expr.position.from, to: node.to };
  return { type: 'matrixSelector', selector: expr, range: span, position };
}

function rangeProblem(expr: Expr): string | undefined {
  if (expr.type !== 'vectorSelector') return 'ranges only allowed for vector selectors';
  if (expr.offset !== 0) return 'no offset modifiers allowed before range';
  return expr.at === undefined ? undefined : 'no @ modifiers allowed before range';
}

function subquery(expr: Expr, node: SyntaxNode, source: Source): SubqueryExpr {
  const [, duration, step] = node.children as [SyntaxNode, SyntaxNode, SyntaxNode?];
  const position = { from: expr.position.from, to: node.to };
  const spans = { range: positive(duration, source), step: step && positive(step, source) };
  return { type: 'subquery', expr, ...spans, offset: 0, at: undefined, position };
}

function positive(node: SyntaxNode, source: Source): number {
  const { millis, seconds } = secondsOf(node, source);
  if (!(seconds > 0)) source.fail(node, 'duration must be greater than 0');
  return millis;
}

/** A single number or duration; anything more is Prometheus' experimental arithmetic of durations. */
function secondsOf(node: SyntaxNode, source: Source): { seconds: number; millis: number } {
  const [only, ...more] = node.children;
  const bare = only?.name === 'NumberDurationLiteralInDurationContext' && more.length === 0;
  if (!bare || only.from !== node.from || only.to !== node.to) {
    return source.fail(node, 'duration expressions are experimental and not supported');
  }
  const token = source.tokenAt(only.from);
  const seconds = token.kind === 'duration' ? readDuration(token.text) : readNumber(token.text);
  if (typeof seconds !== 'number') return source.fail(token, seconds.reason);
  const millis = millisOf(seconds);
  if (millis === undefined) return source.fail(token, 'duration out of range');
  return { seconds, millis };
}
