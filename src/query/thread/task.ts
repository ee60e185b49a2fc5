// Work in the query thread, a question most of the time, while it waits and while it is done: whose time is whose.

import type { Millis } from '../../model/time.js';
import type { Order } from '../protocol.js';

export type Asked = Extract<Order, { say: 'ask' }>;

/** Thrown within a question that was let in between and is not as short as was hoped; it is begun again later. */
export class NotShort extends Error {}

/** Something that is done in the query thread and lets others in between. Moments are monotonic. */
export class Work {
  #begun: Millis = 0;
  #others: Millis = 0;

  begin(now: Millis): void {
    this.#begun = now;
    this.#others = 0;
  }

  /** What was done meanwhile for others. */
  gaveAway(span: Millis): void {
    this.#others += span;
  }

  /** How long it has worked itself since it began. */
  worked(now: Millis): Millis {
    return now - this.#begun - this.#others;
  }

  /** Whether it has run for a while, and others have not taken more of its time than it had itself. */
  canStepAside(now: Millis, after: Millis): boolean {
    const worked = this.worked(now);
    return worked >= after && this.#others <= worked;
  }
}

/** One question in the query thread. */
export class Turn extends Work {
  readonly asked: Asked;
  readonly arrived: Millis;
  canceled = false;
  /** It was let in between once and took too long for that. */
  isLong = false;
  /** It is let in between at this moment, so it has to be short. */
  isBetween = false;

  constructor(asked: Asked, arrived: Millis) {
    super();
    this.asked = asked;
    this.arrived = arrived;
  }
}
