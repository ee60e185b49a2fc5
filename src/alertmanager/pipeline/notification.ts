// A notification: the alerts of a group that are sent together.

import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';

/** An alert as it is sent. */
export interface NotifiedAlert {
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: Millis;
  /** When it ended, or until when it is believed if nothing more is heard of it. */
  readonly endsAt: Millis;
  /** Where it came from; empty when the sender gave none. */
  readonly generatorUrl: string;
  /** 16 hexadecimal digits, as Alertmanager computes them of the labels. */
  readonly fingerprint: string;
  readonly isResolved: boolean;
}

/** One message to one receiver. */
export interface Notification {
  readonly receiver: string;
  /** `{}/{severity="critical"}:{alertname="ServiceDown"}` */
  readonly groupKey: string;
  readonly groupLabels: Labels;
  /** At least one; sorted by job, instance, then all labels, as in Alertmanager. */
  readonly alerts: readonly NotifiedAlert[];
  /** Where people reach the monitor, without a slash at the end. */
  readonly externalUrl: string;
  /** When it is made. */
  readonly at: Millis;
}
