// When the registry is copied: when somebody says so, and when nobody did for a while. Comes in: wishes; goes out:
// scrapes, one after the other, each kept before the next is taken. Called by answering.ts.

import type { Scrape } from '../model/scrape.js';
import type { Clock, Millis } from '../model/time.js';
import type { Sampler } from './sampler.js';

/** A scrape is never longer ago than this: Prometheus' own advice is two minutes at most, rules look at five. */
const LONGEST_GAP: Millis = 30_000;
/** Rest after a scrape, as a multiple of what it and its rules took: a thousand changes at once are not worth a core. */
const REST = 3;
const LONGEST_REST: Millis = 2000;
/** A rest too short to be worth a timer. */
const NO_REST: Millis = 10;

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
  readonly #keep: (scrape: Scrape) => Promise<void>;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** The one after the one that is running. */
  #next: Promise<void> | undefined;
  #resting: Rest | undefined;
  /** Who wants to know when the copy that has not been begun is there. */
  #waiting: (() => void)[] = [];
  #closed = false;
  #lastAt: Millis = 0;
  #last: LastScrape | undefined;

  /** `keep` takes each scrape; they come in order of time. */
  constructor(sampler: Sampler, keep: (scrape: Scrape) => Promise<void>, clock: Clock) {
    this.#sampler = sampler;
    this.#keep = keep;
    this.#clock = clock;
    this.#arm();
  }

  get last(): LastScrape | undefined {
    return this.#last;
  }

  /**
   * Copies the registry as it is now or a little later; resolves when that copy is kept. `onTaken` is called when it has
   * been made and nothing has changed since; never when it could not be made. With it there is no rest before.
   */
  take(onTaken?: () => void): Promise<void> {
    if (onTaken) {
      this.#waiting.push(onTaken);
      this.#endRest();
    }
    if (this.#next) return this.#next;
    const before = this.#running ?? this.#resting?.over;
    if (!before) return this.#begin();
    this.#next = before.then(async () => {
      await this.#resting?.over;
      this.#next = undefined;
      return this.#begin();
    });
    return this.#next;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#endRest();
  }

  #begin(): Promise<void> {
    const begun = this.#clock.elapsed();
    this.#running = this.#takeOne(this.#waiting.splice(0)).finally(() => {
      this.#running = undefined;
      this.#rest(this.#clock.elapsed() - begun);
      this.#arm();
    });
    return this.#running;
  }

  /** Puts the next one off, by what the last one took. */
  #rest(duration: Millis): void {
    const length = Math.min(duration * REST, LONGEST_REST);
    if (this.#closed || this.#waiting.length > 0 || length < NO_REST) return;
    const resting = rest(length);
    this.#resting = resting;
    void resting.over.then(() => {
      if (this.#resting === resting) this.#resting = undefined;
    });
  }

  #endRest(): void {
    this.#resting?.end();
    this.#resting = undefined;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => void this.take(), LONGEST_GAP);
  }

  async #takeOne(waiting: readonly (() => void)[]): Promise<void> {
    if (this.#closed) return;
    const begun = this.#clock.elapsed();
    // Two samples of one moment would be one, and a wall clock that is set back must not stop the time of the rules.
    const at = Math.max(Math.round(this.#clock.now()), this.#lastAt + 1);
    this.#lastAt = at;
    let error = '';
    try {
      const scrape = await this.#sampler.scrape(at);
      for (const tell of waiting) tell();
      if (!this.#closed) await this.#keep(scrape);
    } catch (problem) {
      error = (problem as Error).message;
    }
    this.#last = { at, duration: this.#clock.elapsed() - begun, error };
  }
}

/** A pause that may be cut short. */
interface Rest {
  readonly over: Promise<void>;
  end(): void;
}

function rest(length: Millis): Rest {
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
