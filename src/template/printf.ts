// Go's fmt.Sprint, Sprintln and Sprintf, as far as a template's values go. Source: Go's package fmt.

import {
  formatShortest,
  goExponent,
  plain,
  SafeText,
  Struct,
  special,
  typeName,
  type Value,
} from './value.js';

/** Values next to each other; a space between two of which neither is a string. */
export function formatPrint(values: readonly Value[]): string {
  let text = '';
  for (const [i, value] of values.entries()) {
    if (i > 0 && typeof value !== 'string' && typeof values[i - 1] !== 'string') text += ' ';
    text += plain(value);
  }
  return text;
}

export function formatPrintln(values: readonly Value[]): string {
  return `${values.map(plain).join(' ')}\n`;
}

interface Verb {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly verb: string;
}

/** Wider or more precise than this nobody prints. */
const MAX_WIDTH = 10_000;
const DIRECTIVE = /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(%|[\s\S])?/gu;

/** A wrong directive shows in the text (`%!d(string=x)`), as in Go. */
export function formatPrintf(format: string, values: readonly Value[]): string {
  let next = 0;
  const take = () => values[next++];
  const text = format.replace(DIRECTIVE, (whole, flags: string, width, precision, verb) => {
    if (verb === undefined) return '%!(NOVERB)';
    if (verb === '%') return '%';
    const star = (given: string | undefined) =>
      given === undefined ? undefined : given === '*' ? Number(take() ?? 0) : Number(given);
    const w = star(width);
    const p = /\./.test(whole) ? (star(precision) ?? 0) : undefined;
    if (Math.abs(w ?? 0) > MAX_WIDTH || (p ?? 0) > MAX_WIDTH) return '%!(BADWIDTH)';
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const left = w !== undefined && w < 0 ? `${flags}-` : flags;
    return format1(take(), { flags: left, width: w && Math.abs(w), precision: p, verb });
  });
  const extra = values.slice(next).map(value => `${typeName(value)}=${plain(value)}`);
  return extra.length > 0 ? `${text}%!(EXTRA ${extra.join(', ')})` : text;
}

function format1(value: Value, verb: Verb): string {
  const text = body(value, verb);
  if (text === undefined) return `%!${verb.verb}(${typeName(value)}=${plain(value)})`;
  return padded(text, verb, typeof value === 'number' || typeof value === 'bigint');
}

function padded(text: string, { flags, width = 0 }: Verb, isNumber: boolean): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0') || (isNumber && !/\d/.test(text))) return ' '.repeat(missing) + text;
  const sign = isNumber && /^[+-]/.test(text) ? text[0] : '';
  return `${sign}${'0'.repeat(missing)}${text.slice((sign as string).length)}`;
}

function body(value: Value, verb: Verb): string | undefined {
  if (verb.verb === 'T') return typeName(value);
  if (value === null || value === undefined) return verb.verb === 'v' ? '<nil>' : undefined;
  if (typeof value === 'string' || value instanceof SafeText) {
    return stringBody(typeof value === 'string' ? value : value.text, verb);
  }
  if (typeof value === 'bigint') return intBody(value, verb);
  if (typeof value === 'number') return floatBody(value, verb);
  if (typeof value === 'boolean') return verb.verb === 't' || verb.verb === 'v' ? String(value) : undefined;
  if (Array.isArray(value)) {
    const parts = value.map(each => format1(each, { ...verb, width: undefined }));
    return `[${parts.join(' ')}]`;
  }
  if (value instanceof Struct && value.text && verb.verb !== 'd') return stringBody(value.text(), verb);
  return verb.verb === 'v' || verb.verb === 's' ? plain(value) : undefined;
}

function stringBody(value: string, { verb, precision, flags }: Verb): string | undefined {
  const cut = precision === undefined ? value : [...value].slice(0, precision).join('');
  if (verb === 's' || (verb === 'v' && !flags.includes('#'))) return cut;
  if (verb === 'q' || verb === 'v') return JSON.stringify(cut);
  if (verb !== 'x' && verb !== 'X') return undefined;
  const hex = Buffer.from(cut).toString('hex');
  return verb === 'X' ? hex.toUpperCase() : hex;
}

const BASES: Record<string, number> = { d: 10, v: 10, b: 2, o: 8, x: 16, X: 16 };

function intBody(value: bigint, { verb, flags }: Verb): string | undefined {
  if (verb === 'c') return String.fromCodePoint(Number(value));
  if (verb === 'q') return `'${String.fromCodePoint(Number(value))}'`;
  if (verb === 'U') return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`;
  const base = BASES[verb];
  if (base === undefined) return undefined;
  const digits = (value < 0n ? -value : value).toString(base);
  const prefix = flags.includes('#') && base === 16 ? `0${verb}` : '';
  return signed(value < 0n, prefix + (verb === 'X' ? digits.toUpperCase() : digits), flags);
}

function signed(negative: boolean, text: string, flags: string): string {
  if (negative) return `-${text}`;
  if (flags.includes('+')) return `+${text}`;
  return flags.includes(' ') ? ` ${text}` : text;
}

function floatBody(value: number, { verb, precision, flags }: Verb): string | undefined {
  if (!/[veEfFgG]/.test(verb)) return undefined;
  const unusual = special(value);
  if (unusual !== undefined) return unusual === '+Inf' && !flags.includes('+') ? '+Inf' : unusual;
  const size = Math.abs(value);
  const negative = value < 0 || Object.is(value, -0);
  const text = floatDigits(size, verb, precision);
  return signed(negative, verb === 'E' || verb === 'G' ? text.toUpperCase() : text, flags);
}

function floatDigits(size: number, verb: string, precision: number | undefined): string {
  const kind = verb.toLowerCase();
  if (kind === 'f') return fixed(size, precision ?? 6);
  if (kind === 'e') return exponential(size, precision ?? 6);
  if (precision === undefined) return formatShortest(size);
  return general(size, precision === 0 ? 1 : precision);
}

function exponential(size: number, digits: number): string {
  const [mantissa, power] = size.toExponential(Math.min(digits, 100)).split('e') as [string, string];
  return `${mantissa}e${goExponent(Number(power))}`;
}

/** %g with a precision: trailing zeros go, the exponent form where %e is shorter. */
function general(size: number, digits: number): string {
  if (size === 0) return '0';
  const power = Number(size.toExponential(Math.min(digits - 1, 100)).split('e')[1]);
  if (power < -4 || power >= digits) return exponential(size, digits - 1).replace(/\.?0+e/, 'e');
  const text = fixed(size, Math.max(0, digits - 1 - power));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** All digits, rounded half to even on the exact value, as Go does and toFixed beyond 1e21 does not. */
function fixed(size: number, digits: number): string {
  if (size >= 1e21) return `${BigInt(size)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`;
  const text = size.toFixed(Math.min(digits, 100));
  return isTie(size, digits) ? evenTie(size, digits, text) : text;
}

/** Exactly halfway between two texts: a tie that toFixed rounds up. */
function isTie(size: number, digits: number): boolean {
  if (digits > 60) return false;
  const exact = size.toFixed(100);
  const rest = exact.slice(exact.indexOf('.') + 1 + digits);
  return /^50*$/.test(rest);
}

function evenTie(size: number, digits: number, up: string): string {
  const exact = size.toFixed(100);
  const cut = exact.slice(0, exact.indexOf('.') + (digits > 0 ? 1 + digits : 0));
  return Number(cut.at(-1)) % 2 === 0 ? cut : up;
}
