// One row for each day of the past, kept for years when the samples of the day are long gone. Comes in: what became of a
// day; goes out: the days of a stretch of time. The rows hold deflated JSON with a checksum, because SQLite has none.

import { deflateSync, inflateSync } from 'node:zlib';
import { type DamageSink, verified, withChecksum } from './damage.js';
import type { Sqlite } from './database.js';
import type { ResilientDatabase } from './resilient-database.js';

/** The table. */
export const daysMigration = 'CREATE TABLE days (date TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;';

/** Days whose samples changed after their roll-up may have been made: it is to be made again. */
export const changedDaysMigration = 'CREATE TABLE changed_days (date TEXT PRIMARY KEY) WITHOUT ROWID;';

interface DayRow {
  readonly date: string;
  readonly body: Buffer;
}

/** Rows of the table; every method throws SQLite's errors. */
export class DayTable {
  readonly #db: Sqlite;
  readonly #damage: DamageSink;

  constructor(db: Sqlite, damage: DamageSink) {
    // Statements are made when they are needed: a file of an older version, which is only read, has no such table.
    this.#db = db;
    this.#damage = damage;
  }

  write(date: string, value: unknown): void {
    const body = withChecksum(date, deflateSync(JSON.stringify(value)));
    this.#db.prepare<[string, Buffer]>('INSERT OR REPLACE INTO days VALUES (?, ?)').run(date, body);
  }

  select(from: string, to: string): Map<string, unknown> {
    const found = new Map<string, unknown>();
    if (!this.#exists()) return found;
    const rows = this.#db.prepare<[string, string], DayRow>(
      'SELECT date, body FROM days WHERE date >= ? AND date <= ? ORDER BY date',
    );
    for (const row of rows.all(from, to)) {
      const value = parsed(row);
      if (value !== undefined) found.set(row.date, value);
      else this.#leaveOut(row);
    }
    return found;
  }

  dates(from: string, to: string): string[] {
    if (!this.#exists()) return [];
    return this.#db
      .prepare<[string, string], string>('SELECT date FROM days WHERE date >= ? AND date <= ? ORDER BY date')
      .pluck()
      .all(from, to);
  }

  /** Days whose samples changed, oldest first. */
  changed(): string[] {
    if (!this.#exists('changed_days')) return [];
    return this.#db.prepare<[], string>('SELECT date FROM changed_days ORDER BY date').pluck().all();
  }

  deleteChanged(date: string): void {
    this.#db.prepare<[string]>('DELETE FROM changed_days WHERE date = ?').run(date);
  }

  #exists(table = 'days'): boolean {
    return this.#db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) !== undefined;
  }

  #leaveOut({ date }: DayRow): void {
    const remove = () => this.#db.prepare<[string]>('DELETE FROM days WHERE date = ?').run(date).changes;
    this.#damage.skip({ table: 'days', row: date, remove });
  }
}

/** Undefined when the row is damaged. */
function parsed({ date, body }: DayRow): unknown {
  try {
    const deflated = verified(date, body);
    return deflated && JSON.parse(inflateSync(deflated).toString());
  } catch {
    return undefined;
  }
}

type Database = Pick<ResilientDatabase<{ readonly days: DayTable }>, 'use' | 'tryRead'>;

/** All days by date, `2026-10-31`. No method throws for a disk's sake. */
export class DayStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param value survives JSON @returns whether it is on disk; a day that is not has to be made again */
  upsert(date: string, value: unknown): boolean {
    const isWritten = this.#database.use(({ days }) => {
      days.write(date, value);
      return true;
    });
    return isWritten ?? false;
  }

  /** Values by date, both ends included, oldest first. */
  between(from: string, to: string): ReadonlyMap<string, unknown> {
    return this.#database.tryRead(({ days }) => days.select(from, to)) ?? new Map();
  }

  /** Which of the days there are; undefined while that cannot be read. */
  dates(from: string, to: string): readonly string[] | undefined {
    return this.#database.tryRead(({ days }) => days.dates(from, to));
  }

  /** Days whose samples changed since their roll-up was made, oldest first. */
  changed(): readonly string[] {
    return this.#database.tryRead(({ days }) => days.changed()) ?? [];
  }

  /** The roll-up of a changed day is up to date. */
  deleteChanged(date: string): void {
    this.#database.use(({ days }) => {
      days.deleteChanged(date);
      return true;
    });
  }
}
