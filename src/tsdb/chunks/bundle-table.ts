// Chunks of neighbouring series that have the same times, in one row: a row with its indexes takes more bytes than the samples that one
// of them has in some minutes. Comes in: encoded values of several series; goes out: those of one.

import { crc32 } from 'node:zlib';
import type { Millis } from '../../model/time.js';
import { DamagedRow, Inconsistent, timeText } from '../../store/damage.js';
import type { Sqlite } from '../../store/database.js';
import { ones } from '../codec/bits.js';
import { ByteReader, ByteWriter } from '../codec/bytes.js';
import type { ChunkRow, SeriesBounds } from './chunk-row.js';

/** Ids of a bundle's series differ in their lowest five bits alone: as many as a word has bits. */
const WIDTH = 32;
/** Bytes of a bundle: of rows that are small beside a page little of it stays empty. */
const MAX_BYTES = 4000;
/** Bundles that are kept as they were read: neighbours are read one after the other. */
const MAX_OPENED = 16;

/** A chunk that is one of a bundle's. */
export interface BundledRow extends BundleKey {
  /** Which bit this chunk's series has. */
  readonly place: number;
}

/** Encoded values of one series. */
export interface EncodedChunk {
  readonly series: number;
  readonly bytes: Uint8Array;
}

/** What is said of a bundle without its samples. */
interface BundleKey extends ChunkRow {
  readonly base: number;
  /** Its series: bit `i` is that of `base + i`. */
  readonly mask: number;
}

interface StoredBundle extends BundleKey {
  readonly checksum: number;
  readonly samples: Buffer;
}

/** Values of each series of a bundle, in the order of their bits. */
type Parts = readonly Uint8Array[];

interface Opened {
  readonly mask: number;
  readonly parts: Parts;
}

/** The first id of the bundles that a series can be in. */
export const baseOf = (series: number): number => series - (series % WIDTH);

/** Whether a chunk is one of a bundle's. */
export const isBundled = (row: ChunkRow): row is BundledRow => 'mask' in row;

/** Rows of the table `bundles`; every method throws SQLite's errors. */
export class BundleTable {
  readonly #insert;
  readonly #update;
  readonly #get;
  readonly #remove;
  readonly #within;
  readonly #all;
  readonly #rows;
  readonly #indexed;
  readonly #oldest;
  readonly #isReadOnly: boolean;
  readonly #nameOf: (series: number) => string;
  readonly #opened = new Map<number, Opened>();
  /** Damaged bundles that cannot be removed. */
  readonly #passedOver = new Set<number>();

