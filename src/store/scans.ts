// Every scan's snapshot of the cluster, as the document's `/history` shows it. Rows are deflated JSON
// with zlib's checksum, because SQLite has none and a flipped bit must not come out as an answer.

import { promisify } from 'node:util';
import { deflate, deflateSync, inflateSync } from 'node:zlib';
import type { Millis } from '../model/time.js';
import { type DamageSink, timeText, verified, withChecksum } from './damage.js';
import type { Sqlite } from './database.js';

export interface StoredScan {
  /** Wall clock, with a fraction: what `before` and `after` compare with. */
  readonly at: Millis;
  /** The entry as JSON text. */
  readonly entry: string;
  /** The same as it is stored, where that was made before: {@link deflatedScan}. */
  readonly deflated?: Buffer;
}

const LEVEL = 4;
/**
 * zlib clears 256 KiB of tables for each entry, which takes as long as compressing that of a small cluster. With a quarter of them it
 * finds the same repetitions in entries up to this many characters.
 */
const SMALL = 8 * 1024;
const SMALL_TABLES = { level: LEVEL, windowBits: 14, memLevel: 7 };
/** Characters of an entry that takes this thread too long: ten thousand services are 3 MB, a tenth of a second. */
const LARGE = 256 * 1024;
const deflateElsewhere = promisify<string, { level: number }, Buffer>(deflate);

/** Makes a large scan ready to be stored, in another thread. */
export async function deflatedScan({ at, entry }: StoredScan): Promise<StoredScan> {
  if (entry.length < LARGE) return { at, entry };
  return { at, entry, deflated: await deflateElsewhere(entry, { level: LEVEL }) };
}

function deflateEntry(entry: string): Buffer {
  return deflateSync(entry, entry.length <= SMALL ? SMALL_TABLES : { level: LEVEL });
}

/** Which scans are asked for: strictly between two moments. */
export interface ScanQuery {
  readonly after?: Millis | undefined;
  readonly before?: Millis | undefined;
  readonly limit: number;
}

/** The table. */
export const scansMigration = `
  CREATE TABLE scans (id INTEGER PRIMARY KEY, at REAL NOT NULL, entry BLOB NOT NULL);
  CREATE INDEX scans_at ON scans (at);
`;

/** Rows of the table; every method throws SQLite's errors. */
export class ScanTable {
  readonly #insert;
  readonly #select;
  readonly #count;
  readonly #prune;
  readonly #remove;
  readonly #newest;
  readonly #forget;
  readonly #vacuum;
  readonly #damage: DamageSink;

  constructor(db: Sqlite, damage: DamageSink) {
    this.#damage = damage;
    this.#insert = db.prepare<[number, Buffer]>('INSERT INTO scans (at, entry) VALUES (?, ?)');
    this.#select = db.prepare<[number, number, number], ScanRow>(
      'SELECT id, at, entry FROM scans WHERE at > ? AND at < ? ORDER BY at DESC LIMIT ?',
    );
    this.#count = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM scans');
    this.#prune = db.prepare<[number, number]>(
      'DELETE FROM scans WHERE id IN (SELECT id FROM scans WHERE at < ? ORDER BY at LIMIT ?)',
    );
    this.#newest = db.prepare<[], number | null>('SELECT max(at) FROM scans').pluck();
    this.#forget = db.prepare<[number]>('DELETE FROM scans WHERE at > ?');
    this.#remove = db.prepare<[number]>('DELETE FROM scans WHERE id = ?');
    // Executed, not prepared: it frees a page per step, and a statement without columns is stepped once.
    this.#vacuum = () => db.exec('PRAGMA incremental_vacuum(500)');
  }

  append({ at, entry, deflated = deflateEntry(entry) }: StoredScan): void {
    this.#insert.run(at, withChecksum(keyOf(at), deflated));
  }

  /** Newest first; damaged ones are left out for good. */
  select({ after, before, limit }: ScanQuery): StoredScan[] {
    const { NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number;
    return this.#select.all(after ?? NEGATIVE_INFINITY, before ?? POSITIVE_INFINITY, limit).flatMap(row => {
      const entry = entryOf(row);
      if (entry !== undefined) return { at: row.at, entry };
      this.#damage.skip({
        table: 'scans',
        row: `scan of ${timeText(row.at)}`,
        remove: () => this.#remove.run(row.id).changes,
      });
      return [];
    });
  }

  /** When the newest scan was; undefined without any. */
  newest(): Millis | undefined {
    return this.#newest.get() ?? undefined;
  }

  /** Deletes the scans after a moment. @returns how many */
  deleteAfter(at: Millis): number {
    return this.#forget.run(at).changes;
  }

  count(): number {
    return this.#count.get()?.n ?? 0;
  }

  /** Deletes up to `batch` of the oldest rows before a moment and gives their space back. @returns how many. */
  prune(before: Millis, batch: number): number {
    const { changes } = this.#prune.run(before, batch);
    if (changes > 0) this.#vacuum();
    return changes;
  }
}

interface ScanRow {
  readonly id: number;
  readonly at: Millis;
  readonly entry: Buffer;
}

const keyOf = (at: Millis): string => `scan ${at}`;

/** The entry's text; undefined when the row is damaged. */
function entryOf({ at, entry }: ScanRow): string | undefined {
  try {
    const deflated = verified(keyOf(at), entry);
    return deflated && inflateSync(deflated).toString();
  } catch {
    return undefined;
  }
}
