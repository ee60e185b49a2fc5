// Alertmanager's newer grammar of matchers: names and values are any text, in double quotes if they have reserved
// characters in them. Source: Alertmanager, matcher/parse.

import { unquote } from '../../go/unquote.js';
import { Matcher, type MatchType } from './matcher.js';

type Kind = 'open' | 'close' | 'comma' | 'operator' | 'text';

interface Token {
  readonly kind: Kind;
  readonly value: string;
}

const SPACE = /[\p{White_Space}]+/uy;
const MARK = /(?:(\{)|(\})|(,)|(!=|!~|=~|=))/y;
const QUOTED = /"(?:[^"\\]|\\[\s\S])*"/y;
const UNQUOTED = /[^\p{White_Space}{}!=~,\\"'`]+/uy;
/** What Go lets stand between double quotes. */
const GO_STRING =
  /^"(?:[^"\\\n]|\\(?:[abfnrtv\\"]|x[\da-fA-F]{2}|[0-3][0-7]{2}|u[\da-fA-F]{4}|U00(?:0[\da-fA-F]|10)[\da-fA-F]{4}))*"$/u;
const KINDS: readonly Kind[] = ['open', 'close', 'comma', 'operator'];

/** Any number of matchers, in braces or not; undefined when the text is none. @throws RegexpError */
export function parseUtf8Matchers(input: string): Matcher[] | undefined {
  const tokens = lex(input);
  if (!tokens) return undefined;
  const isBraced = tokens[0]?.kind === 'open';
  if (isBraced && tokens.at(-1)?.kind !== 'close') return undefined;
  return matchersOf(isBraced ? tokens.slice(1, -1) : tokens);
}

/** Name, operator, value; commas between and one at the end if there is something before it. */
function matchersOf(tokens: readonly Token[]): Matcher[] | undefined {
  const matchers: Matcher[] = [];
  for (let at = 0; at < tokens.length; at += 4) {
    const [name, operator, value, comma] = tokens.slice(at, at + 4);
    if (name?.kind !== 'text' || operator?.kind !== 'operator' || value?.kind !== 'text') return undefined;
    if (comma && comma.kind !== 'comma') return undefined;
    matchers.push(new Matcher(name.value, operator.value as MatchType, value.value));
  }
  return matchers;
}

function lex(input: string): Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = after(SPACE, input, 0); at < input.length; at = after(SPACE, input, at)) {
    const mark = matchAt(MARK, input, at);
    const quoted = matchAt(QUOTED, input, at)?.[0];
    const text = mark?.[0] ?? quoted ?? matchAt(UNQUOTED, input, at)?.[0];
    if (text === undefined) return undefined;
    const kind = KINDS.find((_, i) => mark?.[i + 1] !== undefined) ?? 'text';
    const value = text === quoted ? unquoted(quoted) : text;
    if (value === undefined) return undefined;
    tokens.push({ kind, value });
    at += text.length;
  }
  return tokens;
}

function unquoted(quoted: string): string | undefined {
  if (!GO_STRING.test(quoted)) return undefined;
  const value = unquote(quoted);
  return /\p{Surrogate}/u.test(value) ? undefined : value;
}

function after(expression: RegExp, input: string, at: number): number {
  return at + (matchAt(expression, input, at)?.[0].length ?? 0);
}

function matchAt(expression: RegExp, input: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(input);
}
