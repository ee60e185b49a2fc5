// Scrapes as they came, one row each, until their samples are in chunks. Read when the store is opened.

import { deflateSync, inflateSync } from 'node:zlib';
import type { Millis } from '../../model/time.js';
import { type DamageSink, timeText, verified, withChecksum } from '../../store/damage.js';
import type { Sqlite } from '../../store/database.js';
import { ByteReader, ByteWriter } from '../codec/bytes.js';

/** A sample with a time of its own. */
interface LoggedSample {
  readonly id: number;
  readonly at: Millis;
  readonly value: number;
}

interface LoggedSamples {
  readonly ids: Float64Array;
  readonly values: Float64Array;
  /** Samples with times of their own. */
  readonly timed: readonly LoggedSample[];
}

/** One scrape's samples: value i is that of series `ids[i]`. */
export interface LoggedScrape extends LoggedSamples {
  /** The row's number, ascending in the order the scrapes came; 0 for the monitor's own. */
  readonly id: number;
  /** The stream's number; 0: the monitor's own. */
  readonly stream: number;
  readonly at: Millis;
}

/** A scrape to be logged. */
interface ScrapeToLog {
  readonly stream: number;
  readonly at: Millis;
  /** Calls back for every sample, in the same order each time: a series' id and the value. */
  readonly samples: (sample: (id: number, value: number) => void) => void;
  readonly timed: readonly LoggedSample[];
}

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
  append({ stream, at, samples, timed }: ScrapeToLog): number {
    this.#writer.clear();
    encode(samples, this.#writer);
    if (timed.length > 0) encodeTimed(timed, at, this.#writer);
    // Light deflation: it is for half an hour, but a scrape of a thousand services is long.
    const row = withChecksum(keyOf({ stream, at }), deflateSync(this.#writer.bytes, { level: 1 }));
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

function encode(samples: ScrapeToLog['samples'], out: ByteWriter): void {
  let count = 0;
  samples(() => count++);
  out.varint(count);
  let expected = 0;
  samples(id => {
    out.signed(id - expected);
    expected = id + 1;
  });
  samples((_, value) => out.float64(value));
}

function encodeTimed(timed: readonly LoggedSample[], scrapedAt: Millis, out: ByteWriter): void {
  out.varint(timed.length);
  let expected = 0;
  for (const { id, at } of timed) {
    out.signed(id - expected);
    out.signed(at - scrapedAt);
    expected = id + 1;
  }
  for (const { value } of timed) out.float64(value);
}

const keyOf = ({ stream, at }: Pick<LogKey, 'stream' | 'at'>): string =>
  stream === OWN ? `scrape ${at}` : `scrape ${at} of stream ${stream}`;

/** Undefined when the row is damaged. */
function decode(key: LogKey, samples: Buffer | undefined): LoggedSamples | undefined {
  try {
    const deflated = samples && verified(keyOf(key), samples);
    return deflated && read(inflateSync(deflated), key.at);
  } catch {
    return undefined;
  }
}

function read(bytes: Buffer, scrapedAt: Millis): LoggedSamples {
  const input = new ByteReader(bytes);
  const ids = new Float64Array(input.varint());
  let expected = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = expected + input.signed();
    ids[i] = id;
    expected = id + 1;
  }
  const values = new Float64Array(input.bytes(ids.length * 8).slice().buffer);
  return { ids, values, timed: input.left > 0 ? readTimed(input, scrapedAt) : [] };
}

function readTimed(input: ByteReader, scrapedAt: Millis): LoggedSample[] {
  const keys: Pick<LoggedSample, 'id' | 'at'>[] = [];
  const count = input.varint();
  let expected = 0;
  for (let i = 0; i < count; i++) {
    const id = expected + input.signed();
    keys.push({ id, at: scrapedAt + input.signed() });
    expected = id + 1;
  }
  return keys.map(key => ({ ...key, value: input.float64() }));
}
