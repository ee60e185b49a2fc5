// A run of a series' values as bytes, bit for bit (a NaN is a NaN). Comes in: doubles; goes out: the shortest of a few
// writings, with a checksum where they stand alone, because SQLite has none.

import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { ByteReader, ByteWriter, CorruptChunk } from './bytes.js';
import { asDecimals, type Decimals, fromDecimals } from './decimals.js';
import type { Effort } from './guesses.js';
import { readIntegers, writeIntegers } from './integers.js';

const CONSTANT = 0;
const DECIMALS = 1;
const SUMS = 2;
const PLANES = 3;
const DEFLATED_PLANES = 4;

/** Values that need no eight bytes where a decimal is expected. */
const SPECIALS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];

/** Doubles (one at least) as bytes without a checksum; {@link decodeValues} makes them the same doubles again. */
export function encodeValues(values: Float64Array, effort: Effort): Uint8Array {
  return write(values, effort).bytes.slice();
}

/** The same with a checksum, for {@link decodeChunk}. */
export function encodeChunk(values: Float64Array, effort: Effort): Uint8Array {
  const out = write(values, effort);
  const sum = crc32(out.bytes);
  out.append(Uint8Array.of(sum, sum >>> 8, sum >>> 16, sum >>> 24));
  return out.bytes.slice();
}

function write(values: Float64Array, effort: Effort): ByteWriter {
  if (isConstant(values)) return constant(values, effort);
  const decimals = asDecimals(values);
  const short = decimals && writeDecimals(values, decimals, effort);
  // A sum's decimals may say as much as the doubles do.
  if (short && (!decimals.steps || effort === 'quick')) return short;
  const planes = writePlanes(values, effort);
  return short && short.length <= planes.length ? short : planes;
}

function isConstant(values: Float64Array): boolean {
  const first = values[0];
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], first)) return false;
  return true;
}

/** A double, or the short decimal that it mostly is. */
function constant(values: Float64Array, effort: Effort): ByteWriter {
  const out = new ByteWriter();
  out.byte(CONSTANT);
  out.float64(values[0] as number);
  // One of two is one too many to be an exception.
  const decimals = values.length > 1 ? asDecimals(values.subarray(0, 2)) : undefined;
  const short = decimals && writeDecimals(values, decimals, effort);
  return short && short.length < out.length ? short : out;
}

function writeDecimals(values: Float64Array, decimals: Decimals, effort: Effort): ByteWriter {
  const out = new ByteWriter();
  out.byte(decimals.steps ? SUMS : DECIMALS);
  out.byte(decimals.places);
  writeExceptions(out, values, decimals.exceptions);
  writeIntegers(out, decimals.integers, effort);
  if (decimals.steps) writeIntegers(out, decimals.steps, effort);
  return out;
}

function writeExceptions(out: ByteWriter, values: Float64Array, exceptions: readonly number[]): void {
  out.varint(exceptions.length);
  let last = 0;
  for (const at of exceptions) {
    const kind = SPECIALS.findIndex(special => Object.is(special, values[at]));
    out.varint(at - last);
    out.byte(kind + 1);
    if (kind < 0) out.float64(values[at] as number);
    last = at;
  }
}

function readExceptions(input: ByteReader, count: number): [number, number][] {
  const exceptions: [number, number][] = [];
  const length = input.varint();
  if (length > count) throw new CorruptChunk('more exceptions than values');
  let at = 0;
  for (let i = 0; i < length; i++) {
    at += input.varint();
    const kind = input.byte();
    exceptions.push([at, kind === 0 ? input.float64() : (SPECIALS[kind - 1] as number)]);
  }
  return exceptions;
}

/** All first bytes, then all second ones, and so on: those of neighbours are alike, and zlib sees it. */
function writePlanes(values: Float64Array, effort: Effort): ByteWriter {
  const out = new ByteWriter();
  const planes = transpose(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 8);
  const deflated = effort === 'small' ? deflateRawSync(planes, { level: 6 }) : planes;
  const isShorter = deflated.length < planes.length;
  out.byte(isShorter ? DEFLATED_PLANES : PLANES);
  out.append(isShorter ? deflated : planes);
  return out;
}

/** Rows of `width` bytes as columns. */
function transpose(bytes: Uint8Array, width: number): Uint8Array {
  const height = bytes.length / width;
  const turned = new Uint8Array(bytes.length);
  for (let column = 0; column < width; column++)
    for (let row = 0; row < height; row++)
      turned[column * height + row] = bytes[row * width + column] as number;
  return turned;
}

function readPlanes(bytes: Uint8Array, count: number): Float64Array {
  if (bytes.length !== count * 8) throw new CorruptChunk('they end early');
  return new Float64Array(transpose(bytes, count).buffer);
}

/** The `count` doubles that were encoded. @throws CorruptChunk, or zlib's error. */
export function decodeChunk(bytes: Uint8Array, count: number): Float64Array {
  const end = bytes.length - 4;
  if (end < 1) throw new CorruptChunk('they end early');
  const sum = new DataView(bytes.buffer, bytes.byteOffset).getUint32(end, true);
  if (sum !== crc32(bytes.subarray(0, end))) throw new CorruptChunk('their checksum differs');
  return decodeValues(bytes.subarray(0, end), count);
}

/** The `count` doubles that were encoded without a checksum. @throws CorruptChunk, or zlib's error. */
export function decodeValues(bytes: Uint8Array, count: number): Float64Array {
  const input = new ByteReader(bytes);
  const kind = input.byte();
  if (kind === CONSTANT) return new Float64Array(count).fill(input.float64());
  if (kind === PLANES) return readPlanes(input.bytes(input.left), count);
  if (kind === DEFLATED_PLANES) return readPlanes(inflateRawSync(input.bytes(input.left)), count);
  if (kind !== DECIMALS && kind !== SUMS) throw new CorruptChunk('written in an unknown way');
  return readDecimals(input, count, kind === SUMS);
}

function readDecimals(input: ByteReader, count: number, isSum: boolean): Float64Array {
  const places = input.byte();
  const exceptions = readExceptions(input, count);
  const integers = readIntegers(input, count);
  const steps = isSum ? { steps: readIntegers(input, count) } : {};
  const values = fromDecimals({ places, integers, exceptions: [], ...steps });
  for (const [at, value] of exceptions) values[at] = value;
  return values;
}
