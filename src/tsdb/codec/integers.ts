// Whole numbers over time: what each adds to what could be guessed from those before it, in the guess and the
// writing that take the fewest bytes.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { BitReader, BitWriter } from './bits.js';
import { ByteReader, ByteWriter, CorruptChunk, unzigzag, zigzag } from './bytes.js';
import { bitLength, readTokens, writeTokens } from './entropy.js';

/** How hard the codec tries: `quick` for chunks that are merged soon, `small` for those that stay. */
export type Effort = 'quick' | 'small';

/** Numbers up to here may be coded: a zigzag of their second difference is still exact. */
export const MAX_INTEGER = 2 ** 50;

/** Guesses are stateful: {@link Guess.next} is called, then {@link Guess.update} with the real value. */
interface Guess {
  next(): number;
  update(value: number): void;
}

/** The chunk's own mean, for noise around a level. */
const level = (mean: number): Guess => ({ next: () => mean, update() {} });

/** How much of a moving mean the newest number is, as a divisor. */
const WEIGHTS = [4, 16];
/** Each kind of guess by its number in a chunk. */
const GUESSES: readonly ((mean: number) => Guess)[] = [
  level,
  delta,
  slope,
  ...WEIGHTS.map(weight => () => smooth(weight)),
];
const DELTA = 1;
const SMOOTH = 3;

const QUICK_GUESSES = [DELTA, 2];

/** The number before. */
function delta(): Guess {
  let last = 0;
  return {
    next: () => last,
    update(value) {
      last = value;
    },
  };
}

/** On the line through the two before. */
function slope(): Guess {
  let last = 0;
  let step = 0;
  return {
    next: () => last + step,
    update(value) {
      step = value - last;
      last = value;
    },
  };
}

/** A moving mean, for noise around a level that drifts. IEEE arithmetic makes it the same everywhere. */
function smooth(weight: number): Guess {
  let mean = 0;
  return {
    next: () => Math.round(mean),
    update(value) {
      mean += (value - mean) / weight;
    },
  };
}

const PLAIN = 0;
const TOKENS = 1;
const DEFLATED = 2;
const FIXED = 3;
/** Bits of a number that is written in as many as all others. */
const MAX_FIXED_BITS = 24;

/** Writes whole numbers up to LARGEST_INTEGER of either sign; how many there are is not written. */
export function writeIntegers(out: ByteWriter, numbers: Float64Array, effort: Effort): void {
  const base = numbers[0] as number;
  const unit = commonUnit(numbers, base);
  out.signed(base);
  out.varint(unit);
  if (unit === 0) return;
  const multiples = new Float64Array(numbers.length);
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) {
    multiples[i] = ((numbers[i] as number) - base) / unit;
    sum += multiples[i] as number;
  }
  const mean = Math.round(sum / multiples.length);
  const { guess, residuals } = best(multiples, mean, effort);
  const { how, bytes } = shortest(residuals, effort);
  out.byte(guess * 4 + how);
  if (guess === 0) out.signed(mean);
  out.block(bytes);
}

/** The largest number all differences are multiples of; 0 when there are none. */
function commonUnit(numbers: Float64Array, base: number): number {
  let unit = 0;
  for (const number of numbers) {
    unit = greatestCommonDivisor(Math.abs(number - base), unit);
    if (unit === 1) return 1;
  }
  return unit;
}

