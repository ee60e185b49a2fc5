// Scrapes as they came, one row each, until their samples are in chunks. Read when the store is opened.

import { deflateSync, inflateSync } from 'node:zlib';
import type { Millis } from '../../model/time.js';
import { type DamageSink, timeText, verified, withChecksum } from '../../store/damage.js';
import type { Sqlite } from '../../store/database.js';
import { ByteReader, ByteWriter } from '../codec/bytes.js';

/** One scrape's samples: value i is that of series `ids[i]`. */
export interface LoggedScrape {
  readonly at: Millis;
  readonly ids: Float64Array;
  readonly values: Float64Array;
}

/** Calls back for every sample of a scrape, in the same order each time: a series' id and the value. */
type EachSample = (sample: (id: number, value: number) => void) => void;

/** Rows of the table `log`; every method throws SQLite's errors. */
export class LogTable {
  readonly #insert;
  readonly #all;
  readonly #trim;
  readonly #forget;
  readonly #remove;
  readonly #damage: DamageSink;
  /** Kept from row to row: it is long, and comes and goes with every scrape. */
  readonly #writer = new ByteWriter();

  constructor(db: Sqlite, damage: DamageSink) {
    this.#damage = damage;
    this.#remove = db.prepare<[number]>('DELETE FROM log WHERE at = ?');
    this.#insert = db.prepare<[number, Buffer]>('INSERT OR REPLACE INTO log (at, samples) VALUES (?, ?)');
    this.#all = db.prepare<[], { at: number; samples: Buffer }>('SELECT at, samples FROM log ORDER BY at');
    this.#forget = db.prepare<[number]>('DELETE FROM log WHERE at >= ?');
    this.#trim = db.prepare<[number]>('DELETE FROM log WHERE at <= ?');
  }

  append(at: Millis, samples: EachSample): void {
    this.#writer.clear();
    encode(samples, this.#writer);
    // Light deflation: it is for half an hour, but a scrape of a thousand services is long.
    this.#insert.run(at, withChecksum(keyOf(at), deflateSync(this.#writer.bytes, { level: 1 })));
  }

  /** Oldest first; those that are damaged are left out for good once all have been given. */
  *all(): Generator<LoggedScrape> {
    const damaged: Millis[] = [];
    for (const { at, samples } of this.#all.iterate()) {
      const scrape = decode(at, samples);
      if (scrape) yield { at, ...scrape };
      else damaged.push(at);
    }
    for (const at of damaged)
      this.#damage.skip({
        table: 'log',
        row: `scrape of ${timeText(at)}`,
        remove: () => this.#remove.run(at).changes,
      });
  }

  /** Forgets scrapes from a moment on. */
  deleteFrom(at: Millis): void {
    this.#forget.run(at);
  }

  /** Forgets scrapes up to a moment. */
  trim(until: Millis): void {
    this.#trim.run(until);
  }
}

function encode(samples: EachSample, out: ByteWriter): void {
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

const keyOf = (at: Millis): string => `scrape ${at}`;

/** Undefined when the row is damaged. */
function decode(at: Millis, samples: Buffer): { ids: Float64Array; values: Float64Array } | undefined {
  try {
    const deflated = verified(keyOf(at), samples);
    return deflated && read(inflateSync(deflated));
  } catch {
    return undefined;
  }
}

function read(bytes: Buffer): { ids: Float64Array; values: Float64Array } {
  const input = new ByteReader(bytes);
  const ids = new Float64Array(input.varint());
  let expected = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = expected + input.signed();
    ids[i] = id;
    expected = id + 1;
  }
  return { ids, values: new Float64Array(input.bytes(ids.length * 8).slice().buffer) };
}
