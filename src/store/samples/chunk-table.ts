// Runs of a series' samples, compressed. A series' chunks do not overlap.

import type { Millis } from '../../model/time.js';
import type { Sqlite } from '../database.js';
import { type AxisTable, EVEN, evenTimes } from './axis-table.js';
import type { ByteCache } from './cache.js';
import { CorruptChunk } from './codec/bytes.js';
import { decodeChunk, encodeChunk } from './codec/chunk.js';
import type { Effort } from './codec/integers.js';

/** Samples of one series, oldest first. */
export interface Run {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** What is known of a chunk without reading it. */
export interface ChunkRow {
  readonly id: number;
  readonly first: Millis;
  readonly last: Millis;
  readonly count: number;
  /** Where its times are; chunks with equal times have the same. */
  readonly axis: number;
}

/** What is kept of one series. */
export interface SeriesBounds {
  readonly series: number;
  readonly first: Millis;
  readonly last: Millis;
  readonly chunks: number;
  /** Chunks smaller than they could be. */
  readonly small: number;
}

/** Rows of the table `chunks`; every method throws SQLite's errors. */
export class ChunkTable {
  readonly #axes: AxisTable;
  readonly #cache: ByteCache;
  readonly #insert;
  readonly #within;
  readonly #samples;
  readonly #remove;
  readonly #bounds;
  readonly #oldest;

  constructor(db: Sqlite, axes: AxisTable, cache: ByteCache, large: number) {
    this.#axes = axes;
    this.#cache = cache;
    this.#insert = db.prepare<[number, number, number, number, number, Uint8Array]>(
      'INSERT INTO chunks (series, first, last, count, axis, samples) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#within = db.prepare<[number, number, number], ChunkRow>(
      'SELECT id, first, last, count, axis FROM chunks WHERE series = ? AND first <= ? AND last >= ? ORDER BY first',
    );
    this.#samples = db.prepare<[number], { samples: Buffer }>('SELECT samples FROM chunks WHERE id = ?');
    this.#remove = db.prepare<[number]>('DELETE FROM chunks WHERE id = ?');
    const bounds = (where: string) => `
      SELECT series, min(first) AS first, max(last) AS last, count(*) AS chunks, sum(count < ${large}) AS small
      FROM chunks INDEXED BY chunks_series ${where} GROUP BY series`;
    this.#bounds = {
      all: db.prepare<[], SeriesBounds>(bounds('')),
      one: db.prepare<[number], SeriesBounds>(bounds('WHERE series = ?')),
    };
    this.#oldest = db.prepare<[number, number], ChunkRow & { series: number }>(
      'SELECT id, series, first, last, count, axis FROM chunks WHERE last < ? ORDER BY last LIMIT ?',
    );
  }

  /** Keeps samples (one at least). */
  add(series: number, { times, values }: Run, effort: Effort): void {
    const axis = this.#axes.keep(times, effort);
    const [first, last] = [times[0] as Millis, times.at(-1) as Millis];
    this.#insert.run(series, first, last, times.length, axis, encodeChunk(values, effort));
  }

  /** Keeps another file's chunk as it is. */
  adopt(series: number, other: ChunkTable, row: ChunkRow): void {
    const { first, last, count } = row;
    const axis = row.axis === EVEN ? EVEN : this.#axes.keep(other.#times(row), 'small');
    this.#insert.run(series, first, last, count, axis, other.#bytes(row));
  }

  /** A series' chunks with a part in `from <= t <= to`, oldest first. */
  within(series: number, from: Millis, to: Millis): ChunkRow[] {
    return this.#within.all(series, to, from);
  }

  /** The samples of a chunk. Belongs to the cache: nobody writes into it. @throws CorruptChunk */
  read(row: ChunkRow): Run {
    const values = this.#cache.get(row.id, () => this.#decode(row));
    return { times: this.#times(row), values };
  }

  /**
   * The samples of a series' neighbouring chunks. Joined once and kept so: most windows are asked for again, and longer
   * than the chunks are. @throws CorruptChunk
   */
  readAll(rows: readonly ChunkRow[]): Run[] {
    const isInOrder = rows.every((row, i) => i === 0 || row.first > (rows[i - 1] as ChunkRow).last);
    if (rows.length < 2 || !isInOrder) return rows.map(row => this.read(row));
    const length = rows.reduce((sum, row) => sum + row.count, 0);
    const values = this.#cache.get(rows.map(row => row.id).join(' '), () => {
      const parts = rows.map(row => this.#cache.take(row.id) ?? this.#decode(row));
      return concatenated(parts, length);
    });
    const axes = rows.map(({ axis, first, last, count }) =>
      axis === EVEN ? `${first} ${last} ${count}` : `${axis}`,
    );
    const times = this.#cache.get(axes.join(';'), () =>
      concatenated(
        rows.map(row => this.#times(row)),
        length,
      ),
    );
    return [{ times, values }];
  }

  #decode(row: ChunkRow): Float64Array {
    return decodeChunk(this.#bytes(row), row.count);
  }

  #bytes({ id }: ChunkRow): Uint8Array {
    const found = this.#samples.get(id);
    if (!found) throw new CorruptChunk('a chunk is missing');
    return found.samples;
  }

  #times({ axis, first, last, count }: ChunkRow): Float64Array {
    if (axis === EVEN)
      return this.#cache.get(`${first} ${last} ${count};`, () => evenTimes(first, last, count));
    const times = this.#cache.get(-axis, () => this.#axes.read(axis));
    if (times.length !== count) throw new CorruptChunk('times and values differ in number');
    return times;
  }

  /** Removes chunks, and the times only they had. */
  remove(rows: readonly ChunkRow[]): void {
    for (const { id } of rows) {
      this.#remove.run(id);
      this.#cache.delete(id);
    }
    for (const axis of new Set(rows.map(row => row.axis))) this.#axes.release(axis);
  }

  /** What there is of each series. */
  bounds(): Iterable<SeriesBounds> {
    return this.#bounds.all.iterate();
  }

  boundsOf(series: number): SeriesBounds | undefined {
    return this.#bounds.one.get(series);
  }

  /** Chunks that ended before a moment, oldest first. */
  oldest(before: Millis, limit: number): (ChunkRow & { series: number })[] {
    return this.#oldest.all(before, limit);
  }
}

function concatenated(parts: readonly Float64Array[], length: number): Float64Array {
  const whole = new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
