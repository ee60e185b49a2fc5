// How far a number, a duration or a quoted string reaches in the text. Each answers where it ends, or what is wrong.

import { quote, unicodeOf } from '../print/quote.js';

export type Scanned = { readonly to: number; readonly duration?: boolean } | { readonly reason: string };

const ALPHANUMERIC = /[A-Za-z0-9_]/;
const DIGIT = /[0-9]/;
const DECIMAL = /(?:\d[\d_]*)?\.?[\d_]*(?:[eE][+-]?[\d_]*)?/y;
const HEXADECIMAL = /0[xX][\da-fA-F_]*/y;

/** A number or a duration that begins at `from`. Whether it is a valid one is seen when it is read. */
export function scanNumber(text: string, from: number): Scanned {
  const number = endOf(HEXADECIMAL, text, from) ?? (endOf(DECIMAL, text, from) as number);
  if (!ALPHANUMERIC.test(text.charAt(number))) return { to: number };
  const { to, valid } = scanUnits(text, number);
  if (valid) return { to, duration: true };
  return { reason: `bad number or duration syntax: ${quote(text.slice(from, to))}` };
}

function endOf(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** The rest of a duration after its first number: units, with numbers between them. */
function scanUnits(text: string, from: number): { to: number; valid: boolean } {
  let at = from;
  let units = 'smhdwy';
  do {
    while (at > from && DIGIT.test(text.charAt(at))) at++;
    if (!text.charAt(at) || !units.includes(text.charAt(at))) return { to: at, valid: false };
    at += text.charAt(at + 1) === 's' ? 2 : 1;
    units = 'smhdw';
  } while (DIGIT.test(text.charAt(at)));
  if (ALPHANUMERIC.test(text.charAt(at))) return { to: at + 1, valid: false };
  return { to: at, valid: true };
}

/** A string in backquotes: no escapes, any character. */
export function scanRawString(text: string, from: number): Scanned {
  const end = text.indexOf('`', from + 1);
  return end < 0 ? { reason: 'unterminated raw string' } : { to: end + 1 };
}

/** A string in single or double quotes, its escapes checked. */
export function scanString(text: string, from: number): Scanned {
  const delimiter = text.charAt(from);
  for (let at = from + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === delimiter) return { to: at + 1 };
    if (char === '\n') break;
    if (char !== '\\') continue;
    const escaped = scanEscape(text, at + 1, delimiter);
    if ('reason' in escaped) return escaped;
    at = escaped.to - 1;
  }
  return { reason: 'unterminated quoted string' };
}

const DIGITS: Readonly<Record<string, readonly [digits: number, base: number, max: number]>> = {
  x: [2, 16, 0xff],
  u: [4, 16, 0x10ffff],
  U: [8, 16, 0x10ffff],
};

/** What follows a backslash. */
function scanEscape(text: string, from: number, delimiter: string): Scanned {
  const char = text.charAt(from);
  if (char === '') return { reason: 'escape sequence not terminated' };
  if ('abfnrtv\\'.includes(char) || char === delimiter) return { to: from + 1 };
  if (/[0-7]/.test(char)) return scanDigits(text, from, [3, 8, 0xff]);
  const digits = DIGITS[char];
  if (digits) return scanDigits(text, from + 1, digits);
  return { reason: `unknown escape sequence ${unicodeOf(characterAt(text, from))}` };
}

function scanDigits(
  text: string,
  from: number,
  [count, base, max]: readonly [number, number, number],
): Scanned {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const char = characterAt(text, at);
    if (char === '') return { reason: 'escape sequence not terminated' };
    const digit = /^[0-9a-fA-F]$/.test(char) ? Number.parseInt(char, 16) : base;
    if (digit >= base) return { reason: `illegal character ${unicodeOf(char)} in escape sequence` };
    value = value * base + digit;
  }
  if (value > max || (value >= 0xd800 && value < 0xe000)) {
    return { reason: 'escape sequence is an invalid Unicode code point' };
  }
  return { to: from + count };
}

/** The whole character at an offset, also when it takes two units; empty at the end. */
export function characterAt(text: string, at: number): string {
  return at < text.length ? String.fromCodePoint(text.codePointAt(at) as number) : '';
}
