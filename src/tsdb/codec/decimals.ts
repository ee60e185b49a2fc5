// Readings are mostly short decimals. Comes in: doubles; goes out: whole numbers and how many decimals they have, and,
// where sums of decimals have gathered rounding errors, how many steps of a double each is away from its decimal.

import { MAX_INTEGER } from './integers.js';

const POWERS = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`));
const MAX_DECIMALS = 9;
/** Steps of a double a sum may be away from its decimal; more than that, and the decimal explains nothing. */
const MAX_STEPS = 4096;

export interface Decimals {
  readonly places: number;
  /** Value i is about `integers[i] / 10^places`. */
  readonly integers: Float64Array;
  /** How many doubles further value i is; absent when every value is exact. */
  readonly steps?: Float64Array;
  /** Where a value is none of these: NaN, an infinity, -0, or too long a decimal. Ascending. */
  readonly exceptions: readonly number[];
}

/** Values as decimals, exactly; undefined when too many of them are none. */
export function asDecimals(values: Float64Array): Decimals | undefined {
  const allowed = Math.max(1, values.length >> 4);
  let special = 0;
  for (let i = 0; i < values.length; i++) if (!isNumber(values[i] as number)) special++;
  if (special === values.length) return undefined;
  for (let places = 0; places <= MAX_DECIMALS; places++) {
    const exceptions = inexact(values, places, allowed + special);
    if (exceptions) return { places, integers: scaled(values, places, exceptions), exceptions };
  }
  return asSums(values, allowed + special);
}

/** Whether it can be a decimal at all. */
function isNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

/** Where values are not decimals of so many places; undefined when that is so more often than allowed. */
function inexact(values: Float64Array, places: number, allowed: number): number[] | undefined {
  const power = POWERS[places] as number;
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const integer = Math.round(value * power);
    if (integer / power === value && Math.abs(integer) <= MAX_INTEGER && !Object.is(value, -0)) continue;
    found.push(i);
    if (found.length > allowed) return undefined;
  }
  return found;
}

/** The whole numbers; an exception repeats the one before it, which costs least. */
function scaled(values: Float64Array, places: number, exceptions: readonly number[]): Float64Array {
  const power = POWERS[places] as number;
  const integers = new Float64Array(values.length);
  // Adding 0 makes the -0 of a small negative number a 0.
  for (let i = 0; i < values.length; i++) integers[i] = Math.round((values[i] as number) * power) + 0;
  const skip = new Set(exceptions);
  const first = integers.find((_, i) => !skip.has(i)) ?? 0;
  for (const at of exceptions) integers[at] = at === 0 ? first : (integers[at - 1] as number);
  return integers;
}

function asSums(values: Float64Array, allowed: number): Decimals | undefined {
  for (let places = 1; places <= MAX_DECIMALS; places++) {
    const exceptions = farOff(values, places, allowed);
    if (!exceptions) continue;
    const integers = scaled(values, places, exceptions);
    const skip = new Set(exceptions);
    const near = fromIntegers(integers, places);
    const steps = near.map((value, i) => (skip.has(i) ? 0 : stepsBetween(value, values[i] as number)));
    return { places, integers, steps, exceptions };
  }
  return undefined;
}

function farOff(values: Float64Array, places: number, allowed: number): number[] | undefined {
  const power = POWERS[places] as number;
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const integer = Math.round(value * power);
    const near = integer / power;
    const isNear =
      isNumber(value) &&
      Math.abs(integer) <= MAX_INTEGER &&
      Math.sign(near) === Math.sign(value) &&
      Math.abs(stepsBetween(near, value)) <= MAX_STEPS;
    if (isNear) continue;
    found.push(i);
    if (found.length > allowed) return undefined;
  }
  return found;
}

const float = new Float64Array(2);
const words = new Uint32Array(float.buffer);
const HALF = 2 ** 32;
/** Where the low and the high half of a double are. */
const [LOW, HIGH] = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? [0, 1] : [1, 0];

/** How many doubles lie from `a` to `b` of the same sign, counted away from zero. */
function stepsBetween(a: number, b: number): number {
  float[0] = a;
  float[1] = b;
  const high = (words[2 + HIGH] as number) - (words[HIGH] as number);
  return high * HALF + ((words[2 + LOW] as number) - (words[LOW] as number));
}

function stepped(value: number, steps: number): number {
  float[0] = value;
  const low = (words[LOW] as number) + steps;
  words[LOW] = low;
  words[HIGH] = (words[HIGH] as number) + Math.floor(low / HALF);
  return float[0] as number;
}

/** The doubles nearest to the decimals. */
function fromIntegers(integers: Float64Array, places: number): Float64Array {
  if (places === 0) return integers;
  const power = POWERS[places] as number;
  const values = new Float64Array(integers.length);
  for (let i = 0; i < values.length; i++) values[i] = (integers[i] as number) / power;
  return values;
}

/** The doubles themselves; exceptions are the caller's. */
export function fromDecimals({ places, integers, steps }: Decimals): Float64Array {
  const near = fromIntegers(integers, places);
  return steps ? near.map((value, i) => (steps[i] === 0 ? value : stepped(value, steps[i] as number))) : near;
}
