// Runs of a series' samples, compressed. A series' chunks do not overlap.

import { crc32 } from 'node:zlib';
import type { Millis } from '../../model/time.js';
import { DamagedRow, Inconsistent, timeText } from '../../store/damage.js';
import type { Sqlite } from '../../store/database.js';
import { decodeChunk, decodeValues, encodeChunk, encodeValues } from '../codec/chunk.js';
import type { Effort } from '../codec/guesses.js';
import { type BundledRow, BundleTable, baseOf, isBundled, joinBounds } from './bundle-table.js';
import type { ByteCache } from './cache.js';
import type { ChunkRow, SeriesBounds } from './chunk-row.js';
import { KeptRuns } from './kept-runs.js';
import type { Run } from './run.js';
import { EVEN, evenTimes, hasSameTimes, type TimestampsTable } from './timestamps-table.js';

/** Bytes of a row beside its samples, about: its other columns, their header and the place of the row in its page. */
const ROW_OVERHEAD = 40;

/** Samples that become a chunk. */
export interface NewChunk {
  readonly series: number;
  readonly run: Run;
}

interface ChunkTableOptions {
  /** Samples of a chunk that is not merged any further. */
  readonly large: number;
  readonly isReadOnly: boolean;
  /** False for a file of an older version that is opened for reading alone. */
  readonly hasBundles: boolean;
  /** A series' labels, for people. */
  readonly nameOf: (series: number) => string;
}

/** Rows of the tables `chunks` and `bundles`; every method throws SQLite's errors. */
export class ChunkTable {
  readonly #axes: TimestampsTable;
  readonly #cache: ByteCache;
  readonly #insert;
  readonly #within;
  readonly #stored;
  readonly #rows;
  readonly #indexed;
  readonly #length;
  readonly #nameOf: (series: number) => string;
  readonly #bundles: BundleTable | undefined;
  readonly #remove;
  readonly #bounds;
  readonly #oldest;
  readonly #isReadOnly: boolean;
  /** Damaged chunks that cannot be removed. */
  readonly #passedOver = new Set<number>();
  readonly #kept = new KeptRuns();

