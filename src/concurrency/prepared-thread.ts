// A thread of a SupervisedWorker that loads its code before it is known what it is started with: what the rest of the program
// does at its start goes on meanwhile. Comes in: the compiled file, later the data; goes out: a thread that waits, or runs.

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Millis } from '../model/time.js';
import { type PreparedStart, READY, type SupervisorRequest } from './supervised-thread.js';

/** How large V8's young generation may grow, in MiB: its own limit is sixteen times as much while little is going on. */
const YOUNG_GENERATION_MIB = 8;

/** How long a thread that is not wanted may take to end. */
const DISCARD_TIMEOUT: Millis = 5000;

interface ThreadOptions {
  /** The thread's name, as debuggers show it. */
  readonly name: string;
  /** The compiled file that the thread runs; it calls `supervised()` first. */
  readonly file: URL;
  /** JavaScript's heap in the thread, in MiB; V8's own limit where undefined. */
  readonly heapLimit?: number | undefined;
}

/** Starts a thread of a {@link SupervisedWorker} with what its `workerData` is to be. */
export function startThread(
  { name, file, heapLimit }: ThreadOptions,
  workerData: { port: MessagePort },
): Worker {
  return new Worker(file, {
    name,
    workerData,
    transferList: [workerData.port],
    resourceLimits: {
      maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB,
      ...(heapLimit === undefined ? {} : { maxOldGenerationSizeMb: heapLimit }),
    },
  });
}

/** One thread. The caller must {@link discard} it unless a {@link SupervisedWorker} may have taken it. */
export class PreparedThread<Data> {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #ready = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #isTaken = false;
  #isGiven = false;
  #hasEnded = false;
  readonly #onEnd = () => {
    this.#hasEnded = true;
  };

  /** Starts the thread. */
  constructor(options: ThreadOptions) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const start: PreparedStart = { port: port2, ready: this.#ready };
    this.#worker = startThread(options, start);
    // What it dies of is found again by the thread that is started in its place.
    this.#worker.on('error', this.#onEnd).on('exit', this.#onEnd);
  }

  /** It has died, or was discarded. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Lets the thread begin with its data; what is given later has no effect. */
  give(data: Data): void {
    if (this.#isGiven) return;
    this.#isGiven = true;
    this.#port.postMessage(data);
    this.#letGo();
  }

  /**
   * Hands the thread over, once, with the port where it is posted to and its events come from; it is the taker's then. Undefined when
   * it is taken already, or has died.
   */
  take(): { readonly worker: Worker; readonly port: MessagePort } | undefined {
    if (this.#isTaken || this.#hasEnded) return undefined;
    this.#isTaken = true;
    this.#worker.off('error', this.#onEnd).off('exit', this.#onEnd);
    return { worker: this.#worker, port: this.#port };
  }

  /**
   * Ends the thread unless it was taken: it ends by itself, since one that is ended while it is in a native module takes the process
   * with it.
   */
  async discard(): Promise<void> {
    if (this.#isTaken) return;
    this.#isTaken = true;
    if (!this.#hasEnded) {
      const ended = new Promise(resolve => this.#worker.once('exit', resolve));
      if (this.#isGiven) this.#port.postMessage({ type: 'close' } satisfies SupervisorRequest);
      else this.#letGo();
      const impatient = setTimeout(() => void this.#worker.terminate(), DISCARD_TIMEOUT);
      await ended;
      clearTimeout(impatient);
    }
    this.#port.close();
  }

  /** It looks for its data, and ends when there are none. */
  #letGo(): void {
    Atomics.store(this.#ready, 0, READY);
    Atomics.notify(this.#ready, 0);
  }
}
