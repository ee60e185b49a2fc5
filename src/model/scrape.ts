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
}

/**
 * One scrape. Parts that are not repeated have the values they had; every source known gets a sample of each of its
 * series at `at`. A series its source no longer has, or that is NaN, has ended.
 */
export interface Scrape {
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
}
