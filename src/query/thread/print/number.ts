// Numbers as Prometheus' API prints them, written as bytes. Half of the time a large answer takes goes here, so the
// digits are found by arithmetic on doubles; what that cannot decide is left to the engine's own conversion.
// Source: Prometheus, util/jsonutil (MarshalFloat, MarshalTimestamp); Go's strconv.AppendFloat.

import type { Millis } from '../../../model/time.js';

/** No number takes more bytes. */
export const MAX_NUMBER_LENGTH = 32;

const ZERO = 48;
const POINT = 46;
const MINUS = 45;

/** Powers of ten that a double holds exactly. */
const TEN = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
/** Veltkamp's constant: splits a double into two halves whose products are exact. */
const SPLIT = 2 ** 27 + 1;
const TEN_HIGH = TEN.map(high);

/** The digits of 0000 to 9999. */
const FOUR_DIGITS = Uint8Array.from(
  { length: 40_000 },
  (_, i) => ZERO + (Math.floor(i / 4 / (TEN[3 - (i % 4)] as number)) % 10),
);

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** The text of a sample's value: all digits that tell it from its neighbours, `1e-07`, `+Inf`, `NaN`. */
export function formatFloat(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const text = String(value);
  // Go writes at least two digits of an exponent.
  return text.includes('e') && text.at(-2) === '-' ? `${text.slice(0, -1)}0${text.at(-1)}` : text;
}

/** Writes {@link formatFloat}'s text. @returns where it ends */
export function writeFloat(bytes: Uint8Array, start: number, value: number): number {
  const magnitude = Math.abs(value);
  // Also false for NaN.
  if (!(magnitude >= 1e-6 && magnitude < 1e15)) return writeText(bytes, start, formatFloat(value));
  let at = start;
  if (value < 0) bytes[at++] = MINUS;
  if (magnitude < 2 ** 31 && magnitude === (magnitude | 0)) return writeInteger(bytes, at, magnitude);
  return writeShort(bytes, at, magnitude) || writeLong(bytes, at, magnitude);
}

/** Seconds, with three digits of milliseconds where there are any. @returns where it ends */
export function writeTime(bytes: Uint8Array, start: number, time: Millis): number {
  let at = start;
  if (time < 0) bytes[at++] = MINUS;
  const whole = Math.abs(time);
  const seconds = Math.floor(whole / 1000);
  at = writeInteger(bytes, at, seconds);
  const fraction = whole - seconds * 1000;
  if (fraction === 0) return at;
  bytes[at++] = POINT;
  return writeDigits(bytes, at, fraction, 3);
}

/** Writes text of one byte a character. @returns where it ends */
export function writeText(bytes: Uint8Array, start: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[start + i] = text.charCodeAt(i);
  return start + text.length;
}

/** A whole number below 2^53. */
function writeInteger(bytes: Uint8Array, at: number, value: number): number {
  if (value < 1e9) return writeDigits(bytes, at, value, digitsOf(value));
  const front = Math.floor(value / 1e8);
  return writeDigits(bytes, writeInteger(bytes, at, front), value - front * 1e8, 8);
}

function digitsOf(value: number): number {
  let digits = 1;
  while (value >= (TEN[digits] as number)) digits++;
  return digits;
}

/** The last `count` digits of a whole number below 10^9, with zeros in front. */
function writeDigits(bytes: Uint8Array, at: number, value: number, count: number): number {
  let rest = value | 0;
  let i = at + count;
  for (; i - at >= 4; i -= 4) {
    const next = (rest / 10_000) | 0;
    const entry = (rest - next * 10_000) * 4;
    bytes[i - 4] = FOUR_DIGITS[entry] as number;
    bytes[i - 3] = FOUR_DIGITS[entry + 1] as number;
    bytes[i - 2] = FOUR_DIGITS[entry + 2] as number;
    bytes[i - 1] = FOUR_DIGITS[entry + 3] as number;
    rest = next;
  }
  while (i > at) {
    const next = (rest / 10) | 0;
    bytes[--i] = ZERO + rest - next * 10;
    rest = next;
  }
  return at + count;
}

/** Numbers of up to six decimals, as most gauges are. @returns 0 when it is none */
function writeShort(bytes: Uint8Array, at: number, magnitude: number): number {
  if (magnitude >= 1e8) return 0;
  const scaled = Math.floor(magnitude * 1e6 + 0.5);
  // A number of at most 15 digits that reads back as itself is the shortest there is, but for zeros at its end.
  if (scaled / 1e6 !== magnitude) return 0;
  const whole = Math.floor(magnitude);
  const end = writeInteger(bytes, at, whole);
  bytes[end] = POINT;
  return withoutZeros(bytes, writeDigits(bytes, end + 1, scaled - whole * 1e6, 6));
}

