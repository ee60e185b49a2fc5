// One client of the event stream. Comes in: events as they happen; goes out: bytes at the client's own speed. A client that
// is slow gets the latest event when it is ready for one, not all it missed: every event says everything.

import type { Millis } from '../../model/time.js';

/** How soon a client comes back whose connection broke, in milliseconds. */
const RETRY = Buffer.from('retry: 1000\n\n');
const HEARTBEAT = Buffer.from(': still here\n\n');

/** Read once, by the code that writes the response. */
export class Subscriber implements AsyncIterable<Buffer> {
  /** By the monotonic clock. */
  readonly openedAt: Millis;
  /** Which client reads it. */
  readonly client: string;
  #next: Buffer | undefined = RETRY;
  #event: Buffer | undefined;
  #isEnded = false;
  #wake: (() => void) | undefined;

  constructor(openedAt: Millis, client: string) {
    this.openedAt = openedAt;
    this.client = client;
  }

  /** Queues an event, in place of one that still waits. */
  send(event: Buffer): void {
    this.#event = event;
    this.#wake?.();
  }

  /** Queues a comment that keeps the connection alive, unless an event waits. */
  heartbeat(): void {
    this.#next ??= HEARTBEAT;
    this.#wake?.();
  }

  /** Ends the stream; a waiting event is dropped. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    for (;;) {
      if (this.#isEnded) return;
      const bytes = this.#nextBytes();
      if (bytes) yield bytes;
      else
        await new Promise<void>(resolve => {
          this.#wake = resolve;
        });
    }
  }

  #nextBytes(): Buffer | undefined {
    const bytes = this.#next ?? this.#event;
    if (this.#next) this.#next = undefined;
    else this.#event = undefined;
    return bytes;
  }
}
