// When which model is asked: at intervals of its own, while its service is up, and one at a time on each host. Comes in: the
// services' tasks, and what checks find; goes out: results. Checks never wait for it.

import type { InferenceMeasurement, InferenceResult } from '../../model/inference.js';
import type { Level } from '../../model/result.js';
import { scrub } from '../../model/scrub.js';
import type { Clock, Millis } from '../../model/time.js';
import { Connections, DEFAULT_LIMITS } from '../http/connections.js';
import type { ConnectionLimits } from '../probe.js';
import { ProbeFailure } from '../probe.js';
import { SecondaryAttempt } from '../secondary-attempt.js';
import { StandstillWatch } from '../standstill.js';
import { inferenceFailure } from './ask.js';
import { type InferenceFailure, InferenceSkipped, type InferenceTask } from './task.js';

/** After a failure the model is asked again this soon, so that an alert does not wait for a second interval. Also while
 * its name is not known. */
const CONFIRM_AFTER: Millis = 30_000;
/** Failures in a row after which the interval holds again. */
const CONFIRMED = 3;
/** What was measured while the thread stood still is measured again this soon. */
const AGAIN_AFTER: Millis = 1000;
/** After a deadline: how long a task may take to say what it was waiting for. */
const LAST_WORDS: Millis = 100;

/** A service whose models are asked. */
export interface InferenceTarget {
  readonly id: string;
  readonly tasks: readonly InferenceTask[];
  /** What must not be shown of a failure. */
  secrets(): readonly string[];
}

interface Entry {
  readonly target: InferenceTarget;
  readonly task: InferenceTask;
  due: Millis;
  failures: number;
  /** Ends the question that is under way. */
  cancel: (() => void) | undefined;
  isGone: boolean;
}

