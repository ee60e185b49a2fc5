// Whether the monitor still does its work: scans must keep ending.

import type { Millis } from '../model/time.js';

/** Intervals without the end of a scan after which the loop has stalled. */
const STALLED_AFTER = 3;

/** Records the end of every scan; `/health` reads it. Times are monotonic. */
export class ScanWatchdog {
  #last: Millis;
  #interval: Millis;
  #scans = 0;

  constructor(interval: Millis, now: Millis) {
    this.#interval = interval;
    this.#last = now;
  }

  /** How long a scan takes at the present pace, with the wait for the next. */
  get interval(): Millis {
    return this.#interval;
  }

  /** Scans ended since the start. */
  get scans(): number {
    return this.#scans;
  }

  /** A scan has ended. */
  scanEnded(now: Millis): void {
    this.#scans++;
    this.#last = now;
  }

  /** The scan interval has changed. A longer one must not make the past look late. */
  setInterval(interval: Millis): void {
    this.#interval = interval;
  }

  /** Why the monitor is not doing its work; undefined while it is. */
  problem(now: Millis): string | undefined {
    const silence = now - this.#last;
    if (silence <= this.#interval * STALLED_AFTER) return undefined;
    return `no scan has ended for ${Math.round(silence / 1000)} s, expected one every ${this.#interval / 1000} s`;
  }
}
