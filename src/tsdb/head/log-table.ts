// Scrapes as they came, one row each, until their samples are in chunks. Read when the store is opened.

import type { Millis } from '../../model/time.js';
import { type DamageSink, timeText, verified, withChecksum } from '../../store/damage.js';
import type { Sqlite } from '../../store/database.js';
import { ByteWriter } from '../codec/bytes.js';
import { type LoggedSamples, readLogRow, writeLogRow } from './log-row.js';

/** One scrape's samples: value i is that of series `ids[i]`. */
export interface LoggedScrape extends LoggedSamples {
  /** The row's number, ascending in the order the scrapes came; 0 for the monitor's own. */
  readonly id: number;
  /** The stream's number; 0: the monitor's own. */
  readonly stream: number;
  readonly at: Millis;
}

/** A scrape to be logged. */
type ScrapeToLog = Omit<LoggedScrape, 'id'>;

interface LogKey {
  readonly id: number;
  readonly stream: number;
  readonly at: Millis;
}

const OWN = 0;

/** Rows of the tables `log` and `stream_log`; every method throws SQLite's errors. */
export class LogTable {
  readonly #own;
  readonly #streams;
  readonly #keys;
  readonly #damage: DamageSink;
  /** Kept from row to row: it is long, and comes and goes with every scrape. */
  readonly #writer = new ByteWriter();

  /** @param hasStreams false for a file of an older version that is opened for reading alone */
  constructor(db: Sqlite, damage: DamageSink, hasStreams = true) {
    this.#damage = damage;
    this.#own = {
      insert: db.prepare<[number, Buffer]>('INSERT OR REPLACE INTO log (at, samples) VALUES (?, ?)'),
      get: db.prepare<[number], Buffer>('SELECT samples FROM log WHERE at = ?').pluck(),
      remove: db.prepare<[number]>('DELETE FROM log WHERE at = ?'),
      trim: db.prepare<[number]>('DELETE FROM log WHERE at <= ?'),
      deleteFrom: db.prepare<[number]>('DELETE FROM log WHERE at >= ?'),
    };
    this.#streams = hasStreams ? streamStatements(db) : undefined;
    const streams = hasStreams ? 'UNION ALL SELECT id, stream, at FROM stream_log' : '';
    this.#keys = db.prepare<[], LogKey>(
      `SELECT 0 AS id, ${OWN} AS stream, at FROM log ${streams} ORDER BY at, id`,
    );
  }

  /** @returns the row's number; 0 for the monitor's own */
  append({ stream, at, ...samples }: ScrapeToLog): number {
    this.#writer.clear();
    writeLogRow(samples, at, this.#writer);
    const row = withChecksum(keyOf({ stream, at }), this.#writer.bytes);
    if (stream !== OWN) return Number(this.#streams?.insert.run(stream, at, row).lastInsertRowid);
    this.#own.insert.run(at, row);
    return 0;
  }

  /** Oldest first, whatever their streams; those that are damaged are left out for good once all have been given. */
  *all(): Generator<LoggedScrape> {
    const damaged: LogKey[] = [];
    for (const key of this.#keys.all()) {
      const scrape = decode(
        key,
        key.stream === OWN ? this.#own.get.get(key.at) : this.#streams?.get.get(key.id),
      );
      if (scrape) yield { ...key, ...scrape };
      else damaged.push(key);
    }
    for (const { id, stream, at } of damaged)
      this.#damage.skip({
        table: stream === OWN ? 'log' : 'stream_log',
        row: `scrape of ${timeText(at)}`,
        remove: () =>
          (stream === OWN ? this.#own.remove.run(at) : this.#streams?.remove.run(id))?.changes ?? 0,
      });
  }

  /** Forgets the scrapes of all streams from a moment on. */
  deleteFrom(at: Millis): void {
    this.#own.deleteFrom.run(at);
    this.#streams?.deleteFrom.run(at);
  }

  /** Forgets the monitor's own scrapes up to a moment. */
  trim(until: Millis): void {
    this.#own.trim.run(until);
  }

  /** Forgets scrapes of other streams whose rows come before one. */
  trimStreams(before: number): void {
    this.#streams?.trim.run(before);
  }
}

function streamStatements(db: Sqlite) {
  return {
    insert: db.prepare<[number, number, Buffer]>(
      'INSERT INTO stream_log (stream, at, samples) VALUES (?, ?, ?)',
    ),
    get: db.prepare<[number], Buffer>('SELECT samples FROM stream_log WHERE id = ?').pluck(),
    remove: db.prepare<[number]>('DELETE FROM stream_log WHERE id = ?'),
    trim: db.prepare<[number]>('DELETE FROM stream_log WHERE id < ?'),
    deleteFrom: db.prepare<[number]>('DELETE FROM stream_log WHERE at >= ?'),
  };
}

const keyOf = ({ stream, at }: Pick<LogKey, 'stream' | 'at'>): string =>
  stream === OWN ? `scrape ${at}` : `scrape ${at} of stream ${stream}`;

/** Undefined when the row is damaged. */
function decode(key: LogKey, row: Buffer | undefined): LoggedSamples | undefined {
  try {
    const samples = row && verified(keyOf(key), row);
    return samples && readLogRow(samples, key.at);
  } catch {
    return undefined;
  }
}
