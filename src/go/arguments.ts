// Arguments of functions, checked as Go would at the call: how many there are and what they are.

import { withArity } from './arity.js';
import { GoDuration } from './duration.js';
import { type GoList, SafeText, typeName, type Value } from './value.js';

export { withArity };

/** @throws when it is no string. */
export function asText(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof SafeText) return value.text;
  throw new Error(`wrong type for value; expected string; got ${typeName(value)}`);
}

/** @throws when it is no list. */
export function asList(value: Value): GoList {
  if (Array.isArray(value)) return value;
  throw new Error(`wrong type for value; expected slice; got ${typeName(value)}`);
}

/** What Prometheus' functions take for a number: any number, a text that is one, or a duration. @throws */
export function asNumber(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') return parseFloat64(value);
  if (value instanceof GoDuration) return value.seconds;
  throw new Error(`can't convert ${typeName(value)} to float`);
}

const HEX = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/;
const FLOAT = /^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL: Record<string, number> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
};

/** Go's strconv.ParseFloat. @throws with its words */
function parseFloat64(written: string): number {
  const text = written.replace(/(?<=[0-9a-fA-F])_(?=[0-9a-fA-F])/g, '');
  const [, sign = '', word = ''] = /^([+-]?)([a-zA-Z]+)$/.exec(text) ?? [];
  const special = SPECIAL[word.toLowerCase()];
  if (special !== undefined) return sign === '-' ? -special : special;
  const value = hexFloat(text) ?? (FLOAT.test(text) ? Number(text) : Number.NaN);
  if (Number.isFinite(value)) return value;
  const why = Number.isNaN(value) ? 'invalid syntax' : 'value out of range';
  throw new Error(`strconv.ParseFloat: parsing ${JSON.stringify(written)}: ${why}`);
}

/** `0x1.8p3`; undefined for what is not written so. */
function hexFloat(text: string): number | undefined {
  const [, sign, whole = '', fraction = '', exponent] = HEX.exec(text) ?? [];
  if (exponent === undefined || whole + fraction === '') return undefined;
  const digits = Number(BigInt(`0x${whole}${fraction}`));
  return (sign === '-' ? -1 : 1) * digits * 2 ** (Number(exponent) - 4 * fraction.length);
}
