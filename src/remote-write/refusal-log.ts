// What a receiver refuses for good is lost there: a line of the log says so, and not one for each request.

import type { Clock, Millis } from '../model/time.js';
import type { Kind } from './figures.js';

type Log = (level: 'error', message: string, fields: Record<string, unknown>) => void;

const INTERVAL: Millis = 60_000;

/** Logs the refusals of one receiver. */
export class RefusalLog {
  readonly #name: string;
  readonly #log: Log;
  readonly #clock: Clock;
  #nextAt: Millis = Number.NEGATIVE_INFINITY;
  /** Refused and not logged yet. */
  #count = 0;

  constructor(name: string, log: Log, clock: Clock) {
    this.#name = name;
    this.#log = log;
    this.#clock = clock;
  }

  add(kind: Kind, count: number, reason: string): void {
    this.#count += count;
    const now = this.#clock.elapsed();
    if (now < this.#nextAt) return;
    this.#nextAt = now + INTERVAL;
    const fields = { remote_name: this.#name, [kind]: this.#count, err: reason };
    this.#log('error', 'Remote write was refused; what was in it is not sent again', fields);
    this.#count = 0;
  }
}
