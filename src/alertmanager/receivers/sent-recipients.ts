// Which recipients already got which message, so that a retry reaches only the others. In memory: after a restart
// a recipient may get a message twice.

import { createHash } from 'node:crypto';
import type { Millis } from '../../model/time.js';

const MAX_RECEIPTS = 10_000;

/** Entries expire after a while. */
export class SentRecipients {
  readonly #lifetime: Millis;
  readonly #scope: string;
  /** Until when each is remembered, the oldest first. */
  readonly #until: Map<string, Millis>;

  constructor(lifetime: Millis, teller = '', until = new Map<string, Millis>()) {
    this.#lifetime = lifetime;
    this.#scope = teller;
    this.#until = until;
  }

  /** The same store for one of several senders: a message that a recipient got from one does not count for another. */
  scopedTo(teller: string): SentRecipients {
    return new SentRecipients(this.#lifetime, teller, this.#until);
  }

  has(message: string, recipient: string, now: Millis): boolean {
    return (this.#until.get(this.#keyOf(message, recipient)) ?? Number.NEGATIVE_INFINITY) > now;
  }

  add(message: string, recipient: string, now: Millis): void {
    for (const [key, until] of this.#until) {
      if (until > now && this.#until.size < MAX_RECEIPTS) break;
      this.#until.delete(key);
    }
    const key = this.#keyOf(message, recipient);
    this.#until.delete(key);
    this.#until.set(key, now + this.#lifetime);
  }

  delete(message: string, recipient: string): void {
    this.#until.delete(this.#keyOf(message, recipient));
  }

  #keyOf(message: string, recipient: string): string {
    return createHash('sha256')
      .update(JSON.stringify([this.#scope, message, recipient]))
      .digest('base64');
  }
}
