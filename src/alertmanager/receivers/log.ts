// The receiver without integrations: its messages are lines of the log.

import type { Notification, NotifiedAlert } from '../pipeline/notification.js';
import type { Receiver, ReceiverContext } from './receiver.js';

/** Alerts a line names; of more it gives the number. */
const MAX_NAMED = 20;

export class LogReceiver implements Receiver {
  readonly #log: ReceiverContext['log'];

  constructor({ log }: ReceiverContext) {
    this.#log = log;
  }

  async deliver({ receiver, alerts }: Notification): Promise<void> {
    const firing = alerts.filter(alert => !alert.isResolved);
    const resolved = alerts.filter(alert => alert.isResolved);
    // A heartbeat says nothing to people.
    const isHeard = alerts.some(({ labels }) => !['none', ''].includes(labels.get('severity')));
    this.#log(isHeard ? 'info' : 'debug', 'Notification', {
      receiver,
      integration: 'log',
      ...(firing.length > 0 ? { firing: named(firing) } : {}),
      ...(resolved.length > 0 ? { resolved: named(resolved) } : {}),
    });
  }

  close(): void {}
}

function named(alerts: readonly NotifiedAlert[]): string {
  const names = alerts.slice(0, MAX_NAMED).map(({ labels, annotations }) => {
    const what = annotations.description || annotations.summary || labels.get('alertname');
    const severity = labels.get('severity').toUpperCase();
    return severity === '' ? what : `${severity}: ${what}`;
  });
  const more = alerts.length - names.length;
  return [...names, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
