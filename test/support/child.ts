// Real servers for tests: started on free ports, waited for, ended by their process id.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export { freePort } from './free-port.js';

/** A folder of a test's own; {@link removeFolder} ends it. */
export function makeFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `langgraph-monitor-${name}-`));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A started program. */
export class Child {
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  #output = '';
  #running = true;

  /** @param env variables beside those of the test */
  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#process = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString('utf8');
      });
    }
    this.#exited = new Promise(resolve => {
      const gone = () => {
        this.#running = false;
        resolve();
      };
      this.#process.once('exit', gone);
      this.#process.once('error', error => {
        this.#output += `${command}: ${error.message}`;
        gone();
      });
    });
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** All it has printed. */
  get output(): string {
    return this.#output;
  }

  /** Waits until a condition holds. @throws with what the program printed when it ends or `patience` passes before. */
  async until(ready: () => Promise<boolean>, patience = 60_000): Promise<void> {
    const end = performance.now() + patience;
    while (!(await ready().catch(() => false))) {
      if (!this.#running) throw new Error(`ended early: ${this.#output}`);
      if (performance.now() > end) throw new Error(`not ready after ${patience / 1000} s: ${this.#output}`);
      await delay(20);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Asks it to end, and waits until it has. */
  async end(): Promise<void> {
    if (this.#running) this.#process.kill('SIGTERM');
    await this.#exited;
  }

  /** Ends it, also when it is stopped, and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.#running) this.#process.kill('SIGKILL');
    await this.#exited;
  }
}