function greatestCommonDivisor(one: number, other: number): number {
  let a = one;
  let b = other;
  while (b > 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

function best(
  multiples: Float64Array,
  mean: number,
  effort: Effort,
): { guess: number; residuals: Float64Array } {
  let found = { guess: 0, residuals: multiples, bits: Number.POSITIVE_INFINITY };
  for (const guess of effort === 'small' ? GUESSES.keys() : QUICK_GUESSES) {
    const residuals = residualsOf(multiples, (GUESSES[guess] as (mean: number) => Guess)(mean));
    const bits = estimate(residuals);
    if (bits < found.bits) found = { guess, residuals, bits };
  }
  return found;
}

function residualsOf(multiples: Float64Array, guess: Guess): Float64Array {
  const residuals = new Float64Array(multiples.length);
  for (let i = 0; i < multiples.length; i++) {
    const value = multiples[i] as number;
    residuals[i] = zigzag(value - guess.next());
    guess.update(value);
  }
  return residuals;
}

/** Bits the numbers would take if their sizes were coded perfectly and the bits below plainly. */
function estimate(numbers: Float64Array): number {
  const sizes = new Uint32Array(64);
  for (let i = 0; i < numbers.length; i++) {
    const size = bitLength(numbers[i] as number);
    sizes[size] = (sizes[size] as number) + 1;
  }
  let bits = 0;
  for (const [size, count] of sizes.entries())
    if (count > 0) bits += count * (Math.max(size - 1, 0) + Math.log2(numbers.length / count));
  return bits;
}

interface Written {
  readonly how: number;
  readonly bytes: Uint8Array;
}

function shortest(residuals: Float64Array, effort: Effort): Written {
  const fixed = fixedBits(residuals);
  // None of the others has less than a byte for a number, without searching for it.
  if (fixed && effort === 'quick' && fixed.bytes.length <= residuals.length) return fixed;
  const plain = new ByteWriter();
  for (let i = 0; i < residuals.length; i++) plain.varint(residuals[i] as number);
  const ways = [{ how: PLAIN, bytes: plain.bytes }];
  if (fixed) ways.push(fixed);
  if (effort === 'small') {
    const tokens = new ByteWriter();
    writeTokens(tokens, residuals);
    ways.push({ how: TOKENS, bytes: tokens.bytes });
    // What repeats, and does so in patterns, is zlib's.
    ways.push({ how: DEFLATED, bytes: deflateRawSync(plain.bytes, { level: 6 }) });
  }
  return ways.reduce((a, b) => (b.bytes.length < a.bytes.length ? b : a));
}

/** All in as many bits as what the largest is above the least needs; undefined where that is too many. */
function fixedBits(residuals: Float64Array): Written | undefined {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < residuals.length; i++) {
    const value = unzigzag(residuals[i] as number);
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  const bits = bitLength(largest - least);
  if (bits > MAX_FIXED_BITS) return undefined;
  const packed = new BitWriter(Math.ceil((residuals.length * bits) / 8));
  for (let i = 0; i < residuals.length; i++) packed.write(unzigzag(residuals[i] as number) - least, bits);
  const out = new ByteWriter();
  out.signed(least);
  out.byte(bits);
  out.append(packed.end());
  return { how: FIXED, bytes: out.bytes };
}

function readFixedBits(input: ByteReader, count: number): Float64Array {
  const least = input.signed();
  const bits = input.byte();
  if (bits > MAX_FIXED_BITS) throw new CorruptChunk('numbers of too many bits');
  const packed = input.bytes(Math.ceil((count * bits) / 8));
  const reader = new BitReader(packed);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) numbers[i] = zigzag(least + reader.read(bits));
  return numbers;
}

/** Reads `count` numbers that {@link writeIntegers} wrote. @throws CorruptChunk, or zlib's error. */
export function readIntegers(input: ByteReader, count: number): Float64Array {
  const base = input.signed();
  const unit = input.varint();
  if (unit === 0) return new Float64Array(count).fill(base);
  const kind = input.byte();
  const guess = kind >> 2;
  const mean = guess === 0 ? input.signed() : 0;
  const numbers = readResiduals(kind & 3, input.block(), count);
  restore(numbers, guess, mean);
  if (base !== 0 || unit !== 1)
    for (let i = 0; i < count; i++) numbers[i] = (numbers[i] as number) * unit + base;
  return numbers;
}

function readResiduals(how: number, bytes: Uint8Array, count: number): Float64Array {
  if (how === TOKENS) return readTokens(new ByteReader(bytes), count);
  if (how === FIXED) return readFixedBits(new ByteReader(bytes), count);
  const input = new ByteReader(how === DEFLATED ? inflateRawSync(bytes) : bytes);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) numbers[i] = input.varint();
  return numbers;
}

/** Residuals become numbers in place. The most frequent guesses are written out: a query waits for this. */
function restore(numbers: Float64Array, kind: number, mean: number): void {
  const weight = WEIGHTS[kind - SMOOTH];
  const make = GUESSES[kind];
  if (!make) throw new CorruptChunk('written in an unknown way');
  if (weight !== undefined) restoreSmooth(numbers, weight);
  else if (kind === DELTA) restoreDeltas(numbers);
  else restoreWith(numbers, make(mean));
}

function restoreWith(numbers: Float64Array, guess: Guess): void {
  for (let i = 0; i < numbers.length; i++) {
    const value = guess.next() + unzigzag(numbers[i] as number);
    numbers[i] = value;
    guess.update(value);
  }
}

function restoreDeltas(numbers: Float64Array): void {
  let last = 0;
  for (let i = 0; i < numbers.length; i++) {
    last += unzigzag(numbers[i] as number);
    numbers[i] = last;
  }
}

function restoreSmooth(numbers: Float64Array, weight: number): void {
  let mean = 0;
  for (let i = 0; i < numbers.length; i++) {
    const value = Math.round(mean) + unzigzag(numbers[i] as number);
    numbers[i] = value;
    mean += (value - mean) / weight;
  }
}
