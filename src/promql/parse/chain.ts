// Operators and what they belong to. The grammar for Lezer is made for an editor: in its trees `a + b offset 5m` is
// an offset of the sum. So a chain of operators is taken apart into the order it was written in and rebuilt
// by the precedences of Prometheus' grammar.

import type { BinaryExpr, Expr, VectorMatching } from '../ast.js';
import { applyModifier } from './modifiers.js';
import { isRightAssociative, precedenceOf } from './nesting.js';
import { operand } from './operand.js';
import { readMatching } from './operator.js';
import type { Source } from './source.js';
import type { SyntaxNode } from './tree.js';
import { typeOf } from './type-of.js';

type Link =
  | { readonly kind: 'operand'; readonly node: SyntaxNode }
  | { readonly kind: 'unary'; readonly node: SyntaxNode }
  | { readonly kind: 'modifier'; readonly node: SyntaxNode }
  | { readonly kind: 'binary'; readonly node: SyntaxNode; readonly matching: readonly SyntaxNode[] };

/** The expression of a tree. @throws ParseError */
export function expression(node: SyntaxNode, source: Source): Expr {
  const links: Link[] = [];
  flatten(node, links);
  return new Chain(links, source).expression(0);
}

const MODIFIED = new Set([
  'OffsetExpr',
  'StepInvariantExpr',
  'MatrixSelector',
  'SubqueryExpr',
  'AnchoredExpr',
  'SmoothedExpr',
]);

function flatten(node: SyntaxNode, links: Link[]): void {
  const { children } = node;
  const [first] = children as [SyntaxNode];
  if (node.name === 'BinaryExpr') {
    const [, operator, ...rest] = children as [SyntaxNode, SyntaxNode, SyntaxNode];
    flatten(first, links);
    links.push({ kind: 'binary', node: operator, matching: rest.slice(0, -1) });
    flatten(rest.at(-1) as SyntaxNode, links);
  } else if (node.name === 'UnaryExpr') {
    links.push({ kind: 'unary', node: first });
    flatten(children.at(-1) as SyntaxNode, links);
  } else if (MODIFIED.has(node.name)) {
    flatten(first, links);
    links.push({ kind: 'modifier', node });
  } else links.push({ kind: 'operand', node });
}

/** A sign binds like `*`: only `^` goes before it. */
const ABOVE_SIGN = precedenceOf('^');

class Chain {
  readonly #links: readonly Link[];
  readonly #source: Source;
  #at = 0;

  constructor(links: readonly Link[], source: Source) {
    this.#links = links;
    this.#source = source;
  }

  /** As far as operators bind at least as tightly as `precedence`. */
  expression(precedence: number): Expr {
    let lhs = this.#operand();
    for (;;) {
      const link = this.#links[this.#at];
      if (link?.kind !== 'binary') return lhs;
      const own = precedenceOf(this.#source.tokenAt(link.node.from).text);
      if (own < precedence) return lhs;
      this.#at++;
      lhs = this.#binary(lhs, link, this.expression(isRightAssociative(own) ? own : own + 1));
    }
  }

  #operand(): Expr {
    const link = this.#links[this.#at++] as Link;
    if (link.kind === 'unary') return this.#signed(link.node);
    let expr = operand(link.node, this.#source, node => expression(node, this.#source));
    for (;;) {
      const next = this.#links[this.#at];
      if (next?.kind !== 'modifier') return expr;
      this.#at++;
      expr = applyModifier(expr, next.node, this.#source);
    }
  }

  #signed(sign: SyntaxNode): Expr {
    const expr = this.expression(ABOVE_SIGN);
    const op = this.#source.tokenAt(sign.from).text as '+' | '-';
    const position = { from: sign.from, to: expr.position.to };
    if (expr.type !== 'numberLiteral') return { type: 'unary', op, expr, position };
    return { ...expr, value: op === '-' ? -expr.value : expr.value, position };
  }

  #binary(lhs: Expr, link: Link & { kind: 'binary' }, rhs: Expr): Expr {
    const token = this.#source.tokenAt(link.node.from);
    if (token.text === '</' || token.text === '>/') {
      this.#source.fail(token, `operator "${token.text}" is for native histograms and not supported`);
    }
    const op = token.text.toLowerCase() as BinaryExpr['op'];
    const position = { from: lhs.position.from, to: rhs.position.to };
    const { returnBool, matching } = readMatching(link.matching, this.#source);
    const vectors = typeOf(lhs) === 'vector' && typeOf(rhs) === 'vector';
    return { type: 'binary', op, lhs, rhs, position, returnBool, matching: settled(op, matching, vectors) };
  }
}

const SETS: readonly string[] = ['and', 'or', 'unless'];

/** Set operators always match many to many. With a scalar nothing is matched: labels are kept to be refused. */
function settled(op: string, matching: VectorMatching, vectors: boolean): VectorMatching | undefined {
  if (!vectors && matching.labels.length === 0) return undefined;
  return SETS.includes(op) && matching.card === 'one-to-one'
    ? { ...matching, card: 'many-to-many' }
    : matching;
}
