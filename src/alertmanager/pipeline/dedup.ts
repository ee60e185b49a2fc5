// What there is to tell an integration of a group at a moment. Comes in: the group, what mutes its alerts, and the last
// message; goes out: a message with what is to be noted once it is taken, or nothing. Source: Alertmanager,
// notify.DedupStage.

import type { Millis } from '../../model/time.js';
import { isResolved, type KnownAlert } from '../alert-store.js';
import { type AlertGroup, byLabels } from '../dispatch/group.js';
import { isOwedItsEnd } from './mute.js';
import type { NotifiedAlert } from './notification.js';
import { type LogEntry, needsTelling, openAlerts } from './notification-log.js';

export interface TellingOptions {
  readonly group: Pick<AlertGroup, 'alerts' | 'route'>;
  /** Whether an alert is muted at the moment. */
  readonly isMuted: (alert: KnownAlert) => boolean;
  /** The last message to the integration about the group. */
  readonly entry: LogEntry | undefined;
  /** How long ago that was. */
  readonly age: Millis;
  readonly sendResolved: boolean;
  readonly at: Millis;
}

export interface Telling {
  /** None: there is nothing to send, only to note. */
  readonly alerts: readonly NotifiedAlert[];
  readonly note: LogEntry;
}

/** Undefined: there is nothing new to send. */
export function telling(options: TellingOptions): Telling | undefined {
  const next = nextTelling(options);
  return (
    next && {
      alerts: next.alerts.map(alert => notified(alert, options.at)).sort(byLabels),
      note: next.note,
    }
  );
}

/** The same with the alerts as they are known, in no order. */
export function nextTelling(
  options: TellingOptions,
): { readonly alerts: readonly KnownAlert[]; readonly note: LogEntry } | undefined {
  const { group, entry, age, sendResolved, at } = options;
  const visible = visibleAlerts(options);
  const firing = visible.filter(alert => !isResolved(alert, at));
  const resolved = visible.filter(alert => isResolved(alert, at));
  // What an earlier run knew and no one has repeated since is no reason for a message.
  if (resolved.length === 0 && firing.every(alert => alert.isUnconfirmed)) return undefined;
  const present = { firing: setOf(firing), resolved: setOf(resolved), sendResolved };
  const { repeatInterval } = group.route;
  if (!needsTelling(entry, { ...present, age, repeatInterval })) return undefined;
  const sent = sendResolved ? visible : firing;
  return { alerts: sent, note: noteOf(options, present) };
}

/** What a message would name: what is not muted, and ends of what the receiver saw firing, muted or not. */
function visibleAlerts({ group, isMuted, entry, at }: TellingOptions): KnownAlert[] {
  const [open, shown] = [openAlerts(entry), new Set(entry?.firing)];
  return [...group.alerts].filter(alert => {
    if (isOwedItsEnd(alert, open, at)) return true;
    if (isResolved(alert, at)) return isNews(alert, entry) && !isMuted(alert);
    // Unconfirmed, it may be over: it stays in the message that named it, and comes into no other.
    return (!alert.isUnconfirmed || shown.has(alert.fingerprint)) && !isMuted(alert);
  });
}

/** Whether an end the receiver is not waiting for belongs into a message: once, as what came and went since the last one. */
function isNews({ fingerprint, endsAt }: KnownAlert, entry: LogEntry | undefined): boolean {
  return !entry || (endsAt > entry.at && !entry.resolved.includes(fingerprint));
}

function noteOf(
  { group, entry, at }: TellingOptions,
  { firing, resolved }: { readonly firing: ReadonlySet<string>; readonly resolved: ReadonlySet<string> },
): LogEntry {
  const open = openAlerts(entry);
  const ended = new Set([...(entry?.resolved ?? []), ...resolved]);
  const all = [...group.alerts].map(({ fingerprint }) => fingerprint);
  return {
    at,
    firing: [...firing],
    resolved: all.filter(each => ended.has(each) && !firing.has(each)),
    owed: all.filter(each => open.has(each) && !firing.has(each) && !resolved.has(each)),
  };
}

function setOf(alerts: readonly KnownAlert[]): Set<string> {
  return new Set(alerts.map(({ fingerprint }) => fingerprint));
}

function notified(alert: KnownAlert, at: Millis): NotifiedAlert {
  const { labels, annotations, startsAt, endsAt, generatorUrl, fingerprint } = alert;
  const ended = isResolved(alert, at);
  return { labels, annotations, startsAt, endsAt, generatorUrl, fingerprint, isResolved: ended };
}
