// A database file that outlives its disk's troubles: one that cannot be used is tried again, one that is corrupt goes
// aside, never away, and a new one takes its place. Comes in: how to open it, and what to do with it; goes out: what
// came of it, or undefined.

import { type Clock, type Millis, systemClock } from '../model/time.js';
import { Damage, DamagedRow } from './damage.js';
import { isCorrupt, setAside } from './database.js';
import { lostCommits } from './journal.js';
import type { StoreLog } from './log.js';
import { storageProblem } from './storage-problem.js';

/** A file that is found corrupt twice within this time has nothing more to be saved from it. */
const RESCUE_ONCE_IN: Millis = 60_000;
/** A file that could not be opened is tried again after this long. */
const RETRY: Millis = 30_000;

/** How one kind of file is used, and what is said of it. */
interface ResilientDatabaseOptions<T> {
  /** The database's path. */
  readonly file: string;
  /** Opens the file, or makes it. When it throws it must leave nothing open: side files go with the handle. */
  readonly open: () => T;
  readonly close: (opened: T) => void;
  /** Opens the file for reading alone, where nothing can be written. */
  readonly openToRead?: () => T;
  /** What is opened for reading alone stays open for {@link ResilientDatabase.read}: opening it costs much. */
  readonly keepsReading?: boolean;
  /** Why the file must not be opened at the moment, one line; asked each time. */
  readonly obstacle?: () => string | undefined;
  /** The file was set aside; called before a new one is opened. */
  readonly onLost?: () => void;
  /** Puts what can be read of a file that was set aside into a new one. @returns how many rows */
  readonly rescue?: (aside: string) => number;
  /** Whole sentences for the log. */
  readonly words: {
    readonly corrupt: string;
    readonly failing: string;
    readonly well: string;
  };
  readonly log: StoreLog;
  readonly clock?: Clock;
}

/** Opened by {@link open}, closed by {@link close}. One for each file, however many have tables in it. */
export class ResilientDatabase<T> {
  readonly #options: ResilientDatabaseOptions<T>;
  readonly #clock: Clock;
  #opened: T | undefined;
  /** Open for reading alone, because it cannot be written. */
  #readable: T | undefined;
  #hasLooked = false;
  #readAgainAt: Millis = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;
  #errors = 0;
  #retryAt: Millis = 0;
  #isClosed = false;
  #rescuedAt: Millis = Number.NEGATIVE_INFINITY;
  /** What was found damaged in the file. */
  readonly damage: Damage;