  constructor(
    db: Sqlite,
    axes: TimestampsTable,
    cache: ByteCache,
    { large, isReadOnly, hasBundles, nameOf }: ChunkTableOptions,
  ) {
    this.#bundles = hasBundles ? new BundleTable(db, isReadOnly, nameOf) : undefined;
    this.#nameOf = nameOf;
    this.#axes = axes;
    this.#cache = cache;
    this.#isReadOnly = isReadOnly;
    this.#insert = db.prepare<[number, number, number, number, number, Uint8Array, number]>(
      'INSERT INTO chunks (series, first, last, count, axis, samples, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#within = db.prepare<[number, number, number], ChunkRow>(
      'SELECT id, first, last, count, axis FROM chunks WHERE series = ? AND first <= ? AND last >= ? ORDER BY first',
    );
    this.#stored = db.prepare<[number], StoredChunk>('SELECT * FROM chunks WHERE id = ?');
    this.#length = db.prepare<[number], number>('SELECT length(samples) FROM chunks WHERE id = ?').pluck();
    this.#remove = db.prepare<[number]>('DELETE FROM chunks WHERE id = ?');
    this.#rows = db.prepare<[number, number], ChunkRow & { series: number }>(
      'SELECT id, series, first, last, count, axis FROM chunks NOT INDEXED WHERE id > ? ORDER BY id LIMIT ?',
    );
    this.#indexed = db
      .prepare<[number, number, number, number, number, number], number>(
        `SELECT count(*) FROM chunks INDEXED BY chunks_series
         WHERE series = ? AND first = ? AND last = ? AND count = ? AND axis = ? AND id = ?`,
      )
      .pluck();
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
    this.addEncoded(series, times, encodeChunk(values, effort), effort);
  }

  /** Keeps samples whose values are encoded already, with a checksum. */
  addEncoded(series: number, times: Float64Array, samples: Uint8Array, effort: Effort = 'small'): void {
    const axis = this.#axes.insert(times, effort);
    const [first, last] = [times[0] as Millis, times.at(-1) as Millis];
    this.#write(series, { first, last, count: times.length, axis }, samples);
  }

  /** Keeps samples of several series: those of neighbours that have the same times in one row. */
  addAll(chunks: readonly NewChunk[], effort: Effort): void {
    for (const group of this.#bundles ? neighbours(chunks) : chunks.map(chunk => [chunk])) {
      const [first] = group;
      if (group.length > 1) this.#addBundle(group, effort);
      else if (first) this.add(first.series, first.run, effort);
    }
  }

  #addBundle(group: readonly NewChunk[], effort: Effort): void {
    const { series, run } = group[0] as NewChunk;
    const { times } = run;
    const axis = this.#axes.insert(times, effort);
    const shape = { first: times[0] as Millis, last: times.at(-1) as Millis, count: times.length, axis };
    const encoded = group.map(({ series, run }) => ({ series, bytes: encodeValues(run.values, effort) }));
    this.#bundles?.add(baseOf(series), shape, encoded);
  }

  /** Keeps another file's chunk as it is. */
  adopt(series: number, other: ChunkTable, row: ChunkRow): void {
    if (isBundled(row)) {
      this.add(series, other.read(row), 'small');
      return;
    }
    const { first, last, count } = row;
    const axis = row.axis === EVEN ? EVEN : this.#axes.insert(other.#times(row), 'small');
    this.#write(series, { first, last, count, axis }, other.#bytes(row));
  }

  /** Bytes a chunk takes in a page. */
  sizeOf(row: ChunkRow): number {
    const length = isBundled(row) ? this.#bundles?.bytes(row).length : this.#length.get(row.id);
    return (length ?? 0) + ROW_OVERHEAD;
  }

  #write(series: number, row: Omit<ChunkRow, 'id'>, samples: Uint8Array): void {
    const { first, last, count, axis } = row;
    this.#insert.run(series, first, last, count, axis, samples, checksumOf({ series, ...row, samples }));
  }

  /** A series' chunks with a part in `from <= t <= to`, oldest first. */
  within(series: number, from: Millis, to: Millis): ChunkRow[] {
    const rows = this.#within.all(series, to, from);
    const sound = this.#passedOver.size === 0 ? rows : rows.filter(({ id }) => !this.#passedOver.has(id));
    const bundled = this.#bundles?.within(series, from, to) ?? [];
    if (bundled.length === 0) return sound;
    return sound.length === 0 ? bundled : [...sound, ...bundled].sort((a, b) => a.first - b.first);
  }

  /** The samples of a chunk. Belongs to the cache: read-only for callers. @throws DamagedRow */
  read(row: ChunkRow): Run {
    const values = this.#cache.get(keyOf(row), () => this.#decode(row));
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
    const values = this.#cache.get(rows.map(keyOf).join(' '), () => {
      const parts = rows.map(row => this.#cache.lookup(keyOf(row)) ?? this.#decode(row));
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

  /**
   * A series' samples of its chunks with a part in `from <= t <= to`, if they are kept; they may reach beyond that. Kept until
   * {@link forgetRuns}.
   */
  keptRuns(series: number, from: Millis, to: Millis): readonly Run[] | undefined {
    return this.#kept.get(series, from, to);
  }

  /** The same, read and kept. The caller must call {@link forgetRuns} before anything is written, and when another process has. @throws DamagedRow */
  keepRuns(series: number, from: Millis, to: Millis): readonly Run[] {
    try {
      const rows = this.within(series, from, to);
      const runs = this.readAll(rows);
      this.#kept.add(series, { from, to, rows, runs });
      return runs;
    } catch (error) {
      // What is damaged goes, and in a bundle others' samples go with it.
      this.forgetRuns();
      throw error;
    }
  }

  forgetRuns(): void {
    this.#kept.clear();
  }

  #decode(row: ChunkRow): Float64Array {
    if (isBundled(row)) return this.#decodeBundled(row, this.#bundles as BundleTable);
    const samples = this.#bytes(row);
    try {
      return decodeChunk(samples, row.count);
    } catch {
      throw this.#damaged(row);
    }
  }

  #decodeBundled(row: BundledRow, bundles: BundleTable): Float64Array {
    const samples = bundles.bytes(row);
    try {
      return decodeValues(samples, row.count);
    } catch {
      throw bundles.damaged(row);
    }
  }

  /** @throws DamagedRow; Inconsistent where an index says what the row does not */
  #bytes(row: ChunkRow): Uint8Array {
    const stored = this.#stored.get(row.id);
    if (!stored) throw new Inconsistent(`chunk ${row.id} is in an index only`);
    if (stored.checksum !== null && stored.checksum !== checksumOf(stored)) throw this.#damaged(row);
    const { first, last, count, axis } = stored;
    if (first !== row.first || last !== row.last || count !== row.count || axis !== row.axis)
      throw new Inconsistent(`chunk ${row.id} is not as an index has it`);
    return stored.samples;
  }

  #damaged(row: ChunkRow): DamagedRow {
    if (isBundled(row)) return (this.#bundles as BundleTable).damaged(row);
    const series = this.#stored.get(row.id)?.series ?? 0;
    return new DamagedRow({
      table: 'chunks',
      row: `samples from ${timeText(row.first)} to ${timeText(row.last)} of ${this.#nameOf(series)}`,
      remove: () => {
        if (this.#isReadOnly) this.#passedOver.add(row.id);
        else this.remove([row]);
        return 1;
      },
    });
  }

  #axisOf(row: ChunkRow): Float64Array {
    try {
      return this.#axes.read(row.axis);
    } catch {
      throw this.#damaged(row);
    }
  }

  #times(row: ChunkRow): Float64Array {
    const { axis, first, last, count } = row;
    if (axis === EVEN)
      return this.#cache.get(`${first} ${last} ${count};`, () => evenTimes(first, last, count));
    const times = this.#cache.get(-axis, () => this.#axisOf(row));
    if (times.length !== count) throw this.#damaged(row);
    return times;
  }

  /**
   * Looks at whether the index has some chunks as they are: a chunk missing there is never read, without any error.
   * @returns the last id looked at; undefined when there are no more after `id`. @throws Inconsistent
   */
  checkIndex(id: number, limit: number): number | undefined {
    const rows = this.#rows.all(id, limit);
    for (const { series, first, last, count, axis, id } of rows) {
      if (this.#indexed.get(series, first, last, count, axis, id) !== 1)
        throw new Inconsistent(`chunk ${id} is not in the index`);
    }
    return rows.at(-1)?.id;
  }

  /** Removes chunks, and the times only they had. */
  remove(rows: readonly ChunkRow[]): void {
    for (const row of rows) {
      this.#cache.delete(keyOf(row));
      if (!isBundled(row) && this.#remove.run(row.id).changes === 0)
        throw new Inconsistent(`chunk ${row.id} is in an index only`);
    }
    const axes = rows.filter(row => !isBundled(row)).map(row => row.axis);
    const ofBundles = this.#bundles?.remove(rows.filter(isBundled)) ?? [];
    for (const axis of new Set([...axes, ...ofBundles])) this.#axes.release(axis);
  }

  /** What there is of each series. */
  *bounds(): Generator<SeriesBounds> {
    const bundled = this.#bundles?.bounds() ?? new Map<number, SeriesBounds>();
    for (const bounds of this.#bounds.all.iterate()) {
      yield joinBounds(bounds, bundled.get(bounds.series)) as SeriesBounds;
      bundled.delete(bounds.series);
    }
    yield* bundled.values();
  }

  boundsOf(series: number): SeriesBounds | undefined {
    return joinBounds(this.#bounds.one.get(series), this.#bundles?.boundsOf(series));
  }

  /** Chunks that ended before a moment, oldest first. */
  oldest(before: Millis, limit: number): (ChunkRow & { series: number })[] {
    const rows = this.#oldest.all(before, limit);
    const bundled = this.#bundles?.oldest(before, limit) ?? [];
    const [row, bundle] = [rows[0], bundled[0]];
    if (!row || !bundle) return row ? rows : bundled;
    // A bundle goes as a whole, and nothing before what is older.
    return row.last <= bundle.last
      ? rows.filter(({ last }) => last <= bundle.last)
      : bundled.filter(({ last }) => last <= row.last);
  }

  /** The same as {@link checkIndex} for bundles. */
  checkBundles(id: number, limit: number): number | undefined {
    return this.#bundles?.checkIndex(id, limit);
  }

  /** What was read may have been rolled back. */
  forgetOpened(): void {
    this.#bundles?.forget();
  }
}

/** The name under which a chunk's values are cached. */
const keyOf = (row: ChunkRow): number | string => (isBundled(row) ? `${row.id}/${row.place}` : row.id);

/** Chunks that can be in one row: of series with one base, at the same times. */
function neighbours(chunks: readonly NewChunk[]): NewChunk[][] {
  const groups: NewChunk[][] = [];
  let near: NewChunk[][] = [];
  let base = -1;
  for (const chunk of [...chunks].sort((a, b) => a.series - b.series)) {
    if (baseOf(chunk.series) !== base) {
      base = baseOf(chunk.series);
      near = [];
    }
    const { times } = chunk.run;
    const group = near.find(([other]) => hasSameTimes((other as NewChunk).run.times, times));
    if (group) group.push(chunk);
    else {
      near.push([chunk]);
      groups.push(near.at(-1) as NewChunk[]);
    }
  }
  return groups;
}

interface StoredChunk extends ChunkRow {
  readonly series: number;
  readonly samples: Buffer;
  /** Null in rows of an older version. */
  readonly checksum: number | null;
}

function checksumOf(row: Omit<StoredChunk, 'id' | 'checksum' | 'samples'> & { samples: Uint8Array }): number {
  const { series, first, last, count, axis, samples } = row;
  return crc32(samples, crc32(`${series} ${first} ${last} ${count} ${axis}`));
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
