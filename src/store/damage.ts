// Rows that are not what was written: each is left out and named, the rest goes on. In: what a table found; out: how
// many there were, and when.

import { crc32 } from 'node:zlib';
import type { Clock, Millis } from '../model/time.js';
import type { StoreLog } from './log.js';

/** Rows named in the log; the others are counted. */
const NAMED = 50;

/** A row that is damaged, and the way to get rid of it. */
interface Damaged {
  readonly table: string;
  /** What it was about, for people. */
  readonly row: string;
  /** Deletes it. @returns how many rows that were @throws SQLite's errors */
  readonly remove: () => number;
}

/** Thrown where the work cannot go on without the row; it can be tried again when the row is gone. */
export class DamagedRow extends Error {
  readonly damaged: Damaged;

  constructor(damaged: Damaged) {
    super(`a row of ${damaged.table} is damaged: ${damaged.row}`);
    this.damaged = damaged;
  }
}

/** The database contradicts itself where SQLite does not look: its rows have to be rewritten. */
export class Inconsistent extends Error {
  readonly code = 'SQLITE_CORRUPT_CONTENT';
}

/** What was found damaged in one file since the start. */
export class Damage {
  readonly #file: string;
  readonly #log: StoreLog;
  readonly #clock: Pick<Clock, 'now'>;
  #rows = 0;
  #at: Millis | undefined;

  constructor(file: string, log: StoreLog, clock: Pick<Clock, 'now'>) {
    this.#file = file;
    this.#log = log;
    this.#clock = clock;
  }

  /** Rows left out. */
  get rows(): number {
    return this.#rows;
  }

  /** When damage was found last, wall clock; undefined while none was. */
  get at(): Millis | undefined {
    return this.#at;
  }

  /** Leaves a row out. @throws SQLite's errors, Inconsistent when it cannot be found again */
  skip({ table, row, remove }: Damaged): void {
    if (remove() === 0) throw new Inconsistent(`a damaged row of ${table} is not where an index has it`);
    this.#rows++;
    this.noticed();
    if (this.#rows < NAMED)
      this.#log('error', 'A damaged row was left out', { file: this.#file, table, row });
    else if (this.#rows === NAMED)
      this.#log('error', 'More damaged rows are left out; they are counted only', { file: this.#file });
  }

  /** Damage was found that is no row's. */
  noticed(): void {
    this.#at = this.#clock.now();
  }
}

/** Where a table says what it found. */
export type DamageSink = Pick<Damage, 'skip'>;

/** For files that are only read: damaged rows are left out and stay where they are. */
export const PASSED_OVER: DamageSink = { skip() {} };

/** Damage of files that hold nothing long: it is left out without a word. */
export function silentDamage(): Damage {
  return new Damage('', () => {}, { now: () => 0 });
}

/** Before a payload: that a checksum of it and of the row's other columns follows. zlib's and older rows begin otherwise. */
const CHECKSUMMED = 1;

/** A payload with a checksum of it and of the row's other columns: SQLite has none. */
export function withChecksum(key: string, payload: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(payload.length + 5);
  sealed[0] = CHECKSUMMED;
  sealed.writeUInt32LE(crc32(payload, crc32(key)), 1);
  sealed.set(payload, 5);
  return sealed;
}

/** What {@link withChecksum} was given, or an older version's payload; undefined when it is damaged. */
export function verified(key: string, sealed: Buffer): Buffer | undefined {
  if (sealed[0] !== CHECKSUMMED) return sealed;
  if (sealed.length < 5) return undefined;
  const payload = sealed.subarray(5);
  return crc32(payload, crc32(key)) === sealed.readUInt32LE(1) ? payload : undefined;
}

/** A moment for people; a damaged row's may be none. */
export function timeText(at: Millis): string {
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at);
}
