// A second question asked beside the one a service is judged by: it shares the deadline and leaves no trace of its own.
// Called by the kinds that ask two.

import type { Millis } from '../model/time.js';
import type { Attempt } from './probe.js';

/** An attempt that keeps nothing; it ends with the attempt it stands beside, or earlier by {@link cancel}. */
export class Aside implements Attempt {
  readonly timeout: Millis;
  statusCode: number | undefined;
  data: string | undefined;
  details: Record<string, string | number> | undefined;
  facts: unknown;
  readonly #cancels: (() => void)[] = [];
  #cancelled = false;

  constructor(beside: Attempt) {
    this.timeout = beside.timeout;
    beside.onCancel(() => this.cancel());
  }

  record(): void {}

  took(): void {}

  onCancel(callback: () => void): void {
    if (this.#cancelled) callback();
    else this.#cancels.push(callback);
  }

  /** Calls the question off; nothing happens when it has been answered. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    for (const callback of this.#cancels) callback();
  }
}
