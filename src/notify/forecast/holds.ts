// Why a notification does not go out at a moment, and until when that lasts. Comes in: labels, their route and a moment;
// goes out: one entry for each silence, inhibiting alert and time interval.

import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { AlertTable } from '../alert-table.js';
import type { Route } from '../definition.js';
import { type RouteMuted, routeMutedBy, routeOpensAt } from '../muting.js';
import type { Notifier } from '../notifier.js';

/** Something that keeps a notification back. */
export interface Hold {
  readonly reason: 'silence' | 'inhibition' | 'time_interval' | 'restart';
  /** For people: `silenced by ann (upgrade)`. */
  readonly text: string;
  /** When it ends by itself; undefined: it depends on something else. */
  readonly until?: Millis | undefined;
  /** The silence's id, or the fingerprint of the inhibiting alert. */
  readonly id?: string;
}

type MutingHold = Hold & { readonly reason: 'silence' | 'inhibition' };

/** What mutes alerts. */
export interface Muting {
  readonly notifier: Notifier;
  readonly alerts: AlertTable;
}

/** What keeps alerts with these labels from being sent on a route at a moment. */
export function holdsAt(labels: Labels, route: Route, at: Millis, muting: Muting): Hold[] {
  const { config } = muting.notifier;
  const muted = routeMutedBy(route, config, at);
  const holds: Hold[] = mutesAt(labels, at, muting);
  if (muted)
    holds.push({ reason: 'time_interval', text: timeText(muted), until: routeOpensAt(route, config, at) });
  return holds;
}

/** Silences of these labels, and the alert that inhibits them, at a moment. */
export function mutesAt(labels: Labels, at: Millis, { notifier, alerts }: Muting): MutingHold[] {
  const { silencedBy, inhibitedBy } = notifier.muted({ labels }, at);
  return [
    ...silencedBy.map(({ id, createdBy, comment, endsAt }): MutingHold => {
      return { reason: 'silence', text: `silenced by ${createdBy} (${comment})`, until: endsAt, id };
    }),
    ...inhibitedBy.map((fingerprint): MutingHold => {
      const { alertname = '', target = '' } = alerts.get(fingerprint)?.labels.toJSON() ?? {};
      const text = `inhibited by ${[alertname, target].filter(Boolean).join(' of ')}`;
      return { reason: 'inhibition', text, id: fingerprint };
    }),
  ];
}

/** Why a route is muted by the time, for people. */
export function timeText({ reason, intervals }: RouteMuted): string {
  const where = reason === 'active_time_interval' ? 'outside of active times' : 'within mute times';
  return `${where} (${intervals.join(', ')})`;
}
