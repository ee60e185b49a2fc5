// Alerts that are told together: those of one route that have the same values of the labels it groups by. Source:
// Alertmanager, dispatch/dispatch.go, aggrGroup.

import type { Labels } from '../model/labels.js';
import type { Millis } from '../model/time.js';
import { isResolved, type KnownAlert } from './alert-table.js';
import type { Route } from './definition.js';
import type { NotifiedAlert } from './notification.js';

/** A moment on both clocks: the wall's for alerts, the monotonic one for waiting, which no correction of the wall's disturbs. */
export interface Now {
  readonly at: Millis;
  readonly elapsed: Millis;
}

export class AlertGroup {
  readonly key: string;
  readonly route: Route;
  readonly labels: Labels;
  readonly #alerts = new Map<string, KnownAlert>();
  /** When it is looked at next, monotonic. */
  nextAt: Millis;
  #hasBeenTold = false;

  constructor(key: string, route: Route, labels: Labels, now: Now) {
    this.key = key;
    this.route = route;
    this.labels = labels;
    this.nextAt = now.elapsed + route.groupWait;
  }

  get isEmpty(): boolean {
    return this.#alerts.size === 0;
  }

  get alerts(): Iterable<KnownAlert> {
    return this.#alerts.values();
  }

  has(fingerprint: string): boolean {
    return this.#alerts.has(fingerprint);
  }

  /** Hears of an alert. One that has waited long enough already, as after a restart, is told at once. */
  take(alert: KnownAlert, { at, elapsed }: Now): void {
    this.#alerts.set(alert.fingerprint, alert);
    const hasWaited = alert.startsAt + this.route.groupWait <= at && !alert.isUnconfirmed;
    if (!this.#hasBeenTold && hasWaited) this.nextAt = Math.min(this.nextAt, elapsed);
  }

  /** Its time has come; the next comes after the group's interval. */
  begin(elapsed: Millis): void {
    this.#hasBeenTold = true;
    this.nextAt = elapsed + this.route.groupInterval;
  }

  /** Drops alerts that everybody was told the end of, unless more has been heard of them since. */
  drop(told: readonly KnownAlert[], at: Millis): void {
    for (const alert of told)
      if (isResolved(alert, at) && this.#alerts.get(alert.fingerprint) === alert)
        this.#alerts.delete(alert.fingerprint);
  }
}

/** Alertmanager's order: by job, by instance, by all labels. */
export function byLabels(a: NotifiedAlert, b: NotifiedAlert): number {
  for (const name of ['job', 'instance']) {
    const order = compareText(a.labels.get(name), b.labels.get(name));
    if (order !== 0) return order;
  }
  for (const [i, name] of a.labels.names.entries()) {
    const order =
      compareText(name, b.labels.names[i] ?? '') ||
      compareText(a.labels.values[i] ?? '', b.labels.values[i] ?? '');
    if (order !== 0) return order;
  }
  return a.labels.names.length - b.labels.names.length;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
