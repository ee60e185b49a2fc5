// When the registry is copied: after every scan, and when none came for a while. Comes in: the end of scans; goes out:
// scrapes, one after the other. Called by app.ts.

import type { Scrape } from '../model/scrape.js';
import type { Clock, Millis } from '../model/time.js';
import type { Sampler } from './sampler.js';

/** A scrape is never longer ago than this: Prometheus' own advice is two minutes at most, rules look at five. */
const LONGEST_GAP: Millis = 30_000;

/** The last scrape as `/api/v1/targets` shows it. */
export interface LastScrape {
  /** Wall clock. */
  readonly at: Millis;
  readonly duration: Millis;
  /** Empty when nothing went wrong. */
  readonly error: string;
}

/** Takes scrapes until it is closed. */
export class Sampling {
  readonly #sampler: Sampler;
  readonly #keep: (scrape: Scrape) => void;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  /** A scan ended while a scrape was being taken. */
  #again = false;
  #closed = false;
  #lastAt: Millis = 0;
  #last: LastScrape | undefined;

  /** `keep` takes each scrape; they come in order of time. */
  constructor(sampler: Sampler, keep: (scrape: Scrape) => void, clock: Clock) {
    this.#sampler = sampler;
    this.#keep = keep;
    this.#clock = clock;
    this.#arm();
  }

  get last(): LastScrape | undefined {
    return this.#last;
  }

  /** Copies the registry now, or as soon as the copy being made is done. */
  async take(): Promise<void> {
    if (this.#closed) return;
    this.#again = this.#running;
    if (this.#running) return;
    this.#running = true;
    await this.#takeOne();
    this.#running = false;
    this.#arm();
    if (this.#again) await this.take();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => void this.take(), LONGEST_GAP);
  }

  async #takeOne(): Promise<void> {
    const begun = this.#clock.elapsed();
    // Two samples of one moment are one; a wall clock that was set back repeats none.
    const at = Math.round(this.#clock.now());
    if (at <= this.#lastAt && at > this.#lastAt - LONGEST_GAP) return;
    let error = '';
    try {
      const scrape = await this.#sampler.scrape(at);
      if (this.#closed) return;
      this.#lastAt = at;
      this.#keep(scrape);
    } catch (problem) {
      error = (problem as Error).message;
    }
    this.#last = { at, duration: this.#clock.elapsed() - begun, error };
  }
}
