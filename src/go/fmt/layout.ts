// Texts and numbers laid out with flags, width and precision. Source: Go's fmt/format.go.

import {
  canBackquote,
  isPrintable,
  quote,
  quoteAscii,
  quoteCharacter,
  quoteCharacterAscii,
} from '../quote.js';
import { fixed, general, scientific } from './decimal.js';
import type { Layout } from './directive.js';
import { binary, hexadecimal } from './float-bits.js';

const MAX_RUNE = 0x10ffffn;
const WORD = 1n << 64n;

/** Fills a text up to the width: left, or right with the minus flag; with zeros where the flag says so. */
export function pad(text: string, { minus, zero, width = 0 }: Layout): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (minus) return text + ' '.repeat(missing);
  return (zero ? '0' : ' ').repeat(missing) + text;
}

/** Without zeros: what is not a plain number, or has them already. */
function padWithSpaces(text: string, layout: Layout): string {
  return pad(text, { ...layout, zero: false });
}

/** A text cut to the precision, in characters. */
function cut(text: string, { precision }: Layout): string {
  return precision === undefined ? text : [...text].slice(0, precision).join('');
}

/** A string; undefined for a verb that a string has not. `%v` is `%s` here. */
export function formatString(text: string, verb: string, layout: Layout): string | undefined {
  switch (verb) {
    case 'v':
    case 's':
      return pad(cut(text, layout), layout);
    case 'q':
      return formatQuoted(cut(text, layout), layout);
    case 'x':
    case 'X':
      return formatHex(Buffer.from(text), verb, layout);
    default:
      return undefined;
  }
}

function formatQuoted(text: string, layout: Layout): string {
  if (layout.sharp && canBackquote(text)) return pad(`\`${text}\``, layout);
  return pad(layout.plus ? quoteAscii(text) : quote(text), layout);
}

/** The bytes of a string; the precision counts bytes here. */
function formatHex(bytes: Buffer, verb: 'x' | 'X', layout: Layout): string {
  const { sharp, space, precision } = layout;
  const pairs = [...bytes.subarray(0, precision)].map(byte => byte.toString(16).padStart(2, '0'));
  const cased = pairs.map(pair => (verb === 'X' ? pair.toUpperCase() : pair));
  if (cased.length === 0) return pad('', layout);
  const prefix = sharp ? `0${verb}` : '';
  const text = space ? cased.map(pair => prefix + pair).join(' ') : prefix + cased.join('');
  return pad(text, layout);
}

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

/** An int; undefined for a verb that an int has not. */
export function formatInt(value: bigint, verb: string, layout: Layout): string | undefined {
  if (verb === 'c') return pad(runeOf(value), layout);
  if (verb === 'q') {
    const char = runeOf(value);
    return pad(layout.plus ? quoteCharacterAscii(char) : quoteCharacter(char), layout);
  }
  if (verb === 'U') return formatUnicode(value, layout);
  const base = BASES[verb];
  if (base === undefined) return undefined;
  const { precision, width, zero, plus, space, sharp } = layout;
  if (precision === 0 && value === 0n) return padWithSpaces('', layout);
  const size = value < 0n ? -value : value;
  const sign = value < 0n ? '-' : plus ? '+' : space ? ' ' : '';
  const least = precision ?? (zero ? (width ?? 0) - sign.length : 0);
  const small = size.toString(base).padStart(least, '0');
  const digits = verb === 'X' ? small.toUpperCase() : small;
  return padWithSpaces(sign + prefixOf(verb, base, digits, sharp) + digits, layout);
}

function prefixOf(verb: string, base: number, digits: string, sharp: boolean): string {
  if (verb === 'O') return sharp && !digits.startsWith('0') ? '0o0' : '0o';
  if (!sharp) return '';
  if (base === 2) return '0b';
  if (base === 8) return digits.startsWith('0') ? '' : '0';
  return base === 16 ? `0${verb}` : '';
}

/** U+FFFD for what is no character. */
function runeOf(value: bigint): string {
  const isRune = value >= 0n && value <= MAX_RUNE && !(value >= 0xd800n && value <= 0xdfffn);
  return String.fromCodePoint(isRune ? Number(value) : 0xfffd);
}

function formatUnicode(value: bigint, layout: Layout): string {
  const unsigned = value < 0n ? value + WORD : value;
  const digits = unsigned
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, layout.precision ?? 0), '0');
  const char = runeOf(value);
  const isShown = layout.sharp && unsigned <= MAX_RUNE && isPrintable(char);
  return padWithSpaces(`U+${digits}${isShown ? ` '${char}'` : ''}`, layout);
}

/** A float64; undefined for a verb that a float has not. */
export function formatFloat(value: number, verb: string, layout: Layout): string | undefined {
  const kind = verb === 'F' ? 'f' : verb;
  if (!'veEfgGbxX'.includes(kind)) return undefined;
  const { plus, space, zero, width = 0, minus } = layout;
  const isNegative = value < 0 || Object.is(value, -0);
  if (!Number.isFinite(value)) return padWithSpaces(unusual(value, layout), layout);
  const digits = floatDigits(Math.abs(value), kind, layout);
  const sign = isNegative ? '-' : plus ? '+' : space ? ' ' : '';
  // Zeros stand between the sign and the digits.
  if (sign !== '' && zero && !minus) return sign + digits.padStart(width - 1, '0');
  return pad(sign + digits, layout);
}

function unusual(value: number, { plus, space }: Layout): string {
  if (Number.isNaN(value)) return plus ? '+NaN' : space ? ' NaN' : 'NaN';
  if (value < 0) return '-Inf';
  return space && !plus ? ' Inf' : '+Inf';
}

function floatDigits(size: number, verb: string, { precision, sharp }: Layout): string {
  const kind = verb.toLowerCase();
  const isUpper = verb !== kind;
  const plain =
    kind === 'b'
      ? binary(size)
      : kind === 'x'
        ? hexadecimal(size, precision)
        : kind === 'f'
          ? fixed(size, precision ?? 6)
          : kind === 'e'
            ? scientific(size, precision ?? 6)
            : general(size, precision);
  const text = sharp && kind !== 'b' ? withPoint(plain, kind, precision) : plain;
  return isUpper ? text.toUpperCase() : text;
}

/** The sharp flag: always a point, and for `%g` the zeros at the end that it leaves out. */
function withPoint(text: string, kind: string, precision: number | undefined): string {
  const split = text.search(kind === 'x' ? /p/ : /[ep]/);
  const [number, tail] = split < 0 ? [text, ''] : [text.slice(0, split), text.slice(split)];
  const body = number.includes('.') ? number : `${number}.`;
  if (kind === 'e' || kind === 'f') return body + tail;
  const wanted = precision ?? 6;
  // Go counts the x of a hexadecimal number, too.
  const significant = number.replace('.', '').replace(/^0+/, '').length;
  const missing = wanted - significant - (number === '0' ? 1 : 0);
  return body + '0'.repeat(Math.max(0, missing)) + tail;
}
