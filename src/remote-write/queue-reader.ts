// Reads what is queued for receivers out of the query thread. Comes in: requests; goes out: windows of samples, and the labels of
// their series.

import type { MessagePort } from 'node:worker_threads';
import { Labels } from '../model/labels.js';
import type { LabelledWindow, QueueEvent, QueueRequest } from '../query/queue-protocol.js';
import type { QueueStatus, WindowRequest } from '../tsdb/outgoing/outgoing.js';

/** What came of a request. */
export interface ReadResult {
  /** False when the query thread died over it: what it acknowledged may not be on disk. */
  readonly isAnswered: boolean;
  readonly window: LabelledWindow | undefined;
}

const LOST: ReadResult = { isAnswered: false, window: undefined };

type Resolve = (result: ReadResult) => void;

/** Reads through one port at a time. The caller must close it. */
export class QueueReader {
  /** Changes when numbers of series may be those of others. */
  generation = 0;
  readonly #labels = new Map<number, Labels>();
  readonly #waiting = new Map<string, Resolve>();
  readonly #onStatus: (newest: number, queues: readonly QueueStatus[]) => void;
  #port: MessagePort | undefined;

  constructor(onStatus: (newest: number, queues: readonly QueueStatus[]) => void) {
    this.#onStatus = onStatus;
  }

  /** Another query thread, which knows what the one before has on disk. */
  connect(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    this.#answerAll();
    port.on('message', (event: QueueEvent) => {
      if (port !== this.#port) return;
      if (event.type === 'status') this.#onStatus(event.newest, event.queues);
      else this.#receive(event.name, event.window);
    });
  }

  /** One at a time for each receiver; nothing while there is no thread. */
  next(name: string, request: WindowRequest): Promise<ReadResult> {
    const port = this.#port;
    if (!port) return Promise.resolve(LOST);
    return new Promise(resolve => {
      this.#waiting.set(name, resolve);
      port.postMessage({ type: 'next', name, request } satisfies QueueRequest);
    });
  }

  /** The labels of a series of a window. */
  labelsOf(id: number): Labels | undefined {
    return this.#labels.get(id);
  }

  close(): void {
    this.#port?.close();
    this.#port = undefined;
    this.#answerAll();
  }

  #receive(name: string, window: LabelledWindow | undefined): void {
    if (window?.isReset) {
      this.#labels.clear();
      this.generation++;
    }
    for (const { id, names, values } of window?.series ?? [])
      this.#labels.set(id, Labels.sorted(names, values));
    this.#waiting.get(name)?.({ isAnswered: true, window });
    this.#waiting.delete(name);
  }

  #answerAll(): void {
    for (const resolve of this.#waiting.values()) resolve(LOST);
    this.#waiting.clear();
  }
}
