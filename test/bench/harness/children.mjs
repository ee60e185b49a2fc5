// In: a command line. Out: a running child and what it prints, ended by its own pid when its scope closes.

import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Something the bench needs is not on this machine; the message names it, `word` stands in the table. */
export class Missing extends Error {
  constructor(message, word = 'not installed') {
    super(message);
    this.word = word;
  }
}

const alive = new Set();
// `exit` runs synchronously, also after process.exit(): the last resort when a scope below was not closed.
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Children with one lifetime. The caller must {@link Children.stop} them. */
export class Children {
  #running = [];

  /**
   * Starts a program and, when `ready` is given, waits until it resolves (it is asked every 5 ms for `patience`, 20 s).
   * @returns {Promise<Child>} @throws Missing when there is no such program; Error with its output when it ends early.
   */
  async start(who, command, args, { ready, env, cwd, patience } = {}) {
    const child = new Child(who, command, args, { env, cwd });
    this.#running.push(child);
    await child.spawned;
    if (ready) await child.until(ready, patience);
    return child;
  }

  /** Ends them all, the last one first. */
  async stop() {
    for (const child of this.#running.splice(0).reverse()) await child.stop();
  }
}

/** Does `work` with children of its own, and ends them. @returns what it returns */
export async function withChildren(work) {
  const children = new Children();
  try {
    return await work(children);
  } finally {
    await children.stop();
  }
}

class Child {
  stdout = '';
  stderr = '';
  /** Milliseconds from its start until `ready` held. */
  readyAfter;
  #process;
  #ended;
  #started = performance.now();

  constructor(who, command, args, options) {
    this.who = who;
    this.#process = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
    });
    alive.add(this.#process);
    this.#process.stdout.on('data', chunk => {
      this.stdout += chunk;
    });
    this.#process.stderr.on('data', chunk => {
      this.stderr = (this.stderr + chunk).slice(-20_000);
    });
    this.spawned = new Promise((resolve, reject) => {
      this.#process.once('spawn', resolve);
      this.#process.once('error', error => {
        reject(error.code === 'ENOENT' ? new Missing(`${command} is not installed`) : error);
      });
    });
    this.#ended = new Promise(resolve => {
      this.#process.once('close', (code, signal) => resolve(signal ?? code));
      this.#process.once('error', () => resolve('error'));
    }).then(how => {
      alive.delete(this.#process);
      this.how = how;
      return how;
    });
  }

  get pid() {
    return this.#process.pid;
  }

  /** Resolves when `ready()` does not throw; gives up after so many milliseconds or when the program ends. */
  async until(ready, patience = 20_000) {
    const giveUp = performance.now() + patience;
    for (;;) {
      if (this.how !== undefined) throw this.#failure(`ended with ${this.how}`);
      try {
        await ready(this);
        this.readyAfter = performance.now() - this.#started;
        return;
      } catch (error) {
        if (performance.now() > giveUp)
          throw this.#failure(`is not ready after ${patience / 1000} s (${error.message})`);
      }
      await sleep(5);
    }
  }

  /** What it printed, once it has ended by itself. @throws Error unless it ended with 0. */
  async output() {
    const how = await this.#ended;
    if (how !== 0) throw this.#failure(`ended with ${how}`);
    return this.stdout;
  }

  /** SIGTERM, and SIGKILL five seconds later. */
  async stop() {
    if (this.how !== undefined) return;
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5000);
    await this.#ended;
    clearTimeout(timer);
  }

  #failure(what) {
    const said = (this.stderr || this.stdout).trim().split('\n').slice(-15).join('\n');
    return new Error(`${this.who} ${what}${said ? `:\n${said}` : ''}`);
  }
}
