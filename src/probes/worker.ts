// Runs the checks in a thread of their own: what is to be checked goes in; results and the thread's end come out.

import { lowerThreadPriority } from '../concurrency/priority.js';
import { SupervisedWorker } from '../concurrency/supervised-worker.js';
import type { OverallStatus } from '../model/service.js';
import type { Millis } from '../model/time.js';
import { type Plan, seal } from './check.js';
import type { Order, Report } from './protocol.js';
import type { CheckRunner, CheckRunnerEvents } from './runner.js';

export interface WorkerOptions {
  /** What the thread runs: the compiled thread.js unless a test names another. */
  readonly threadFile?: URL;
  /** How often the thread is asked for a sign of life. */
  readonly pingEvery?: Millis;
}

/** Runs checks in a thread. The caller must close it. */
export function runInWorker(events: CheckRunnerEvents, options: WorkerOptions = {}): CheckRunner {
  return new WorkerRunner(events, options);
}

class WorkerRunner implements CheckRunner {
  readonly #worker: SupervisedWorker<undefined, Order, Report>;
  #plan: Plan | undefined;
  #status: OverallStatus = 'degraded';

  constructor(
    events: CheckRunnerEvents,
    { threadFile = new URL('./thread.js', import.meta.url), pingEvery }: WorkerOptions,
  ) {
    this.#worker = new SupervisedWorker({
      ...{ name: 'checks', file: threadFile, data: () => undefined, firstBackoff: 1000, pingEvery },
      onEvent: event => receive(event, events),
      onDown: (reason, wait) => {
        this.#worker.post({ say: 'status', status: this.#status });
        if (this.#plan) this.configure(this.#plan);
        events.onDown(`${reason}; starting again in ${wait / 1000} s`);
      },
    });
  }

  configure(plan: Plan): void {
    this.#plan = plan;
    this.#worker.post({ say: 'configure', plan: seal(plan) });
  }

  setStatus(status: OverallStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#worker.post({ say: 'status', status });
  }

  refresh(ids: readonly string[]): void {
    // The next thread begins with a check of everything.
    if (this.#worker.startsIn === undefined) this.#worker.post({ say: 'refresh', ids });
  }

  close(): Promise<void> {
    return this.#worker.close();
  }
}

function receive(event: Report, events: CheckRunnerEvents): void {
  if (event.say === 'result') events.onResult(event.result);
  else if (event.say === 'scan') events.onScan(event.scan);
  else if (event.say === 'trouble') events.onTrouble(event.id, event.message);
  else lowerThreadPriority();
}
