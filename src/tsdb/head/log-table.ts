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
  readonly stream: number;
  readonly at: Millis;
}

const OWN = 0;

/** Rows of the tables `log` and `stream_log`; every method throws SQLite's errors. */
export class LogTable {
  readonly #own: Statements;
  readonly #streams: Statements;
  readonly #keys;
  readonly #damage: DamageSink;
  /** Kept from row to row: it is long, and comes and goes with every scrape. */
  readonly #writer = new ByteWriter();

  /** @param hasStreams false for a file of an older version that is opened for reading alone */
  constructor(db: Sqlite, damage: DamageSink, hasStreams = true) {
    this.#damage = damage;
    const row = 'SELECT column2, column3 FROM (VALUES (?, ?, ?))';
    this.#own = new Statements(db, 'log', `${OWN} = ?`, `(at, samples) ${row}`);
    this.#streams = hasStreams
      ? new Statements(db, 'stream_log', 'stream = ?', '(stream, at, samples) VALUES (?, ?, ?)')
      : this.#own;
    const streams = hasStreams ? 'UNION ALL SELECT stream, at FROM stream_log' : '';
    this.#keys = db.prepare<[], LogKey>(
      `SELECT ${OWN} AS stream, at FROM log ${streams} ORDER BY at, stream`,
    );
  }

  #table(stream: number): Statements {
    return stream === OWN ? this.#own : this.#streams;
  }

  append({ stream, at, samples, timed }: ScrapeToLog): void {
    this.#writer.clear();
    encode(samples, this.#writer);
    if (timed.length > 0) encodeTimed(timed, at, this.#writer);
    // Light deflation: it is for half an hour, but a scrape of a thousand services is long.
    const deflated = deflateSync(this.#writer.bytes, { level: 1 });
    this.#table(stream).insert(stream, at, withChecksum(keyOf({ stream, at }), deflated));
  }

  /** Oldest first, whatever their streams; those that are damaged are left out for good once all have been given. */
  *all(): Generator<LoggedScrape> {
    const damaged: LogKey[] = [];
    for (const key of this.#keys.all()) {
      const scrape = decode(key, this.#table(key.stream).get(key.stream, key.at));
      if (scrape) yield { ...key, ...scrape };
      else damaged.push(key);
    }
    for (const { stream, at } of damaged)
      this.#damage.skip({
        table: stream === OWN ? 'log' : 'stream_log',
        row: `scrape of ${timeText(at)}`,
        remove: () => this.#table(stream).remove(stream, at),
      });
  }

  /** Forgets the scrapes of all streams from a moment on. */
  deleteFrom(at: Millis): void {
    for (const table of new Set([this.#own, this.#streams])) table.deleteFrom(at);
  }

  /** Forgets a stream's scrapes up to a moment. */
  trim(stream: number, until: Millis): void {
    this.#table(stream).trim(stream, until);
  }
}

/** What is asked of one of the two tables; that of the monitor's own scrapes has no column for the stream. */
class Statements {
  readonly #insert;
  readonly #get;
  readonly #remove;
  readonly #trim;
  readonly #deleteFrom;

  constructor(db: Sqlite, table: string, ofStream: string, row: string) {
    this.#insert = db.prepare<[number, number, Buffer]>(`INSERT OR REPLACE INTO ${table} ${row}`);
    this.#get = db
      .prepare<[number, number], Buffer>(`SELECT samples FROM ${table} WHERE ${ofStream} AND at = ?`)
      .pluck();
    this.#remove = db.prepare<[number, number]>(`DELETE FROM ${table} WHERE ${ofStream} AND at = ?`);
    this.#trim = db.prepare<[number, number]>(`DELETE FROM ${table} WHERE ${ofStream} AND at <= ?`);
    this.#deleteFrom = db.prepare<[number]>(`DELETE FROM ${table} WHERE at >= ?`);
  }

  insert(stream: number, at: Millis, samples: Buffer): void {
    this.#insert.run(stream, at, samples);
  }

  get(stream: number, at: Millis): Buffer | undefined {
    return this.#get.get(stream, at);
  }

  /** @returns how many rows there were */
  remove(stream: number, at: Millis): number {
    return this.#remove.run(stream, at).changes;
  }

  trim(stream: number, until: Millis): void {
    this.#trim.run(stream, until);
  }

  deleteFrom(at: Millis): void {
    this.#deleteFrom.run(at);
  }
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

const keyOf = ({ stream, at }: LogKey): string =>
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