/**
 * Fifteen to seventeen digits: the number times a power of ten is taken exactly, as a whole number of sixteen digits
 * and a rest below one, and the first rounding of it that reads back as the number is the shortest.
 */
function writeLong(bytes: Uint8Array, at: number, magnitude: number): number {
  const point = decimalPoint(magnitude);
  const shift = 16 - point;
  const scale = TEN[shift] as number;
  const product = magnitude * scale;
  // Above 2^53 not every whole number is a double; next to a power of two a double's neighbours are not equally far.
  if (product >= 9e15 || isPowerOfTwo(magnitude)) return writeText(bytes, at, formatFloat(magnitude));
  let whole = Math.floor(product);
  let rest = product - whole + productError(magnitude, shift, product);
  const carry = Math.floor(rest);
  whole += carry;
  rest -= carry;

  const tenth = Math.floor(whole / 10);
  const fifteen = tenth + (whole - tenth * 10 + rest >= 5 ? 1 : 0);
  if (fifteen / (TEN[shift - 1] as number) === magnitude)
    return withoutZeros(bytes, writeFraction(bytes, at, fifteen, 15, point));
  if (Math.abs(rest - 0.5) < 1e-9) return writeText(bytes, at, formatFloat(magnitude));
  const sixteen = rest > 0.5 ? whole + 1 : whole;
  if (sixteen / scale === magnitude) return withoutZeros(bytes, writeFraction(bytes, at, sixteen, 16, point));
  const last = Math.floor(rest * 10);
  const beyond = rest * 10 - last;
  if (Math.abs(beyond - 0.5) < 1e-4 || last + beyond > 9.5)
    return writeText(bytes, at, formatFloat(magnitude));
  const end = writeFraction(bytes, at, whole, 16, point);
  bytes[end] = ZERO + last + (beyond > 0.5 ? 1 : 0);
  return withoutZeros(bytes, end + 1);
}

/** The power of ten just above a number from 1e-6 to 1e15. */
function decimalPoint(magnitude: number): number {
  if (magnitude >= 1) return digitsOf(magnitude);
  let point = 0;
  // Reciprocals are not exact and a power of ten itself must not be off by one: compared after scaling.
  for (let scaled = magnitude * 10; scaled < 1; scaled = magnitude * (TEN[1 - point] as number)) point--;
  return point;
}

function isPowerOfTwo(value: number): boolean {
  double[0] = value;
  return ((words[0] as number) | ((words[1] as number) & 0xfffff)) === 0;
}

/** What a product of doubles lost by rounding, exactly (Dekker). */
function productError(value: number, shift: number, product: number): number {
  const valueHigh = high(value);
  const valueLow = value - valueHigh;
  const scaleHigh = TEN_HIGH[shift] as number;
  const scaleLow = (TEN[shift] as number) - scaleHigh;
  return (
    valueLow * scaleLow - (product - valueHigh * scaleHigh - valueLow * scaleHigh - valueHigh * scaleLow)
  );
}

function high(value: number): number {
  const scaled = SPLIT * value;
  return scaled - (scaled - value);
}

/** `0.DIGITS * 10^point` with `count` digits, which are 15 or 16; the point comes before the last of them. */
function writeFraction(
  bytes: Uint8Array,
  start: number,
  digits: number,
  count: number,
  point: number,
): number {
  const decimals = count - point;
  if (point <= 0) return writeDecimals(bytes, start, digits, decimals);
  const scale = TEN[decimals] as number;
  let whole = Math.floor(digits / scale);
  // The quotient may have been rounded up to a whole number.
  if (whole * scale > digits) whole--;
  return writeDecimals(bytes, start, digits - whole * scale, decimals, whole);
}

/** `WHOLE.DECIMALS`: a number below 2^53 after the point, with zeros in front of it. */
function writeDecimals(bytes: Uint8Array, start: number, value: number, count: number, whole = 0): number {
  let at = writeInteger(bytes, start, whole);
  bytes[at++] = POINT;
  if (count <= 8) return writeDigits(bytes, at, value, count);
  const front = Math.floor(value / 1e8);
  for (; count > 16; count--) bytes[at++] = ZERO;
  return writeDigits(bytes, writeDigits(bytes, at, front, count - 8), value - front * 1e8, 8);
}

/** Where a fraction ends without the zeros at its end. */
function withoutZeros(bytes: Uint8Array, end: number): number {
  let at = end;
  while (bytes[at - 1] === ZERO) at--;
  return bytes[at - 1] === POINT ? at - 1 : at;
}
