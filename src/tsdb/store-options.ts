// What a sample store is opened with, and what it says about itself.

import type { Clock, Millis } from '../model/time.js';
import type { StoreLog } from '../store/log.js';

export interface SampleStoreOptions {
  /** The database's path; `:memory:` keeps nothing. */
  readonly file: string;
  /** How long samples are kept. */
  readonly retention: Millis;
  /** Bytes the file may have before the oldest samples go; 0 or absent is no limit. */
  readonly maxBytes?: number;
  /** Bytes of decoded samples kept in memory for the next query. Default 32 MiB. */
  readonly cacheBytes?: number;
  readonly log: StoreLog;
  /** No other process writes to the file: it is not asked for before every read whether one has. */
  readonly isAlone?: boolean;
  readonly clock?: Clock;
  /** Called when scrapes were queued for receivers. */
  readonly onQueued?: () => void;
  /** Why the file must not be touched at the moment, one line. */
  readonly obstacle?: () => string | undefined;
}

/** How the store does. */
export interface SampleStats {
  /** Series with samples. */
  readonly series: number;
  /** Samples taken since the start. */
  readonly appended: number;
  /** Samples not taken, or lost, since the start: out of order, given twice, or of a disk that was full too long. */
  readonly dropped: number;
  readonly chunks: number;
  /** Bytes on disk. */
  readonly bytes: number;
  /** Failed operations since the start. */
  readonly errors: number;
  /** Scrapes waiting in memory. */
  readonly pending: number;
  /** Oldest sample; undefined while there is none. */
  readonly oldest: Millis | undefined;
  /** What is wrong, one line; undefined while nothing is. */
  readonly problem: string | undefined;
  /** Rows found damaged and left out since the start, and when damage was found last. */
  readonly damage: { readonly rows: number; readonly at: Millis | undefined };
}
