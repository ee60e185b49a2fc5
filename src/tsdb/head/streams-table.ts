// Which streams of scrapes have something in the log.

import type { Sqlite } from '../../store/database.js';

interface StreamRow {
  readonly id: number;
  readonly name: string;
}

/** Rows of the table `streams`; every method throws SQLite's errors. */
export class StreamsTable {
  readonly #insert;
  readonly #all;
  readonly #remove;

  /** @param isThere false for a file of an older version that is opened for reading alone */
  constructor(db: Sqlite, isThere = true) {
    if (!isThere) return;
    this.#insert = db.prepare<[string]>('INSERT INTO streams (name) VALUES (?)');
    this.#all = db.prepare<[], StreamRow>('SELECT id, name FROM streams ORDER BY id');
    this.#remove = db.prepare<[number]>('DELETE FROM streams WHERE id = ?');
  }

  /** @returns the new stream's number, 1 at least. */
  add(name: string): number {
    return Number(this.#insert?.run(name).lastInsertRowid);
  }

  all(): StreamRow[] {
    return this.#all?.all() ?? [];
  }

  /** Forgets a stream that has nothing in the log. */
  remove(id: number): void {
    this.#remove?.run(id);
  }
}
