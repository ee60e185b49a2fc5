// When a scrape of the grid is due and which moment it bears: every interval after the first one, whatever happens in
// between, without the timers' delay. Source: Prometheus, scrape/scrape.go (scrapeLoop.run, AlignScrapeTimestamps).

import type { Millis } from '../model/time.js';

/** A scrape that is late by more bears its own time: its values are not of the tick. */
const TOLERANCE: GridTolerance = { share: 0.1, max: 1000 };
/** The wall clock and the monotonic one may drift apart by this before the grid follows the wall clock. */
const DRIFT: Millis = 50;

/** How late a scrape may be and still bear the moment of its tick, as a part of the interval and at most. */
interface GridTolerance {
  readonly share: number;
  readonly max: Millis;
}

/** Ticks at an even distance by the monotonic clock (`elapsed`), named by the wall clock (`now`). */
export class ScrapeGrid {
  readonly #tolerance: GridTolerance;
  #interval: Millis;
  #dueAt: Millis;
  /** The tick that was taken last. */
  #last: { readonly elapsed: Millis; readonly at: Millis } | undefined;

  /** The first tick is due at once. @param tolerance another than that for a copy of our own registry */
  constructor(interval: Millis, elapsed: Millis, tolerance: GridTolerance = TOLERANCE) {
    this.#tolerance = tolerance;
    this.#interval = interval;
    this.#dueAt = elapsed;
  }

  /** When the next tick is due, by the monotonic clock. */
  get dueAt(): Millis {
    return this.#dueAt;
  }

  isDue(elapsed: Millis): boolean {
    return elapsed >= this.#dueAt;
  }

  /** The next tick is due at once, and the grid goes on from it. */
  restart(elapsed: Millis): void {
    this.#last = undefined;
    this.#dueAt = elapsed;
  }

  /** The next tick is an interval after the last one, or now if that has passed. */
  setInterval(interval: Millis, elapsed: Millis): void {
    if (interval === this.#interval) return;
    this.#interval = interval;
    if (this.#last) this.#dueAt = Math.max(this.#last.elapsed + interval, elapsed);
  }

  /** Takes the tick that is due; those that passed before it are left out. @returns its moment, whole milliseconds */
  next(elapsed: Millis, now: Millis): Millis {
    const passed = Math.floor((elapsed - this.#dueAt) / this.#interval);
    const tick = this.#dueAt + passed * this.#interval;
    const at = Math.round(this.#momentOf(tick, elapsed - tick, now));
    this.#last = { elapsed: tick, at: Math.round(this.#even(tick, now - (elapsed - tick))) };
    this.#dueAt = tick + this.#interval;
    return at;
  }

  #momentOf(tick: Millis, lateness: Millis, now: Millis): Millis {
    const { share, max } = this.#tolerance;
    const tolerance = Math.min(this.#interval * share, max);
    return lateness > tolerance ? now : this.#even(tick, now - lateness);
  }

  /** The moment that continues the grid, unless the wall clock was set. @param wall what it said at the tick */
  #even(tick: Millis, wall: Millis): Millis {
    if (!this.#last) return wall;
    const even = this.#last.at + (tick - this.#last.elapsed);
    return Math.abs(wall - even) <= DRIFT ? even : wall;
  }
}
