// Keeps the checks' thread alive: starts it, hears it, starts it again with backoff when it dies or stops answering.

import { constants, setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { LifeSigns } from '../concurrency/life-signs.js';
import type { OverallStatus } from '../model/service.js';
import type { Millis } from '../model/time.js';
import { type Plan, seal } from './check.js';
import type { Order, Report } from './protocol.js';
import type { CheckRunner, CheckRunnerEvents } from './runner.js';

const FIRST_BACKOFF: Millis = 1000;
const LONGEST_BACKOFF: Millis = 60_000;
const PING_EVERY: Millis = 10_000;

export interface WorkerOptions {
  /** What the thread runs: the compiled thread.js unless a test names another. */
  readonly threadFile?: URL;
  /** How often the thread is asked for a sign of life. */
  readonly pingEvery?: Millis;
}

/** Runs checks in a thread. The caller closes it. */
export function runInWorker(
  events: CheckRunnerEvents,
  { threadFile = new URL('./thread.js', import.meta.url), pingEvery = PING_EVERY }: WorkerOptions = {},
): CheckRunner {
  return new WorkerRunner(events, threadFile, pingEvery);
}

class WorkerRunner implements CheckRunner {
  readonly #events: CheckRunnerEvents;
  readonly #file: URL;
  #worker: Worker | undefined;
  #plan: Plan | undefined;
  #status: OverallStatus = 'degraded';
  #backoff = FIRST_BACKOFF;
  #restart: NodeJS.Timeout | undefined;
  readonly #watch: NodeJS.Timeout;
  readonly #signs: LifeSigns;
  /** Why the thread ended or is being ended. */
  #reason: string | undefined;
  #closed = false;

  constructor(events: CheckRunnerEvents, file: URL, pingEvery: Millis) {
    this.#events = events;
    this.#file = file;
    this.#signs = new LifeSigns(pingEvery);
    this.#watch = setInterval(() => this.#ping(), pingEvery);
    this.#start();
  }

  configure(plan: Plan): void {
    this.#plan = plan;
    this.#post({ say: 'configure', plan: seal(plan) });
  }

  setStatus(status: OverallStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#post({ say: 'status', status });
  }

  refresh(ids: readonly string[]): void {
    this.#post({ say: 'refresh', ids });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#restart);
    await this.#worker?.terminate();
  }

  #start(): void {
    // A check's garbage is short-lived; a small nursery keeps the process small and its collections short.
    const worker = new Worker(this.#file, {
      name: 'checks',
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#worker = worker;
    this.#signs.begin();
    this.#reason = undefined;
    worker.on('message', (reports: Report[]) => {
      for (const report of reports) this.#hear(report);
    });
    worker.on('error', error => {
      this.#reason = error.message;
    });
    worker.on('exit', code => {
      if (!this.#closed) this.#down(this.#reason || `exit code ${code}`);
    });
    this.#post({ say: 'status', status: this.#status });
    if (this.#plan) this.#post({ say: 'configure', plan: seal(this.#plan) });
  }

  #hear(report: Report): void {
    if (report.say === 'begun') {
      this.#signs.named(report.thread);
      return;
    }
    this.#signs.heard();
    if (report.say === 'result') this.#events.onResult(report.result);
    else if (report.say === 'scan') {
      this.#backoff = FIRST_BACKOFF;
      this.#events.onScan(report.scan);
    } else if (report.say === 'trouble') this.#events.onTrouble(report.id, report.message);
    else if (report.say === 'behind') stepBack();
  }

  #down(reason: string): void {
    this.#worker = undefined;
    this.#events.onDown(`${reason}; starting again in ${this.#backoff / 1000} s`);
    this.#restart = setTimeout(() => this.#start(), this.#backoff);
    this.#backoff = Math.min(this.#backoff * 2, LONGEST_BACKOFF);
  }

  #ping(): void {
    if (!this.#worker) return;
    const problem = this.#signs.pinged();
    if (problem) {
      this.#reason = problem;
      void this.#worker.terminate();
      return;
    }
    this.#post({ say: 'ping' });
  }

  #post(order: Order): void {
    this.#worker?.postMessage(order);
  }
}

/** Lowers this thread's priority, which everybody may: a measurement comes before an answer. Linux only. */
function stepBack(): void {
  try {
    if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Measured as well as can be.
  }
}
