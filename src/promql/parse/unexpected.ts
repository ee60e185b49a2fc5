// What to say about a token that cannot stand where it does: what it is, within what, and what could have been there.
// The words are those of Prometheus' grammar (promql/parser/generated_parser.y, its `error` productions).

import type { Position } from '../ast.js';
import type { Token } from './token.js';
import { describe, isKeyword, isSign } from './token.js';

interface SyntaxProblem {
  readonly position: Position;
  readonly reason: string;
}

type Context = readonly [within: string, expected: string];

/** What is wrong with the token at `index`, or with the end of the text when there is no such token. */
export function unexpected(tokens: readonly Token[], index: number, length: number): SyntaxProblem {
  const token = tokens[index];
  const frames = openFrames(tokens.slice(0, index));
  const trailing = trailingComma(tokens, index, frames.at(-1));
  if (trailing) return trailing;
  const [within, expected] = contextOf(tokens, index, frames);
  const position = token ? { from: token.from, to: token.to } : { from: length, to: length };
  const reason = `unexpected ${describe(token)}${within && ` in ${within}`}${expected && `, expected ${expected}`}`;
  return { position, reason };
}

type FrameKind = 'matchers' | 'range' | 'grouping' | 'aggregation' | 'call' | 'parentheses';

interface Frame {
  readonly kind: FrameKind;
  /** Index of the bracket that opened it. */
  readonly start: number;
}

/** The brackets that are open behind some tokens. */
function openFrames(tokens: readonly Token[]): Frame[] {
  const frames: Frame[] = [];
  // The aggregation or call whose arguments may come next: `sum by (x)` still waits for them.
  let head: FrameKind | undefined;
  for (const [start, token] of tokens.entries()) {
    if (isSign(token, ')', ']', '}')) {
      const closed = frames.pop();
      if (closed?.kind !== 'grouping') head = undefined;
    } else if (isSign(token, '{')) frames.push({ kind: 'matchers', start });
    else if (isSign(token, '[')) frames.push({ kind: 'range', start });
    else if (isSign(token, '(')) {
      const grouping = opensGrouping(tokens, start);
      frames.push({ kind: grouping ? 'grouping' : (head ?? 'parentheses'), start });
      if (!grouping) head = undefined;
    } else if (frames.at(-1)?.kind !== 'grouping' && !isKeyword(token, 'by', 'without')) head = headOf(token);
  }
  return frames;
}

function headOf(token: Token): FrameKind | undefined {
  if (token.kind === 'aggregator') return 'aggregation';
  return token.kind === 'identifier' ? 'call' : undefined;
}

function opensGrouping(tokens: readonly Token[], at: number): boolean {
  return isKeyword(tokens[at - 1], 'by', 'without', 'on', 'ignoring', 'group_left', 'group_right');
}

function trailingComma(
  tokens: readonly Token[],
  index: number,
  frame: Frame | undefined,
): SyntaxProblem | undefined {
  const comma = tokens[index - 1];
  if (frame?.kind !== 'call' && frame?.kind !== 'aggregation') return undefined;
  if (!comma || !isSign(comma, ',') || !isSign(tokens[index], ')')) return undefined;
  const reason = 'trailing commas not allowed in function call args';
  return { position: { from: comma.from, to: comma.to }, reason };
}

function contextOf(tokens: readonly Token[], index: number, frames: readonly Frame[]): Context {
  const modifier = modifierContext(tokens, index);
  if (modifier) return modifier;
  const frame = frames.at(-1);
  const inside = frame ? tokens.slice(frame.start + 1, index) : [];
  if (frame?.kind === 'matchers') return matchersContext(inside);
  if (frame?.kind === 'range') return rangeContext(inside);
  if (frame?.kind === 'grouping') return groupingContext(inside);
  if (waitsForLabels(tokens, index)) return ['grouping opts', '"("'];
  const aggregation = frames.some(each => each.kind === 'aggregation') || waitsForArguments(tokens, index);
  return [aggregation ? 'aggregation' : '', ''];
}

/** Right behind `@` or `offset`, or behind what these took so far. */
function modifierContext(tokens: readonly Token[], index: number): Context | undefined {
  let at = index - 1;
  if (isSign(tokens[at], '(')) at--;
  if (isSign(tokens[at], '+', '-') || tokens[at]?.kind === 'preprocessor') at--;
  if (isSign(tokens[at], '@')) return ['@', 'timestamp'];
  const offset = isKeyword(tokens[at], 'offset') && !isSign(tokens[index - 1], '(');
  return offset ? ['offset', 'number, duration, step(), or range()'] : undefined;
}

/** `sum by`, `a + on`; a bare `by` is a metric. */
function waitsForLabels(tokens: readonly Token[], index: number): boolean {
  const [head, keyword] = [tokens[index - 2], tokens[index - 1]];
  if (isKeyword(keyword, 'on', 'ignoring')) return true;
  return isKeyword(keyword, 'by', 'without') && (head?.kind === 'aggregator' || isSign(head, ')'));
}

/** `sum by (x)` without what to sum. */
function waitsForArguments(tokens: readonly Token[], index: number): boolean {
  if (!isSign(tokens[index - 1], ')')) return false;
  const open = tokens.slice(0, index).findLastIndex(token => isSign(token, '('));
  return isKeyword(tokens[open - 1], 'by', 'without') && tokens[open - 2]?.kind === 'aggregator';
}

function matchersContext(inside: readonly Token[]): Context {
  const within = 'label matching';
  const last = inside.at(-1);
  if (!last || isSign(last, ',')) return [within, 'identifier or "}"'];
  if (last.kind === 'identifier') return [within, 'label matching operator'];
  return [within, last.kind === 'string' ? '"," or "}"' : 'string'];
}

function groupingContext(inside: readonly Token[]): Context {
  const last = inside.at(-1);
  return ['grouping opts', !last || isSign(last, ',') ? 'label' : '"," or ")"'];
}

function rangeContext(inside: readonly Token[]): Context {
  const colon = inside.findIndex(token => isSign(token, ':'));
  if (inside.length === 0) return ['subquery or range selector', 'number, duration, step(), or range()'];
  if (colon < 0) return ['subquery or range', '":" or "]"'];
  const atStep = colon === inside.length - 1;
  return ['subquery selector', atStep ? 'number, duration, step(), range(), or "]"' : '"]"'];
}
