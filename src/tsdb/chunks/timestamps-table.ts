// The times of chunks. Evenly spaced ones follow from a chunk's first, last and count; others are kept once for all
// chunks that have them, because series of one scrape have the same.

import type { Millis } from '../../model/time.js';
import type { Sqlite } from '../../store/database.js';
import { ByteReader, ByteWriter } from '../codec/bytes.js';
import { decodeChunk, encodeChunk } from '../codec/chunk.js';
import type { Effort } from '../codec/guesses.js';

/** The axis of a chunk whose times are evenly spaced. */
export const EVEN = 0;

/** Rows of the table `axes`; every method throws SQLite's errors. */
export class TimestampsTable {
  readonly #find;
  readonly #insert;
  readonly #get;
  readonly #remove;
  #latest: { readonly times: Float64Array; readonly id: number } | undefined;

  /** @param hasBundles false for a file of an older version that is opened for reading alone */
  constructor(db: Sqlite, hasBundles: boolean) {
    this.#find = db.prepare<[number, Uint8Array], { id: number }>(
      'SELECT id FROM axes WHERE last = ? AND times = ?',
    );
    this.#insert = db.prepare<[number, Uint8Array]>('INSERT INTO axes (last, times) VALUES (?, ?)');
    this.#get = db.prepare<[number], { times: Buffer }>('SELECT times FROM axes WHERE id = ?');
    // Chunks with these times end where they do, and an index has both.
    const unused = (table: string) =>
      `NOT EXISTS (SELECT 1 FROM ${table} WHERE last = axes.last AND axis = axes.id)`;
    const tables = hasBundles ? ['chunks', 'bundles'] : ['chunks'];
    this.#remove = db.prepare<[number]>(
      `DELETE FROM axes WHERE id = ? AND ${tables.map(unused).join(' AND ')}`,
    );
  }

  /** Keeps times unless they are evenly spaced or there already. @returns their axis. */
  insert(times: Float64Array, effort: Effort): number {
    if (isEven(times)) return EVEN;
    if (this.#latest && hasSameTimes(this.#latest.times, times)) return this.#latest.id;
    const last = times.at(-1) as Millis;
    const bytes = encode(times, effort);
    const id = this.#find.get(last, bytes)?.id ?? Number(this.#insert.run(last, bytes).lastInsertRowid);
    this.#latest = { times, id };
    return id;
  }

  /** @throws CorruptChunk */
  read(id: number): Float64Array {
    const row = this.#get.get(id);
    if (!row) return new Float64Array();
    return decode(row.times);
  }

  /** Removes an axis that no chunk has any longer. */
  release(id: number): void {
    if (id === EVEN) return;
    this.clearLatest();
    this.#remove.run(id);
  }

  /** What was kept may have been rolled back. */
  clearLatest(): void {
    this.#latest = undefined;
  }
}

/** The times of a chunk with the axis EVEN. */
export function evenTimes(first: Millis, last: Millis, count: number): Float64Array {
  const step = count > 1 ? (last - first) / (count - 1) : 0;
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) times[i] = first + i * step;
  return times;
}

function isEven(times: Float64Array): boolean {
  if (times.length < 3) return true;
  const first = times[0] as Millis;
  const step = (times[1] as Millis) - first;
  for (let i = 2; i < times.length; i++) if (times[i] !== first + i * step) return false;
  return true;
}

/** Whether these are equal times. */
export function hasSameTimes(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function encode(times: Float64Array, effort: Effort): Uint8Array {
  const out = new ByteWriter();
  out.varint(times.length);
  out.append(encodeChunk(times, effort));
  return out.bytes.slice();
}

function decode(bytes: Uint8Array): Float64Array {
  const input = new ByteReader(bytes);
  const count = input.varint();
  return decodeChunk(input.bytes(input.left), count);
}
