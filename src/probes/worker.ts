// Runs the checks in a thread of their own: what is to be checked goes in; results and the thread's end come out.

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

/** Runs checks in a thread. The caller must close it. */
export function runInWorker(events: CheckRunnerEvents, options: WorkerOptions = {}): CheckRunner {
  return new WorkerRunner(events, options);
}

class WorkerRunner implements CheckRunner {
  readonly #worker: SupervisedWorker<undefined, CheckRequest, CheckEvent>;
  #config: ProberConfig | undefined;
  #status: OverallStatus = 'degraded';
  /** For the next thread; those of services that are no more are few. */
  readonly #lastPushes = new Map<string, LastPush>();

  constructor(
    events: CheckRunnerEvents,
    { threadFile = new URL('./thread.js', import.meta.url), pingEvery }: WorkerOptions,
  ) {
    this.#worker = new SupervisedWorker({
      ...{ name: 'checks', file: threadFile, data: () => undefined, firstBackoff: 1000, pingEvery },
      onEvent: event => receive(event, events),
      onDown: (reason, wait) => {
        this.#worker.post({ type: 'status', status: this.#status });
        for (const [id, last] of this.#lastPushes) this.#worker.post({ type: 'push', id, last });
        if (this.#config) this.configure(this.#config);
        events.onDown(`${reason}; starting again in ${wait / 1000} s`);
      },
    });
  }

  configure(config: ProberConfig): void {
    this.#config = config;
    this.#worker.post({ type: 'configure', config: serializeSecrets(config) });
  }

  setStatus(status: OverallStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#worker.post({ type: 'status', status });
  }

  refresh(ids: readonly string[]): void {
    // The next thread begins with a check of everything.
    if (this.#worker.startsIn === undefined) this.#worker.post({ type: 'refresh', ids });
  }

  setLastPush(id: string, last: LastPush): void {
    this.#lastPushes.set(id, last);
    this.#worker.post({ type: 'push', id, last });
  }

  close(): Promise<void> {
    return this.#worker.close();
  }
}

function receive(event: CheckEvent, events: CheckRunnerEvents): void {
  if (event.type === 'result') events.onResult(event.result);
  else if (event.type === 'inference') events.onInference(event.result);
  else if (event.type === 'scan') events.onScan(event.scan);
  else if (event.type === 'error') events.onTrouble(event.id, event.message);
  else lowerThreadPriority();
}
