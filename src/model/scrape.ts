// The registry at one moment, as a scraper would have read it: how samples get from the metrics to the store.

import type { Millis } from './time.js';

/** The series of one source: for each the label names and values, sorted by name, `__name__`, `job` and `instance` too. */
export interface ScrapeLayout {
  /** Entry i is series i's `[name, value, name, value, ...]`, which may be made when it is looked at. */
  readonly series: Iterable<readonly string[]> & { readonly length: number };
}

/** What one source (a service's readings, the monitor's own metrics, a rule group) shows from now on. */
export interface ScrapePart {
  /** Whose these are. A series belongs to one source at a time. */
  readonly source: string;
  /** Present on the first part of a source and whenever its series changed. */
  readonly layout?: ScrapeLayout;
  /** Entry i is the value of series i of the last layout. */
  readonly values: ArrayLike<number>;
  /** NaN is a value here (a recording rule's, say). Otherwise it says that the series is not there this time. */
  readonly keepsNaN?: true;
  /**
   * Entry i is the time of value i where the sample has one of its own, in whole milliseconds; NaN where it has the
   * scrape's. Only in a scrape of a {@link Scrape.stream}.
   */
  readonly timestamps?: ArrayLike<number>;
  /** A series whose samples have times of their own ends as others do; otherwise it never does. */
  readonly tracksStaleness?: true;
}

/**
 * One scrape. Parts that are not repeated have the values they had; every source known gets a sample of each of its
 * series at `at`. A series its source no longer has, or that is NaN, has ended.
 */
export interface Scrape {
  /**
   * Whose scrape it is (the identity of a scrape target); undefined is the monitor's own. Scrapes of one stream have
   * ascending times, whatever those of others are; the names of its sources are its own. Only of the monitor's own stream
   * may a scrape be an interim one, and only with it are rules evaluated.
   */
  readonly stream?: string;
  /** Whole milliseconds. */
  readonly at: Millis;
  /**
   * Between two scrapes of the grid: rules and questions about the present see it until the next scrape, but it is not
   * kept, so that it does not weigh in averages.
   */
  readonly isInterim?: boolean;
  /** By how much the wall clock was set since the scrape before (negative: back), when it was. */
  readonly clockSetBy?: Millis;
  readonly parts: readonly ScrapePart[];
  /** Sources that are no more. */
  readonly gone: readonly string[];
  /** The stream is over: it has no parts, and all its series have ended at `at`. */
  readonly ends?: true;
}

/** A scrape of another stream than the monitor's own. */
export type StreamScrape = Scrape & { readonly stream: string };

/** What became of the samples of a stream's scrape, as Prometheus counts them (`prometheus_target_scrapes_sample_*`). */
export interface AppendResult {
  readonly appended: number;
  /** Older than the newest sample of their series. */
  readonly outOfOrder: number;
  /** Their series has a sample at that time with another value. */
  readonly duplicates: number;
  /** Their own time is more than an hour before the scrape's, or more than ten minutes after it. */
  readonly outOfBounds: number;
  /** Of sources whose layout is not known: the next scrape must have all layouts. */
  readonly unknown: number;
}
