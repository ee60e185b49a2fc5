// Whole numbers over time: what each adds to what could be guessed from those before it, in the guess and the
// writing that take the fewest bytes.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { BitReader, BitWriter } from './bits.js';
import { ByteReader, ByteWriter, CorruptChunk, unzigzag, zigzag } from './bytes.js';
import { mayDeflate } from './deflate-guess.js';
import { bitLength, readTokens, writeTokens } from './entropy.js';
import { type Effort, guessesFor, restore, writeResiduals } from './guesses.js';

/** Numbers up to here may be coded: a zigzag of their second difference is still exact. */
export const MAX_INTEGER = 2 ** 50;

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
  let backwards = 0;
  for (let i = 0, last = 0; i < numbers.length; i++) {
    const multiple = ((numbers[i] as number) - base) / unit;
    multiples[i] = multiple;
    sum += multiple;
    if (multiple < last) backwards++;
    last = multiple;
  }
  const mean = Math.round(sum / multiples.length);
  const isCounter = backwards * 16 <= multiples.length;
  const { guess, residuals } = best(multiples, mean, guessesFor(effort, isCounter));
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
  guesses: readonly number[],
): { guess: number; residuals: Float64Array } {
  let found = { guess: 0, residuals: multiples, bits: Number.POSITIVE_INFINITY };
  let residuals: Float64Array = new Float64Array(multiples.length);
  for (const guess of guesses) {
    writeResiduals(guess, multiples, mean, residuals);
    const bits = estimate(residuals);
    if (bits >= found.bits) continue;
    const worse = found.residuals;
    found = { guess, residuals, bits };
    residuals = worse === multiples ? new Float64Array(multiples.length) : worse;
  }
  return found;
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
  if (fixed && effort === 'quick' && fixed.length <= residuals.length)
    return writeFixedBits(residuals, fixed);
  const plain = new ByteWriter(residuals.length * 2);
  for (let i = 0; i < residuals.length; i++) plain.varint(residuals[i] as number);
  const ways = [{ how: PLAIN, bytes: plain.bytes }];
  if (effort === 'small') {
    const tokens = new ByteWriter(residuals.length);
    writeTokens(tokens, residuals);
    ways.push({ how: TOKENS, bytes: tokens.bytes });
    // What repeats, and does so in patterns, is zlib's.
    if (mayDeflate(plain.bytes, tokens.length))
      ways.push({ how: DEFLATED, bytes: deflateRawSync(plain.bytes, { level: 6 }) });
  }
  const found = ways.reduce((a, b) => (b.bytes.length < a.bytes.length ? b : a));
  const isFixedShorter =
    fixed && fixed.length <= found.bytes.length && (fixed.length < found.bytes.length || found.how !== PLAIN);
  return isFixedShorter ? writeFixedBits(residuals, fixed) : found;
}

/** All in as many bits as what the largest is above the least needs. */
interface FixedBits {
  readonly least: number;
  readonly bits: number;
  /** Bytes of them. */
  readonly length: number;
}

/** @returns undefined where these are too many bits */
function fixedBits(residuals: Float64Array): FixedBits | undefined {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < residuals.length; i++) {
    const value = unzigzag(residuals[i] as number);
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  const bits = bitLength(largest - least);
  if (bits > MAX_FIXED_BITS) return undefined;
  const header = new ByteWriter(16);
  header.signed(least);
  return { least, bits, length: header.length + 1 + Math.ceil((residuals.length * bits) / 8) };
}

function writeFixedBits(residuals: Float64Array, { least, bits, length }: FixedBits): Written {
  const packed = new BitWriter(length);
  for (let i = 0; i < residuals.length; i++) packed.write(unzigzag(residuals[i] as number) - least, bits);
  const out = new ByteWriter(length);
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
  restore(guess, numbers, mean);
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
