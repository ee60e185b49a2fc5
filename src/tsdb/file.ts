// The samples' database file: opens it, and gives what is in its tables.

import { statSync } from 'node:fs';
import type { Millis } from '../model/time.js';
import { type DamageSink, silentDamage } from '../store/damage.js';
import { leaveReadable, openDatabase, openToRead, type Sqlite, sizeOnDisk } from '../store/database.js';
import { rescueRows } from '../store/rescue.js';
import type { ByteCache } from './chunks/cache.js';
import { ChunkTable } from './chunks/chunk-table.js';
import type { Run } from './chunks/run.js';
import { TimestampsTable } from './chunks/timestamps-table.js';
import { LogTable } from './head/log-table.js';
import { StreamsTable } from './head/streams-table.js';
import { SeriesTable } from './index/series-table.js';
import { OutgoingTable } from './outgoing/outgoing-table.js';
import {
  LARGE_CHUNK,
  OLDEST_READABLE,
  PAGE_SIZE,
  SAMPLES_MIGRATIONS,
  WITH_BUNDLES,
  WITH_OUTGOING,
  WITH_STREAMS,
} from './schema.js';

/** Pages the journal may have before they are copied into the file: it keeps that size, beside samples of some megabytes. */
const JOURNAL_PAGES = 32;

/** An open file. The caller must close it; every method throws SQLite's errors. */
export class SampleFile {
  readonly series: SeriesTable;
  readonly streams: StreamsTable;
  readonly log: LogTable;
  readonly outgoing: OutgoingTable;
  readonly axes: TimestampsTable;
  readonly chunks: ChunkTable;
  readonly #db: Sqlite;
  readonly #path: string;
  /** What changes when others write. */
  readonly #version: () => number | string;
  readonly #bounds;
  #seenVersion: number | string;
  #isReading = false;

  /**
   * @param isReadOnly nothing is written: damaged rows are left out and stay where they are
   * @throws SQLite's or the file system's error.
   */
  constructor(
    path: string,
    cache: ByteCache,
    damage: DamageSink = silentDamage(),
    isReadOnly: boolean = false,
  ) {
    this.#path = path;
    const db = isReadOnly
      ? openToRead(path, SAMPLES_MIGRATIONS, OLDEST_READABLE)
      : openDatabase(path, SAMPLES_MIGRATIONS, PAGE_SIZE);
    try {
      if (!isReadOnly) {
        db.pragma(`wal_autocheckpoint = ${JOURNAL_PAGES}`);
        db.pragma(`journal_size_limit = ${JOURNAL_PAGES * PAGE_SIZE}`);
      }
      const sink = isReadOnly ? withoutReports(damage) : damage;
      const version = db.pragma('user_version') as number;
      const hasStreams = version >= WITH_STREAMS;
      const hasBundles = version >= WITH_BUNDLES;
      this.series = new SeriesTable(db, sink, hasBundles);
      this.streams = new StreamsTable(db, hasStreams);
      this.log = new LogTable(db, sink, hasStreams);
      this.outgoing = new OutgoingTable(db, sink, version >= WITH_OUTGOING);
      this.axes = new TimestampsTable(db, hasBundles);
      const nameOf = (id: number) => this.series.nameOf(id);
      this.chunks = new ChunkTable(db, this.axes, cache, {
        large: LARGE_CHUNK,
        isReadOnly,
        hasBundles,
        nameOf,
      });
      const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck();
      // Where the journal's index cannot be written SQLite makes one for each question, and takes that for a change.
      this.#version = isReadOnly ? () => stampsOf(path) : () => dataVersion.get() as number;
      this.#bounds = { begin: db.prepare<[]>('BEGIN'), commit: db.prepare<[]>('COMMIT') };
      this.#seenVersion = this.#version();
    } catch (error) {
      db.close();
      throw error;
    }
    this.#db = db;
  }

  /** A transaction: all of it or nothing, without other writers. */
  transaction<T>(action: () => T): T {
    this.chunks.forgetRuns();
    try {
      return this.#db.transaction(action).immediate();
    } catch (error) {
      this.axes.clearLatest();
      this.chunks.forgetOpened();
      this.series.rolledBack();
      throw error;
    }
  }

