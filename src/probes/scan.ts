// A scan: the round in which every service whose turn it is gets checked. It ends when they all have been, or when
// the next one is due; what hangs does not hold up the others' news.

import type { Clock, Millis } from '../model/time.js';

/** A scan that has ended. */
export interface Scan {
  /** Wall clock. */
  readonly startedAt: Millis;
  readonly endedAt: Millis;
  /** The longest any of its checks waited past its due time, in milliseconds. */
  readonly lag: Millis;
  /** False when the time was over before all of its checks were. */
  readonly complete: boolean;
}

/** Follows the rounds; its owner says what belongs to one and when a check ends. */
export class ScanRounds {
  readonly #clock: Clock;
  readonly #onEnd: (scan: Scan) => void;
  /** Ids of the checks whose turn falls before a monotonic moment. */
  readonly #members: (until: Millis) => Iterable<string>;
  #open: Set<string> | undefined;
  #startedAt: Millis = 0;
  #begun: Millis = 0;
  #lag: Millis = 0;
  #length: Millis = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Clock, members: (until: Millis) => Iterable<string>, onEnd: (scan: Scan) => void) {
    this.#clock = clock;
    this.#members = members;
    this.#onEnd = onEnd;
  }

  /** Sets how long a round is; a running one is cut or stretched. */
  setLength(length: Millis): void {
    if (length === this.#length) return;
    this.#length = length;
    if (this.#begun === 0) this.#begin();
    else this.#arm();
  }

  /** A check has started, so much later than it was due. */
  started(lag: Millis): void {
    if (lag > this.#lag) this.#lag = lag;
  }

  /** A check has ended and is not wanted again in this round. */
  ended(id: string): void {
    if (this.#open?.delete(id) && this.#open.size === 0) this.#end(true);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #begin(): void {
    this.#begun = this.#clock.elapsed();
    this.#startedAt = this.#clock.now();
    this.#lag = 0;
    this.#open = new Set(this.#members(this.#begun + this.#length));
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const left = Math.max(0, this.#begun + this.#length - this.#clock.elapsed());
    this.#timer = setTimeout(() => {
      if (this.#open) this.#end(this.#open.size === 0);
      this.#begin();
    }, left);
  }

  #end(complete: boolean): void {
    this.#open = undefined;
    this.#onEnd({ startedAt: this.#startedAt, endedAt: this.#clock.now(), lag: this.#lag, complete });
  }
}
