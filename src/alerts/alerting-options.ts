// What Alerting is made with, and what it reports to be counted.

import type { Integration } from '../alertmanager/pipeline/integration.js';
import type { SuppressedReason } from '../alertmanager/pipeline/mute.js';
import type { NotifyAttempt } from '../alertmanager/pipeline/retry.js';
import type { Sharing } from '../alertmanager/pipeline/sharing.js';
import type { Clock, Millis } from '../model/time.js';
import type { Store } from '../store/store.js';
import type { SenderEvents } from './sender.js';
import type { SentLabels } from './sent-labels.js';
import type { CheckedServices } from './startup-hold.js';

/** Callbacks for metrics. */
export interface AlertingEvents extends SenderEvents {
  /** Which integrations there are now. */
  onIntegrations(integrations: readonly Integration[]): void;
  onAttempt(attempt: NotifyAttempt): void;
  /** A notification was sent (no reason), or failed. */
  onNotification(integration: Integration, reason: string | undefined): void;
  onSuppressed(reason: SuppressedReason, alerts: number): void;
  onAction(action: string, isSuccess: boolean): void;
  /** A silence was made, changed or ended: other alerts are muted now. */
  onMuting(): void;
}

export interface AlertingOptions {
  readonly store: Pick<Store, 'states' | 'alertHistory'>;
  readonly clock: Clock;
  /** What of the services is known since the start. */
  readonly checked: CheckedServices;
  /** When the first check failed of those by which a service is believed down or slow; undefined when it is neither. */
  readonly firstFailure?: ((service: string) => Millis | undefined) | undefined;
  /** Where people reach the monitor, without a slash at the end. */
  readonly externalUrl: () => string;
  /** What becomes of the labels of the rules' alerts; they stay by default. */
  readonly sentLabels?: SentLabels;
  /** Undefined: no other monitor has the same alerts. */
  readonly sharing?: () => Sharing | undefined;
  readonly log: (level: 'debug' | 'info' | 'warn', message: string, fields: Record<string, unknown>) => void;
  readonly events: AlertingEvents;
}
