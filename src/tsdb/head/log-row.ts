// One scrape's samples as bytes, as they are in the log for some minutes. Comes in: series' ids and values; goes out: bytes, in
// one pass and without zlib, which would take as long as all else that is done with a scrape.

import { inflateSync } from 'node:zlib';
import type { Millis } from '../../model/time.js';
import { ByteReader, type ByteWriter, CorruptChunk, unzigzag, zigzag } from '../codec/bytes.js';

/** A sample with a time of its own. */
export interface LoggedSample {
  readonly id: number;
  readonly at: Millis;
  readonly value: number;
}

/** What a scrape has. */
export interface LoggedSamples {
  /** Value i is that of series `ids[i]`, at the time of the scrape. */
  readonly ids: Float64Array;
  readonly values: Float64Array;
  /** Samples with times of their own. */
  readonly timed: readonly LoggedSample[];
}

/** Rows of older versions begin with zlib's first byte instead. */
const FORMAT = 1;
const ZLIB = 0x78;

/** Powers of ten that decimals are multiplied with; in place of one more: all eight bytes follow. */
const POWERS = Float64Array.from({ length: 7 }, (_, i) => Number(`1e${i}`));
const RAW = 7;
const KINDS = 8;
/** Its zigzag and a kind are an exact double still. */
const MAX_INTEGER = 2 ** 48;

/** Writes a scrape's samples. @param scrapedAt the time of the scrape */
export function writeLogRow({ ids, values, timed }: LoggedSamples, scrapedAt: Millis, out: ByteWriter): void {
  out.byte(FORMAT);
  out.varint(ids.length);
  writeIds(ids, out);
  writeValues(values, out);
  if (timed.length === 0) return;
  out.varint(timed.length);
  let expected = 0;
  for (const { id, at } of timed) {
    out.signed(id - expected);
    out.signed(at - scrapedAt);
    expected = id + 1;
  }
  for (const { value } of timed) out.float64(value);
}

/** @throws CorruptChunk, or zlib's error for a row of an older version */
export function readLogRow(bytes: Uint8Array, scrapedAt: Millis): LoggedSamples {
  if (bytes[0] === ZLIB) return readOldRow(new ByteReader(inflateSync(bytes)), scrapedAt);
  const input = new ByteReader(bytes);
  if (input.byte() !== FORMAT) throw new CorruptChunk('written in an unknown way');
  const count = input.varint();
  const ids = readIds(input, count);
  const values = readValues(input, count);
  return { ids, values, timed: input.left > 0 ? readTimed(input, scrapedAt) : [] };
}

/** Series of one scrape mostly came together and have ids one after the other: how far a run is from the last, and its length. */
function writeIds(ids: Float64Array, out: ByteWriter): void {
  let expected = 0;
  for (let i = 0; i < ids.length; ) {
    const first = ids[i] as number;
    const from = i++;
    while (i < ids.length && ids[i] === first + (i - from)) i++;
    out.signed(first - expected);
    out.varint(i - from);
    expected = first + (i - from);
  }
}

function readIds(input: ByteReader, count: number): Float64Array {
  // Each run takes bytes; a number that is wrong must not take memory.
  if (count > MAX_INTEGER) throw new CorruptChunk('too many samples');
  const ids: number[] = [];
  let expected = 0;
  while (ids.length < count) {
    const first = expected + input.signed();
    const length = input.varint();
    if (length === 0 || length > count - ids.length || length > MAX_RUN)
      throw new CorruptChunk('a run of series is too long');
    for (let i = 0; i < length; i++) ids.push(first + i);
    expected = first + length;
  }
  return Float64Array.from(ids);
}

/** More series than a store has. */
const MAX_RUN = 100_000_000;

/** Short decimals as whole numbers with their places, others as they are. */
function writeValues(values: Float64Array, out: ByteWriter): void {
  let places = 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    let kind = RAW;
    let integer = value;
    if (Math.round(value) === value) kind = 0;
    else if (isDecimal(value, places)) kind = places;
    else for (let p = 1; p < RAW && kind === RAW; p++) if (isDecimal(value, p)) kind = p;
    if (kind !== 0 && kind !== RAW) {
      places = kind;
      integer = Math.round(value * (POWERS[kind] as number));
    }
    if (kind === RAW || Math.abs(integer) >= MAX_INTEGER || Object.is(integer, -0)) {
      out.byte(RAW);
      out.float64(value);
    } else out.varint(zigzag(integer) * KINDS + kind);
  }
}

function isDecimal(value: number, places: number): boolean {
  const power = POWERS[places] as number;
  return Math.round(value * power) / power === value;
}

function readValues(input: ByteReader, count: number): Float64Array {
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const token = input.varint();
    const kind = token % KINDS;
    if (kind === RAW) values[i] = input.float64();
    else {
      const integer = unzigzag(Math.floor(token / KINDS));
      values[i] = kind === 0 ? integer : integer / (POWERS[kind] as number);
    }
  }
  return values;
}

function readOldRow(input: ByteReader, scrapedAt: Millis): LoggedSamples {
  const ids = new Float64Array(input.varint());
  let expected = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = expected + input.signed();
    ids[i] = id;
    expected = id + 1;
  }
  const values = new Float64Array(input.bytes(ids.length * 8).slice().buffer);
  return { ids, values, timed: input.left > 0 ? readTimed(input, scrapedAt) : [] };
}

function readTimed(input: ByteReader, scrapedAt: Millis): LoggedSample[] {
  const keys: Pick<LoggedSample, 'id' | 'at'>[] = [];
  const count = input.varint();
  let expected = 0;
  for (let i = 0; i < count; i++) {
    const id = expected + input.signed();
    keys.push({ id, at: scrapedAt + input.signed() });
    expected = id + 1;
  }
  return keys.map(key => ({ ...key, value: input.float64() }));
}
