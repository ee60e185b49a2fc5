// Figures of the hours of a day, kept so that they are not made of samples again. Comes in: bytes; goes out: the same bytes.
// They may be lost: what is missing is made again.

import type { Millis } from '../model/time.js';
import { type DamageSink, verified, withChecksum } from './damage.js';
import type { Sqlite } from './database.js';
import type { ResilientDatabase } from './resilient-database.js';

const DAY: Millis = 86_400_000;

/** The table. */
export const hoursMigration = 'CREATE TABLE hours (start INTEGER PRIMARY KEY, body BLOB NOT NULL);';

/** Rows of the table; every method throws SQLite's errors. */
export class HourTable {
  readonly #db: Sqlite;
  readonly #damage: DamageSink;

  constructor(db: Sqlite, damage: DamageSink) {
    // Statements are made when they are needed: a file of an older version, which is only read, has no such table.
    this.#db = db;
    this.#damage = damage;
  }

  write(start: Millis, body: Uint8Array): void {
    this.#db
      .prepare<[number, Buffer]>('INSERT OR REPLACE INTO hours VALUES (?, ?)')
      .run(start, withChecksum(String(start), body));
  }

  read(start: Millis): Uint8Array | undefined {
    if (!this.#exists()) return undefined;
    const row = this.#db
      .prepare<[number], Buffer>('SELECT body FROM hours WHERE start = ?')
      .pluck()
      .get(start);
    const body = row && verified(String(start), row);
    if (row && !body) this.#leaveOut(start);
    return body;
  }

  has(start: Millis): boolean {
    return (
      this.#exists() &&
      this.#db.prepare<[number]>('SELECT 1 FROM hours WHERE start = ?').get(start) !== undefined
    );
  }

  /** Deletes what is over before a moment. @returns how many rows */
  prune(before: Millis): number {
    return this.#db.prepare<[number]>('DELETE FROM hours WHERE start < ?').run(before - DAY).changes;
  }

  #exists(): boolean {
    return this.#db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'hours'").get() !== undefined;
  }

  #leaveOut(start: Millis): void {
    const remove = () => this.#db.prepare<[number]>('DELETE FROM hours WHERE start = ?').run(start).changes;
    this.#damage.skip({ table: 'hours', row: new Date(start).toISOString(), remove });
  }
}

type Database = Pick<ResilientDatabase<{ readonly hours: HourTable }>, 'use' | 'tryRead'>;

/** Blocks of hours by their first moment. No method throws for a disk's sake. */
export class HourStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns whether it is on disk */
  upsert(start: Millis, body: Uint8Array): boolean {
    const isWritten = this.#database.use(({ hours }) => {
      hours.write(start, body);
      return true;
    });
    return isWritten ?? false;
  }

  get(start: Millis): Uint8Array | undefined {
    return this.#database.tryRead(({ hours }) => hours.read(start));
  }

  /** False where it was deleted; undefined where the file cannot be read. */
  has(start: Millis): boolean | undefined {
    return this.#database.tryRead(({ hours }) => hours.has(start));
  }
}
