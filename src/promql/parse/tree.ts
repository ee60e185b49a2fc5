// Tokens to a syntax tree, by Prometheus' own grammar for Lezer. Lezer sees the text with its literals made plain, so
// that only structure is left for it to judge; strings and numbers are read from the tokens.

import { parser } from '@prometheus-io/lezer-promql';
import type { Role } from './roles.js';
import type { Token } from './token.js';
import { isDurationWord, isKeyword, isSign } from './token.js';

/** Expressions that may be nested within each other, a chain of operators counting one by one. */
export const MAX_DEPTH = 1000;

/** A named node of the grammar; offsets are those of the text. */
export interface SyntaxNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly children: readonly SyntaxNode[];
}

/** The tree of a text, or where it stops being one. */
type Structure =
  | { readonly tree: SyntaxNode }
  | { readonly stuckAt: number }
  | { readonly tooDeepAt: number };

const strict = parser.configure({ strict: true });

/** Parses tokens that end at `length`. */
export function structureOf(tokens: readonly Token[], roles: readonly Role[], length: number): Structure {
  const run = strict.startParse(mask(tokens, roles, length));
  try {
    for (;;) {
      // Lezer breaks out of what it takes for a tree too deep to walk, which here would refuse a sum of some hundred
      // aggregations. Depth is bounded below instead.
      Object.assign(run, { bigReductionCount: 0 });
      const tree = run.advance();
      if (tree) return convert(tree.cursor());
    }
  } catch (error) {
    // Lezer makes its tree by calling itself: how deep it gets is up to the stack that is left.
    if (error instanceof RangeError) return { tooDeepAt: 0 };
    if (!(error instanceof SyntaxError)) throw error;
    return { stuckAt: run.parsedPos };
  }
}

/** The text for Lezer, every token where it was. */
function mask(tokens: readonly Token[], roles: readonly Role[], length: number): string {
  let text = '';
  for (const [i, token] of tokens.entries()) {
    const joined = token.text.startsWith('.') && /\w$/.test(text.slice(-1)) && text.length === token.from;
    // Behind a word without a space (`bool.5`) a number has to keep its point.
    const own = joined
      ? `.${'1'.repeat(token.text.length - 1)}`
      : // The grammar knows these in small letters only.
        isDurationWord(token.text) && isSign(tokens[i + 1], '(')
        ? token.text.toLowerCase()
        : plain(token, roles[i] as Role);
    text = text.padEnd(token.from) + own;
  }
  return text.padEnd(length);
}

function plain(token: Token, role: Role): string {
  const { length } = token.text;
  if (token.kind === 'string') return `"${'x'.repeat(length - 2)}"`;
  const isNumber = token.kind === 'number' || token.kind === 'duration';
  // As operands numbers look like metrics: the grammar would read `-1` as one number also in `-1 ^ 2`. And it does not
  // know that `offset` may be a metric.
  if (role === 'operand' && (isNumber || isKeyword(token, 'offset'))) return 'x'.repeat(length);
  // Not `inf` and `nan`, which may be labels elsewhere.
  return isNumber && !/^[a-z]/i.test(token.text) ? '1'.repeat(length) : token.text;
}

interface Cursor {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  firstChild(): boolean;
  nextSibling(): boolean;
  parent(): boolean;
}

class TooDeep {
  constructor(readonly at: number) {}
}

function convert(cursor: Cursor): Structure {
  try {
    return { tree: nodeAt(cursor, 0) };
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    return { tooDeepAt: error.at };
  }
}

const NESTING = /(?:Expr|Call|Selector)$/;

function nodeAt(cursor: Cursor, depth: number): SyntaxNode {
  const { name, from, to } = cursor;
  const below = NESTING.test(name) ? depth + 1 : depth;
  if (below > MAX_DEPTH) throw new TooDeep(from);
  const children: SyntaxNode[] = [];
  if (cursor.firstChild()) {
    do children.push(nodeAt(cursor, below));
    while (cursor.nextSibling());
    cursor.parent();
  }
  return { name, from, to, children };
}
