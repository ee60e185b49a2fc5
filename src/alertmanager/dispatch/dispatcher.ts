// Alerts into groups, by the tree of routes. Comes in: alerts; goes out: groups whose time has come. Source: Alertmanager,
// dispatch/dispatch.go.

import type { Millis } from '../../model/time.js';
import type { KnownAlert } from '../alert-store.js';
import type { Route } from '../config/definition.js';
import { AlertGroup, type Now } from './group.js';
import { groupKeyOf, groupLabelsOf, matchingRoutes } from './routes.js';

export class Dispatcher {
  readonly #route: Route;
  /** Two routes may have the same matchers, and then the same group keys. */
  readonly #routes = new Map<Route, number>();
  readonly #groups = new Map<string, AlertGroup>();
  /** Groups each alert is in, by its fingerprint. */
  readonly #held = new Map<string, number>();
  /** Of alerts with the same labels the way is the same. */
  readonly #ways = new Map<string, readonly (readonly [id: string, make: (now: Now) => AlertGroup])[]>();

  constructor(route: Route) {
    this.#route = route;
  }

  get groups(): Iterable<AlertGroup> {
    return this.#groups.values();
  }

  get size(): number {
    return this.#groups.size;
  }

  /** Whether a group still has to tell something of an alert. */
  holds(fingerprint: string): boolean {
    return this.#held.has(fingerprint);
  }

  /** Hears of an alert. */
  take(alert: KnownAlert, now: Now): void {
    for (const [id, make] of this.#way(alert)) {
      let group = this.#groups.get(id);
      if (!group) {
        group = make(now);
        this.#groups.set(id, group);
      }
      if (!group.has(alert.fingerprint)) this.#hold(alert.fingerprint, 1);
      group.take(alert, now);
    }
  }

  /** Moments of an alert are others since the clock was set: for the groups that have it. */
  correct(alert: KnownAlert): void {
    if (!this.#held.has(alert.fingerprint)) return;
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
    for (const group of due) group.begin(elapsed);
    return due;
  }

  /** Everybody knows that these alerts of a group are over: they go, unless more was heard of them, and the group with its last one. */
  told(group: AlertGroup, over: readonly KnownAlert[]): void {
    for (const alert of over) {
      const { fingerprint } = alert;
      if (!group.drop(alert)) continue;
      this.#hold(fingerprint, -1);
      if (!this.#held.has(fingerprint)) this.#ways.delete(fingerprint);
    }
    const id = this.#idOf(group.route, group.key);
    if (group.isEmpty && this.#groups.get(id) === group) this.#groups.delete(id);
  }

  #hold(fingerprint: string, change: 1 | -1): void {
    const groups = (this.#held.get(fingerprint) ?? 0) + change;
    if (groups > 0) this.#held.set(fingerprint, groups);
    else this.#held.delete(fingerprint);
  }

  #way({ fingerprint, labels }: KnownAlert) {
    let way = this.#ways.get(fingerprint);
    if (!way) {
      way = matchingRoutes(this.#route, labels).map(route => {
        const groupLabels = groupLabelsOf(route, labels);
        const key = groupKeyOf(route, groupLabels);
        const make = (now: Now) => new AlertGroup(key, route, groupLabels, now);
        return [this.#idOf(route, key), make] as const;
      });
      this.#ways.set(fingerprint, way);
    }
    return way;
  }

  #idOf(route: Route, key: string): string {
    const number = this.#routes.get(route) ?? this.#routes.size;
    this.#routes.set(route, number);
    return `${number} ${key}`;
  }
}
