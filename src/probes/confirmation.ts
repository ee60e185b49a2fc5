// What to believe of a service: a single blip turns nothing down, a single answer nothing up.

import type { Level, Status } from '../model/result.js';
import type { Confirm } from '../model/service.js';

type Believed = Exclude<Level, 'unknown'>;
const BADNESS: Record<Believed, number> = { up: 0, slow: 1, down: 2 };

/**
 * Follows one service's results. Leaving a level for a worse one takes `failures` worse results in a row, for a
 * better one `successes` better ones; the first belief after a start takes one good result or `failures` bad ones.
 */
export class Confirmation {
  #level: Level = 'unknown';
  /** Results in a row that differ from the level in the same direction. */
  #streak: Believed[] = [];

  get level(): Level {
    return this.#level;
  }

  /** True while a change is suspected and not confirmed: the next result is wanted soon. */
  get pending(): boolean {
    return this.#streak.length > 0;
  }

  /** Takes a result in and gives the level believed then. */
  add(status: Status, confirm: Confirm): Level {
    const seen = levelOf(status);
    const from = this.#level === 'unknown' ? -1 : BADNESS[this.#level];
    const change = Math.sign(this.#level === 'unknown' ? BADNESS[seen] : BADNESS[seen] - from);
    if (this.#level === 'unknown' && seen === 'up') return this.#believe('up');
    if (change === 0) {
      this.#streak = [];
      return this.#level;
    }
    const before = this.#streak[0];
    if (before !== undefined && this.#level !== 'unknown' && Math.sign(BADNESS[before] - from) !== change)
      this.#streak = [];
    this.#streak.push(seen);
    const needed = change > 0 ? confirm.failures : confirm.successes;
    if (this.#streak.length < needed) return this.#level;
    // Of a slow and a failed answer in a row only the milder claim is confirmed.
    const nearest = this.#streak.reduce((a, b) =>
      Math.abs(BADNESS[a] - from) <= Math.abs(BADNESS[b] - from) ? a : b,
    );
    return this.#believe(nearest);
  }

  #believe(level: Believed): Level {
    this.#level = level;
    this.#streak = [];
    return level;
  }
}

function levelOf(status: Status): Believed {
  if (status === 'healthy') return 'up';
  return status === 'degraded' ? 'slow' : 'down';
}
