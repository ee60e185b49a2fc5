// What survives a restart. Comes in: a scan's snapshot, states and history entries of alerts; goes out: pages of them, and how
// the store itself is doing.

import { type Clock, type Millis, systemClock } from '../model/time.js';
import { AlertHistoryStore, EpisodeTable, episodesMigration } from './alert-history.js';
import { type DamageSink, PASSED_OVER, timeText } from './damage.js';
import { leaveReadable, openDatabase, openToRead, type Sqlite, sizeOnDisk } from './database.js';
import { changedDaysMigration, DayStore, DayTable, daysMigration } from './days.js';
import { HourStore, HourTable, hoursMigration } from './hours.js';
import type { StoreLog } from './log.js';
import { rescueRows } from './rescue.js';
import { ResilientDatabase } from './resilient-database.js';
import { type ScanQuery, ScanTable, type StoredScan, scansMigration } from './scans.js';
import { StateStore, StateTable, stateMigration, unindexedStatesMigration } from './state-table.js';

/** Scans kept in memory while the disk is full; the oldest go first. */
const MAX_PENDING = 2000;
const PRUNE_BATCH = 500;
/** A clock that goes back further than this was set; less is a correction. */
const SET_BACK: Millis = 60_000;
/**
 * The steps that bring a file up to date; their number is its version. The fourth makes no tables: rows have checksums of
 * another kind since, which older versions cannot read.
 */
export const STORE_MIGRATIONS: readonly string[] = [
  scansMigration,
  stateMigration,
  episodesMigration,
  '-- checksums of whole rows',
  daysMigration,
  hoursMigration,
  changedDaysMigration,
  unindexedStatesMigration,
];
/** From this version on all tables are there that are not made when they are needed. */
const OLDEST_READABLE = 3;

interface StoreOptions {
  /** The database's path; `:memory:` keeps nothing. */
  readonly file: string;
  /** How long scans are kept. */
  readonly retention: Millis;
  readonly log: StoreLog;
  readonly clock?: Clock;
  /** Why the file must not be touched at the moment, one line. */
  readonly obstacle?: () => string | undefined;
}

interface Opened {
  readonly db: Sqlite;
  readonly scans: ScanTable;
  readonly states: StateTable;
  readonly episodes: EpisodeTable;
  readonly days: DayTable;
  readonly hours: HourTable;
  count: number;
  /** When the newest scan was, or one that is no longer kept. */
  newest: Millis;
}

