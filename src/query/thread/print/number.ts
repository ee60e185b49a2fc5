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

/** Half of the distance of a double to its neighbours, by its exponent's bits. */
const HALF_DISTANCE = Float64Array.from({ length: 2048 }, (_, exponent) => 2 ** (exponent - 1076));
/** Products are exact to some 10^-14; what is so near to a bound is left to the engine. */
const UNSURE = 1e-9;

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
  if (magnitude === Math.floor(magnitude)) return writeInteger(bytes, at, magnitude);
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
  const product = magnitude * 1e6;
  const scaled = Math.floor(product + 0.5);
  // What rounding can do to a product below 10^14 is less than that; a division takes longer.
  if (Math.abs(product - scaled) > 0.02) return 0;
  // A number of at most 15 digits that reads back as itself is the shortest there is, but for zeros at its end.
  if (scaled / 1e6 !== magnitude) return 0;
  const whole = Math.floor(magnitude);
  const end = writeInteger(bytes, at, whole);
  bytes[end] = POINT;
  return withoutZeros(bytes, writeDigits(bytes, end + 1, scaled - whole * 1e6, 6));
}

/**
 * Fifteen to seventeen digits: the number times a power of ten is taken exactly, as a whole number of fifteen digits and a rest
 * below one. Of fifteen, sixteen and seventeen digits the first are right whose distance from the number is less than half of
 * that to its neighbours.
 */
function writeLong(bytes: Uint8Array, at: number, magnitude: number): number {
  double[0] = magnitude;
  const upper = words[1] as number;
  // Next to a power of two a double's neighbours are not equally far.
  if (((words[0] as number) | (upper & 0xfffff)) === 0) return writeText(bytes, at, formatFloat(magnitude));
  const point = decimalPoint(magnitude);
  const shift = 15 - point;
  const scale = TEN[shift] as number;
  const half = (HALF_DISTANCE[upper >>> 20] as number) * scale;
  const product = magnitude * scale;
  let whole = Math.floor(product);
  let rest = product - whole + productError(magnitude, shift, product);
  const carry = Math.floor(rest);
  whole += carry;
  rest -= carry;
  // The last one is of the three roundings below; the first two are of a number just below a power of ten.
  if (whole < 1e14 || whole >= 1e15 - 1) return writeText(bytes, at, formatFloat(magnitude));

  const up = rest > 0.5 ? 1 : 0;
  const fromFifteen = Math.abs(rest - up) - half;
  if (fromFifteen < -UNSURE) return withoutZeros(bytes, writeScaled(bytes, at, whole + up, point));
  const tenths = rest * 10;
  const sixteenth = Math.floor(tenths + 0.5);
  const distance = Math.abs(tenths - sixteenth);
  const fromSixteen = distance - half * 10;
  const hundredths = rest * 100;
  const last = Math.floor(hundredths + 0.5);
  if (
    fromFifteen < UNSURE ||
    Math.abs(fromSixteen) < UNSURE ||
    Math.abs(distance - 0.5) < UNSURE ||
    Math.abs(Math.abs(hundredths - last) - 0.5) < UNSURE
  )
    return writeText(bytes, at, formatFloat(magnitude));
  // No digit comes to ten here, nor is the last one 0: fewer digits would have been right.
  const end = writeScaled(bytes, at, whole, point);
  if (fromSixteen < 0) {
    bytes[end] = ZERO + sixteenth;
    return end + 1;
  }
  bytes[end] = FOUR_DIGITS[last * 4 + 2] as number;
  bytes[end + 1] = FOUR_DIGITS[last * 4 + 3] as number;
  return end + 2;
}

/** The power of ten just above a number from 1e-6 to 1e15. */
function decimalPoint(magnitude: number): number {
  if (magnitude >= 1) return digitsOf(magnitude);
  let point = 0;
  // Reciprocals are not exact and a power of ten itself must not be off by one: compared after scaling.
  for (let scaled = magnitude * 10; scaled < 1; scaled = magnitude * (TEN[1 - point] as number)) point--;
  return point;
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

/** `0.DIGITS * 10^point` with fifteen digits, of which the first is no 0; others may be written behind them. */
function writeScaled(bytes: Uint8Array, start: number, digits: number, point: number): number {
  let at = start;
  if (point <= 0) {
    bytes[at++] = ZERO;
    bytes[at++] = POINT;
    for (let i = point; i < 0; i++) bytes[at++] = ZERO;
    return writeFifteen(bytes, at, digits);
  }
  const end = writeFifteen(bytes, at + 1, digits);
  for (const past = at + point; at < past; at++) bytes[at] = bytes[at + 1] as number;
  bytes[at] = POINT;
  return end;
}

/** A whole number from 10^14 to 10^15. */
function writeFifteen(bytes: Uint8Array, at: number, value: number): number {
  // The quotient may be off by one; a division takes longer than to look.
  let front = (value * 1e-8) | 0;
  let back = value - front * 1e8;
  if (back < 0) {
    front--;
    back += 1e8;
  } else if (back >= 1e8) {
    front++;
    back -= 1e8;
  }
  const first = (front / 10_000) | 0;
  bytes[at] = FOUR_DIGITS[first * 4 + 1] as number;
  bytes[at + 1] = FOUR_DIGITS[first * 4 + 2] as number;
  bytes[at + 2] = FOUR_DIGITS[first * 4 + 3] as number;
  writeFour(bytes, at + 3, front - first * 10_000);
  const low = back | 0;
  const third = (low / 10_000) | 0;
  writeFour(bytes, at + 7, third);
  writeFour(bytes, at + 11, low - third * 10_000);
  return at + 15;
}

function writeFour(bytes: Uint8Array, at: number, value: number): void {
  const entry = value * 4;
  bytes[at] = FOUR_DIGITS[entry] as number;
  bytes[at + 1] = FOUR_DIGITS[entry + 1] as number;
  bytes[at + 2] = FOUR_DIGITS[entry + 2] as number;
  bytes[at + 3] = FOUR_DIGITS[entry + 3] as number;
}

/** Where a fraction ends without the zeros at its end. */
function withoutZeros(bytes: Uint8Array, end: number): number {
  let at = end;
  while (bytes[at - 1] === ZERO) at--;
  return bytes[at - 1] === POINT ? at - 1 : at;
}
