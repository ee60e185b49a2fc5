// When the registry is copied: on an even grid, as a Prometheus scrapes, and in between when something has changed. Comes
// in: an interval and requests; goes out: scrapes, one after the other, each handled before the next is taken. Those in
// between are interim: a service that fails is checked more often, and its samples must not count for more in averages.

import { ClockSteps } from '../model/clock-steps.js';
import type { Scrape } from '../model/scrape.js';
import type { Clock, Millis } from '../model/time.js';
import type { Sampler } from './sampler.js';
import { ScrapeGrid } from './scrape-grid.js';

/** A clock that goes back further than this was set; less is a correction. */
const SET_BACK: Millis = 60_000;
/** Rest after a scrape, as a multiple of what it and its rules took: a thousand changes at once are not worth a core. */
const COOLDOWN_FACTOR = 3;
const MAX_COOLDOWN: Millis = 2000;
/** A rest too short to be worth a timer. */
const MIN_COOLDOWN: Millis = 10;

/** The last scrape of the grid as `/api/v1/targets` shows it. */
export interface LastScrape {
  /** Wall clock. */
  readonly at: Millis;
  readonly duration: Millis;
  /** Empty when nothing went wrong. */
  readonly error: string;
}

/** Takes scrapes until it is closed. */
export class ScrapeLoop {
  readonly #sampler: Sampler;
  readonly #append: (scrape: Scrape) => Promise<void>;
  readonly #clock: Clock;
  readonly #grid: ScrapeGrid;
  readonly #steps = new ClockSteps();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** The one after the one that is running. */
  #next: Promise<void> | undefined;
  #cooldown: Cooldown | undefined;
  /** Callbacks for the next scrape. */
  #waiting: (() => void)[] = [];
  #closed = false;
  /** Of the grid. */
  #ticks = 0;
  #isFirstScan = true;
  #lastAt: Millis = 0;
  #last: LastScrape | undefined;

  /** `keep` takes each scrape; they come in order of time. The first is of the grid. @param interval of the grid */
  constructor(sampler: Sampler, keep: (scrape: Scrape) => Promise<void>, clock: Clock, interval: Millis) {
    this.#sampler = sampler;
    this.#append = keep;
    this.#clock = clock;
    this.#grid = new ScrapeGrid(interval, clock.elapsed());
    this.#arm();
  }

  /** Changes the grid's interval. */
  setInterval(interval: Millis): void {
    this.#grid.setInterval(interval, this.#clock.elapsed());
    this.#arm();
  }

  get last(): LastScrape | undefined {
    return this.#last;
  }

  /**
   * Copies the registry as it is now or a little later; resolves when that copy is kept. `onTaken` is called when it has
   * been made and nothing has changed since; never when it could not be made. With it, at the end of a scan, there is no
   * rest before.
   */
  scrape(onScraped?: () => void): Promise<void> {
    if (onScraped) {
      this.#alignToFirstScan();
      this.#waiting.push(onScraped);
      this.#endCooldown();
    }
    if (this.#next) return this.#next;
    const before = this.#running ?? this.#cooldown?.over;
    if (!before) return this.#start();
    this.#next = before.then(async () => {
      await this.#cooldown?.over;
      this.#next = undefined;
      return this.#start();
    });
    return this.#next;
  }

  /**
   * The scrape at the start knows no service yet: the grid goes on from the end of the first scan, or ranges of samples
   * would be empty for an interval.
   */
  #alignToFirstScan(): void {
    if (this.#isFirstScan && this.#ticks < 2) this.#grid.restart(this.#clock.elapsed());
    this.#isFirstScan = false;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#endCooldown();
  }

  #start(): Promise<void> {
    const begun = this.#clock.elapsed();
    this.#running = this.#scrapeOnce(this.#waiting.splice(0)).finally(() => {
      this.#running = undefined;
      this.#startCooldown(this.#clock.elapsed() - begun);
      this.#arm();
    });
    return this.#running;
  }

  /** Puts the next one off, by what the last one took. */
  #startCooldown(duration: Millis): void {
    const length = Math.min(duration * COOLDOWN_FACTOR, MAX_COOLDOWN);
    if (this.#closed || this.#waiting.length > 0 || length < MIN_COOLDOWN) return;
    const resting = cooldown(length);
    this.#cooldown = resting;
    void resting.over.then(() => {
      if (this.#cooldown === resting) this.#cooldown = undefined;
    });
  }

  #endCooldown(): void {
    this.#cooldown?.end();
    this.#cooldown = undefined;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#tick(), this.#grid.dueAt - this.#clock.elapsed());
  }

  #tick(): void {
    // A timer may fire a moment early.
    if (!this.#grid.isDue(this.#clock.elapsed())) {
      this.#arm();
      return;
    }
    // The grid does not wait for what came in between.
    this.#endCooldown();
    void this.scrape();
  }

  async #scrapeOnce(waiting: readonly (() => void)[]): Promise<void> {
    if (this.#closed) return;
    const begun = this.#clock.elapsed();
    const isInterim = !this.#grid.isDue(begun);
    if (!isInterim) this.#ticks++;
    const now = this.#clock.now();
    const moment = isInterim ? Math.round(now) : this.#grid.next(begun, now);
    // Two samples of one moment would be one, and a clock that is corrected must not stop the time of the rules; one that
    // was set is followed, as all other programs use the new time.
    const at = moment < this.#lastAt - SET_BACK ? moment : Math.max(moment, this.#lastAt + 1);
    this.#lastAt = at;
    const clockSetBy = this.#steps.since(at, begun);
    let error = '';
    try {
      const scrape = await this.#sampler.scrape(at, isInterim);
      for (const resolve of waiting) resolve();
      if (!this.#closed) await this.#append(clockSetBy === 0 ? scrape : { ...scrape, clockSetBy });
    } catch (problem) {
      error = (problem as Error).message;
      if (!isInterim && !this.#closed)
        await this.#append(this.#sampler.failed(at, this.#clock.elapsed() - begun)).catch(() => {});
    }
    if (!isInterim) this.#last = { at, duration: this.#clock.elapsed() - begun, error };
  }
}

/** A pause that may be cut short. */
interface Cooldown {
  readonly over: Promise<void>;
  end(): void;
}

function cooldown(length: Millis): Cooldown {
  let end = () => {};
  const over = new Promise<void>(resolve => {
    const timer = setTimeout(resolve, length);
    end = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { over, end };
}
