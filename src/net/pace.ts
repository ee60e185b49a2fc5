// How many new lookups begin at a time. One that has waited for a while no longer counts: names without an answer
// must not keep those that have one from being asked for.

import type { Millis } from '../model/time.js';

/** Lets at most `limit` lookups begin within any `span`, more as they end sooner. */
export class Pace {
  readonly #limit: number;
  readonly #span: Millis;
  readonly #waiting: (() => void)[] = [];
  #counted = 0;

  constructor(limit: number, span: Millis) {
    this.#limit = limit;
    this.#span = span;
  }

  /** Runs it when it is its turn. */
  async run<T>(lookup: () => Promise<T>): Promise<T> {
    if (this.#counted >= this.#limit) await new Promise<void>(resolve => this.#waiting.push(resolve));
    else this.#counted++;
    let isCounted = true;
    const leave = () => {
      if (!isCounted) return;
      isCounted = false;
      // The place passes on to the one that has waited longest.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#counted--;
    };
    const timer = setTimeout(leave, this.#span);
    try {
      return await lookup();
    } finally {
      clearTimeout(timer);
      leave();
    }
  }
}
