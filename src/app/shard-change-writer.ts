// Writes changes of services at once into the storage of all monitors, for those that do not check them. Comes in: results; goes out:
// samples of those that are other than before.

import { changeSamples, emptySamples, stateOf } from '../cluster/shard-changes.js';
import type { CheckResult } from '../model/result.js';
import type { Clock, Millis } from '../model/time.js';
import type { UnqueuedSample } from '../remote-write/unqueued.js';
import type { Configuration } from './configuration.js';

/** Changes within this are written together: a thousand services may fail at once. */
const BATCH: Millis = 250;
/** As many changes are in a request. */
const MAX_BATCH = 300;
/** How often a sample of no change is written: series without one are not as quick to be found as others. */
const KEEP_ALIVE: Millis = 60_000;
/** A clock that goes back further than this was set. */
const SET_BACK: Millis = 60_000;

interface ChangeWriterOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly send: (samples: readonly UnqueuedSample[]) => void;
}

/** Whether changes come into the storage that all monitors ask, so that these may ask for them. */
export function areChangesWritten({
  elsewhere,
  remote,
  remoteWrite,
}: Pick<Configuration, 'elsewhere' | 'remote' | 'remoteWrite'>): boolean {
  return elsewhere.size > 0 && remote !== undefined && remoteWrite.remotes.length > 0;
}

/** The caller must {@link close} it. */
export class ChangeWriter {
  readonly #options: ChangeWriterOptions;
  #isOn = false;
  /** The state of each service as it was written, or is known without it. */
  readonly #states = new Map<string, number>();
  /** The last change of each service, until it is sent. */
  readonly #waiting = new Map<string, CheckResult>();
  /** The time of the last sample. */
  #lastAt: Millis = 0;
  #timer: NodeJS.Timeout | undefined;
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(options: ChangeWriterOptions) {
    this.#options = options;
  }

  configure(configuration: Parameters<typeof areChangesWritten>[0]): void {
    clearInterval(this.#keepAlive);
    this.#isOn = areChangesWritten(configuration);
    this.#states.clear();
    if (!this.#isOn) return;
    this.#sendEmpty();
    this.#keepAlive = setInterval(() => this.#sendEmpty(), KEEP_ALIVE);
  }

  /** Takes the result of a check that was made here. */
  add(result: CheckResult): void {
    if (!this.#isOn) return;
    const { target, status } = result;
    const state = stateOf(result);
    const before = this.#states.get(target);
    if (before === state) return;
    this.#states.set(target, state);
    // What is healthy at a start was so before, or is in the next samples of all services.
    if (before === undefined && status === 'healthy') return;
    this.#waiting.delete(target);
    this.#waiting.set(target, result);
    this.#timer ??= setTimeout(() => this.#flush(), BATCH);
  }

  close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#keepAlive);
    this.#isOn = false;
  }

  #flush(): void {
    const changes = [...this.#waiting.values()].slice(0, MAX_BATCH);
    for (const { target } of changes) this.#waiting.delete(target);
    this.#timer = this.#waiting.size > 0 ? setTimeout(() => this.#flush(), BATCH) : undefined;
    const first = this.#nextTime(changes.length);
    this.#options.send(changes.flatMap((change, i) => changeSamples(change, first + i)));
  }

  #sendEmpty(): void {
    this.#options.send(emptySamples(this.#nextTime(1)));
  }

  /** The first of some times, a millisecond between two, none of which is in the time to come unless the last one was. */
  #nextTime(count: number): Millis {
    const now = Math.round(this.#options.clock.now());
    const isSetBack = now < this.#lastAt - SET_BACK;
    const first = isSetBack ? now : Math.max(now - count + 1, this.#lastAt + 1);
    this.#lastAt = first + count - 1;
    return first;
  }
}
