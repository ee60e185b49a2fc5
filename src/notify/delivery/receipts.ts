// Who has already got which message, so that another try reaches only those who have not. In memory: after a restart
// somebody may get a message twice.

import { createHash } from 'node:crypto';
import type { Millis } from '../../model/time.js';

const MAX_RECEIPTS = 10_000;

/** Remembers for a while. */
export class Receipts {
  readonly #lifetime: Millis;
  /** Until when each is remembered, the oldest first. */
  readonly #until = new Map<string, Millis>();

  constructor(lifetime: Millis) {
    this.#lifetime = lifetime;
  }

  has(message: string, recipient: string, now: Millis): boolean {
    return (this.#until.get(keyOf(message, recipient)) ?? Number.NEGATIVE_INFINITY) > now;
  }

  add(message: string, recipient: string, now: Millis): void {
    for (const [key, until] of this.#until) {
      if (until > now && this.#until.size < MAX_RECEIPTS) break;
      this.#until.delete(key);
    }
    const key = keyOf(message, recipient);
    this.#until.delete(key);
    this.#until.set(key, now + this.#lifetime);
  }

  delete(message: string, recipient: string): void {
    this.#until.delete(keyOf(message, recipient));
  }
}

function keyOf(message: string, recipient: string): string {
  return createHash('sha256')
    .update(JSON.stringify([message, recipient]))
    .digest('base64');
}
