// Which series there are, and when they ended.

import { crc32 } from 'node:zlib';
import { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { DamageSink } from '../../store/damage.js';
import type { Sqlite } from '../../store/database.js';

interface SeriesRow {
  readonly id: number;
  readonly labels: Labels;
}

/** Rows of the tables `series` and `ends`; every method throws SQLite's errors. */
export class SeriesTable {
  readonly #insert;
  readonly #all;
  readonly #remove;
  readonly #insertEnd;
  readonly #ends;
  readonly #removeEnds;
  readonly #pruneEnds;
  readonly #forgetEnds;
  readonly #removeChunks;
  readonly #damage: DamageSink;

  constructor(db: Sqlite, damage: DamageSink) {
    this.#damage = damage;
    this.#insert = db.prepare<[string, number]>('INSERT INTO series (labels, checksum) VALUES (?, ?)');
    this.#all = db.prepare<[], StoredRow>('SELECT id, labels, checksum FROM series ORDER BY id');
    this.#removeChunks = db.prepare<[number]>('DELETE FROM chunks WHERE series = ?');
    this.#remove = db.prepare<[number]>('DELETE FROM series WHERE id = ?');
    this.#insertEnd = db.prepare<[number, number]>('INSERT OR IGNORE INTO ends (series, at) VALUES (?, ?)');
    this.#ends = db.prepare<[], { series: number; at: number }>(
      'SELECT series, at FROM ends ORDER BY series, at',
    );
    this.#removeEnds = db.prepare<[number]>('DELETE FROM ends WHERE series = ?');
    this.#forgetEnds = db.prepare<[number]>('DELETE FROM ends WHERE at >= ?');
    this.#pruneEnds = db.prepare<[number]>('DELETE FROM ends WHERE at < ?');
  }

  /** @returns the new series' id. */
  add(labels: Labels): number {
    const flat = labels.names.flatMap((name, i) => [name, labels.values[i]]);
    const text = JSON.stringify(flat);
    return Number(this.#insert.run(text, crc32(text)).lastInsertRowid);
  }

  /** Those that are damaged are left out for good once all have been given. */
  *all(): Generator<SeriesRow> {
    const damaged: StoredRow[] = [];
    for (const row of this.#all.iterate()) {
      const labels = labelsOf(row);
      if (labels) yield { id: row.id, labels };
      else damaged.push(row);
    }
    for (const { id, labels } of damaged)
      this.#damage.skip({
        table: 'series',
        row: `series ${id}, labels ${labels}`,
        remove: () => this.#delete(id),
      });
  }

  /** Samples without labels are of no use. */
  #delete(id: number): number {
    const { changes } = this.#remove.run(id);
    this.#removeEnds.run(id);
    this.#removeChunks.run(id);
    return changes;
  }

  /** A series, and with it its ends. */
  remove(id: number): void {
    this.#remove.run(id);
    this.#removeEnds.run(id);
  }

  addEnd(series: number, at: Millis): void {
    this.#insertEnd.run(series, at);
  }

  /** By series, oldest first. */
  ends(): Iterable<{ series: number; at: Millis }> {
    return this.#ends.iterate();
  }

  deleteEndsFrom(at: Millis): void {
    this.#forgetEnds.run(at);
  }

  pruneEnds(before: Millis): void {
    this.#pruneEnds.run(before);
  }
}

interface StoredRow {
  readonly id: number;
  readonly labels: string;
  /** Null in rows of an older version. */
  readonly checksum: number | null;
}

/** Undefined when the row is damaged. */
function labelsOf({ labels, checksum }: StoredRow): Labels | undefined {
  const flat = checksum === null || checksum === crc32(labels) ? parsed(labels) : undefined;
  if (!flat) return undefined;
  const names: string[] = [];
  const values: string[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    names.push(flat[i] as string);
    values.push(flat[i + 1] as string);
  }
  return Labels.sorted(names, values);
}

/** Each name with its value after it. */
function parsed(labels: string): string[] | undefined {
  try {
    const flat: unknown = JSON.parse(labels);
    const isWhole =
      Array.isArray(flat) && flat.length % 2 === 0 && flat.every(each => typeof each === 'string');
    return isWhole ? (flat as string[]) : undefined;
  } catch {
    return undefined;
  }
}
