// Work in the query thread, a question most of the time, while it waits and while it is done: whose time is whose.

import type { Millis } from '../../model/time.js';
import type { QueryThreadRequest } from '../protocol.js';

export type QueryRequest = Extract<QueryThreadRequest, { type: 'query' }>;

/** Thrown within a question that was let in between and is not as short as was hoped; it is begun again later. */
export class YieldError extends Error {}

/** Something that is done in the query thread and lets others in between. Moments are monotonic. */
export class CooperativeTask {
  #begun: Millis = 0;
  #yielded: Millis = 0;

  start(now: Millis): void {
    this.#begun = now;
    this.#yielded = 0;
  }

  /** What was done meanwhile for others. */
  addYielded(span: Millis): void {
    this.#yielded += span;
  }

  /** How long it has worked itself since it began. */
  ownTime(now: Millis): Millis {
    return now - this.#begun - this.#yielded;
  }

  /** Whether it has run for a while, and others have not taken more of its time than it had itself. */
  canYield(now: Millis, after: Millis): boolean {
    const worked = this.ownTime(now);
    return worked >= after && this.#yielded <= worked;
  }
}

/** One question in the query thread. */
export class QueryTask extends CooperativeTask {
  readonly request: QueryRequest;
  readonly arrived: Millis;
  canceled = false;
  /** It was let in between once and took too long for that. */
  tookTooLong = false;
  /** It is let in between at this moment, so it has to be short. */
  isNested = false;

  constructor(asked: QueryRequest, arrived: Millis) {
    super();
    this.request = asked;
    this.arrived = arrived;
  }
}
