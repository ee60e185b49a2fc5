// What operators stand between: literals, selectors, calls, aggregations, parentheses.

import { RegexpError } from '../../go/regexp.js';
import { unquote } from '../../go/unquote.js';
import { METRIC_NAME } from '../../model/labels.js';
import type { LabelMatcher } from '../../model/samples.js';
import { aggregations } from '../aggregations/index.js';
import type { AggregateExpr, Call, Expr, NumberLiteral, VectorSelector } from '../ast.js';
import { knownFunction, refuseUnsupported } from './known.js';
import { createMatcher } from './matcher.js';
import { readDuration, readNumber } from './number-literal.js';
import { readLabels } from './operator.js';
import type { Source } from './source.js';
import { isKeyword, type Token } from './token.js';
import type { SyntaxNode } from './tree.js';

/** Reads an expression within another. */
type Nested = (node: SyntaxNode) => Expr;

/** The expression of a node that is no operator and no modifier. @throws ParseError */
export function operand(node: SyntaxNode, source: Source, nested: Nested): Expr {
  const position = { from: node.from, to: node.to };
  switch (node.name) {
    case 'StringLiteral':
      return { type: 'stringLiteral', value: unquote(source.tokenAt(node.from).text), position };
    case 'ParenExpr':
      return { type: 'paren', expr: nested(node.children[0] as SyntaxNode), position };
    case 'FunctionCall':
      return call(node, source, nested);
    case 'AggregateExpr':
      return aggregate(node, source, nested);
    case 'VectorSelector':
      return named(node, source);
    case 'NumberDurationLiteral':
      return numberLiteral(source.tokenAt(node.from), source);
    default:
      return source.failAt(node.from);
  }
}

/** A metric, or a number (see tree.ts). */
function named(node: SyntaxNode, source: Source): Expr {
  const token = source.tokenAt(node.from);
  if (token.kind !== 'number' && token.kind !== 'duration') return selector(node, source);
  const braces = node.children[1];
  return braces ? source.failAt(braces.from) : numberLiteral(token, source);
}

function numberLiteral(token: Token, source: Source): NumberLiteral {
  const duration = token.kind === 'duration';
  const value = duration ? readDuration(token.text) : readNumber(token.text);
  if (typeof value !== 'number') return source.fail(token, value.reason);
  return { type: 'numberLiteral', value, duration, position: { from: token.from, to: token.to } };
}

function selector(node: SyntaxNode, source: Source): VectorSelector {
  const identifier = node.children.find(child => child.name === 'Identifier');
  const braces = node.children.find(child => child.name === 'LabelMatchers');
  const name = identifier ? source.tokenAt(identifier.from).text : '';
  const matchers = (braces?.children ?? []).map(child => matcher(child, source));
  if (name !== '') matchers.push(createMatcher(METRIC_NAME, '=', name));
  const position = { from: node.from, to: node.to };
  return { type: 'vectorSelector', name, matchers, offset: 0, at: undefined, position };
}

function matcher(node: SyntaxNode, source: Source): LabelMatcher {
  const label = source.tokenAt(node.from);
  const name = label.kind === 'string' ? unquote(label.text) : label.text;
  if (node.name === 'QuotedLabelName') return createMatcher(METRIC_NAME, '=', name);
  const [, op, value] = node.children as [SyntaxNode, SyntaxNode, SyntaxNode];
  const operator = source.tokenAt(op.from).text as LabelMatcher['op'];
  try {
    return createMatcher(name, operator, unquote(source.tokenAt(value.from).text));
  } catch (error) {
    if (error instanceof RegexpError) return source.fail(node, error.message);
    throw error;
  }
}

function call(node: SyntaxNode, source: Source, nested: Nested): Call {
  const [identifier, body] = node.children as [SyntaxNode, SyntaxNode];
  const token = source.tokenAt(identifier.from);
  const args = body.children.map(nested);
  knownFunction(token, source);
  return { type: 'call', name: token.text, args, position: { from: node.from, to: node.to } };
}

const aggregationOf = new Map(aggregations.map(each => [each.name, each]));

function aggregate(node: SyntaxNode, source: Source, nested: Nested): AggregateExpr {
  const token = source.tokenAt(node.from);
  const op = token.text.toLowerCase();
  const body = node.children.find(child => child.name === 'FunctionCallBody');
  const args = (body?.children ?? []).map(nested);
  refuseUnsupported(op, `${op}()`, token, source);
  const [param, expr] = argumentsOf(op, args, node, source);
  const position = { from: node.from, to: node.to };
  return { type: 'aggregate', op, expr, param, ...grouping(node, source), position };
}

function argumentsOf(
  op: string,
  args: readonly Expr[],
  node: SyntaxNode,
  source: Source,
): [param: Expr | undefined, expr: Expr] {
  if (args.length === 0) source.fail(node, 'no arguments for aggregate expression provided');
  const wanted = aggregationOf.get(op)?.param ? 2 : 1;
  if (args.length !== wanted) {
    const counts = `expected ${wanted}, got ${args.length}`;
    source.fail(node, `wrong number of arguments for aggregate expression provided, ${counts}`);
  }
  return [wanted === 2 ? args[0] : undefined, args[wanted - 1] as Expr];
}

function grouping(node: SyntaxNode, source: Source): Pick<AggregateExpr, 'grouping' | 'without'> {
  const modifier = node.children.find(child => child.name === 'AggregateModifier');
  if (!modifier) return { grouping: [], without: false };
  return {
    grouping: readLabels(modifier.children[1] as SyntaxNode, source),
    without: isKeyword(source.tokenAt(modifier.from), 'without'),
  };
}
