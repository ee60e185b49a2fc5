// One action that many may ask for at once, and that must not run twice at the same time. Comes in: requests; goes out:
// runs, fewer than requests when these come faster.

import type { Millis } from '../model/time.js';

/** Pause after a run, as a multiple of what it took: requests without end leave the process half of its time. */
const REST = 1;
const MAX_REST: Millis = 5000;

/** Runs an action again and again, one run after the other. */
export class Coalesced {
  readonly #action: () => Promise<void>;
  /** The run that is under way, and the last one. */
  #current: Promise<void> | undefined;
  /** The same with the pause after it. */
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #isClosed = false;

  constructor(action: () => Promise<void>) {
    this.#action = action;
  }

  /**
   * Runs the action. A request that comes while it runs, or during the pause after it, shares the next run with all others:
   * that one begins after the request, so that it sees everything that was there then.
   * @throws what the action throws
   */
  run(): Promise<void> {
    if (!this.#running) return this.#start();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#start();
    });
    return this.#next;
  }

  /** Waits for a run that is under way; there is none after it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#current?.catch(() => {});
  }

  #start(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const begun = performance.now();
    const current = this.#action();
    const rest = () => pause(Math.min((performance.now() - begun) * REST, MAX_REST));
    this.#current = current;
    const running = current.then(rest, rest).then(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return current;
  }
}

function pause(length: Millis): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, length).unref());
}
