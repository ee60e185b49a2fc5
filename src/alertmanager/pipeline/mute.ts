// What keeps alerts from being sent: silences, other alerts, times of the day. Comes in: alerts; goes out: why they are
// muted. Source: Alertmanager, notify.MuteStage and TimeMuteStage.

import type { Millis } from '../../model/time.js';
import { isResolved, type StoredAlert } from '../alert-store.js';
import type { AlertmanagerConfig, Route } from '../config/definition.js';
import type { Inhibitor } from '../mute/inhibition.js';
import type { Silence, Silences } from '../mute/silences.js';

/** Why an alert is not sent; both empty: it is. */
export interface Muted {
  readonly silencedBy: readonly Silence[];
  /** Fingerprints. */
  readonly inhibitedBy: readonly string[];
}

/** As Alertmanager's `alertmanager_notifications_suppressed_total` names it. */
export type SuppressedReason = 'silence' | 'inhibition' | 'mute_time_interval' | 'active_time_interval';

/** Why a route sends nothing, and the names of the time intervals that cause it. */
export interface RouteMuted {
  readonly reason: SuppressedReason;
  readonly intervals: readonly string[];
}

/** What mutes one alert at a moment. */
export function mutedBy(
  { labels }: Pick<StoredAlert, 'labels'>,
  at: Millis,
  by: { readonly silences: Silences; readonly inhibitor: Inhibitor },
): Muted {
  const source = by.inhibitor.muting(labels, at);
  return {
    silencedBy: by.silences.muting(labels, at),
    inhibitedBy: source === undefined ? [] : [source],
  };
}

/** Why a route sends nothing at a moment; undefined: it sends. */
export function routeMutedBy(
  { muteTimeIntervals, activeTimeIntervals }: Route,
  { timeIntervals }: Pick<AlertmanagerConfig, 'timeIntervals'>,
  at: Millis,
): RouteMuted | undefined {
  const isWithin = (name: string) =>
    timeIntervals.get(name)?.some(interval => interval.contains(at)) === true;
  if (activeTimeIntervals.length > 0 && !activeTimeIntervals.some(isWithin))
    return { reason: 'active_time_interval', intervals: activeTimeIntervals };
  const muting = muteTimeIntervals.filter(isWithin);
  return muting.length > 0 ? { reason: 'mute_time_interval', intervals: muting } : undefined;
}

/** How far ahead an opening is looked for: every date comes within eight years. */
const HORIZON: Millis = 9 * 366 * 86_400_000;

/** The first moment from one on at which a route is not muted by the time; undefined: never. */
export function routeOpensAt(
  route: Route,
  config: Pick<AlertmanagerConfig, 'timeIntervals'>,
  from: Millis,
): Millis | undefined {
  let at: Millis | undefined = from;
  while (at !== undefined && routeMutedBy(route, config, at)) at = routeChangesAt(route, config, at);
  return at;
}

/** The first moment after another at which a time interval of a route begins or ends; undefined: never. */
export function routeChangesAt(
  { muteTimeIntervals, activeTimeIntervals }: Route,
  { timeIntervals }: Pick<AlertmanagerConfig, 'timeIntervals'>,
  at: Millis,
): Millis | undefined {
  // The same end for a while, so that what was not found is not looked for again.
  const until = (Math.floor(at / HORIZON) + 2) * HORIZON;
  const all = [...muteTimeIntervals, ...activeTimeIntervals].flatMap(name => timeIntervals.get(name) ?? []);
  const changes = all.flatMap(interval => interval.changesAt(at, until) ?? []);
  return changes.length > 0 ? Math.min(...changes) : undefined;
}

/** A receiver that was notified of a firing alert is notified of its end, muted or not. */
export function mustSendResolved(
  alert: StoredAlert,
  notifiedAsFiring: ReadonlySet<string>,
  at: Millis,
): boolean {
  return isResolved(alert, at) && notifiedAsFiring.has(alert.fingerprint);
}