/** Opened by the constructor, closed by {@link close}. No method throws for a disk's sake. */
export class Store {
  readonly #options: StoreOptions;
  readonly #clock: Clock;
  /** Not written yet, oldest first. */
  readonly #pending: StoredScan[] = [];
  readonly #database: ResilientDatabase<Opened>;
  /** Small states of other rooms. */
  readonly states: StateStore;
  readonly alertHistory: AlertHistoryStore;
  /** What became of each day, for reports. */
  readonly days: DayStore;
  /** Figures of hours, for reports. */
  readonly hours: HourStore;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#database = new ResilientDatabase({
      ...options,
      open: () => this.#open(),
      openToRead: () => tablesOf(openToRead(options.file, STORE_MIGRATIONS, OLDEST_READABLE), PASSED_OVER),
      close: ({ db }) => db.close(),
      onLost: () => this.states.rewrite(),
      rescue: aside => rescueInto(options.file, aside),
      words: {
        corrupt: 'The store is corrupt; it was set aside and a new one begun',
        failing: 'The store cannot be written; scans are kept in memory meanwhile',
        well: 'The store can be written again',
      },
    });
    this.states = new StateStore(this.#database);
    this.alertHistory = new AlertHistoryStore(this.#database);
    this.days = new DayStore(this.#database);
    this.hours = new HourStore(this.#database);
    this.#database.open();
  }

  /** What is wrong, one line for people; undefined while nothing is. */
  get problem(): string | undefined {
    return this.#database.problem;
  }

  /** Rows that were found damaged and left out since the start, and when damage was found last. */
  get damage(): { readonly rows: number; readonly at: Millis | undefined } {
    return this.#database.damage;
  }

  /** Failed operations since the start. */
  get errors(): number {
    return this.#database.errors;
  }

  /** Scans, states and episodes waiting in memory. */
  get pending(): number {
    return this.#pending.length + this.states.pending + this.alertHistory.pending;
  }

  /** Bytes on disk. */
  get size(): number {
    return this.#options.file === ':memory:' ? 0 : sizeOnDisk(this.#options.file);
  }

  /** Scans kept, those waiting included. */
  get count(): number {
    return (this.#database.opened?.count ?? 0) + this.#pending.length;
  }

  /** Keeps a scan: on disk when this returns, or in memory if the disk will not have it. */
  append(scan: StoredScan): void {
    this.#pending.push(scan);
    if (this.#pending.length > MAX_PENDING) this.#pending.shift();
    this.#flush();
  }

  /** Scans newest first. */
  scans(query: ScanQuery): StoredScan[] {
    const { after = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY, limit } = query;
    const waiting = this.#pending.filter(scan => scan.at > after && scan.at < before).reverse();
    if (waiting.length >= limit) return waiting.slice(0, limit);
    const rest = { after, before, limit: limit - waiting.length };
    const stored = this.#database.tryRead(opened => this.#select(opened, rest)) ?? [];
    return [...waiting, ...stored];
  }

  #select(opened: Opened, query: ScanQuery): StoredScan[] {
    const before = this.#database.damage.rows;
    const found = opened.scans.select(query);
    if (this.#database.damage.rows > before) opened.count = opened.scans.count();
    return found;
  }

  /** Deletes what is older than the retention, a batch at a time so that other work does not wait for it. */
  async prune(): Promise<void> {
    const before = this.#clock.now() - this.#options.retention;
    for (;;) {
      const gone = this.#database.use(opened => {
        const deleted = opened.scans.prune(before, PRUNE_BATCH);
        opened.count -= deleted;
        opened.hours.prune(before);
        return Math.max(deleted, opened.episodes.prune(before, PRUNE_BATCH));
      });
      if (gone === undefined || gone < PRUNE_BATCH || this.#database.isClosed) return;
      await new Promise(resolve => setImmediate(resolve));
    }
  }

  /** Writes what waits and closes the file. */
  close(): void {
    this.#flush();
    if (this.#pending.length > 0) {
      this.#options.log('error', 'Scans could not be written and are lost', { scans: this.#pending.length });
    }
    const alerts = this.states.pending + this.alertHistory.pending;
    if (alerts > 0)
      this.#options.log('error', 'Changes of alerts could not be written and are lost', { changes: alerts });
    this.#database.use(({ db }) => leaveReadable(db));
    this.#database.close();
  }

  #open(): Opened {
    const { file, log } = this.#options;
    const db = openDatabase(file, STORE_MIGRATIONS);
    const opened = tablesOf(db, this.#database.damage);
    log('info', 'Store opened', { file, scans: opened.count });
    return opened;
  }

  /** A clock that was set back would leave scans of a time to come before all new ones. */
  #deleteFuture(opened: Opened, at: Millis): void {
    if (opened.newest <= at + SET_BACK) return;
    const newest = opened.scans.newest();
    const scans = newest !== undefined && newest > at + SET_BACK ? opened.scans.deleteAfter(at) : 0;
    opened.newest = at;
    if (newest === undefined || scans === 0) return;
    opened.count -= scans;
    const { file, log } = this.#options;
    const fields = { file, from: timeText(newest), to: timeText(at), scans };
    log('warn', 'The clock was set back; scans of the time to come are forgotten', fields);
  }

  #flush(): void {
    while (this.#pending.length > 0) {
      const scan = this.#pending[0] as StoredScan;
      const written = this.#database.use(opened => {
        this.#deleteFuture(opened, scan.at);
        opened.scans.append(scan);
        opened.newest = Math.max(opened.newest, scan.at);
        opened.count++;
        return true;
      });
      if (!written) return;
      this.#pending.shift();
    }
    if (this.states.flush() && this.alertHistory.flush()) this.#database.succeeded();
  }
}

/** @throws SQLite's error; the database is closed then */
function tablesOf(db: Sqlite, damage: DamageSink): Opened {
  try {
    const scans = new ScanTable(db, damage);
    const [states, episodes] = [new StateTable(db, damage), new EpisodeTable(db, damage)];
    const [days, hours] = [new DayTable(db, damage), new HourTable(db, damage)];
    const newest = scans.newest() ?? Number.NEGATIVE_INFINITY;
    return { db, scans, states, episodes, days, hours, count: scans.count(), newest };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** @returns the rows saved; the new file is closed again. */
function rescueInto(file: string, aside: string): number {
  const db = openDatabase(file, STORE_MIGRATIONS);
  try {
    return rescueRows(aside, db);
  } finally {
    db.close();
  }
}
