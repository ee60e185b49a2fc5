// Scrapes that wait to be sent to other storages, in the order they were stored, and how far each receiver has them.

import type { Millis } from '../../model/time.js';
import { type DamageSink, timeText, verified, withChecksum } from '../../store/damage.js';
import type { Sqlite } from '../../store/database.js';
import { ByteWriter } from '../codec/bytes.js';
import { countOf, type OutgoingSamples, readOutgoingRow, writeOutgoingRow } from './row.js';

/** What is known of a row without reading it. */
export interface OutgoingKey {
  /** Ascending; never given twice. */
  readonly id: number;
  readonly at: Millis;
  /** Samples and ends. */
  readonly count: number;
}

/** A scrape that waits. Damaged, it has no samples. */
export interface OutgoingRow extends OutgoingKey {
  readonly samples: OutgoingSamples | undefined;
}

/** How far a receiver is. */
export interface QueuePosition {
  readonly name: string;
  /** The last row that it has acknowledged. */
  readonly sent: number;
  /** The last row that was read to be sent; {@link sent} when it has all of them. */
  readonly reading: number;
  /** How the rows between were divided into requests: they are divided in the same way again. */
  readonly split: string;
  /** The newest sample that it has acknowledged. */
  readonly newest: Millis;
}

interface StoredRow extends OutgoingKey {
  readonly samples: Buffer;
}

/** Rows of the tables `outgoing` and `queues`; every method throws SQLite's errors. */
export class OutgoingTable {
  readonly #statements;
  readonly #damage: DamageSink;
  readonly #writer = new ByteWriter();

  /** @param isThere false for a file of an older version that is opened for reading alone */
  constructor(db: Sqlite, damage: DamageSink, isThere = true) {
    this.#damage = damage;
    this.#statements = isThere ? statementsOf(db) : undefined;
  }

  /** @returns how many samples and ends the row has */
  append(at: Millis, samples: OutgoingSamples): number {
    this.#writer.clear();
    writeOutgoingRow(samples, at, this.#writer);
    const count = countOf(samples);
    const total = this.#total + count;
    this.#statements?.insert.run(at, count, total, withChecksum(keyOf(at), this.#writer.bytes));
    return count;
  }

  /** Some rows after one and up to another, oldest first. */
  between(after: number, upTo: number, limit: number): OutgoingRow[] {
    const rows = this.#statements?.between.all(after, upTo, limit) ?? [];
    return rows.map(({ samples, ...key }) => ({ ...key, samples: this.#decode(key, samples) }));
  }

  /** The oldest rows. */
  oldest(limit: number): OutgoingKey[] {
    return this.#statements?.oldest.all(limit) ?? [];
  }

  /** The number of the newest row there has ever been; 0 without any. */
  get lastId(): number {
    return this.#statements?.lastId.get() ?? 0;
  }

  /** The time of the newest row; undefined without rows. */
  get newest(): Millis | undefined {
    return this.#statements?.newest.get()?.at;
  }

  /** Samples and ends up to the newest row, from a beginning that is the same for all rows. */
  get #total(): number {
    return this.#statements?.newest.get()?.total ?? 0;
  }

  /** Samples and ends after a row; found without reading the rows, which may be many. */
  countAfter(id: number): number {
    const before = this.#statements?.before.get(id);
    return before === undefined ? 0 : this.#total - before;
  }

  /** Forgets rows up to one. */
  trim(upTo: number): void {
    this.#statements?.trim.run(upTo);
  }

  /** Forgets rows after one that are of a moment or later. */
  deleteFrom(at: Millis, after: number): void {
    this.#statements?.deleteFrom.run(at, after);
  }

  positions(): QueuePosition[] {
    return this.#statements?.positions.all() ?? [];
  }

  setPosition({ name, sent, reading, split, newest }: QueuePosition): void {
    this.#statements?.setPosition.run(name, sent, reading, split, newest);
  }

  removePosition(name: string): void {
    this.#statements?.removePosition.run(name);
  }

  #decode({ id, at }: OutgoingKey, stored: Buffer): OutgoingSamples | undefined {
    try {
      const bytes = verified(keyOf(at), stored);
      if (bytes) return readOutgoingRow(bytes, at);
    } catch {
      // It is damaged.
    }
    this.#damage.skip({
      table: 'outgoing',
      row: `scrape of ${timeText(at)}`,
      remove: () => this.#statements?.remove.run(id).changes ?? 0,
    });
    return undefined;
  }
}

function statementsOf(db: Sqlite) {
  return {
    insert: db.prepare<[number, number, number, Buffer]>(
      'INSERT INTO outgoing (at, count, total, samples) VALUES (?, ?, ?, ?)',
    ),
    between: db.prepare<[number, number, number], StoredRow>(
      'SELECT id, at, count, samples FROM outgoing WHERE id > ? AND id <= ? ORDER BY id LIMIT ?',
    ),
    oldest: db.prepare<[number], OutgoingKey>('SELECT id, at, count FROM outgoing ORDER BY id LIMIT ?'),
    lastId: db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'outgoing'").pluck(),
    newest: db.prepare<[], { at: Millis; total: number }>(
      'SELECT at, total FROM outgoing ORDER BY id DESC LIMIT 1',
    ),
    before: db
      .prepare<[number], number>('SELECT total - count FROM outgoing WHERE id > ? ORDER BY id LIMIT 1')
      .pluck(),
    trim: db.prepare<[number]>('DELETE FROM outgoing WHERE id <= ?'),
    remove: db.prepare<[number]>('DELETE FROM outgoing WHERE id = ?'),
    deleteFrom: db.prepare<[number, number]>('DELETE FROM outgoing WHERE at >= ? AND id > ?'),
    positions: db.prepare<[], QueuePosition>('SELECT name, sent, reading, split, newest FROM queues'),
    setPosition: db.prepare<[string, number, number, string, number]>(
      'INSERT OR REPLACE INTO queues (name, sent, reading, split, newest) VALUES (?, ?, ?, ?, ?)',
    ),
    removePosition: db.prepare<[string]>('DELETE FROM queues WHERE name = ?'),
  };
}

const keyOf = (at: Millis): string => `outgoing ${at}`;
