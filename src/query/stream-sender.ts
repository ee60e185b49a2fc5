// Sends scrapes to the query thread from another thread, past the main one. Comes in: scrapes, and a port for each query
// thread there is; goes out: several scrapes in a message, which are stored with one write, and what became of each.

import type { MessagePort } from 'node:worker_threads';
import type { AppendResult, StreamScrape } from '../model/scrape.js';
import type { Millis } from '../model/time.js';
import type { StreamResults, StreamScrapes } from './protocol.js';
import { buffersOf, packStreams } from './scrape-codec.js';

/**
 * How long scrapes wait for each other: to wake another thread and to write to disk costs as much as half a scrape does, and a
 * sample is not asked for in the moment in which it was scraped.
 */
const GATHER: Millis = 100;

type Resolve = (result: AppendResult | undefined) => void;

/** Sends the scrapes of any number of streams. The caller must close it. */
export class StreamSender {
  #port: MessagePort | undefined;
  /** What waits to be sent, and who waits for what became of it. */
  #scrapes: StreamScrape[] = [];
  #waiting: Resolve[] = [];
  /** Of messages that were sent, in their order. */
  #sent: Resolve[][] = [];
  /** Layouts are packed by pieces, one message after the other. */
  #packing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  /** Scrapes go to another query thread from now on. Those on their way to the last one are lost. */
  connect(port: MessagePort): void {
    this.#port?.close();
    for (const resolve of this.#sent.splice(0).flat()) resolve(undefined);
    this.#port = port;
    port.on('message', (results: StreamResults) => {
      // What an earlier thread has sent in its last moment is not for what came after it.
      const sent = port === this.#port ? this.#sent.shift() : undefined;
      for (const [i, resolve] of (sent ?? []).entries()) resolve(results[i]);
    });
  }

  /**
   * Sends a scrape of a stream, which is not to be sent the next one before. Resolves when it is on disk, or in memory while
   * the disk fails; with nothing when the query thread died over it.
   */
  append(scrape: StreamScrape): Promise<AppendResult | undefined> {
    return new Promise(resolve => {
      this.#scrapes.push(scrape);
      this.#waiting.push(resolve);
      this.#timer ??= setTimeout(() => this.#flush(), GATHER);
    });
  }

  /** Sends nothing any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#port?.close();
    this.#port = undefined;
  }

  #flush(): void {
    this.#timer = undefined;
    const [scrapes, waiting] = [this.#scrapes, this.#waiting];
    this.#scrapes = [];
    this.#waiting = [];
    this.#packing = this.#packing.then(() => this.#send(scrapes, waiting));
  }

  async #send(scrapes: readonly StreamScrape[], waiting: Resolve[]): Promise<void> {
    const packed = await packStreams(scrapes);
    if (!this.#port) return;
    this.#sent.push(waiting);
    this.#port.postMessage({ type: 'scrapes', scrapes: packed } satisfies StreamScrapes, buffersOf(packed));
  }
}
