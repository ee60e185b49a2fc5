// Why a notification does not go out at a moment, and until when that lasts. Comes in: labels, their route and a moment;
// goes out: one entry for each silence, inhibiting alert and time interval.

import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { AlertStore } from '../alert-store.js';
import type { Route } from '../config/definition.js';
import { type Silence, silenceState } from '../mute/silences.js';
import { type Muted, type RouteMuted, routeMutedBy, routeOpensAt } from '../pipeline/mute.js';
import type { Notifier } from '../pipeline/notifier.js';

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
interface Muting {
  readonly notifier: Notifier;
  readonly alerts: AlertStore;
}

/**
 * What will keep an alert from being sent on a route at a moment to come.
 * @param inhibitedBy the alert that inhibits it now, which is taken to go on
 */
export function holdsAt(
  silences: readonly Silence[],
  inhibitedBy: string | undefined,
  route: Route,
  at: Millis,
  { notifier: { config }, alerts }: Muting,
): Hold[] {
  const muted = routeMutedBy(route, config, at);
  const active = silences.filter(silence => silenceState(silence, at) === 'active');
  const holds: Hold[] = holdsBy({ silencedBy: active, inhibitedBy: [inhibitedBy ?? []].flat() }, alerts);
  if (muted)
    holds.push({ reason: 'time_interval', text: timeText(muted), until: routeOpensAt(route, config, at) });
  return holds;
}

/** Silences of these labels, and the alert that inhibits them, at a moment. */
export function mutesAt(labels: Labels, at: Millis, { notifier, alerts }: Muting): MutingHold[] {
  return holdsBy(notifier.muted({ labels }, at), alerts);
}

function holdsBy({ silencedBy, inhibitedBy }: Muted, alerts: AlertStore): MutingHold[] {
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
