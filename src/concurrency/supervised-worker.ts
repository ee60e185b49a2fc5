// Keeps a worker thread running: starts it, watches it, and starts it again with backoff when it dies or stops answering.
// Comes in: requests for the thread; goes out: its events, and the reason each time it dies.

import { MessageChannel, type MessagePort, type TransferListItem, type Worker } from 'node:worker_threads';
import type { Millis } from '../model/time.js';
import { LifeSigns } from './life-signs.js';
import { type PreparedThread, startThread } from './prepared-thread.js';
import type { SupervisedEvent, SupervisedStart, SupervisorRequest } from './supervised-thread.js';

const SECOND_BACKOFF: Millis = 1000;
const MAX_BACKOFF: Millis = 60_000;
/** A thread that has run for this long starts the backoff from its beginning. */
const STABLE_AFTER: Millis = 60_000;
const PING_INTERVAL: Millis = 10_000;

/** The thread and the callbacks. */
interface SupervisedWorkerOptions<Data, Event> {
  /** The thread's name, as debuggers show it. */
  readonly name: string;
  /** The compiled file that the thread runs; it calls `supervised()` first. */
  readonly file: URL;
  /** What a thread is started with, asked for at each start. */
  readonly data: () => Data;
  /** JavaScript's heap in the thread, in MiB; V8's own limit where undefined. */
  readonly heapLimit?: number | undefined;
  /** The first thread, if one was started before; it must be of the same file. */
  readonly prepared?: PreparedThread<Data> | undefined;
  /** How long to wait after the first death. The next waits are 1 s, 2 s and so on to a minute. */
  readonly firstBackoff: Millis;
  /** How often the thread is pinged. */
  readonly pingEvery?: Millis | undefined;
  readonly onEvent: (event: Event) => void;
  /**
   * The thread has died and starts again after `wait`. What is posted from now on is for the next thread, which knows nothing
   * of what was posted before.
   */
  readonly onDown: (reason: string, wait: Millis) => void;
}

/** What comes through the channel: an event, or several. */
type Message<Event> = Event | SupervisedEvent | readonly (Event | SupervisedEvent)[];

/** A thread and its successors. The caller must close it. */
export class SupervisedWorker<Data, Request, Event extends { readonly type: string }> {
  readonly #options: SupervisedWorkerOptions<Data, Event>;
  readonly #watch: NodeJS.Timeout;
  readonly #signs: LifeSigns;
  #port: MessagePort;
  #worker: Worker | undefined;
  #startedAt: Millis = 0;
  #backoff: Millis;
  /** When the thread starts again; undefined while it runs or is about to. */
  #startsAt: Millis | undefined;
  #restart: NodeJS.Timeout | undefined;
  /** Why the thread ended or is being ended. */
  #reason: string | undefined;
  #isClosed = false;

  /** Starts the thread. */
  constructor(options: SupervisedWorkerOptions<Data, Event>) {
    this.#options = options;
    this.#backoff = options.firstBackoff;
    const pingEvery = options.pingEvery ?? PING_INTERVAL;
    this.#signs = new LifeSigns(pingEvery);
    this.#port = this.#startPrepared() ?? this.#start(0);
    this.#watch = setInterval(() => this.#ping(), pingEvery);
  }

  /** How long until the thread starts again; undefined while it runs. */
  get startsIn(): Millis | undefined {
    return this.#startsAt === undefined ? undefined : Math.max(0, this.#startsAt - performance.now());
  }

  /** Sends a request to the thread, or to the next one while there is none. */
  post(request: Request | SupervisorRequest, transfer: readonly TransferListItem[] = []): void {
    this.#port.postMessage(request, transfer);
  }

  /**
   * Ends the thread and waits for its end.
   * @param patience how long it may take to end by itself when it is asked to; 0 ends it at once
   */
  async close(patience: Millis = 0): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker && patience > 0) {
      const ended = new Promise(resolve => worker.once('exit', resolve));
      this.post({ type: 'close' });
      const impatient = setTimeout(() => void worker.terminate(), patience);
      await ended;
      clearTimeout(impatient);
    } else await worker?.terminate();
    this.#port.close();
  }

  /** Starts a thread now, or later: what is posted meanwhile waits in the channel. @returns where to post */
  #start(wait: Millis): MessagePort {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (message: Message<Event>) => this.#receive(message));
    this.#startsAt = wait > 0 ? performance.now() + wait : undefined;
    if (wait > 0) this.#restart = setTimeout(() => this.#run(port2), wait);
    else this.#run(port2);
    return port1;
  }

  #startPrepared(): MessagePort | undefined {
    const { prepared, data } = this.#options;
    const taken = prepared?.take();
    if (!prepared || !taken) return undefined;
    taken.port.on('message', (message: Message<Event>) => this.#receive(message));
    prepared.give(data());
    this.#watchOver(taken.worker);
    return taken.port;
  }

  #run(port: MessagePort): void {
    const start: SupervisedStart<Data> = { port, data: this.#options.data() };
    this.#watchOver(startThread(this.#options, start));
  }

  #watchOver(worker: Worker): void {
    this.#worker = worker;
    this.#startsAt = undefined;
    this.#startedAt = performance.now();
    this.#signs.reset();
    this.#reason = undefined;
    worker.on('error', error => {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#reason = code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out of memory' : message;
    });
    worker.on('exit', code => {
      this.#worker = undefined;
      if (!this.#isClosed) this.#down(this.#reason || `exit code ${code}`);
    });
  }

  #receive(message: Message<Event>): void {
    for (const event of isList(message) ? message : [message]) {
      if (!isSupervised(event)) this.#options.onEvent(event);
      if (isSupervised(event) && event.type === 'started') this.#signs.named(event.thread);
      else this.#signs.received();
    }
  }

  #down(reason: string): void {
    const { firstBackoff, onDown } = this.#options;
    if (performance.now() - this.#startedAt >= STABLE_AFTER) this.#backoff = firstBackoff;
    const wait = this.#backoff;
    this.#backoff = Math.min(Math.max(wait * 2, SECOND_BACKOFF), MAX_BACKOFF);
    this.#port.close();
    this.#port = this.#start(wait);
    onDown(reason, wait);
  }

  #ping(): void {
    if (!this.#worker) return;
    const problem = this.#signs.pinged();
    if (problem) {
      this.#reason = problem;
      void this.#worker.terminate();
      return;
    }
    this.post({ type: 'ping' });
  }
}

function isList<T>(message: T | readonly T[]): message is readonly T[] {
  return Array.isArray(message);
}

function isSupervised(event: { readonly type: string }): event is SupervisedEvent {
  return event.type === 'started' || event.type === 'pong';
}
