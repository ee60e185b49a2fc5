// Runs the checks. Comes in: a plan, the cluster's status, wishes for a check at once; goes out: a result per check
// and a word at the end of every scan. Lives in a worker thread (thread.ts) or, in tests, in this one (inline.ts).

import { onePerTurn } from '../concurrency/one-per-turn.js';
import type { InferenceResult } from '../model/inference.js';
import type { LastPush } from '../model/push.js';
import { type CheckResult, isUp } from '../model/result.js';
import type { OverallStatus } from '../model/service.js';
import type { Clock, Millis } from '../model/time.js';
import type { ProberConfig, TargetConfig } from './config.js';
import { Connections } from './http/connections.js';
import { InferenceScheduler } from './inference/scheduler.js';
import type { ProbeKind } from './probe-kind.js';
import { type Scan, ScanRounds } from './scan.js';
import { Schedule } from './schedule.js';
import { MonitoredTarget } from './target.js';

export interface ProberEvents {
  onResult(result: CheckResult): void;
  onScan(scan: Scan): void;
  /** A model was asked, or was not for a reason. */
  onInference(result: InferenceResult): void;
  /** A check could not even be set up: the file of a certificate has gone, say. */
  onTrouble(id: string, message: string): void;
}

/** Checks that are started without a look at what has arrived: each takes some tenths of a millisecond. */
const STARTS_IN_TURN = 5;

/** Keeps every service's checks going until it is closed. */
export class Prober {
  readonly #kinds: ReadonlyMap<string, ProbeKind>;
  readonly #events: ProberEvents;
  readonly #clock: Clock;
  readonly #schedule = new Schedule();
  readonly #rounds: ScanRounds;
  readonly #subjects = new Map<string, MonitoredTarget>();
  readonly #connections = new Connections();
  readonly #inferences: InferenceScheduler;
  readonly #lastPushes = new Map<string, LastPush>();
  #config: ProberConfig | undefined;
  #configuring: Promise<void> = Promise.resolve();
  #running = 0;
  /** Another start is to follow in the next turn. */
  #isStarting = false;
  /** Those under way whose check before took its whole timeout. */
  #hanging = 0;
  #timer: NodeJS.Timeout | undefined;
  #wakeAt: Millis = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(kinds: readonly ProbeKind[], events: ProberEvents, clock: Clock) {
    this.#kinds = new Map(kinds.map(kind => [kind.kind, kind]));
    this.#events = events;
    this.#clock = clock;
    this.#inferences = new InferenceScheduler(clock, result => events.onInference(result));
    this.#rounds = new ScanRounds(clock, this.#schedule, scan => events.onScan(scan));
  }

  /** Takes a plan up. Services that are in the old one too, asked in the same way, keep their state. */
  configure(config: ProberConfig): Promise<void> {
    this.#configuring = this.#configuring.then(() => this.#apply(config));
    return this.#configuring;
  }

  /** The cluster's status sets the pace. */
  setStatus(status: OverallStatus): void {
    this.#schedule.setStatus(status, this.#clock.elapsed());
    if (!this.#config) return;
    this.#rounds.setLength(this.#schedule.paced(this.#config.scan));
    this.#pump();
  }

  /** Checks these services at once; one under way already is shared. */
  refresh(ids: readonly string[]): void {
    for (const id of ids) this.#schedule.hurry(id);
    this.#pump();
  }

  /** Sets what a service reported last by itself; see {@link CheckRunner}. */
  setLastPush(id: string, last: LastPush): void {
    this.#lastPushes.set(id, last);
  }

  /** Stops; checks under way are left to end unheard. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#rounds.close();
    this.#inferences.close();
    for (const target of this.#subjects.values()) target.close();
    this.#connections.close();
  }

  async #apply(config: ProberConfig): Promise<void> {
    this.#connections.setLimits(config.connections);
    const subjects = await Promise.all(config.targets.map(check => this.#subjectFor(check)));
    if (this.#closed) return;
    const current = new Set(subjects);
    for (const [id, target] of this.#subjects) {
      if (current.has(target)) continue;
      target.close();
      this.#rounds.remove(id);
    }
    this.#subjects.clear();
    for (const [i, target] of subjects.entries()) {
      if (!target) continue;
      target.config = config.targets[i] as TargetConfig;
      this.#subjects.set(target.config.id, target);
    }
    this.#config = config;
    const inferences = [...this.#subjects.values()].map(({ inference }) => inference);
    this.#inferences.set(
      inferences.filter(({ tasks }) => tasks.length > 0),
      config.connections,
    );
    this.#schedule.set(
      [...this.#subjects.values()].map(target => target.config),
      this.#clock.elapsed(),
    );
    this.#rounds.setLength(this.#schedule.paced(config.scan));
    this.#pump();
  }

  async #subjectFor(check: TargetConfig): Promise<MonitoredTarget | undefined> {
    const known = this.#subjects.get(check.id);
    if (known?.isSameProbe(check)) return known;
    const kind = this.#kinds.get(check.kind);
    if (!kind) throw new Error(`no probe kind ${check.kind}`);
    try {
      return await MonitoredTarget.open(check, kind, {
        connections: this.#connections,
        lastPush: () => this.#lastPushes.get(check.id),
      });
    } catch (error) {
      this.#events.onTrouble(check.id, (error as Error).message);
      return undefined;
    }
  }

  /** Starts what is due as far as the limit allows, and sets the alarm for what comes next. */
  #pump(): void {
    if (!this.#config || this.#closed) return;
    const now = this.#clock.elapsed();
    const next = this.#schedule.wake(now);
    this.#startReady();
    this.#arm(next, now);
  }

  #arm(at: Millis, now: Millis): void {
    if (at >= this.#wakeAt) return;
    clearTimeout(this.#timer);
    this.#wakeAt = at;
    if (at < Number.POSITIVE_INFINITY) {
      this.#timer = setTimeout(() => {
        this.#wakeAt = Number.POSITIVE_INFINITY;
        this.#pump();
      }, at - now);
    }
  }

  async #check(id: string): Promise<void> {
    const target = this.#subjects.get(id);
    if (!target) return;
    const hung = Number(this.#schedule.isHung(id));
    this.#running++;
    this.#hanging += hung;
    const result = await target.run(this.#clock);
    this.#running--;
    this.#hanging -= hung;
    if (this.#closed) return;
    const now = this.#clock.elapsed();
    if (this.#subjects.get(id) === target) {
      this.#events.onResult(result);
      this.#inferences.checked(id, isUp(result.status), result.level);
      const soon = target.confirmAfter;
      const due = this.#schedule.ended(id, now, soon, result.status === 'timeout');
      this.#rounds.ended(id, soon === undefined);
      this.#arm(due, now);
    }
    this.#startReady();
  }

  /** Starts what is ready while there are places free; many in several turns, so that answers are read between them. */
  #startReady(): void {
    const config = this.#config;
    if (!config || this.#closed || this.#isStarting) return;
    const { limit, reserved } = config.concurrency;
    for (let started = 0; this.#running < limit; started++) {
      if (started === STARTS_IN_TURN) {
        this.#startMore();
        return;
      }
      const id = this.#schedule.next(this.#hanging < limit - reserved);
      if (id === undefined) return;
      // Each start takes some time of the next one's.
      const now = this.#clock.elapsed();
      this.#rounds.started(id, this.#schedule.slotOf(id), this.#schedule.lateness(id, now));
      void this.#check(id);
    }
  }

  #startMore(): void {
    this.#isStarting = true;
    onePerTurn(() => {
      this.#isStarting = false;
      this.#startReady();
    });
  }
}
