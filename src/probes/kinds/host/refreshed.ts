// A reading that costs a process to get, so it is taken less often than it is shown.

import type { Millis } from '../../../model/time.js';

export class Refreshed<T> {
  readonly #read: () => Promise<T>;
  readonly #maxAge: Millis;
  #value: T | undefined;
  #at: Millis = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(read: () => Promise<T>, maxAge: Millis) {
    this.#read = read;
    this.#maxAge = maxAge;
  }

  /**
   * The last value, read again when it is older than its age allows. A read that hangs (a network file system that is
   * gone does that to `df`) is never started a second time; who started it waits until `patience` ends, later callers
   * not at all, and what was known before is shown meanwhile. Undefined until something is known.
   */
  async get(timeout: Promise<void>): Promise<T | undefined> {
    if (!this.#reading && performance.now() - this.#at >= this.#maxAge) {
      this.#reading = this.#refresh();
      await Promise.race([this.#reading, timeout]);
    }
    return this.#value;
  }

  async #refresh(): Promise<void> {
    try {
      this.#value = await this.#read();
    } finally {
      this.#at = performance.now();
      this.#reading = undefined;
    }
  }
}
