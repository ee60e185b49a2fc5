// Whole numbers, most of them small, in about as many bits as their distribution allows: a number is a token (its
// size) and bits beside it, and the tokens go through range asymmetric numeral systems with fixed frequencies (rANS,
// Duda 2013), which, unlike Huffman's code, spends less than a bit on what is almost certain.

import { BitReader, BitWriter } from './bits.js';
import { type ByteReader, type ByteWriter, CorruptChunk } from './bytes.js';

const SCALE_BITS = 12;
const SCALE = 1 << SCALE_BITS;
/** The coder's state is from here up to 2^31, so that it stays a small integer. */
const LOW = 1 << 15;
/** Numbers below are tokens of their own; above, a token says the two highest bits and how many more there are. */
const DIRECT = 16;

function tokenOf(value: number): number {
  if (value < DIRECT) return value;
  const bits = bitLength(value);
  // Shifts are for 32 bits.
  const top = value < 0x8000_0000 ? value >>> (bits - 2) : Math.floor(value / 2 ** (bits - 2));
  return DIRECT + (bits - 5) * 2 + (top & 1);
}

/** How many bits a whole number below 2^53 needs. */
export function bitLength(value: number): number {
  return value < 0x8000_0000 ? 32 - Math.clz32(value) : 63 - Math.clz32(Math.floor(value / 0x8000_0000));
}

/** Bits that stand beside a token. */
function extraBits(token: number): number {
  return token < DIRECT ? 0 : 3 + ((token - DIRECT) >> 1);
}

/** Writes whole numbers from 0 to 2^53. How many there are is not written. */
export function writeTokens(out: ByteWriter, numbers: Float64Array): void {
  const tokens = new Uint8Array(numbers.length);
  const counts = new Uint32Array(128);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokenOf(numbers[i] as number);
    tokens[i] = token;
    counts[token] = (counts[token] as number) + 1;
  }
  const frequencies = normalize(counts, tokens.length);
  writeFrequencies(out, frequencies);
  out.block(extras(numbers, tokens));
  out.block(encode(tokens, frequencies));
}

/** Frequencies that sum up to SCALE, none that occurs is zero. */
function normalize(counts: Uint32Array, total: number): Uint16Array {
  const frequencies = new Uint16Array(counts.length);
  let sum = 0;
  for (let token = 0; token < counts.length; token++) {
    const count = counts[token] as number;
    if (count === 0) continue;
    const frequency = Math.max(1, Math.round((count / total) * SCALE));
    frequencies[token] = frequency;
    sum += frequency;
  }
  // What rounding left over goes to, or is taken from, where it costs least: the most frequent.
  while (sum !== SCALE) {
    const most = largestAt(frequencies);
    const step = sum < SCALE ? SCALE - sum : Math.max(SCALE - sum, -((frequencies[most] as number) >> 1));
    frequencies[most] = (frequencies[most] as number) + step;
    sum += step;
  }
  return frequencies;
}

/** Where the first of the largest is. */
function largestAt(numbers: Uint16Array): number {
  let found = 0;
  for (let i = 1; i < numbers.length; i++) if ((numbers[i] as number) > (numbers[found] as number)) found = i;
  return found;
}

function writeFrequencies(out: ByteWriter, frequencies: Uint16Array): void {
  const alphabet = frequencies.findLastIndex(frequency => frequency > 0) + 1;
  out.varint(alphabet);
  for (let token = 0; token < alphabet; token++) {
    out.varint(frequencies[token] as number);
    if (frequencies[token] !== 0) continue;
    const first = token;
    while (frequencies[token + 1] === 0) token++;
    out.varint(token - first);
  }
}

function readFrequencies(input: ByteReader): Uint16Array {
  const alphabet = input.varint();
  const frequencies = new Uint16Array(128);
  if (alphabet > frequencies.length) throw new CorruptChunk('more tokens than there can be');
  let sum = 0;
  for (let token = 0; token < alphabet; token++) {
    const frequency = input.varint();
    frequencies[token] = frequency;
    sum += frequency;
    if (frequency === 0) token += input.varint();
  }
  if (sum !== SCALE) throw new CorruptChunk('frequencies that do not sum up');
  return frequencies;
}

function starts(frequencies: Uint16Array): Uint16Array {
  const first = new Uint16Array(frequencies.length);
  for (let token = 1; token < first.length; token++)
    first[token] = (first[token - 1] as number) + (frequencies[token - 1] as number);
  return first;
}

function extras(numbers: Float64Array, tokens: Uint8Array): Uint8Array {
  const out = new BitWriter(numbers.length);
  for (let i = 0; i < tokens.length; i++) {
    const bits = extraBits(tokens[i] as number);
    if (bits > 0) out.write(numbers[i] as number, bits);
  }
  return out.end();
}

/** The last token goes in first, so that the first one comes out first. */
function encode(tokens: Uint8Array, frequencies: Uint16Array): Uint8Array {
  const first = starts(frequencies);
  const bytes = new Uint8Array(tokens.length * 2 + 4);
  let at = bytes.length;
  let state = LOW;
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = tokens[i] as number;
    const frequency = frequencies[token] as number;
    if (state >= frequency * (2 ** 31 / SCALE)) {
      bytes[--at] = (state >>> 8) & 255;
      bytes[--at] = state & 255;
      state >>>= 16;
    }
    const times = (state / frequency) | 0;
    state = (times << SCALE_BITS) + (state - times * frequency) + (first[token] as number);
  }
  at -= 4;
  new DataView(bytes.buffer).setUint32(at, state, true);
  return bytes.subarray(at);
}

/** Reads `count` numbers that {@link writeTokens} wrote. @throws CorruptChunk */
export function readTokens(input: ByteReader, count: number): Float64Array {
  const frequencies = readFrequencies(input);
  const first = starts(frequencies);
  const tokenAt = new Uint8Array(SCALE);
  for (let token = 0; token < frequencies.length; token++) {
    const from = first[token] as number;
    tokenAt.fill(token, from, from + (frequencies[token] as number));
  }
  const beside = new BitReader(input.block());
  const bytes = input.block();
  if (bytes.length < 4) throw new CorruptChunk('they end early');
  let state = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
  let at = 4;
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const slot = state & (SCALE - 1);
    const token = tokenAt[slot] as number;
    state = (frequencies[token] as number) * (state >>> SCALE_BITS) + slot - (first[token] as number);
    if (state < LOW) {
      state = (state << 16) | (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
      at += 2;
    }
    numbers[i] = token < DIRECT ? token : large(token, beside);
  }
  return numbers;
}

function large(token: number, beside: BitReader): number {
  const bits = 3 + ((token - DIRECT) >> 1);
  const top = 2 | ((token - DIRECT) & 1);
  // Shifts are for 32 bits.
  return bits < 24 ? (top << bits) | beside.read(bits) : top * 2 ** bits + beside.readMany(bits);
}
