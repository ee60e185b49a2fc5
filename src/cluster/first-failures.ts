// When the checks of a service began to fail: the first check of the run that is still going on. Comes in: results;
// goes out: moments, over restarts too.

import { type CheckResult, isUp } from '../model/result.js';
import type { Millis } from '../model/time.js';
import type { StateStore } from '../store/state-table.js';

const KIND = 'first-failure';
/** A run from before a restart goes on if the monitor was away for at most this long, as the state of alerts does. */
const MAX_ABSENCE: Millis = 3_600_000;

/** Wall clock of the first checks of a run. */
interface Run {
  /** The first that was slow or failed. */
  readonly unwell?: Millis;
  /** The first that failed. */
  readonly failed?: Millis;
}

/** The runs of failing checks of all services. Changes are written together, {@link flush} writes them at once. */
export class FirstFailures {
  readonly #states: Pick<StateStore, 'all' | 'upsert'>;
  readonly #runs: Map<string, Run>;
  readonly #changed = new Set<string>();
  #writing: NodeJS.Immediate | undefined;

  /**
   * Restores the failure runs that were under way when the monitor stopped.
   * @param seenUntil when that one last scanned @param now wall clock
   */
  constructor(states: Pick<StateStore, 'all' | 'upsert'>, seenUntil: Millis | undefined, now: Millis) {
    this.#states = states;
    const earlier = states.all<Run>(KIND);
    const isRecent = seenUntil !== undefined && now - seenUntil <= MAX_ABSENCE;
    this.#runs = new Map(isRecent ? earlier : []);
    if (isRecent) return;
    for (const id of earlier.keys()) this.#touch(id);
  }

  /** Takes the result of a check. */
  add({ target, at, status, level }: CheckResult): void {
    const before = this.#runs.get(target) ?? {};
    // What is believed to be down or slow is so until the recovery is confirmed, whatever a single check says.
    const isFailing = !isUp(status) || (level === 'down' && before.failed !== undefined);
    const isUnwell = status !== 'healthy' || level === 'down' || level === 'slow';
    const failed = isFailing ? (before.failed ?? at) : undefined;
    const unwell = isUnwell ? (before.unwell ?? at) : undefined;
    if (failed === before.failed && unwell === before.unwell) return;
    if (unwell === undefined) this.#runs.delete(target);
    else this.#runs.set(target, { unwell, ...(failed === undefined ? {} : { failed }) });
    this.#touch(target);
  }

  /** The first check of the run that made a service be believed down, or slow; undefined when it is neither. */
  of(target: string, level: CheckResult['level'] | undefined): Millis | undefined {
    const run = this.#runs.get(target);
    if (level === 'down') return run?.failed;
    return level === 'slow' ? run?.unwell : undefined;
  }

  /** Forgets a service that is not checked any more, or is another one. */
  remove(target: string): void {
    if (this.#runs.delete(target)) this.#touch(target);
  }

  /** Writes what has changed. */
  flush(): void {
    clearImmediate(this.#writing);
    this.#writing = undefined;
    if (this.#changed.size === 0) return;
    this.#states.upsert(
      KIND,
      [...this.#changed].map(id => [id, this.#runs.get(id)] as const),
    );
    this.#changed.clear();
  }

  /** A thousand services may begin to fail at once: they are written together. */
  #touch(id: string): void {
    this.#changed.add(id);
    this.#writing ??= setImmediate(() => this.flush());
  }
}
