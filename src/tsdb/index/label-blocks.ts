// Labels of many series in one row, compressed: those of one target are nearly the same. Comes in: series in the order of their ids;
// goes out: the same.

import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { DamageSink } from '../../store/damage.js';
import type { Sqlite } from '../../store/database.js';

/** Each name with its value after it, sorted by name. */
export type FlatLabels = readonly string[];

/** A series with its labels. */
export interface BlockSeries {
  readonly id: number;
  readonly flat: FlatLabels;
}

interface BlockRow {
  /** Its last series had this id when it was made; all of the block before have smaller ones than the first here. */
  readonly last: number;
  readonly checksum: number;
  readonly series: Buffer;
}

const LEVEL = 6;

/** Rows of the table `label_blocks`; every method throws SQLite's errors. */
export class LabelBlocks {
  readonly #insert;
  readonly #all;
  readonly #from;
  readonly #remove;
  readonly #damage: DamageSink;

  constructor(db: Sqlite, damage: DamageSink) {
    this.#damage = damage;
    this.#insert = db.prepare<[number, number, Uint8Array]>(
      'INSERT OR REPLACE INTO label_blocks (last, checksum, series) VALUES (?, ?, ?)',
    );
    this.#all = db.prepare<[], BlockRow>('SELECT last, checksum, series FROM label_blocks ORDER BY last');
    this.#from = db.prepare<[number], BlockRow>(
      'SELECT last, checksum, series FROM label_blocks WHERE last >= ? ORDER BY last LIMIT 1',
    );
    this.#remove = db.prepare<[number]>('DELETE FROM label_blocks WHERE last = ?');
  }

  /** Keeps series whose ids are larger than all that are there. */
  add(series: readonly BlockSeries[]): void {
    const last = series.at(-1)?.id;
    if (last !== undefined) this.#write(last, series);
  }

  #write(last: number, series: readonly BlockSeries[]): void {
    const json = JSON.stringify(series.map(({ id, flat }) => [id, ...flat]));
    const packed = deflateRawSync(json, { level: LEVEL });
    this.#insert.run(last, checksumOf(last, packed), packed);
  }

  /** All series in the order of their ids; blocks that are damaged are left out for good once all have been given. */
  *all(): Generator<BlockSeries> {
    const damaged: number[] = [];
    for (const row of this.#all.all()) {
      const series = read(row);
      if (series) yield* series;
      else damaged.push(row.last);
    }
    for (const last of damaged)
      this.#damage.skip({
        table: 'label_blocks',
        row: `labels of series up to ${last}`,
        remove: () => this.#remove.run(last).changes,
      });
  }

  /** A series' labels; undefined when they are not here. */
  find(id: number): FlatLabels | undefined {
    const row = this.#from.get(id);
    return row && read(row)?.find(series => series.id === id)?.flat;
  }

  /** Forgets series. */
  remove(ids: readonly number[]): void {
    const gone = new Set(ids);
    // One of a block takes the others of it along.
    for (const id of gone) {
      const row = this.#from.get(id);
      const series = row && read(row);
      // A damaged block goes when it is read next.
      if (!row || !series) continue;
      const rest = series.filter(each => !gone.has(each.id));
      for (const each of series) gone.delete(each.id);
      if (rest.length === 0) this.#remove.run(row.last);
      else if (rest.length < series.length) this.#write(row.last, rest);
    }
  }
}

const checksumOf = (last: number, packed: Uint8Array): number => crc32(packed, crc32(`${last}`));

/** Undefined when the row is damaged. */
function read({ last, checksum, series }: BlockRow): BlockSeries[] | undefined {
  if (checksum !== checksumOf(last, series)) return undefined;
  try {
    const all = JSON.parse(inflateRawSync(series).toString()) as [number, ...string[]][];
    return all.map(([id, ...flat]) => ({ id, flat }));
  } catch {
    return undefined;
  }
}
