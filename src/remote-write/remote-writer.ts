// Remote write as the main thread sees it: a thread of its own, which is there once there is a receiver. Comes in: the
// configuration; goes out: what was sent, and how the receivers are.

import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { SupervisedWorker } from '../concurrency/supervised-worker.js';
import { serializeSecrets } from '../config/secret-transfer.js';
import type { Millis } from '../model/time.js';
import type { RemoteWriteConfig } from './config/definition.js';
import type { RemoteFigures } from './figures.js';
import type { FamilyMetadata } from './message/message.js';
import type { RemoteWriteEvent, RemoteWriteRequest } from './protocol.js';
import type { UnqueuedSample } from './unqueued.js';

/** JavaScript's heap in the thread, in MiB; samples and messages are beside it. */
const HEAP_LIMIT = 512;
const FIRST_BACKOFF: Millis = 1000;
/** Requests that are under way when the monitor stops may take so long. */
const CLOSE_TIMEOUT: Millis = 2500;

export interface RemoteWriterOptions {
  /** Has the store serve what is queued through a port, until another one is connected. */
  readonly connect: (port: MessagePort) => void;
  /** The store queues samples for these names and no others. */
  readonly setQueues: (names: readonly string[]) => void;
  /** What is known of metric families. */
  readonly metadata: () => Promise<readonly FamilyMetadata[]>;
  /** @param newest the newest sample that was queued; 0 before the first */
  readonly onFigures: (remotes: readonly RemoteFigures[], newest: Millis) => void;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>) => void;
  /** What the thread runs: the compiled thread.js unless a test names another. */
  readonly threadFile?: URL | undefined;
}

type Thread = SupervisedWorker<undefined, RemoteWriteRequest, RemoteWriteEvent>;

/** Sends samples to other storages. The caller must close it. */
export class RemoteWriter {
  readonly #options: RemoteWriterOptions;
  #thread: Thread | undefined;
  #remotes: readonly RemoteWriteConfig[] = [];
  #externalLabels: Readonly<Record<string, string>> = {};
  #metadataTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: RemoteWriterOptions) {
    this.#options = options;
  }

  /** Sends to these and no others. */
  configure(remotes: readonly RemoteWriteConfig[], externalLabels: Readonly<Record<string, string>>): void {
    if (this.#isClosed) return;
    this.#remotes = remotes;
    this.#externalLabels = externalLabels;
    this.#options.setQueues(remotes.map(({ name }) => name));
    if (remotes.length > 0 && !this.#thread) {
      this.#thread = this.#startThread();
      this.reconnect();
    }
    this.#sendRemotes();
    clearInterval(this.#metadataTimer);
    if (remotes.length === 0) return;
    // A receiver's own interval counts; the most frequent one is what is looked at.
    const interval = Math.min(...remotes.map(({ metadata }) => metadata.sendInterval));
    this.#metadataTimer = setInterval(() => void this.#sendMetadata(), interval);
    void this.#sendMetadata();
  }

  /** Sends samples at once to receivers that take them; they are not stored. @see Unqueued */
  sendUnqueued(samples: readonly UnqueuedSample[]): void {
    if (!this.#isClosed) this.#thread?.post({ type: 'unqueued', samples });
  }

  /** The query thread is another one. */
  reconnect(): void {
    const thread = this.#thread;
    if (!thread || this.#isClosed) return;
    const { port1, port2 } = new MessageChannel();
    this.#options.connect(port1);
    thread.post({ type: 'store', port: port2 }, [port2]);
  }

  /** Waits for what is under way; what is not acknowledged then is sent again at the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#metadataTimer);
    await this.#thread?.close(CLOSE_TIMEOUT);
  }

  #startThread(): Thread {
    const { threadFile: file = new URL('./thread.js', import.meta.url) } = this.#options;
    return new SupervisedWorker({
      ...{ name: 'remotes', file, data: () => undefined, firstBackoff: FIRST_BACKOFF, heapLimit: HEAP_LIMIT },
      onEvent: event => this.#receive(event),
      onDown: (reason, wait) => this.#onDown(reason, wait),
    });
  }

  #sendRemotes(): void {
    const remotes = this.#remotes.map(config => ({ ...config, http: serializeSecrets(config.http) }));
    this.#thread?.post({ type: 'remotes', remotes, externalLabels: this.#externalLabels });
  }

  async #sendMetadata(): Promise<void> {
    const families = await this.#options.metadata();
    if (!this.#isClosed) this.#thread?.post({ type: 'metadata', families });
  }

  #receive(event: RemoteWriteEvent): void {
    const { onFigures, log } = this.#options;
    if (event.type === 'figures') onFigures(event.remotes, event.newest);
    else log(event.level, event.message, event.fields);
  }

  #onDown(reason: string, wait: Millis): void {
    this.#options.log('error', 'The thread of remote write died; it is started again', {
      err: reason,
      in: `${wait / 1000}s`,
    });
    this.reconnect();
    this.#sendRemotes();
    void this.#sendMetadata();
  }
}
