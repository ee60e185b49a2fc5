// What survives a restart. Comes in: a scan's snapshot; goes out: pages of them, and how the store itself is doing.
// Called by app.ts; a store that fails never takes the monitor with it: what could not be written waits in memory.

import { type Clock, type Millis, systemClock } from '../model/time.js';
import { isCorrupt, openDatabase, type Sqlite, setAside, sizeOnDisk } from './database.js';
import { type ScanQuery, ScanTable, type StoredScan, scansMigration } from './scans.js';

/** Scans kept in memory while the disk is full; the oldest go first. */
const MAX_PENDING = 2000;
/** A store that could not be opened is tried again after this long. */
const RETRY: Millis = 30_000;
const PRUNE_BITE = 500;
const MIGRATIONS = [scansMigration];

export interface StoreOptions {
  /** The database's path; `:memory:` keeps nothing. */
  readonly file: string;
  /** How long scans are kept. */
  readonly retention: Millis;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>) => void;
  readonly clock?: Clock;
}

interface Opened {
  readonly db: Sqlite;
  readonly scans: ScanTable;
  count: number;
}

/** Opened by the constructor, closed by {@link close}. No method throws for a disk's sake. */
export class Store {
  readonly #options: StoreOptions;
  readonly #clock: Clock;
  /** Not written yet, oldest first. */
  readonly #pending: StoredScan[] = [];
  #opened: Opened | undefined;
  #problem: string | undefined;
  #errors = 0;
  #retryAt: Millis = 0;
  #closed = false;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#open();
  }

  /** What is wrong, in words; undefined while all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Failed operations since the start. */
  get errors(): number {
    return this.#errors;
  }

  /** Scans waiting in memory. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Bytes on disk. */
  get size(): number {
    return this.#options.file === ':memory:' ? 0 : sizeOnDisk(this.#options.file);
  }

  /** Scans kept, those waiting included. */
  get count(): number {
    return (this.#opened?.count ?? 0) + this.#pending.length;
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
    const kept =
      this.#guard(({ scans }) => scans.select({ after, before, limit: limit - waiting.length })) ?? [];
    return [...waiting, ...kept];
  }

  /** Deletes what is older than the retention, a bite at a time so that nobody waits for it. */
  async prune(): Promise<void> {
    const before = this.#clock.now() - this.#options.retention;
    for (;;) {
      const gone = this.#guard(opened => {
        const deleted = opened.scans.prune(before, PRUNE_BITE);
        opened.count -= deleted;
        return deleted;
      });
      if (gone === undefined || gone < PRUNE_BITE || this.#closed) return;
      await new Promise(resolve => setImmediate(resolve));
    }
  }

  /** Writes what waits and closes the file. */
  close(): void {
    this.#flush();
    this.#closed = true;
    if (this.#pending.length > 0) {
      this.#options.log('error', 'Scans could not be written and are lost', { scans: this.#pending.length });
    }
    this.#opened?.db.close();
    this.#opened = undefined;
  }

  #open(): void {
    const { file, log } = this.#options;
    try {
      this.#take(openDatabase(file, MIGRATIONS));
    } catch (error) {
      if (!isCorrupt(error)) {
        this.#failed(error);
        return;
      }
      this.#replace(error);
    }
    if (this.#opened) log('info', 'Store opened', { file, scans: this.#opened.count });
  }

  #take(db: Sqlite): void {
    try {
      const scans = new ScanTable(db);
      this.#opened = { db, scans, count: scans.count() };
      this.#retryAt = 0;
    } catch (error) {
      // Its side files go with the handle, not with the file that is about to be moved.
      db.close();
      throw error;
    }
  }

  /** A broken file goes aside, never away; a new one takes its place. */
  #replace(error: unknown): void {
    const { file, log } = this.#options;
    this.#opened?.db.close();
    this.#opened = undefined;
    this.#errors++;
    try {
      const aside = setAside(file, new Date(this.#clock.now()));
      log('error', 'The store is corrupt; it was set aside and a new one begun', {
        file,
        aside,
        err: (error as Error).message,
      });
      this.#take(openDatabase(file, MIGRATIONS));
    } catch (again) {
      this.#failed(again);
    }
  }

  #flush(): void {
    while (this.#pending.length > 0) {
      const scan = this.#pending[0] as StoredScan;
      const written = this.#guard(opened => {
        opened.scans.append(scan);
        opened.count++;
        return true;
      });
      if (!written) return;
      this.#pending.shift();
    }
    this.#well();
  }

  /** Does something with the database; undefined when that failed. */
  #guard<T>(action: (opened: Opened) => T): T | undefined {
    if (this.#closed) return undefined;
    if (!this.#opened && this.#clock.elapsed() >= this.#retryAt) this.#open();
    if (!this.#opened) return undefined;
    try {
      return action(this.#opened);
    } catch (error) {
      if (isCorrupt(error)) this.#replace(error);
      else this.#failed(error);
      return undefined;
    }
  }

  #failed(error: unknown): void {
    const { file, log } = this.#options;
    this.#errors++;
    this.#retryAt = this.#clock.elapsed() + RETRY;
    const message = (error as Error).message.split('\n')[0] as string;
    if (this.#problem === message) return;
    this.#problem = message;
    log('error', 'The store cannot be written; scans are kept in memory meanwhile', { file, err: message });
  }

  #well(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    this.#options.log('info', 'The store can be written again', { file: this.#options.file });
  }
}