export class InferenceScheduler {
  readonly #clock: Clock;
  readonly #onResult: (result: InferenceResult) => void;
  readonly #connections = new Connections();
  /** In the order of the configuration. */
  #entries: Entry[] = [];
  /** Whether the last check of a service succeeded, by its id. */
  readonly #isUp = new Map<string, boolean>();
  readonly #busyHosts = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(clock: Clock, onResult: (result: InferenceResult) => void) {
    this.#clock = clock;
    this.#onResult = onResult;
  }

  /** Replaces the services. Tasks that stay the same keep their time; what is asked of others is ended. */
  set(targets: readonly InferenceTarget[], limits: ConnectionLimits = DEFAULT_LIMITS): void {
    this.#connections.setLimits({
      ...limits,
      total: Number.POSITIVE_INFINITY,
      perHost: Number.POSITIVE_INFINITY,
    });
    const now = this.#clock.elapsed();
    const before = new Map(this.#entries.map(entry => [entry.task, entry]));
    const wanted = targets.flatMap(target => target.tasks.map(task => ({ target, task })));
    this.#entries = wanted.map(({ target, task }) => {
      const known = before.get(task);
      before.delete(task);
      return known ?? { target, task, due: now, failures: 0, cancel: undefined, isGone: false };
    });
    for (const gone of before.values()) this.#end(gone);
    const ids = new Set(targets.map(({ id }) => id));
    for (const id of this.#isUp.keys()) if (!ids.has(id)) this.#isUp.delete(id);
    this.#pump();
  }

  /** A check of a service has ended. One that is back is asked at once; one that is believed to be down is left alone. */
  checked(id: string, hasSucceeded: boolean, level: Level): void {
    const entries = this.#entries.filter(({ target }) => target.id === id);
    if (entries.length === 0) return;
    if (level === 'down') for (const entry of entries) entry.cancel?.();
    const wasUp = this.#isUp.get(id);
    this.#isUp.set(id, hasSucceeded);
    const now = this.#clock.elapsed();
    if (hasSucceeded && !wasUp) for (const entry of entries) entry.due = Math.min(entry.due, now);
    this.#pump();
  }

  /** Ends everything; no result comes any more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const entry of this.#entries) this.#end(entry);
    this.#entries = [];
    this.#connections.close();
  }

  #end(entry: Entry): void {
    entry.isGone = true;
    entry.cancel?.();
  }

  /** Starts what is due, and sets the timer for what comes next. */
  #pump(): void {
    if (this.#closed) return;
    const now = this.#clock.elapsed();
    clearTimeout(this.#timer);
    for (const entry of this.#entries.toSorted((a, b) => a.due - b.due)) {
      if (entry.due > now || entry.cancel || this.#busyHosts.has(entry.task.host)) continue;
      // Its name may be known later.
      if (entry.task.model === undefined) {
        entry.due = now + Math.min(CONFIRM_AFTER, entry.task.interval);
        continue;
      }
      const isUp = this.#isUp.get(entry.target.id);
      if (isUp) void this.#run(entry);
      else if (isUp === false) this.#skip(entry, now);
    }
    const next = Math.min(
      ...this.#entries.filter(each => each.due > now && !each.cancel).map(({ due }) => due),
    );
    if (Number.isFinite(next)) this.#timer = setTimeout(() => this.#pump(), next - now);
  }

  /** A service that is down is not asked, and its model's last figures are not of now. */
  #skip(entry: Entry, now: Millis): void {
    entry.due = now + entry.task.interval;
    entry.failures = 0;
    this.#report(entry, { type: 'skip', reason: 'down' }, {});
  }

  async #run(entry: Entry): Promise<void> {
    const { task, target } = entry;
    const { host } = task;
    this.#busyHosts.add(host);
    const watch = new StandstillWatch();
    const outcome = await this.#ask(entry);
    const isVoid = watch.stoodStill;
    watch.close();
    this.#busyHosts.delete(host);
    if (!this.#closed && !entry.isGone) {
      const now = this.#clock.elapsed();
      if (outcome === 'cancelled') entry.due = now + task.interval;
      // What was measured while the thread stood still says nothing of the model.
      else if (isVoid) entry.due = now + AGAIN_AFTER;
      else this.#conclude(entry, outcome, now, target.secrets());
    }
    this.#pump();
  }

  #conclude(entry: Entry, outcome: Outcome, now: Millis, secrets: readonly string[]): void {
    const { task } = entry;
    const hasFailed = outcome.failure !== undefined;
    entry.failures = hasFailed ? entry.failures + 1 : 0;
    const isUnconfirmed = hasFailed && entry.failures < CONFIRMED;
    entry.due = now + (isUnconfirmed ? Math.min(CONFIRM_AFTER, task.interval) : task.interval);
    const { failure, skipped, measured } = outcome;
    if (failure) {
      const error = scrub(failure.message, secrets);
      this.#report(entry, { type: 'failure', reason: failure.reason, error }, failure.measured);
    } else if (skipped) this.#report(entry, { type: 'skip', reason: skipped.reason }, {});
    else this.#report(entry, { type: 'success' }, measured ?? {});
  }

  #report(entry: Entry, outcome: InferenceResult['outcome'], measured: InferenceMeasurement): void {
    const { model, test } = entry.task;
    if (model === undefined) return;
    const { id } = entry.target;
    const consecutiveFailures = entry.failures;
    this.#onResult({
      target: id,
      test,
      model,
      at: this.#clock.now(),
      outcome,
      consecutiveFailures,
      measured,
    });
  }

  /** Asks within the deadline. Never throws. */
  #ask(entry: Entry): Promise<Outcome | 'cancelled'> {
    const { task } = entry;
    return new Promise(resolve => {
      const attempt = new SecondaryAttempt({ timeout: task.timeout, onCancel: () => {} });
      const end = (outcome: Outcome | 'cancelled') => {
        clearTimeout(deadline);
        entry.cancel = undefined;
        resolve(outcome);
      };
      const deadline = setTimeout(() => {
        const late = attempt.cancel() ?? new ProbeFailure('timeout', 'Request timed out');
        setTimeout(() => end({ failure: inferenceFailure(late, {}) }), LAST_WORDS);
      }, task.timeout);
      entry.cancel = () => {
        attempt.cancel();
        end('cancelled');
      };
      task.run({ attempt, connections: this.#connections }).then(
        measured => end({ measured }),
        (error: unknown) =>
          end(
            error instanceof InferenceSkipped ? { skipped: error } : { failure: inferenceFailure(error, {}) },
          ),
      );
    });
  }
}

/** One of them. */
interface Outcome {
  readonly measured?: InferenceMeasurement;
  readonly failure?: InferenceFailure;
  readonly skipped?: InferenceSkipped;
}
