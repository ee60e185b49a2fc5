// Functions every Go template has. `and` and `or` are the executor's, since they look at no more than they need.
// Source: Go's text/template, "Functions".

import { withArity } from '../go/arguments.js';
import { formatPrint, formatPrintf, formatPrintln } from '../go/printf.js';
import {
  type GoFunction,
  type GoMap,
  isTrue,
  plain,
  SafeText,
  Struct,
  typeName,
  type Value,
} from '../go/value.js';

const MANY = Number.POSITIVE_INFINITY;

/** Go's own functions by name. */
export const builtins: ReadonlyMap<string, GoFunction> = new Map(
  Object.entries({
    and: withArity('and', 1, MANY, () => undefined),
    or: withArity('or', 1, MANY, () => undefined),
    not: withArity('not', 1, 1, value => !isTrue(value)),
    len: withArity('len', 1, 1, length),
    index: withArity('index', 1, MANY, (value, ...keys) => keys.reduce(index, value)),
    slice: withArity('slice', 1, 4, slice),
    print: (...values: Value[]) => formatPrint(values),
    println: (...values: Value[]) => formatPrintln(values),
    printf: withArity('printf', 1, MANY, (format, ...values) => formatPrintf(textArgument(format), values)),
    html: (...values: Value[]) => escapeHtml(joined(values)),
    js: (...values: Value[]) => escapeJs(joined(values)),
    urlquery: (...values: Value[]) => queryEscape(joined(values)),
    eq: withArity('eq', 1, MANY, (value, ...others) => equalsAny(value, others)),
    ne: withArity('ne', 2, 2, (a, b) => !equals(a, b)),
    lt: withArity('lt', 2, 2, (a, b) => less(a, b)),
    le: withArity('le', 2, 2, (a, b) => less(a, b) || equals(a, b)),
    gt: withArity('gt', 2, 2, (a, b) => !(less(a, b) || equals(a, b))),
    ge: withArity('ge', 2, 2, (a, b) => !less(a, b)),
    call: withArity('call', 1, MANY, (called, ...args) => {
      if (typeof called !== 'function') throw new Error(`non-function of type ${typeName(called)}`);
      return called(...args);
    }),
  } satisfies Record<string, GoFunction>),
);

function textArgument(value: Value): string {
  if (typeof value !== 'string')
    throw new Error(`wrong type for value; expected string; got ${typeName(value)}`);
  return value;
}

function length(value: Value): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  if (value instanceof SafeText) return BigInt(Buffer.byteLength(value.text));
  if (Array.isArray(value)) return BigInt(value.length);
  if (value instanceof Map) return BigInt(value.size);
  throw new Error(
    value === null || value === undefined ? 'len of nil pointer' : `len of type ${typeName(value)}`,
  );
}

function index(value: Value, key: Value): Value {
  if (value === null || value === undefined) throw new Error('index of untyped nil');
  if (value instanceof Map) {
    if (typeof key !== 'string') throw new Error(`value has type ${typeName(key)}; should be string`);
    return (value as GoMap).get(key) ?? '';
  }
  if (!Array.isArray(value) && typeof value !== 'string')
    throw new Error(`can't index item of type ${typeName(value)}`);
  if (typeof key !== 'bigint') throw new Error(`cannot index slice/array with type ${typeName(key)}`);
  const size = Array.isArray(value) ? value.length : Buffer.byteLength(value as string);
  if (key < 0n || key >= BigInt(size)) throw new Error(`index out of range: ${key}`);
  if (Array.isArray(value)) return value[Number(key)];
  return BigInt(Buffer.from(value as string)[Number(key)] as number);
}

function slice(value: Value, ...bounds: Value[]): Value {
  const isText = typeof value === 'string';
  if (!isText && !Array.isArray(value)) throw new Error(`can't slice item of type ${typeName(value)}`);
  if (isText && bounds.length === 3) throw new Error('cannot 3-index slice a string');
  const bytes = isText ? Buffer.from(value) : undefined;
  const size = bytes ? bytes.length : (value as readonly Value[]).length;
  const [from = 0, to = size] = bounds.map(bound => {
    if (typeof bound !== 'bigint') throw new Error(`cannot index slice/array with type ${typeName(bound)}`);
    if (bound < 0n || bound > BigInt(size)) throw new Error(`index out of range: ${bound}`);
    return Number(bound);
  });
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`);
  return bytes ? bytes.subarray(from, to).toString() : (value as readonly Value[]).slice(from, to);
}

function equalsAny(value: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison');
  return others.some(other => equals(value, other));
}

function equals(a: Value, b: Value): boolean {
  if (a === null || a === undefined || b === null || b === undefined) {
    return (a ?? null) === (b ?? null);
  }
  const [left, right] = [unwrapped(a), unwrapped(b)];
  if (typeof left === 'object' || typeof left === 'function')
    throw new Error(`non-comparable type ${plain(a)}: ${typeName(a)}`);
  if (typeof left !== typeof right) throw new Error('incompatible types for comparison');
  return left === right;
}

function less(a: Value, b: Value): boolean {
  const [left, right] = [unwrapped(a), unwrapped(b)];
  const isOrdered = ['string', 'number', 'bigint'].includes(typeof left);
  if (!isOrdered) throw new Error('invalid type for comparison');
  if (typeof left !== typeof right) throw new Error('incompatible types for comparison');
  return (left as number) < (right as number);
}

function unwrapped(value: Value): Value {
  if (value instanceof Struct && value.int !== undefined) return value.int;
  return value instanceof SafeText ? value.text : value;
}

/** Strings as they are, others as printed: what the escaping functions take. */
function joined(values: readonly Value[]): string {
  return values.length === 1 && typeof values[0] === 'string' ? values[0] : formatPrint(values);
}

const HTML: Record<string, string> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\uFFFD',
};

/** Go's HTMLEscapeString. */
export function escapeHtml(text: string): string {
  return [...text].map(char => HTML[char] ?? char).join('');
}

function escapeJs(text: string): string {
  return [...text].map(escapedInJs).join('');
}

function escapedInJs(char: string): string {
  if (char === '\\' || char === "'" || char === '"') return `\\${char}`;
  if (char >= ' ' && !'<>&='.includes(char)) return char;
  return `\\u${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Go's url.QueryEscape. */
export function queryEscape(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString())
    .replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
