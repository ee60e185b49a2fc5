// Encodes chunks in a thread of its own, while the caller reads what comes next, and in the caller's thread when that one cannot follow:
// reading and encoding take about as long. Comes in: values; goes out: bytes, once the caller lets events pass.

import { Worker } from 'node:worker_threads';
import { encodeChunk } from '../codec/chunk.js';

/** Chunks that the thread has and has not encoded; more are encoded here. */
const MAX_WAITING = 8;
/** Chunks from which on a thread is started: it takes as long to start as to encode some dozens. */
const ENOUGH = 32;

/** Called with the bytes of a chunk. */
type Encoded = (bytes: Uint8Array) => void;

interface Waiting {
  readonly values: Float64Array;
  readonly done: Encoded;
}

export class ChunkEncoder {
  readonly #threadFile: URL;
  #thread: Worker | undefined;
  #hasFailed = false;
  #count = 0;
  /** What the thread has, oldest first. */
  #waiting: Waiting[] = [];
  #onIdle: (() => void) | undefined;

  /** @param threadFile what the thread runs */
  constructor(threadFile: URL = new URL('./encoder-thread.js', import.meta.url)) {
    this.#threadFile = threadFile;
  }

  /** Encodes values as small as it goes; `done` is called at once or later. */
  encode(values: Float64Array, done: Encoded): void {
    this.#count++;
    if (this.#count >= ENOUGH && !this.#hasFailed) this.#thread ??= this.#start();
    if (!this.#thread || this.#waiting.length >= MAX_WAITING) {
      done(encodeChunk(values, 'small'));
      return;
    }
    this.#waiting.push({ values, done });
    this.#thread.postMessage(values);
  }

  #start(): Worker {
    const thread = new Worker(this.#threadFile, { name: 'encoder' });
    thread.on('message', (bytes: Uint8Array) => {
      this.#waiting.shift()?.done(bytes);
      if (this.#waiting.length === 0) this.#onIdle?.();
    });
    thread.on('error', () => this.#fail());
    return thread;
  }

  /** Without the thread it takes longer, and no more. */
  #fail(): void {
    this.#hasFailed = true;
    this.#thread = undefined;
    for (const { values, done } of this.#waiting.splice(0)) done(encodeChunk(values, 'small'));
    this.#onIdle?.();
  }

  /** Resolves when everything is encoded. */
  async finish(): Promise<void> {
    if (this.#waiting.length === 0) return;
    await new Promise<void>(resolve => {
      this.#onIdle = resolve;
    });
  }

  /** Ends the thread; what it has not encoded is not called back for. */
  async close(): Promise<void> {
    this.#waiting = [];
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }
}
