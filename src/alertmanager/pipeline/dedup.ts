// What is to be sent to an integration about a group at a moment. Comes in: the group, what mutes its alerts, and the last
// message; goes out: a message with what is to be noted once it is taken, or nothing. Source: Alertmanager,
// notify.DedupStage.

import type { Millis } from '../../model/time.js';
import { isResolved, type StoredAlert } from '../alert-store.js';
import { type AlertGroup, byLabels } from '../dispatch/group.js';
import { mustSendResolved } from './mute.js';
import type { NotifiedAlert } from './notification.js';
import { type LogEntry, needsUpdate, openAlerts } from './notification-log.js';

interface DedupOptions {
  readonly group: Pick<AlertGroup, 'alerts' | 'route'>;
  /** Whether an alert is muted at the moment. */
  readonly isMuted: (alert: StoredAlert) => boolean;
  /** The last message to the integration about the group. */
  readonly entry: LogEntry | undefined;
  /** How long ago that was. */
  readonly age: Millis;
  readonly sendResolved: boolean;
  readonly at: Millis;
}

export interface DedupResult {
  /** None: there is nothing to send, only to note. */
  readonly alerts: readonly NotifiedAlert[];
  readonly note: LogEntry;
}

/** Undefined: there is nothing new to send. */
export function dedup(options: DedupOptions): DedupResult | undefined {
  const next = dedupAlerts(options);
  return (
    next && {
      alerts: next.alerts.map(alert => notified(alert, options.at)).sort(byLabels),
      note: next.note,
    }
  );
}

/** The same with the alerts as they are known, in no order. */
export function dedupAlerts(
  options: DedupOptions,
): { readonly alerts: readonly StoredAlert[]; readonly note: LogEntry } | undefined {
  const { group, entry, age, sendResolved, at } = options;
  const visible = visibleAlerts(options);
  const firing = visible.filter(alert => !isResolved(alert, at));
  const resolved = visible.filter(alert => isResolved(alert, at));
  // What an earlier run knew and no one has repeated since is no reason for a message.
  if (resolved.length === 0 && firing.every(alert => alert.isUnconfirmed)) return undefined;
  const present = { firing: setOf(firing), resolved: setOf(resolved), sendResolved };
  const { repeatInterval } = group.route;
  if (!needsUpdate(entry, { ...present, age, repeatInterval })) return undefined;
  const sent = sendResolved ? visible : firing;
  return { alerts: sent, note: logEntryOf(options, present) };
}

/** What a message would name: what is not muted, and ends of what the receiver saw firing, muted or not. */
function visibleAlerts({ group, isMuted, entry, at }: DedupOptions): StoredAlert[] {
  const [open, firing] = [openAlerts(entry), new Set(entry?.firing)];
  return [...group.alerts].filter(alert => {
    if (mustSendResolved(alert, open, at)) return true;
    if (isResolved(alert, at)) return isNews(alert, entry) && !isMuted(alert);
    // Unconfirmed, it may be over: it stays in the message that named it, and comes into no other.
    return (!alert.isUnconfirmed || firing.has(alert.fingerprint)) && !isMuted(alert);
  });
}

/** Whether an end the receiver is not waiting for belongs into a message: once, as what came and went since the last one. */
function isNews({ fingerprint, endsAt }: StoredAlert, entry: LogEntry | undefined): boolean {
  return !entry || (endsAt > entry.at && !entry.resolved.includes(fingerprint));
}

function logEntryOf(
  { group, entry, at }: DedupOptions,
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

function setOf(alerts: readonly StoredAlert[]): Set<string> {
  return new Set(alerts.map(({ fingerprint }) => fingerprint));
}

function notified(alert: StoredAlert, at: Millis): NotifiedAlert {
  const { labels, annotations, startsAt, endsAt, generatorUrl, fingerprint } = alert;
  const ended = isResolved(alert, at);
  return { labels, annotations, startsAt, endsAt, generatorUrl, fingerprint, isResolved: ended };
}
