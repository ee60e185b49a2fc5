// Requests that come while the monitor starts. What needs nothing but the samples is answered at once, all else waits for the
// rest of the program, which takes some tenths of a second.

import type { ServerResponse } from 'node:http';

interface Waiting {
  readonly response: ServerResponse;
  readonly answer: () => void;
}

/** Closed while the monitor starts. */
export class StartGate {
  #waiting: Waiting[] | undefined;

  readonly #answersQueries: boolean;

  /** @param starting undefined: it is open from the beginning */
  constructor(starting: { readonly answersQueries: boolean } | undefined) {
    this.#waiting = starting && [];
    this.#answersQueries = starting?.answersQueries ?? false;
  }

  /** Whether the samples are there and all else is not. */
  get answersQueriesAlone(): boolean {
    return this.#waiting !== undefined && this.#answersQueries;
  }

  /** Answers a request now, or once the gate is open. */
  pass(response: ServerResponse, answer: () => void): void {
    if (this.#waiting) this.#waiting.push({ response, answer });
    else answer();
  }

  /** Everything runs: requests that wait are answered. */
  open(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const { response, answer } of waiting ?? []) if (!response.destroyed) answer();
  }

  /** It will not run: the connections of requests that wait are ended. */
  refuse(): void {
    for (const { response } of this.#waiting?.splice(0) ?? []) response.destroy();
  }
}
