// A long answer's bytes as the main thread fetches them from the query thread: one piece is being sent and one is on
// its way, so a slow reader delays no other query and a fast one does not wait.

import { MessageChannel } from 'node:worker_threads';
import type { ByteStream } from './engine.js';

/** A closed port: see {@link release}. */
const { port1: discardPort } = new MessageChannel();
discardPort.close();

/** Where the bytes come from. */
interface ChunkSource {
  /** Asks for the next piece. @throws QueryError */
  readonly next: () => Promise<Uint8Array>;
  /** Called when everything has come, or the rest is not wanted. */
  readonly cancel: () => void;
}

/** An answer of which the beginning is there. */
export class ChunkedAnswer implements ByteStream {
  readonly length: number;
  readonly #first: Uint8Array;
  readonly #fetching: ChunkSource;

  /** @param length bytes of the whole answer */
  constructor(first: Uint8Array, length: number, fetching: ChunkSource) {
    this.#first = first;
    this.length = length;
    this.#fetching = fetching;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    let rest = this.length;
    let next = Promise.resolve(this.#first);
    try {
      while (rest > 0) {
        const piece = await next;
        rest -= piece.length;
        if (rest > 0) next = this.#fetchNext();
        yield piece;
        release(piece);
      }
    } finally {
      this.#fetching.cancel();
    }
  }

  #fetchNext(): Promise<Uint8Array> {
    const piece = this.#fetching.next();
    // It may fail while the piece before it is being sent, before it is awaited.
    piece.catch(() => {});
    return piece;
  }
}

/**
 * Gives memory back now: left to the garbage collector, what a large answer leaves behind makes it stop everything for
 * tens of milliseconds. A message takes its arrays along wherever it goes.
 */
function release(piece: Uint8Array): void {
  discardPort.postMessage(undefined, [piece.buffer as ArrayBuffer]);
}

/** All of an answer's bytes in one buffer. @throws QueryError when the rest is lost */
export async function wholeOf(data: Uint8Array | ByteStream | string): Promise<Buffer> {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof Uint8Array) return Buffer.from(data.buffer, data.byteOffset, data.length);
  const bytes = Buffer.allocUnsafe(data.length);
  let at = 0;
  for await (const piece of data) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
