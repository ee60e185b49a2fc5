// Alerts into groups, by the tree of routes. Comes in: alerts; goes out: groups whose time has come. Source: Alertmanager,
// dispatch/dispatch.go.

import type { Millis } from '../../model/time.js';
import type { StoredAlert } from '../alert-store.js';
import type { Route } from '../config/definition.js';
import { AlertGroup, type Instant } from './group.js';
import { groupKeyOf, groupLabelsOf, matchingRoutes } from './routes.js';

export class Dispatcher {
  readonly #route: Route;
  /** Two routes may have the same matchers, and then the same group keys. */
  readonly #routes = new Map<Route, number>();
  readonly #groups = new Map<string, AlertGroup>();
  /** Groups each alert is in, by its fingerprint. */
  readonly #groupCounts = new Map<string, number>();
  /** Alerts with the same labels have the same routes. */
  readonly #routesByAlert = new Map<
    string,
    readonly (readonly [id: string, make: (now: Instant) => AlertGroup])[]
  >();

  constructor(route: Route) {
    this.#route = route;
  }

  get groups(): Iterable<AlertGroup> {
    return this.#groups.values();
  }

  get size(): number {
    return this.#groups.size;
  }

  /** Whether a group still has to send something about an alert. */
  has(fingerprint: string): boolean {
    return this.#groupCounts.has(fingerprint);
  }

  /** Adds an alert to its groups. */
  add(alert: StoredAlert, now: Instant): void {
    for (const [id, make] of this.#routesOf(alert)) {
      let group = this.#groups.get(id);
      if (!group) {
        group = make(now);
        this.#groups.set(id, group);
      }
      if (!group.has(alert.fingerprint)) this.#countGroups(alert.fingerprint, 1);
      group.insert(alert, now);
    }
  }

  /** Moments of an alert are others since the clock was set: for the groups that have it. */
  correct(alert: StoredAlert): void {
    if (!this.#groupCounts.has(alert.fingerprint)) return;
    for (const group of this.#groups.values()) group.correct(alert);
  }

  /** When the next group's time comes, monotonic; undefined without groups. */
  get nextAt(): Millis | undefined {
    let next: Millis | undefined;
    for (const { nextAt } of this.#groups.values()) if (next === undefined || nextAt < next) next = nextAt;
    return next;
  }

  /** Groups whose time has come; it counts as used. */
  due(elapsed: Millis): AlertGroup[] {
    const due = [...this.#groups.values()].filter(group => group.nextAt <= elapsed);
    for (const group of due) group.flush(elapsed);
    return due;
  }

  /** All receivers know that these alerts of a group ended: they are removed, unless they were updated, and the group with its last one. */
  markNotified(group: AlertGroup, over: readonly StoredAlert[]): void {
    for (const alert of over) {
      const { fingerprint } = alert;
      if (!group.drop(alert)) continue;
      this.#countGroups(fingerprint, -1);
      if (!this.#groupCounts.has(fingerprint)) this.#routesByAlert.delete(fingerprint);
    }
    const id = this.#idOf(group.route, group.key);
    if (group.isEmpty && this.#groups.get(id) === group) this.#groups.delete(id);
  }

  #countGroups(fingerprint: string, change: 1 | -1): void {
    const groups = (this.#groupCounts.get(fingerprint) ?? 0) + change;
    if (groups > 0) this.#groupCounts.set(fingerprint, groups);
    else this.#groupCounts.delete(fingerprint);
  }

  #routesOf({ fingerprint, labels }: StoredAlert) {
    let way = this.#routesByAlert.get(fingerprint);
    if (!way) {
      way = matchingRoutes(this.#route, labels).map(route => {
        const groupLabels = groupLabelsOf(route, labels);
        const key = groupKeyOf(route, groupLabels);
        const make = (now: Instant) => new AlertGroup(key, route, groupLabels, now);
        return [this.#idOf(route, key), make] as const;
      });
      this.#routesByAlert.set(fingerprint, way);
    }
    return way;
  }

  #idOf(route: Route, key: string): string {
    const number = this.#routes.get(route) ?? this.#routes.size;
    this.#routes.set(route, number);
    return `${number} ${key}`;
  }
}
