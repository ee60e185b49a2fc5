// Whether a thread that does not answer is stuck or only slow, as seen from outside. On a busy machine a thread of low
// priority may get a hundredth of a processor: what it was given counts, not the time that passed.

import { readFileSync, readlinkSync } from 'node:fs';
import type { Millis } from '../model/time.js';

/** Pings in a row without an answer after which a thread may be taken for stuck. */
const SILENCE = 3;
/** The same for one that still gets processor time, but too little to decide. */
const MAX_SILENT_PINGS = 30;
/** The same for one that begins: to open a large file, or to bring it to a new version, takes long. */
const MAX_START_PINGS = 180;

/** What the system knows of a thread. */
export interface ThreadUsage {
  /** Processor time it has had. */
  readonly cpu: Millis;
  /** It waits for something other than a processor or a disk. */
  readonly isAsleep: boolean;
}

/** Counts the pings of one thread after another. Times are in milliseconds. */
export class LifeSigns {
  readonly #every: Millis;
  readonly #read: (thread: string) => ThreadUsage | undefined;
  #thread: string | undefined;
  #hasBegun = false;
  #silent = 0;
  /** At each ping since it answered last, the latest last. */
  #usages: (ThreadUsage | undefined)[] = [];

  /** @param every between two pings */
  constructor(every: Millis, read: (thread: string) => ThreadUsage | undefined = threadUsage) {
    this.#every = every;
    this.#read = read;
  }

  /** Another thread is started. */
  reset(): void {
    this.#thread = undefined;
    this.#hasBegun = false;
    this.#silent = 0;
  }

  /** @param thread what {@link ownThread} returned in it; its work at the start follows */
  named(thread: string | undefined): void {
    this.#thread = thread;
    this.#silent = 0;
  }

  /** The thread has sent something. */
  received(): void {
    this.#hasBegun = true;
    this.#silent = 0;
  }

  /** To be called before each ping. Returns why the thread is taken for stuck; undefined while it is not. */
  pinged(): string | undefined {
    if (this.#silent === 0) this.#usages = [];
    this.#usages.push(this.#thread === undefined ? undefined : this.#read(this.#thread));
    const pings = this.#silent++;
    return pings >= SILENCE && this.#isStuck(pings) ? `no sign of life after ${pings} pings` : undefined;
  }

  #isStuck(pings: number): boolean {
    if (pings >= (this.#hasBegun ? MAX_SILENT_PINGS : MAX_START_PINGS)) return true;
    const [first, recent, now] = [0, -1 - SILENCE, -1].map(i => this.#usages.at(i));
    if (!first || !recent || !now) return this.#hasBegun;
    if (now.isAsleep && now.cpu <= recent.cpu) return true;
    return this.#hasBegun && now.cpu - first.cpu >= SILENCE * this.#every;
  }
}

/** This thread's name for {@link threadUsage}; undefined where the system does not show threads. */
export function ownThread(): string | undefined {
  try {
    return readlinkSync('/proc/thread-self');
  } catch {
    return undefined;
  }
}

/** Linux counts in hundredths of a second here, whatever the machine's own clock. */
const TICK: Millis = 10;

/** What a thread of this process has used; undefined when it has ended. Source: proc_pid_stat(5). */
export function threadUsage(thread: string): ThreadUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${thread}/stat`, 'utf8');
    // The second field is the thread's name in parentheses, which may hold any character.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { cpu: (Number(fields[11]) + Number(fields[12])) * TICK, isAsleep: fields[0] === 'S' };
  } catch {
    return undefined;
  }
}
