// Alerts into groups, by the tree of routes. Comes in: alerts; goes out: groups whose time has come. Source: Alertmanager,
// dispatch/dispatch.go.

import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { StoredAlert } from '../alert-store.js';
import type { Route } from '../config/definition.js';
import { AlertGroup, compareLabelSets, type Instant } from './group.js';
import { groupKeyOf, groupLabelsOf, matchingRoutes } from './routes.js';

/** A group an alert belongs to, whether it is there or not. */
interface GroupPlace {
  readonly id: string;
  readonly key: string;
  readonly route: Route;
  /** Of the group. */
  readonly labels: Labels;
}

export class Dispatcher {
  readonly #route: Route;
  /** Two routes may have the same matchers, and then the same group keys. */
  readonly #routes = new Map<Route, number>();
  readonly #groups = new Map<string, AlertGroup>();
  /** Groups each alert is in, by its fingerprint. */
  readonly #groupCounts = new Map<string, number>();
  /** Alerts with the same labels have the same routes. */
  readonly #placesByAlert = new Map<string, readonly GroupPlace[]>();
  /** The last one on each route: alerts of one group come together. */
  readonly #lastPlaces = new Map<Route, GroupPlace>();

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
    for (const { id, key, route, labels } of this.#placesOf(alert)) {
      let group = this.#groups.get(id);
      if (!group) {
        group = new AlertGroup(key, route, labels, now);
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
      if (!this.#groupCounts.has(fingerprint)) this.#placesByAlert.delete(fingerprint);
    }
    const id = this.#idOf(group.route, group.key);
    if (group.isEmpty && this.#groups.get(id) === group) this.#groups.delete(id);
  }

  #countGroups(fingerprint: string, change: 1 | -1): void {
    const groups = (this.#groupCounts.get(fingerprint) ?? 0) + change;
    if (groups > 0) this.#groupCounts.set(fingerprint, groups);
    else this.#groupCounts.delete(fingerprint);
  }

  #placesOf({ fingerprint, labels }: StoredAlert): readonly GroupPlace[] {
    let places = this.#placesByAlert.get(fingerprint);
    if (!places) {
      places = matchingRoutes(this.#route, labels).map(route =>
        this.#placeOf(route, groupLabelsOf(route, labels)),
      );
      this.#placesByAlert.set(fingerprint, places);
    }
    return places;
  }

  #placeOf(route: Route, labels: Labels): GroupPlace {
    const last = this.#lastPlaces.get(route);
    if (last && compareLabelSets(last.labels, labels) === 0) return last;
    const key = groupKeyOf(route, labels);
    const place = { id: this.#idOf(route, key), key, route, labels };
    this.#lastPlaces.set(route, place);
    return place;
  }

  #idOf(route: Route, key: string): string {
    const number = this.#routes.get(route) ?? this.#routes.size;
    this.#routes.set(route, number);
    return `${number} ${key}`;
  }
}
