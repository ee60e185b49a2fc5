// Scrapes one target at even moments, one scrape after the other. Comes in: a target; goes out: scrapes, the next one not
// before the store has taken the last. Source: Prometheus, scrape/scrape.go (scrapeLoop.run).

import { ScrapeGrid } from '../metrics/scrape-grid.js';
import type { AppendResult, StreamScrape } from '../model/scrape.js';
import type { Clock, Millis } from '../model/time.js';
import type { ScrapeOutcome, TargetScraper } from './target-scraper.js';

/** Timers are late by a millisecond or a few; the same distance between samples takes less room on disk. */
const TOLERANCE = { share: 0.01, max: 20 };

/** The last scrape, as it is shown. */
export interface LastScrape extends ScrapeOutcome {
  /** Wall clock. */
  readonly at: Millis;
}

/** What a loop needs. */
export interface LoopEvents {
  /** Hands a scrape to the store. Resolves when it is stored; with nothing when it is lost. */
  append(scrape: StreamScrape): Promise<AppendResult | undefined>;
  onScraped(last: LastScrape, result: AppendResult | undefined): void;
}

interface LoopTiming {
  readonly interval: Millis;
  /** How long from now the first scrape is due. */
  readonly offset: Millis;
}

/** Scrapes until it is stopped. */
export class TargetLoop {
  /** Why the target must not be asked: its scrapes fail with it. */
  problem: string | undefined;
  readonly interval: Millis;
  readonly #scraper: TargetScraper;
  readonly #events: LoopEvents;
  readonly #clock: Clock;
  readonly #grid: ScrapeGrid;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;
  #isClosed = false;
  #hasScraped = false;

  constructor(scraper: TargetScraper, { interval, offset }: LoopTiming, events: LoopEvents, clock: Clock) {
    this.interval = interval;
    this.#scraper = scraper;
    this.#events = events;
    this.#clock = clock;
    this.#grid = new ScrapeGrid(interval, clock.elapsed() + offset, TOLERANCE);
    this.#arm();
  }

  /** There is something in the store that has to end with the target. */
  get hasScraped(): boolean {
    return this.#hasScraped;
  }

  /** Begins no further scrape. Resolves when none is under way. @returns the moment at which the next one would have been */
  async stop(): Promise<Millis> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    return Math.round(this.#clock.now() + this.#grid.dueAt - this.#clock.elapsed());
  }

  /** The same at once: a scrape that is under way is not stored. */
  close(): void {
    this.#isClosed = true;
    void this.stop();
    this.#scraper.close();
  }

  #arm(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, this.#grid.dueAt - this.#clock.elapsed()));
  }

  #tick(): void {
    const elapsed = this.#clock.elapsed();
    // A timer may fire a moment early.
    if (!this.#grid.isDue(elapsed)) this.#arm();
    else this.#running = this.#scrape(this.#grid.next(elapsed, this.#clock.now())).finally(() => this.#arm());
  }

  async #scrape(at: Millis): Promise<void> {
    const { scrape, outcome } = await this.#scraper.scrape(at, this.problem);
    if (this.#isClosed) return;
    this.#hasScraped = true;
    const result = await this.#events.append(scrape);
    if (!result || result.unknown > 0) this.#scraper.forgetLayouts();
    this.#events.onScraped({ ...outcome, at }, result);
  }
}
