// Alerts that the rules find right after the start: samples of the run before are still in their window, so an alert may be
// about an outage that ended meanwhile. Comes in: what the rules want to be sent; goes out: what is known to be true now.
// Held is what fires; ends go on at once.

import type { Alert } from '../model/alert.js';
import { Labels } from '../model/labels.js';
import type { Clock, Millis } from '../model/time.js';

/** Longer than confirming an outage takes; a service that cannot be checked by then holds nothing up. */
const MAX_HOLD: Millis = 120_000;
/** Evaluations after the last first check: recorded series are a group ahead or behind, as in Prometheus. */
const EVALUATIONS = 3;

/** What has been checked since the start. */
export interface CheckedServices {
  /** Whether a service and what it depends on were known before a moment; undefined when there is no such service. */
  isKnown(id: string, before: Millis): boolean | undefined;
  areAllKnown(before: Millis): boolean;
}

/** An evaluation of the rules, as alerts are taken from it. */
export interface RuleAlerts {
  /** When the samples were taken, wall clock. */
  readonly at: Millis;
  /** New, over, or not sent for a while. */
  readonly unsent: readonly Alert[];
  /** Pending and firing. */
  readonly active: readonly Alert[];
}

export class StartupHold {
  readonly #checked: CheckedServices;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #until: Millis;
  readonly #held = new Map<string, Alert>();
  #complete = 0;
  #isOver = false;

  constructor(checked: CheckedServices, clock: Pick<Clock, 'elapsed'>) {
    this.#checked = checked;
    this.#clock = clock;
    this.#until = clock.elapsed() + MAX_HOLD;
  }

  /** Whether the rules have seen every service; then nothing is held any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Everything has been checked, and the rules have not seen enough of it: they are to be evaluated again. */
  get wantsEvaluation(): boolean {
    return !this.#isOver && this.#complete > 0;
  }

  /** What may be sent of an evaluation's alerts, and of those held before. */
  filter({ at, unsent, active }: RuleAlerts): Alert[] {
    if (this.#isOver) return [...unsent];
    if (this.#checked.areAllKnown(at)) this.#complete++;
    this.#isOver = this.#complete >= EVALUATIONS || this.#clock.elapsed() > this.#until;
    const passed: Alert[] = [];
    for (const alert of unsent) {
      const key = keyOf(alert);
      this.#held.delete(key);
      if (alert.state === 'firing') this.#held.set(key, alert);
      else passed.push(alert);
    }
    return [...passed, ...this.#release(at, active)];
  }

  #release(at: Millis, active: readonly Alert[]): Alert[] {
    if (this.#held.size === 0) return [];
    const firing = new Map(active.map(alert => [keyOf(alert), alert]));
    const released: Alert[] = [];
    for (const [key, alert] of this.#held) {
      const now = firing.get(key);
      const fires = now?.state === 'firing';
      if (!this.#isOver && fires && !this.#checked.isKnown(alert.labels.target ?? '', at)) continue;
      this.#held.delete(key);
      // Its texts may be of the run before.
      if (fires) released.push({ ...alert, annotations: now.annotations, value: now.value });
    }
    return released;
  }
}

function keyOf({ labels }: Alert): string {
  return Labels.of(labels).key;
}
