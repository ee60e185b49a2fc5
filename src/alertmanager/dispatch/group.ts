// Alerts that are sent together: those of one route that have the same values of the labels it groups by. Source:
// Alertmanager, dispatch/dispatch.go, aggrGroup.

import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { StoredAlert } from '../alert-store.js';
import type { Route } from '../config/definition.js';
import type { NotifiedAlert } from '../pipeline/notification.js';

/** A moment on both clocks: the wall's for alerts, the monotonic one for waiting, which no correction of the wall's disturbs. */
export interface Instant {
  readonly at: Millis;
  readonly elapsed: Millis;
}

export class AlertGroup {
  readonly key: string;
  readonly route: Route;
  readonly labels: Labels;
  readonly #alerts = new Map<string, StoredAlert>();
  /** When it is looked at next, monotonic. */
  nextAt: Millis;
  #hasBeenTold = false;

  constructor(key: string, route: Route, labels: Labels, now: Instant) {
    this.key = key;
    this.route = route;
    this.labels = labels;
    this.nextAt = now.elapsed + route.groupWait;
  }

  get isEmpty(): boolean {
    return this.#alerts.size === 0;
  }

  get alerts(): Iterable<StoredAlert> {
    return this.#alerts.values();
  }

  has(fingerprint: string): boolean {
    return this.#alerts.has(fingerprint);
  }

  /** Adds an alert. One that has waited for `group_wait` already, as after a restart, is sent at once. */
  insert(alert: StoredAlert, { at, elapsed }: Instant): void {
    this.#alerts.set(alert.fingerprint, alert);
    const hasWaited = alert.startsAt + this.route.groupWait <= at && !alert.isUnconfirmed;
    if (!this.#hasBeenTold && hasWaited) this.nextAt = Math.min(this.nextAt, elapsed);
  }

  /** Takes an alert's moments as they are after the clock was set, if the alert is here. */
  correct(alert: StoredAlert): void {
    if (this.#alerts.has(alert.fingerprint)) this.#alerts.set(alert.fingerprint, alert);
  }

  /** Its time has come; the next comes after the group's interval. */
  flush(elapsed: Millis): void {
    this.#hasBeenTold = true;
    this.nextAt = elapsed + this.route.groupInterval;
  }

  /** Drops an alert, unless more has been heard of it since. @returns whether it was there */
  drop(alert: StoredAlert): boolean {
    return this.#alerts.get(alert.fingerprint) === alert && this.#alerts.delete(alert.fingerprint);
  }
}

const FIRST = ['job', 'instance'];

/** Alertmanager's order: by job and instance, those that have them first, then by all labels. */
export function byLabels(a: Pick<NotifiedAlert, 'labels'>, b: Pick<NotifiedAlert, 'labels'>): number {
  for (const name of FIRST) {
    const order =
      Number(b.labels.has(name)) - Number(a.labels.has(name)) ||
      compareText(a.labels.get(name), b.labels.get(name));
    if (order !== 0) return order;
  }
  return compareLabelSets(a.labels, b.labels);
}

/** Go's LabelSet.Before: fewer labels first, then by the first name of which not both have the same. */
export function compareLabelSets(a: Labels, b: Labels): number {
  if (a.names.length !== b.names.length) return a.names.length - b.names.length;
  for (let i = 0; i < a.names.length; i++) {
    // Both are sorted: the lesser name is one that the other has not.
    const order =
      compareText(b.names[i] as string, a.names[i] as string) ||
      compareText(a.values[i] as string, b.values[i] as string);
    if (order !== 0) return order;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
