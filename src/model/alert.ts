// An alert as the rooms hand it to each other: made by rules, shown by cluster and http, delivered by notify.

import type { Millis } from './time.js';

/** Prometheus' states of one alert. An inactive one was firing and is kept a while so that its end can be sent. */
export type AlertState = 'inactive' | 'pending' | 'firing';

/** One alert of an alerting rule: plain data that survives `structuredClone`. Moments are undefined until they come. */
export interface Alert {
  /** What makes it this alert and no other; `alertname` is among them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: AlertState;
  /** Of the expression, at the last evaluation it was there. */
  readonly value: number;
  /** Since when the expression has been true (moved on over an outage of the monitor). */
  readonly activeAt: Millis;
  readonly firedAt: Millis | undefined;
  readonly resolvedAt: Millis | undefined;
  /** When it was last handed on to be notified about. */
  readonly lastSentAt: Millis | undefined;
  /** Until when a receiver may believe it without hearing of it again. */
  readonly validUntil: Millis | undefined;
  /** Since when only `keep_firing_for` keeps it firing. */
  readonly keepFiringSince: Millis | undefined;
  /** The rule's expression, as Prometheus prints it. */
  readonly expression: string;
}

/** An alert that will fire unless its expression stops being true. */
export interface PendingAlert {
  readonly labels: Alert['labels'];
  readonly expression: string;
  /** Names of the labels that the rule adds to what its expression finds. */
  readonly addedLabels: readonly string[];
  /** The evaluation by which its `for` has run out. */
  readonly firesAt: Millis;
}

/** Labels that only an escalated copy of an alert has. */
const COPIED: ReadonlySet<string> = new Set(['escalation', 'escalates', 'alertstate']);

/** Equal for an alert and its escalated copies, for nothing else. */
export function alertIdentity(labels: Alert['labels']): string {
  const { escalates, alertname } = labels;
  const names = Object.keys(labels).filter(name => !COPIED.has(name) && name !== 'alertname');
  names.push('alertname');
  const own = escalates || alertname || '';
  return JSON.stringify(names.sort().map(name => [name, name === 'alertname' ? own : labels[name]]));
}

/**
 * The labels with which an alert is sent: external labels are added where it has none of that name.
 * Source: Prometheus, notifier/manager.go.
 */
export function withExternalLabels(
  labels: Alert['labels'],
  external: Readonly<Record<string, string>>,
): Alert['labels'] {
  const missing = Object.entries(external).filter(([name]) => !labels[name]);
  return missing.length === 0 ? labels : { ...labels, ...Object.fromEntries(missing) };
}

/** Whether an alert is a copy that only says how far another one has risen. */
export function isEscalation(labels: Alert['labels']): boolean {
  return Boolean(labels.escalation);
}