  /** @param nameOf a series' labels, for people */
  constructor(db: Sqlite, isReadOnly: boolean, nameOf: (series: number) => string) {
    this.#isReadOnly = isReadOnly;
    this.#nameOf = nameOf;
    const key = 'id, base, first, last, count, axis, mask';
    this.#insert = db.prepare<[number, number, number, number, number, number, number, Uint8Array]>(
      'INSERT INTO bundles (base, first, last, count, axis, mask, checksum, samples) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#update = db.prepare<[number, number, Uint8Array, number]>(
      'UPDATE bundles SET mask = ?, checksum = ?, samples = ? WHERE id = ?',
    );
    this.#get = db.prepare<[number], StoredBundle>('SELECT * FROM bundles WHERE id = ?');
    this.#remove = db.prepare<[number]>('DELETE FROM bundles WHERE id = ?');
    this.#within = db.prepare<[number, number, number], BundleKey>(
      `SELECT ${key} FROM bundles INDEXED BY bundles_base WHERE base = ? AND first <= ? AND last >= ? ORDER BY first`,
    );
    this.#all = db.prepare<[], BundleKey>(`SELECT ${key} FROM bundles INDEXED BY bundles_base`);
    this.#rows = db.prepare<[number, number], BundleKey>(
      `SELECT ${key} FROM bundles NOT INDEXED WHERE id > ? ORDER BY id LIMIT ?`,
    );
    this.#indexed = db
      .prepare<[number, number, number, number, number, number, number], number>(
        `SELECT count(*) FROM bundles INDEXED BY bundles_base
         WHERE base = ? AND first = ? AND last = ? AND count = ? AND axis = ? AND mask = ? AND id = ?`,
      )
      .pluck();
    this.#oldest = db.prepare<[number, number], BundleKey>(
      `SELECT ${key} FROM bundles WHERE last < ? ORDER BY last LIMIT ?`,
    );
  }

  /** Keeps values of series with one base, ordered by their ids. */
  add(base: number, shape: Omit<ChunkRow, 'id'>, chunks: readonly EncodedChunk[]): void {
    let some: EncodedChunk[] = [];
    let bytes = 0;
    for (const chunk of chunks) {
      if (some.length > 0 && bytes + chunk.bytes.length > MAX_BYTES) {
        this.#add(base, shape, some);
        some = [];
        bytes = 0;
      }
      some.push(chunk);
      bytes += chunk.bytes.length;
    }
    if (some.length > 0) this.#add(base, shape, some);
  }

  #add(
    base: number,
    { first, last, count, axis }: Omit<ChunkRow, 'id'>,
    chunks: readonly EncodedChunk[],
  ): void {
    const mask = chunks.reduce((all, { series }) => all | bitOf(series - base), 0) >>> 0;
    const samples = written(chunks.map(({ bytes }) => bytes));
    const checksum = checksumOf({ base, first, last, count, axis, mask, samples });
    this.#insert.run(base, first, last, count, axis, mask, checksum, samples);
  }

  /** A series' chunks with a part in `from <= t <= to`, oldest first. */
  within(series: number, from: Millis, to: Millis): BundledRow[] {
    const base = baseOf(series);
    return this.#of(series, this.#within.all(base, to, from));
  }

  #of(series: number, keys: readonly BundleKey[]): BundledRow[] {
    const place = series % WIDTH;
    const rows: BundledRow[] = [];
    for (const { id, base, first, last, count, axis, mask } of keys) {
      if ((mask & bitOf(place)) === 0 || this.#passedOver.has(id)) continue;
      rows.push({ id, base, first, last, count, axis, mask, place });
    }
    return rows;
  }

  /** The encoded values of a chunk. @throws DamagedRow; Inconsistent where the index says what the row does not */
  bytes(row: BundledRow): Uint8Array {
    return this.#partsOf(row)[rankOf(row.mask, row.place)] as Uint8Array;
  }

  #partsOf(row: BundledRow): Parts {
    const opened = this.#opened.get(row.id);
    // What changes of a bundle is that it loses series.
    if (opened?.mask === row.mask) return opened.parts;
    const stored = this.#get.get(row.id);
    if (!stored) throw new Inconsistent(`bundle ${row.id} is in an index only`);
    if (stored.checksum !== checksumOf(stored)) throw this.damaged(row);
    if (!isSameKey(stored, row)) throw new Inconsistent(`bundle ${row.id} is not as an index has it`);
    const parts = this.#read(row, stored);
    this.#opened.delete(row.id);
    this.#opened.set(row.id, { mask: row.mask, parts });
    if (this.#opened.size > MAX_OPENED) this.#opened.delete(this.#opened.keys().next().value as number);
    return parts;
  }

  #read(row: BundledRow, { mask, samples }: StoredBundle): Parts {
    try {
      return readParts(samples, ones(mask));
    } catch {
      throw this.damaged(row);
    }
  }

  /** A bundle that cannot be what was written. */
  damaged({ id, base, first, last, mask }: BundledRow): DamagedRow {
    const names = placesOf(mask).map(place => this.#nameOf(base + place));
    return new DamagedRow({
      table: 'bundles',
      row: `samples from ${timeText(first)} to ${timeText(last)} of ${names.length} series, the first of them ${names[0]}`,
      remove: () => {
        if (!this.#isReadOnly) return this.#remove.run(id).changes;
        this.#passedOver.add(id);
        return 1;
      },
    });
  }

  /** Removes chunks; a bundle goes with its last one. @returns axes of bundles that are gone */
  remove(rows: readonly BundledRow[]): number[] {
    const masks = new Map<number, number>();
    for (const { id, place } of rows) masks.set(id, (masks.get(id) ?? 0) | bitOf(place));
    const gone: number[] = [];
    for (const row of new Map(rows.map(row => [row.id, row])).values()) {
      const rest = (row.mask & ~(masks.get(row.id) as number)) >>> 0;
      if (rest === 0) {
        if (this.#remove.run(row.id).changes === 0)
          throw new Inconsistent(`bundle ${row.id} is in an index only`);
        gone.push(row.axis);
      } else this.#keep(row, rest);
      this.#opened.delete(row.id);
    }
    return gone;
  }

  /** Rewrites a bundle with some of its series. */
  #keep(row: BundledRow, mask: number): void {
    const parts = this.#partsOf(row);
    const samples = written(placesOf(mask).map(place => parts[rankOf(row.mask, place)] as Uint8Array));
    this.#update.run(mask, checksumOf({ ...row, mask, samples }), samples, row.id);
  }

  /** What there is of each series. */
  bounds(): Map<number, SeriesBounds> {
    const bounds = new Map<number, SeriesBounds>();
    for (const { base, mask, first, last } of this.#all.iterate()) {
      for (const place of placesOf(mask)) {
        const series = base + place;
        const own = { series, first, last, chunks: 1, small: 1 };
        bounds.set(series, joinBounds(bounds.get(series), own) as SeriesBounds);
      }
    }
    return bounds;
  }

  boundsOf(series: number): SeriesBounds | undefined {
    const rows = this.within(series, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    const [oldest] = rows;
    if (!oldest) return undefined;
    const last = Math.max(...rows.map(({ last }) => last));
    return { series, first: oldest.first, last, chunks: rows.length, small: rows.length };
  }

  /** Chunks of bundles that ended before a moment, oldest first, so many at most that whole bundles have. */
  oldest(before: Millis, limit: number): (BundledRow & { series: number })[] {
    return this.#oldest
      .all(before, Math.max(1, Math.floor(limit / WIDTH)))
      .flatMap(key => placesOf(key.mask).map(place => ({ ...key, place, series: key.base + place })));
  }

  /** As the table of chunks does. */
  checkIndex(after: number, limit: number): number | undefined {
    const rows = this.#rows.all(after, limit);
    for (const { base, first, last, count, axis, mask, id } of rows) {
      if (this.#indexed.get(base, first, last, count, axis, mask, id) !== 1)
        throw new Inconsistent(`bundle ${id} is not in the index`);
    }
    return rows.at(-1)?.id;
  }

  /** What was read may have been rolled back. */
  forget(): void {
    this.#opened.clear();
  }
}

/** Bounds of one series in two places. */
export function joinBounds(
  a: SeriesBounds | undefined,
  b: SeriesBounds | undefined,
): SeriesBounds | undefined {
  if (!a || !b) return a ?? b;
  return {
    series: a.series,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    chunks: a.chunks + b.chunks,
    small: a.small + b.small,
  };
}

function isSameKey(a: BundleKey, b: BundleKey): boolean {
  return (
    a.base === b.base &&
    a.first === b.first &&
    a.last === b.last &&
    a.count === b.count &&
    a.axis === b.axis &&
    a.mask === b.mask
  );
}

const bitOf = (place: number): number => 1 << place;

/** How many series of a bundle come before one. */
const rankOf = (mask: number, place: number): number => ones(mask & (bitOf(place) - 1));

function placesOf(mask: number): number[] {
  const places: number[] = [];
  for (let place = 0; place < WIDTH; place++) if ((mask & bitOf(place)) !== 0) places.push(place);
  return places;
}

/** The length of each part, then all parts. */
function written(parts: Parts): Uint8Array {
  const out = new ByteWriter(MAX_BYTES);
  for (const { length } of parts) out.varint(length);
  for (const part of parts) out.append(part);
  return out.bytes.slice();
}

/** @throws CorruptChunk */
function readParts(samples: Buffer, count: number): Parts {
  const input = new ByteReader(samples);
  const lengths = Array.from({ length: count }, () => input.varint());
  return lengths.map(length => input.bytes(length));
}

function checksumOf(
  row: Omit<StoredBundle, 'id' | 'checksum' | 'samples'> & { samples: Uint8Array },
): number {
  const { base, first, last, count, axis, mask, samples } = row;
  return crc32(samples, crc32(`${base} ${first} ${last} ${count} ${axis} ${mask}`));
}
