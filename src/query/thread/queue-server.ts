// Samples on their way to other storages. Comes in: requests of the thread that sends them, through a port of its own; goes out:
// windows of samples with the labels of their series, and how much waits.

import type { MessagePort } from 'node:worker_threads';
import type { SampleStore } from '../../tsdb/store.js';
import type { LabelledWindow, QueueEvent, QueueRequest } from '../queue-protocol.js';

/** Series whose labels the other thread keeps, at most: series that come and go would be more and more. */
const MAX_KNOWN = 500_000;

type QueuedSamples = Pick<SampleStore, 'setQueues' | 'queues' | 'nextWindow' | 'labelsOf' | 'generation'>;

/** Serves one thread at a time. The caller must close it. */
export class QueueServer {
  readonly #store: QueuedSamples;
  #port: MessagePort | undefined;
  /** Series whose labels were sent through the port. */
  readonly #known = new Set<number>();
  #generation = 0;
  #isStatusDue = false;

  constructor(store: QueuedSamples) {
    this.#store = store;
  }

  /** Scrapes are queued for these from now on. */
  setNames(names: readonly string[]): void {
    this.#store.setQueues(names);
    this.stored();
  }

  /** Requests come through another port from now on. */
  connect(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    this.#known.clear();
    port.on('message', (request: QueueRequest) => this.#answer(port, request));
    this.stored();
  }

  /** Something was queued: the other thread is notified once for all that is stored in one go. */
  stored(): void {
    if (this.#isStatusDue || !this.#port) return;
    this.#isStatusDue = true;
    setImmediate(() => {
      this.#isStatusDue = false;
      this.#send({ type: 'status', ...this.#store.queues() });
    });
  }

  close(): void {
    this.#port?.close();
    this.#port = undefined;
  }

  #answer(port: MessagePort, { name, request }: QueueRequest): void {
    if (port !== this.#port) return;
    const window = this.#store.nextWindow(name, request);
    // First what waits now: it is without what the request has acknowledged.
    this.#send({ type: 'status', ...this.#store.queues() });
    if (window) {
      const { ids, times, values, ends } = window;
      const buffers = [ids, times, values, ends].map(({ buffer }) => buffer);
      this.#send({ type: 'window', name, window: this.#labelled(window) }, buffers);
    } else this.#send({ type: 'window', name, window });
  }

  #labelled(window: NonNullable<ReturnType<SampleStore['nextWindow']>>): LabelledWindow {
    const { generation } = this.#store;
    const isReset = generation !== this.#generation || this.#known.size === 0 || this.#known.size > MAX_KNOWN;
    if (isReset) this.#known.clear();
    this.#generation = generation;
    const series: LabelledWindow['series'][number][] = [];
    for (const id of window.ids) {
      if (this.#known.has(id)) continue;
      const labels = this.#store.labelsOf(id);
      if (!labels) continue;
      this.#known.add(id);
      series.push({ id, names: labels.names, values: labels.values });
    }
    return { ...window, isReset, series };
  }

  #send(event: QueueEvent, transfer: ArrayBuffer[] = []): void {
    this.#port?.postMessage(event, transfer);
  }
}
