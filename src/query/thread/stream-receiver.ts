// Scrapes of other streams on their way into the store. Comes in: messages of a StreamSender through a port of their own; goes
// out: what became of each scrape.

import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { AppendResult } from '../../model/scrape.js';
import type { Clock, Millis } from '../../model/time.js';
import type { SampleStore } from '../../tsdb/store.js';
import type { StreamResults, StreamScrapes } from '../protocol.js';
import { type PackedStreams, unpackStreams } from '../scrape-codec.js';

/** Scrapes that are kept with one write at most: as many as the store writes at a time. */
const MAX_BATCH = 20;

interface Received {
  readonly scrapes: PackedStreams;
  /** Where the answer goes. */
  readonly port: MessagePort;
  /** Monotonic clock. */
  readonly since: Millis;
}

interface ReceiverOptions {
  readonly store: Pick<SampleStore, 'appendStreams'>;
  readonly clock: Clock;
  /** Called when something has come that {@link StreamReceiver.append} may be called for. */
  readonly onReceived: () => void;
}

/** Receives from one sender at a time. The caller must close it. */
export class StreamReceiver {
  readonly #options: ReceiverOptions;
  readonly #received: Received[] = [];
  #port: MessagePort | undefined;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  /** Messages come through another port from now on. */
  connect(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    port.on('message', (message: StreamScrapes) => {
      this.#add(port, message);
      this.#options.onReceived();
    });
  }

  /** Takes what has come while something else runs, without waiting. */
  poll(): void {
    const port = this.#port;
    if (!port) return;
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
      this.#add(port, next.message);
  }

  /** Keeps the scrapes that came up to a moment of the monotonic clock. */
  append(until: Millis): void {
    for (let next = this.#received[0]; next && next.since <= until; next = this.#received[0]) {
      this.#received.shift();
      next.port.postMessage(this.#append(next.scrapes) satisfies StreamResults);
    }
  }

  close(): void {
    this.#port?.close();
  }

  #add(port: MessagePort, { scrapes }: StreamScrapes): void {
    this.#received.push({ scrapes, port, since: this.#options.clock.elapsed() });
  }

  #append(packed: PackedStreams): AppendResult[] {
    const scrapes = unpackStreams(packed);
    const results: AppendResult[] = [];
    for (let i = 0; i < scrapes.length; i += MAX_BATCH)
      results.push(...this.#options.store.appendStreams(scrapes.slice(i, i + MAX_BATCH)));
    return results;
  }
}
