// Runs the checks in a thread of their own: what is to be checked goes in; results and the thread's end come out.

import { noteCheck } from '../concurrency/optimizing.js';
import { lowerThreadPriority } from '../concurrency/priority.js';
import { SupervisedWorker } from '../concurrency/supervised-worker.js';
import { serializeSecrets } from '../config/secret-transfer.js';
import type { LastPush } from '../model/push.js';
import type { OverallStatus } from '../model/service.js';
import type { Millis } from '../model/time.js';
import type { ProberConfig } from './config.js';
import type { CheckEvent, CheckRequest } from './protocol.js';
import type { CheckRunner, CheckRunnerEvents } from './runner.js';

interface WorkerOptions {
  /** What the thread runs: the compiled thread.js unless a test names another. */
  readonly threadFile?: URL;
  /** How often the thread is pinged. */
  readonly pingEvery?: Millis;
}

/** Runs checks in a thread, from the first configuration on. The caller must close it. */
export function runInWorker(events: CheckRunnerEvents, options: WorkerOptions = {}): CheckRunner {
  return new WorkerRunner(events, options);
}

class WorkerRunner implements CheckRunner {
  readonly #events: CheckRunnerEvents;
  readonly #options: WorkerOptions;
  /** Starts with the first configuration. */
  #worker: SupervisedWorker<undefined, CheckRequest, CheckEvent> | undefined;
  #config: ProberConfig | undefined;
  #status: OverallStatus = 'degraded';
  /** For the next thread; those of services that are no more are few. */
  readonly #lastPushes = new Map<string, LastPush>();

  constructor(events: CheckRunnerEvents, options: WorkerOptions) {
    this.#events = events;
    this.#options = options;
  }

  configure(config: ProberConfig): void {
    this.#config = config;
    if (this.#worker) this.#post({ type: 'configure', config: serializeSecrets(config) });
    else {
      this.#worker = this.#start();
      this.#begin();
    }
  }

  setStatus(status: OverallStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#post({ type: 'status', status });
  }

  refresh(ids: readonly string[]): void {
    // The next thread begins with a check of everything.
    if (this.#worker?.startsIn === undefined) this.#post({ type: 'refresh', ids });
  }

  setLastPush(id: string, last: LastPush): void {
    this.#lastPushes.set(id, last);
    this.#post({ type: 'push', id, last });
  }

  async close(): Promise<void> {
    await this.#worker?.close();
  }

  #start(): SupervisedWorker<undefined, CheckRequest, CheckEvent> {
    const { threadFile = new URL('./thread.js', import.meta.url), pingEvery } = this.#options;
    return new SupervisedWorker({
      ...{ name: 'checks', file: threadFile, data: () => undefined, firstBackoff: 1000, pingEvery },
      onEvent: event => receive(event, this.#events),
      onDown: (reason, wait) => {
        this.#begin();
        this.#events.onDown(`${reason}; starting again in ${wait / 1000} s`);
      },
    });
  }

  /** What a thread that knows nothing has to know. */
  #begin(): void {
    this.#post({ type: 'status', status: this.#status });
    for (const [id, last] of this.#lastPushes) this.#post({ type: 'push', id, last });
    if (this.#config) this.#post({ type: 'configure', config: serializeSecrets(this.#config) });
  }

  #post(request: CheckRequest): void {
    this.#worker?.post(request);
  }
}

function receive(event: CheckEvent, events: CheckRunnerEvents): void {
  if (event.type === 'result') {
    noteCheck();
    events.onResult(event.result);
  } else if (event.type === 'inference') events.onInference(event.result);
  else if (event.type === 'scan') events.onScan(event.scan);
  else if (event.type === 'error') events.onTrouble(event.id, event.message);
  else lowerThreadPriority();
}
