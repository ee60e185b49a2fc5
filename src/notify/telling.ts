// What there is to tell an integration of a group at a moment. Comes in: the group, what mutes its alerts, and the last
// message; goes out: a message with what is to be noted once it is taken, or nothing. Source: Alertmanager,
// notify.DedupStage.

import type { Millis } from '../model/time.js';
import { isResolved, type KnownAlert } from './alert-table.js';
import { type AlertGroup, byLabels } from './group.js';
import { isOwedItsEnd } from './muting.js';
import type { NotifiedAlert } from './notification.js';
import { type LogEntry, needsTelling } from './notification-log.js';

export interface TellingOptions {
  readonly group: AlertGroup;
  /** Whether an alert is muted at the moment. */
  readonly isMuted: (alert: KnownAlert) => boolean;
  /** The last message to the integration about the group. */
  readonly entry: LogEntry | undefined;
  readonly sendResolved: boolean;
  readonly at: Millis;
}

export interface Telling {
  /** None: there is nothing to send, only to note. */
  readonly alerts: readonly NotifiedAlert[];
  readonly note: LogEntry;
}

/** Undefined: everybody knows. */
export function telling({ group, isMuted, entry, sendResolved, at }: TellingOptions): Telling | undefined {
  const told = new Set(entry?.firing);
  const visible: NotifiedAlert[] = [];
  /** Told as firing once and muted now: their ends are owed all the same. */
  const owed: string[] = [];
  for (const alert of group.alerts) {
    const wasTold = told.has(alert.fingerprint);
    // What an earlier run knew and nobody has repeated is no news.
    if (alert.isUnconfirmed && !wasTold) continue;
    if (!isMuted(alert) || isOwedItsEnd(alert, told, at)) visible.push(notified(alert, at));
    else if (wasTold) owed.push(alert.fingerprint);
  }
  if (visible.length === 0) return undefined;
  const firing = visible.filter(alert => !alert.isResolved);
  const resolved = visible.filter(alert => alert.isResolved);
  const present = { firing: setOf(firing), resolved: setOf(resolved), sendResolved };
  const { repeatInterval } = group.route;
  if (!needsTelling(entry, { ...present, repeatInterval }, at)) return undefined;
  const sent = sendResolved ? visible : firing;
  const note = { at, firing: [...present.firing, ...owed], resolved: [...present.resolved] };
  return { alerts: [...sent].sort(byLabels), note };
}

function setOf(alerts: readonly NotifiedAlert[]): Set<string> {
  return new Set(alerts.map(({ fingerprint }) => fingerprint));
}

function notified(alert: KnownAlert, at: Millis): NotifiedAlert {
  const { labels, annotations, startsAt, endsAt, generatorUrl, fingerprint } = alert;
  const ended = isResolved(alert, at);
  return { labels, annotations, startsAt, endsAt, generatorUrl, fingerprint, isResolved: ended };
}
