// Alertmanager's classic grammar of matchers: lenient, names are Prometheus' old ones, values may go without quotes.
// Source: Alertmanager, pkg/labels/parse.go.

import { MatcherError } from './error.js';
import { Matcher, type MatchType } from './matcher.js';

/** `=~` before `=`: the `~` belongs to the value only when there is no such type. */
const START = /^[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)/;

/** Any number of matchers, braces or not. @throws MatcherError | RegexpError */
export function parseClassicMatchers(input: string): Matcher[] {
  return split(input.replace(/^\{/, '').replace(/\}$/, '')).map(parseClassicMatcher);
}

/** One matcher. @throws MatcherError | RegexpError */
export function parseClassicMatcher(input: string): Matcher {
  const start = START.exec(input);
  if (!start) throw new MatcherError(`bad matcher format: ${input}`);
  const raw = trimmed(input.slice(start[0].length));
  return new Matcher(start[1] as string, start[2] as MatchType, meaningOf(raw));
}

/** Commas outside of quotes are between matchers; one at the end is nothing. */
function split(input: string): string[] {
  const parts: string[] = [];
  let part = '';
  let isQuoted = false;
  let isEscaped = false;
  for (const char of input) {
    if (char === ',' && !isQuoted) {
      parts.push(part);
      part = '';
      continue;
    }
    if (char === '"' && !isEscaped) isQuoted = !isQuoted;
    isEscaped = char === '\\' && !isEscaped;
    part += char;
  }
  const last = part.trim();
  return last === '' ? parts : [...parts, last];
}

/** Without ASCII white space around it; by hand, since an expression would take square time. */
function trimmed(text: string): string {
  const isSpace = (at: number) => '\t\n\f\r '.includes(text.charAt(at)) && at >= 0 && at < text.length;
  let [from, to] = [0, text.length];
  while (from < to && isSpace(from)) from++;
  while (to > from && isSpace(to - 1)) to--;
  return text.slice(from, to);
}

/** A value as it is meant: `\n`, `\"` and `\\` are escapes, any other backslash is itself. */
function meaningOf(raw: string): string {
  const unquoted = () => new MatcherError(`matcher value contains unescaped double quote: ${raw}`);
  const isQuoted = raw.startsWith('"');
  const inner = isQuoted ? raw.slice(1) : raw;
  let value = '';
  for (let at = 0; at < inner.length; at++) {
    const char = inner.charAt(at);
    if (char === '\\' && at < inner.length - 1) value += escapeOf(inner.charAt(++at));
    else if (char !== '"') value += char;
    else if (isQuoted && at === inner.length - 1) return value;
    else throw unquoted();
  }
  if (isQuoted) throw unquoted();
  return value;
}

function escapeOf(char: string): string {
  if (char === 'n') return '\n';
  return char === '"' || char === '\\' ? char : `\\${char}`;
}