  /**
   * Reads all of an action from one state of the file, from the first chunk on: each by itself takes three times
   * as long.
   */
  reading<T>(action: () => T): T {
    if (this.#db.inTransaction || this.#isReading) return action();
    this.#isReading = true;
    try {
      return action();
    } finally {
      this.#isReading = false;
      if (this.#db.inTransaction) this.#bounds.commit.run();
    }
  }

  /** Holds the file as it is until the end of what is {@link reading}. Most windows are in memory, and do not need it. */
  #hold(): void {
    if (this.#isReading && !this.#db.inTransaction) this.#bounds.begin.run();
  }

  /**
   * A series' samples of its chunks with a part in `from <= t <= to`, and perhaps more, oldest first. Within {@link reading} they are
   * kept until something is written, or another connection was found to have written. @throws DamagedRow
   */
  runs(series: number, from: Millis, to: Millis): readonly Run[] {
    const kept = this.chunks.keptRuns(series, from, to);
    if (kept) return kept;
    this.#hold();
    return this.#isReading
      ? this.chunks.keepRuns(series, from, to)
      : this.chunks.readAll(this.chunks.within(series, from, to));
  }

  /** Whether another connection has written since the last call. */
  wasChanged(): boolean {
    const version = this.#version();
    const changed = version !== this.#seenVersion;
    if (changed) this.chunks.forgetRuns();
    this.#seenVersion = version;
    return changed;
  }

  /** Bytes of the file and its journal. */
  get size(): number {
    return this.#path === ':memory:' ? this.used : sizeOnDisk(this.#path);
  }

  /** Bytes that hold something. */
  get used(): number {
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * PAGE_SIZE;
  }

  #pragma(name: string): number {
    return this.#db.pragma(name) as number;
  }

  /** How long a write waits for another connection's. */
  set patience(wait: Millis) {
    this.#db.pragma(`busy_timeout = ${wait}`);
  }

  /** Gives empty pages back, some at a time. @returns whether there are more. */
  shrink(pages: number): boolean {
    // Executed, not prepared: it frees a page per step, and a statement without columns is stepped once.
    const before = this.#pragma('freelist_count');
    if (before === 0) return false;
    this.#db.exec(`PRAGMA incremental_vacuum(${pages})`);
    const left = this.#pragma('freelist_count');
    // A file that was not made for it keeps them.
    return left > 0 && left < before;
  }

  /** Copies the journal into the file and empties it, unless a connection reads. */
  checkpoint(): void {
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
  }

  /** For a file that is removed after the process, whatever happens: its pages need not be on disk at any moment, nor be rolled back. */
  beTemporary(): void {
    this.#db.pragma('synchronous = OFF');
    this.#db.pragma('journal_mode = OFF');
  }

  /** To be called before {@link close} where the file may be read without being written next. */
  leaveReadable(): void {
    leaveReadable(this.#db);
  }

  close(): void {
    this.#db.close();
  }
}

/** Sizes and times of a database's files. */
function stampsOf(path: string): string {
  return [path, `${path}-wal`]
    .map(file => statSync(file, { throwIfNoEntry: false }))
    .map(stats => `${stats?.size} ${stats?.mtimeMs}`)
    .join();
}

/** Counts and names damaged rows that cannot be removed. */
function withoutReports(damage: DamageSink): DamageSink {
  return { skip: damaged => damage.skip({ ...damaged, remove: () => 1 }) };
}

/** Puts what can be read of `aside` into a new file. @returns the rows saved @throws SQLite's or the file system's error */
export function rescueSamples(path: string, aside: string): number {
  const db = openDatabase(path, SAMPLES_MIGRATIONS, PAGE_SIZE);
  try {
    const rows = rescueRows(aside, db);
    neverAgain(db);
    return rows;
  } finally {
    db.close();
  }
}

/** Ids that something has, or had before its labels were lost, are no further series'. */
function neverAgain(db: Sqlite): void {
  const largest = db
    .prepare<[], number>(
      `SELECT max(
         ifnull((SELECT max(id) FROM series), 0), ifnull((SELECT max(last) FROM label_blocks), 0),
         ifnull((SELECT max(series) FROM chunks), 0), ifnull((SELECT max(base) + 31 FROM bundles), 0))`,
    )
    .pluck()
    .get();
  db.exec("DELETE FROM sqlite_sequence WHERE name = 'series'");
  db.prepare<[number]>("INSERT INTO sqlite_sequence (name, seq) VALUES ('series', ?)").run(largest as number);
}
