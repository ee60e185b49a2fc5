// What becomes of messages, in the log, in the history of their alerts and in figures. Comes in: outcomes of the embedded
// notifier; goes out: a line of the log and an entry of the history for each.

import type { StoredAlert } from '../alertmanager/alert-store.js';
import type { Integration } from '../alertmanager/pipeline/integration.js';
import type { NotifiedAlert } from '../alertmanager/pipeline/notification.js';
import type { NotifierEvents } from '../alertmanager/pipeline/notifier.js';
import { formatDuration } from '../model/duration.js';
import type { Millis } from '../model/time.js';
import type { AlertingEvents, AlertingOptions } from './alerting-options.js';
import type { AlertHistoryWriter } from './history.js';

/** Alerts a line of the log names; of more it says how many. */
const MAX_NAMED = 10;

/** @param history where what was sent is noted */
export function notifierEvents(
  { log, clock }: Pick<AlertingOptions, 'log' | 'clock'>,
  events: Pick<AlertingEvents, 'onAttempt' | 'onNotification' | 'onSuppressed'>,
  history: AlertHistoryWriter,
): NotifierEvents {
  return {
    onAttempt: attempt => {
      events.onAttempt(attempt);
      const { integration, error } = attempt;
      if (error) log('debug', 'Notification attempt failed', { ...named(integration), err: error.message });
    },
    onOutcome: (integration, group, outcome, duration) => {
      const note = { at: clock.now(), receiver: integration.receiverName, integration: integration.kind };
      if (outcome.state === 'sent') {
        const { alerts } = outcome.notification;
        events.onNotification(integration, undefined);
        logSent(log, integration, alerts, { attempts: outcome.attempts, duration });
        history.recordNotification(
          alerts.filter(alert => !alert.isResolved),
          { ...note, status: 'firing' },
        );
        history.recordNotification(
          alerts.filter(alert => alert.isResolved),
          { ...note, status: 'resolved' },
        );
        return;
      }
      const { error, attempts, reason } = outcome;
      events.onNotification(integration, reason);
      history.recordNotification([...group.alerts], { ...note, status: 'firing', error: error.message });
      log('warn', 'Notification failed after retries', {
        ...named(integration),
        group: group.key,
        attempts,
        duration: seconds(duration),
        err: error.message,
      });
    },
    onSuppressed: (reason, alerts, muted) => {
      events.onSuppressed(reason, alerts.length);
      if (reason !== 'silence') return;
      const at = clock.now();
      for (const alert of alerts)
        history.recordSilences(alert, muted.get(alert.fingerprint)?.silencedBy ?? [], at);
    },
  };
}

/** A message that was taken. The log receiver's own line says it already; a heartbeat is for no reader. */
function logSent(
  log: AlertingOptions['log'],
  integration: Integration,
  alerts: readonly NotifiedAlert[],
  { attempts, duration }: { readonly attempts: number; readonly duration: Millis },
): void {
  if (integration.kind === 'log') return;
  const isHeartbeat = alerts.every(({ labels }) => labels.get('severity') === 'none');
  log(isHeartbeat ? 'debug' : 'info', 'Notification sent', {
    ...named(integration),
    status: alerts.some(alert => !alert.isResolved) ? 'firing' : 'resolved',
    alerts: alerts.length,
    names: namesOf(alerts),
    attempts,
    duration: seconds(duration),
  });
}

function namesOf(alerts: readonly Pick<StoredAlert, 'labels'>[]): string {
  const names = alerts
    .slice(0, MAX_NAMED)
    .map(({ labels }) => [labels.get('alertname'), labels.get('target')].filter(Boolean).join(' '));
  const more = alerts.length - names.length;
  return [...names, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

function named({ receiverName, kind }: Integration) {
  return { receiver: receiverName, integration: kind };
}

function seconds(duration: Millis): string {
  return formatDuration(Math.round(duration));
}