  constructor(options: ResilientDatabaseOptions<T>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.damage = new Damage(options.file, options.log, this.#clock);
  }

  /** What is open; undefined while nothing is. */
  get opened(): T | undefined {
    return this.#opened;
  }

  /** What is open, if only for reading; undefined while nothing is. */
  get readable(): T | undefined {
    return this.#opened ?? this.#readable;
  }

  /** What is wrong, one line; undefined while nothing is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Failed operations since the start. */
  get errors(): number {
    return this.#errors;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Opens the file, if it can be. */
  open(): void {
    if (!this.#isObstructed()) {
      try {
        this.#tryOpen();
      } catch (error) {
        if (isCorrupt(error)) this.#replace(error);
        else this.#failed(error);
      }
    }
    if (this.#opened === undefined) this.#openReadable();
  }

  /**
   * Does something with what is open, which is tried now and then; undefined when that failed. It is done again when the
   * file turns out to be corrupt and another has taken its place.
   */
  use<R>(action: (opened: T) => R): R | undefined {
    if (this.#isClosed) return undefined;
    if (this.#opened === undefined && this.#clock.elapsed() >= this.#retryAt) this.open();
    for (const isFirst of [true, false]) {
      const opened = this.#opened;
      if (opened === undefined) return undefined;
      try {
        return this.withRepair(() => action(opened));
      } catch (error) {
        if (!isCorrupt(error)) {
          this.#failed(error);
          return undefined;
        }
        this.#replace(error);
        if (!isFirst) return undefined;
      }
    }
    return undefined;
  }

  /**
   * Reads: as {@link use}, and where the file cannot be opened for writing from one that is opened for reading.
   * Undefined when that failed too.
   */
  tryRead<R>(action: (opened: T) => R): R | undefined {
    const found = this.use(action);
    const { openToRead, close } = this.#options;
    if (found !== undefined || this.#opened !== undefined || this.#isClosed || !openToRead) return found;
    try {
      const opened = openToRead();
      try {
        return action(opened);
      } finally {
        close(opened);
      }
    } catch {
      // Why it cannot be opened is known from the other attempt.
      return undefined;
    }
  }

  /** Does something again and again until no damaged row is in its way. @throws what it throws besides */
  withRepair<R>(action: () => R): R {
    for (;;) {
      try {
        return action();
      } catch (error) {
        if (!(error instanceof DamagedRow)) throw error;
        this.damage.skip(error.damaged);
      }
    }
  }

  /**
   * Reads what there is: `action` gets undefined when nothing is open, and is called again when the file turns out to
   * be corrupt. @throws the disk's error
   */
  read<R>(action: (opened: T | undefined) => R): R {
    try {
      return this.withRepair(() => action(this.readable));
    } catch (error) {
      if (this.#opened === undefined && this.#readable !== undefined) {
        // What is in memory can be read still.
        this.#closeReadable();
        this.#options.onLost?.();
        return this.withRepair(() => action(undefined));
      }
      if (!isCorrupt(error)) {
        this.#failed(error);
        throw error;
      }
      this.#replace(error);
      return this.withRepair(() => action(this.#opened));
    }
  }

  /** Everything that waited is written. */
  succeeded(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    const { file, words, log } = this.#options;
    log('info', words.well, { file });
  }

  /** For good. */
  close(): void {
    this.#isClosed = true;
    this.#closeDatabase();
  }

  #isObstructed(): boolean {
    const obstacle = this.#options.obstacle?.();
    if (obstacle === undefined) return false;
    if (obstacle !== this.#problem) this.#failed(new Error(obstacle));
    // It may be gone at any moment.
    this.#retryAt = 0;
    return true;
  }

  #tryOpen(): void {
    this.#lookAtJournal();
    this.#opened = this.#options.open();
    this.#retryAt = 0;
    this.#closeReadable();
  }

  /** Says what SQLite will leave out of an earlier run's journal without an error. */
  #lookAtJournal(): void {
    if (this.#hasLooked) return;
    this.#hasLooked = true;
    const { file, log } = this.#options;
    const journal = `${file}-wal`;
    const commits = lostCommits(journal);
    if (commits === 0) return;
    this.damage.noticed();
    log('error', 'The journal is damaged; what was written after the damage is lost', {
      file: journal,
      commits,
    });
  }

  #openReadable(): void {
    const { openToRead, keepsReading } = this.#options;
    const now = this.#clock.elapsed();
    if (!openToRead || !keepsReading || this.#readable !== undefined || now < this.#readAgainAt) return;
    this.#readAgainAt = now + RETRY;
    try {
      this.#readable = openToRead();
    } catch {
      // Why it cannot be opened is known from the other attempt.
    }
  }

  #closeReadable(): void {
    if (this.#readable !== undefined) this.#options.close(this.#readable);
    this.#readable = undefined;
  }

  #closeDatabase(): void {
    if (this.#opened !== undefined) this.#options.close(this.#opened);
    this.#opened = undefined;
    this.#closeReadable();
  }

  #replace(error: unknown): void {
    const { file, words, log, onLost } = this.#options;
    this.#closeDatabase();
    this.#errors++;
    this.damage.noticed();
    onLost?.();
    try {
      const aside = setAside(file, new Date(this.#clock.now()));
      const rows = this.#rescue(aside);
      log('error', words.corrupt, { file, aside, rows, err: (error as Error).message });
      this.#tryOpen();
    } catch (again) {
      this.#failed(again);
    }
  }

  /** @returns rows that are in the new file already. */
  #rescue(aside: string): number {
    const since = this.#clock.elapsed() - this.#rescuedAt;
    this.#rescuedAt = this.#clock.elapsed();
    if (since < RESCUE_ONCE_IN) return 0;
    return this.#options.rescue?.(aside) ?? 0;
  }

  #failed(error: unknown): void {
    const { file, words, log } = this.#options;
    this.#errors++;
    this.#retryAt = this.#clock.elapsed() + RETRY;
    const message = storageProblem(error, file);
    if (this.#problem === message) return;
    this.#problem = message;
    log('error', words.failing, { file, err: message });
  }
}
