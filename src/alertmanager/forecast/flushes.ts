// The notifications of one group to one integration, ahead of time. Comes in: the group's alerts, those to come included,
// the last notification and what mutes when; goes out: when each alert is in a notification next. The group's own rules
// decide (dedup.ts); only the moments are ours. Source: Alertmanager, dispatch.aggrGroup and notify.DedupStage.

import type { Millis } from '../../model/time.js';
import { isResolved, type StoredAlert } from '../alert-store.js';
import type { Route } from '../config/definition.js';
import { dedupAlerts } from '../pipeline/dedup.js';
import type { LogEntry } from '../pipeline/notification-log.js';

/** A group is looked at a moment after its flush is due; a repetition that falls on the flush itself is due. */
const SLACK: Millis = 10;
/** Moments that are looked at; whatever has not been in a notification by then has no known next one. */
const MAX_STEPS = 50;

/** An alert of a group, or one that will come into it. */
export interface Member {
  readonly alert: StoredAlert;
  /** Since when it is in the group. */
  readonly from: Millis;
}

interface FlushOptions {
  readonly route: Route;
  readonly sendResolved: boolean;
  readonly members: readonly Member[];
  /** The last notification. */
  readonly entry: LogEntry | undefined;
  /** When something is sent next: the group's next flush, or the next attempt of a notification under way. */
  readonly first: Millis;
  /** The group's next flush; later ones come each `group_interval`. */
  readonly flush: Millis;
  readonly now: Millis;
  isMuted(alert: StoredAlert, at: Millis): boolean;
  /** The first moment after another at which one of the alerts may become muted, or is not any more. */
  mutingChangesAt(at: Millis): Millis | undefined;
}

/** When each alert is in a notification next, by fingerprint. Alerts that fire are taken to go on. */
export function nextNotifications(options: FlushOptions): Map<string, Millis> {
  const { route, sendResolved, now } = options;
  const members = options.members.map(({ alert, from }) => ({ alert: lasting(alert, now), from }));
  const found = new Map<string, Millis>();
  let { entry } = options;
  let at: Millis | undefined = options.first;
  let left = members;
  // The end of an alert is in the notification under way or in that of the next flush.
  for (let step = 0; at !== undefined && step < MAX_STEPS && (step < 2 || left.length > 0); step++) {
    const flushedAt = at + SLACK;
    const alerts = members.filter(({ from }) => from <= flushedAt).map(({ alert }) => alert);
    const isMuted = (alert: StoredAlert) => options.isMuted(alert, flushedAt);
    const age = entry ? Math.abs(flushedAt - entry.at) : 0;
    const notification = dedupAlerts({
      group: { alerts, route },
      isMuted,
      entry,
      age,
      sendResolved,
      at: flushedAt,
    });
    for (const { fingerprint } of notification?.alerts ?? [])
      if (!found.has(fingerprint)) found.set(fingerprint, at);
    if (notification) entry = { ...notification.note, at };
    left = members.filter(({ alert }) => !found.has(alert.fingerprint) && !isResolved(alert, now));
    at = nextFlush(at, entry, left, members, options);
  }
  return found;
}

/** The first flush after one by which something has changed for the alerts that are left. */
function nextFlush(
  at: Millis,
  entry: LogEntry | undefined,
  left: readonly Member[],
  members: readonly Member[],
  options: FlushOptions,
): Millis | undefined {
  const looked = at + SLACK;
  const { route, flush, mutingChangesAt } = options;
  const isRepeated = left.some(({ alert, from }) => from <= looked && !options.isMuted(alert, looked));
  const events = [
    ...members.filter(({ from }) => from > looked).map(({ from }) => from),
    ...[mutingChangesAt(looked) ?? []].flat(),
    ...(entry && isRepeated ? [entry.at + route.repeatInterval - SLACK + 1] : []),
    // Between two attempts of one notification the group's own time comes, too.
    ...(flush > at ? [flush] : []),
  ].filter(event => event > at);
  if (events.length === 0) return undefined;
  const event = Math.min(...events);
  const flushes = Math.max(0, Math.ceil((event - flush) / route.groupInterval));
  const next = flush + flushes * route.groupInterval;
  return next > at ? next : next + route.groupInterval;
}

/** One that fires goes on: what is to be known is what happens unless it ends. */
function lasting(alert: StoredAlert, now: Millis): StoredAlert {
  return isResolved(alert, now) ? alert : { ...alert, endsAt: Number.POSITIVE_INFINITY };
}
