// A second request beside the one that decides a service's status: it shares the deadline and leaves no trace of its own.

import type { ProbeFacts } from '../model/result.js';
import type { Millis } from '../model/time.js';
import { type Attempt, ProbeFailure } from './probe.js';

/** An attempt that keeps nothing; it ends with the attempt it stands beside, or earlier by {@link cancel}. */
export class SecondaryAttempt implements Attempt {
  readonly timeout: Millis;
  degraded: string | undefined;
  statusCode: number | undefined;
  data: string | undefined;
  details: Record<string, string | number> | undefined;
  facts: ProbeFacts | undefined;
  readonly #cancels: (() => unknown)[] = [];
  #cancelled = false;

  /** @param rename what its failure is called where it is what the other one still waits for */
  constructor(beside: Pick<Attempt, 'timeout' | 'onCancel'>, rename = (failure: ProbeFailure) => failure) {
    this.timeout = beside.timeout;
    beside.onCancel(() => {
      const late = this.cancel();
      return late && rename(late);
    });
  }

  readonly room = Number.POSITIVE_INFINITY;

  record(): void {}

  dropSamples(): void {}

  measured(): void {}

  onCancel(callback: () => unknown): void {
    if (this.#cancelled) callback();
    else this.#cancels.push(callback);
  }

  /** Calls the question off; nothing happens when it has been answered. Returns what was waited for. */
  cancel(): ProbeFailure | undefined {
    if (this.#cancelled) return undefined;
    this.#cancelled = true;
    return this.#cancels.map(callback => callback()).findLast(each => each instanceof ProbeFailure);
  }
}
