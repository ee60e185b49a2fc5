// Requests answered, by endpoint and status. Comes in: one call for each request; goes out: a counter of prom-client's.

import { Counter, type Registry } from 'prom-client';

/**
 * prom-client checks and hashes the labels of each increment, which takes as long as finding the endpoint. Here a request adds one
 * to a number, and prom-client gets the sums when it is read.
 */
export class AnswerCounter extends Counter<'handler' | 'code'> {
  readonly #pending = new Map<string, Map<number, number>>();

  constructor(name: string, help: string, registry: Registry) {
    super({ name, help, labelNames: ['handler', 'code'], registers: [registry] });
  }

  /** A request was answered. */
  count(handler: string, code: number): void {
    let codes = this.#pending.get(handler);
    if (!codes) {
      codes = new Map();
      this.#pending.set(handler, codes);
    }
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }

  override get() {
    for (const [handler, codes] of this.#pending)
      for (const [code, count] of codes) {
        if (count === 0) continue;
        this.inc({ handler, code }, count);
        // The entry stays: most endpoints that were asked are asked again.
        codes.set(code, 0);
      }
    return super.get();
  }
}
