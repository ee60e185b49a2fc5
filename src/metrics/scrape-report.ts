// What a scraper adds to a scrape about the scrape itself. Source: Prometheus, scrape/scrape.go (scrapeLoop.report), and
// https://prometheus.io/docs/concepts/jobs_instances/.

import type { Millis } from '../model/time.js';

/** The series in the order of the values of a {@link ScrapeReport}. */
export const REPORT_SERIES = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
] as const;

/** Counts while a scrape is taken. */
export class ScrapeReport {
  #samples = 0;
  /** Since the last report: an interim scrape has none. */
  #added = 0;

  reset(): void {
    this.#samples = 0;
  }

  /** Samples of a source; NaN says that there is none. */
  count(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) this.#samples++;
  }

  /** Series of a source that was not there before. */
  countNew(series: number): void {
    this.#added += series;
  }

  /** Series of a source that it did not have before. */
  countAdded(series: Iterable<string>, before: Iterable<string>): void {
    const known = new Set(before);
    for (const each of series) if (!known.has(each)) this.#added++;
  }

  /** The values of {@link REPORT_SERIES}. */
  end(duration: Millis): number[] {
    const added = this.#added;
    this.#added = 0;
    return [1, duration / 1000, this.#samples, this.#samples, added];
  }

  /** The same of a scrape that failed. */
  failed(duration: Millis): number[] {
    this.#added = 0;
    return [0, duration / 1000, 0, 0, 0];
  }
}
