// The wall clock is set by hand, by NTP or after a battery was empty; the monotonic clock is not. Comes in: both at one
// moment, again and again; goes out: by how much the wall clock was set in between.

import type { Millis } from './time.js';

/** Less is a correction, or the two clocks drifting apart. */
const TOLERANCE: Millis = 20_000;

/** Compares the clocks from its first call on. */
export class ClockSteps {
  #offset: Millis | undefined;

  /** By how much the wall clock (`at`) was set since the last step, negative when back; 0 when it was not. */
  since(at: Millis, elapsed: Millis): Millis {
    const offset = at - elapsed;
    const step = offset - (this.#offset ?? offset);
    if (this.#offset !== undefined && Math.abs(step) <= TOLERANCE) return 0;
    this.#offset = offset;
    return step;
  }
}
