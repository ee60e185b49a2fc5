// One target: fetches its page, and makes a scrape of it that the store takes. Comes in: the moment; goes out: the samples
// with `up` and the like, or `up` alone. Source: Prometheus, scrape/scrape.go (scrapeAndReport).

import { REPORT_SERIES } from '../metrics/scrape-report.js';
import type { ScrapePart, StreamScrape } from '../model/scrape.js';
import type { Millis } from '../model/time.js';
import { type Metadata, metadataOf } from './metadata.js';
import { SampleLabels } from './sample-labels.js';
import { type CachedPage, NO_COUNTS, ScrapeCache } from './scrape-cache.js';
import type { ScrapeOptions, ScrapeTarget } from './target.js';
import { TargetClient } from './target-client.js';

/** The name of the source of `up` and the like within the target's stream. */
const REPORT = 'report';

/** How the last scrape went. */
export interface ScrapeOutcome {
  readonly duration: Millis;
  /** Empty when nothing went wrong. */
  readonly error: string;
}

/** Scrapes one target. The caller must close it. */
export class TargetScraper {
  readonly #stream: string;
  readonly #labels: SampleLabels;
  readonly #client: TargetClient;
  readonly #cache: ScrapeCache;
  #isReportSent = false;

  constructor(stream: string, target: ScrapeTarget, options: ScrapeOptions) {
    this.#stream = stream;
    this.#labels = new SampleLabels(target.labels, options);
    this.#client = new TargetClient(target, options);
    this.#cache = new ScrapeCache(this.#labels, options);
  }

  /** The store knows no layouts any more: the next scrape has all of them. */
  forgetLayouts(): void {
    this.#cache.forgetLayout();
    this.#isReportSent = false;
  }

  /** Of the families of the last page. */
  get metadata(): Metadata[] {
    return this.#cache.page ? metadataOf(this.#cache.page) : [];
  }

  /** Must not be called again before it has resolved. @param problem why the target must not be asked */
  async scrape(at: Millis, problem?: string): Promise<{ scrape: StreamScrape; outcome: ScrapeOutcome }> {
    const begun = performance.now();
    const page = problem === undefined ? await this.#page() : this.#failed(problem);
    const duration = performance.now() - begun;
    const { counts, part, gone } = page;
    const isUp = page.problem === undefined;
    const values = [isUp ? 1 : 0, duration / 1000, counts.scraped, counts.kept, counts.added];
    const parts = part ? [part, this.#report(values)] : [this.#report(values)];
    const error = page.problem === undefined ? '' : this.#client.scrubbed(page.problem);
    return { scrape: { stream: this.#stream, at, parts, gone }, outcome: { duration, error } };
  }

  close(): void {
    this.#client.close();
  }

  async #page(): Promise<CachedPage> {
    try {
      const { page, release } = await this.#client.fetch();
      try {
        return page.length > 0
          ? await this.#cache.read(page)
          : { counts: NO_COUNTS, gone: this.#cache.clear() };
      } finally {
        release();
      }
    } catch (error) {
      return this.#failed((error as Error).message);
    }
  }

  #failed(problem: string): CachedPage {
    return { counts: NO_COUNTS, problem, gone: this.#cache.clear() };
  }

  #report(values: readonly number[]): ScrapePart {
    const isSent = this.#isReportSent;
    this.#isReportSent = true;
    if (isSent) return { source: REPORT, values };
    return {
      source: REPORT,
      layout: { series: REPORT_SERIES.map(name => this.#labels.ofReport(name)) },
      values,
    };
  }
}
