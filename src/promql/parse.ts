// The language's parser. Comes in: the text of an expression; goes out: its tree with types checked, or an error with
// line and column in Prometheus' words.

import type { LabelMatcher } from '../model/samples.js';
import type { Expr } from './ast.js';
import { ParseError } from './error.js';
import { expression } from './parse/chain.js';
import { check } from './parse/check.js';
import { knownFunction } from './parse/known.js';
import { lex } from './parse/lex.js';
import { MAX_OPEN, tooDeep } from './parse/nesting.js';
import { type Role, rolesOf } from './parse/roles.js';
import { Source } from './parse/source.js';
import { isSign, type Token } from './parse/token.js';
import { MAX_DEPTH, type SyntaxNode, structureOf } from './parse/tree.js';

/** Longest text that is looked at, in UTF-16 units. */
export const MAX_TEXT = 1024 * 1024;
/** Most tokens: what takes time is them, not a long list of names in a matcher. */
export const MAX_TOKENS = 128 * 1024;

/** Parses an expression and checks its types. @throws ParseError */
export function parse(text: string): Expr {
  const expr = parseUnchecked(text);
  check(expr, text);
  return expr;
}

/**
 * The matchers of a single selector, as `match[]` takes it. Whether one of them demands anything is not looked at: an
 * API has its own words for that. @throws ParseError
 */
export function parseSelector(text: string): readonly LabelMatcher[] {
  const expr = parseUnchecked(text, refuseMore);
  if (expr.type !== 'vectorSelector') throw new ParseError(text, expr.position, 'a selector was expected');
  return expr.matchers;
}

function parseUnchecked(text: string, refuse?: (source: Source) => void): Expr {
  if (text.length > MAX_TEXT) {
    const reason = `expression is too long: ${text.length} characters, at most ${MAX_TEXT} are allowed`;
    throw new ParseError(text, { from: 0, to: 0 }, reason);
  }
  const { tokens, problem } = lex(text);
  if (tokens.length > MAX_TOKENS) {
    const reason = `expression is too long: ${tokens.length} tokens, at most ${MAX_TOKENS} are allowed`;
    throw new ParseError(text, { from: 0, to: 0 }, reason);
  }
  const source = new Source(text, tokens);
  if (tokens.length === 0 && !problem) source.fail({ from: 0, to: 0 }, 'no expression found in input');
  const node = syntax(source, problem);
  refuse?.(source);
  return expression(node, source);
}

type Problem = ReturnType<typeof lex>['problem'];

/** The tree of all tokens. What stopped the lexer is said unless something before it is wrong already. */
function syntax(source: Source, problem: Problem): SyntaxNode {
  const { text, tokens } = source;
  const end = problem?.position.from ?? text.length;
  const roles = rolesOf(tokens);
  const deep = tooDeep(tokens, roles);
  if (deep) source.fail(deep, `expression is nested too deeply: more than ${MAX_OPEN} levels`);
  const structure = structureOf(tokens, roles, end);
  if ('tooDeepAt' in structure) {
    const reason = `expression is nested too deeply: more than ${MAX_DEPTH} operators or calls within each other`;
    return source.fail({ from: structure.tooDeepAt, to: text.length }, reason);
  }
  if ('stuckAt' in structure) refuseToken(source, roles, structure.stuckAt, problem);
  if (problem) source.fail(problem.position, problem.reason);
  return (structure as { tree: SyntaxNode }).tree.children[0] as SyntaxNode;
}

function refuseToken(source: Source, roles: readonly Role[], stuckAt: number, problem: Problem): never {
  const { tokens } = source;
  const index = tokens.findIndex(token => token.to > stuckAt);
  if (index < 0 && problem) source.fail(problem.position, problem.reason);
  if (!isCallOfUnknown(tokens, roles, index)) source.failAt(stuckAt);
  // Prometheus looks the name up at the end of the call, so what is wrong within goes first.
  if (problem && !isClosed(tokens, index)) source.fail(problem.position, problem.reason);
  knownFunction(tokens[index - 1] as Token, source);
  return source.failAt(stuckAt);
}

function isCallOfUnknown(tokens: readonly Token[], roles: readonly Role[], index: number): boolean {
  const name = tokens[index - 1];
  return isSign(tokens[index], '(') && roles[index - 1] === 'operand' && name?.kind === 'identifier';
}

function isClosed(tokens: readonly Token[], open: number): boolean {
  let depth = 0;
  return tokens.slice(open).some(token => {
    depth += isSign(token, '(') ? 1 : isSign(token, ')') ? -1 : 0;
    return depth === 0;
  });
}

/** Refuses the first token that does not belong to a bare selector. */
function refuseMore(source: Source): void {
  const { tokens } = source;
  const isName =
    tokens[0]?.kind !== 'number' && tokens[0]?.kind !== 'duration' && tokens[0]?.kind !== 'string';
  const first = isName && tokens[0]?.kind !== 'punctuation' && !isSign(tokens[0], '+', '-') ? 1 : 0;
  const end = isSign(tokens[first], '{') ? tokens.findIndex(token => isSign(token, '}')) + 1 : first;
  const next = tokens[end];
  if (next || end === 0) source.failAt(next?.from ?? source.text.length);
}
