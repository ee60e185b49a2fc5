// Which series there are, and when they ended.

import { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { Sqlite } from '../database.js';

export interface SeriesRow {
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

  constructor(db: Sqlite) {
    this.#insert = db.prepare<[string]>('INSERT INTO series (labels) VALUES (?)');
    this.#all = db.prepare<[], { id: number; labels: string }>('SELECT id, labels FROM series ORDER BY id');
    this.#remove = db.prepare<[number]>('DELETE FROM series WHERE id = ?');
    this.#insertEnd = db.prepare<[number, number]>('INSERT OR IGNORE INTO ends (series, at) VALUES (?, ?)');
    this.#ends = db.prepare<[], { series: number; at: number }>(
      'SELECT series, at FROM ends ORDER BY series, at',
    );
    this.#removeEnds = db.prepare<[number]>('DELETE FROM ends WHERE series = ?');
    this.#pruneEnds = db.prepare<[number]>('DELETE FROM ends WHERE at < ?');
  }

  /** @returns the new series' id. */
  add(labels: Labels): number {
    const flat = labels.names.flatMap((name, i) => [name, labels.values[i]]);
    return Number(this.#insert.run(JSON.stringify(flat)).lastInsertRowid);
  }

  *all(): Generator<SeriesRow> {
    for (const { id, labels } of this.#all.iterate()) {
      yield { id, labels: labelsOf(JSON.parse(labels) as string[]) };
    }
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

  pruneEnds(before: Millis): void {
    this.#pruneEnds.run(before);
  }
}

/** @param flat each name with its value after it */
function labelsOf(flat: readonly string[]): Labels {
  const names: string[] = [];
  const values: string[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    names.push(flat[i] as string);
    values.push(flat[i + 1] as string);
  }
  return Labels.sorted(names, values);
}
