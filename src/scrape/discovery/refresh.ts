// Asks for something again and again: at once, and then an interval after each beginning, but never twice at a time.

import type { Millis } from '../../model/time.js';

/** The caller must {@link close} it. */
export class Refresh {
  readonly #interval: Millis;
  readonly #run: (signal: AbortSignal) => Promise<void>;
  readonly #end = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /** @param run must not throw */
  constructor(interval: Millis, run: (signal: AbortSignal) => Promise<void>) {
    this.#interval = interval;
    this.#run = run;
    void this.#next();
  }

  /** Aborts what is under way. */
  close(): void {
    clearTimeout(this.#timer);
    this.#end.abort();
  }

  async #next(): Promise<void> {
    const begun = performance.now();
    await this.#run(this.#end.signal);
    if (this.#end.signal.aborted) return;
    const left = Math.max(0, this.#interval - (performance.now() - begun));
    this.#timer = setTimeout(() => void this.#next(), left).unref();
  }
}
