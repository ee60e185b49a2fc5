// Alerting as metrics: under Alertmanager's own names where the embedded one sends notifications, under Prometheus' where alerts
// go to real Alertmanagers. Comes in: callbacks from alerting; goes out: counters, gauges, a histogram.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { MUTED_REASONS, type MutedAlert } from '../model/muted.js';

/** Alertmanager's own. */
const LATENCY_BUCKETS = [1, 5, 10, 15, 20];
/** Alertmanager's reasons of a failure; each is there from the start, so that the first failure is an increase. */
const REASONS = ['clientError', 'serverError', 'contextDeadlineExceeded', 'contextCanceled', 'other'];
const SUPPRESSED = ['silence', 'inhibition', 'mute_time_interval', 'active_time_interval'];
const ALERT_STATES = ['active', 'suppressed', 'unprocessed'] as const;
const SILENCE_STATES = ['active', 'pending', 'expired'] as const;

/** An integration: the name of its receiver and its kind. */
interface IntegrationName {
  readonly receiverName: string;
  readonly kind: string;
}

export class AlertingMetrics {
  readonly #notifications: Counter<'integration'>;
  readonly #failed: Counter<'integration' | 'reason'>;
  readonly #requests: Counter<'integration'>;
  readonly #requestsFailed: Counter<'integration'>;
  readonly #latency: Histogram<'integration'>;
  readonly #suppressed: Counter<'reason'>;
  readonly #ours: Counter<'receiver' | 'integration'>;
  readonly #oursFailed: Counter<'receiver' | 'integration' | 'reason'>;
  readonly #alerts: Gauge<'state'>;
  readonly #silences: Gauge<'state'>;
  readonly #muted: Gauge<'reason'>;
  readonly #sent: Counter<'alertmanager'>;
  readonly #errors: Counter<'alertmanager'>;
  readonly #dropped: Counter;
  readonly #queue: Gauge<'none'>;
  readonly #alertmanagers: Gauge<'none'>;
  readonly #actions: Counter<'action' | 'result'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const counter = <L extends string = never>(name: string, help: string, labelNames: L[] = []) =>
      new Counter<L>({ name, help, labelNames, registers });
    const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
      new Gauge<L>({ name, help, labelNames, registers });
    this.#notifications = counter('alertmanager_notifications_total', 'Notifications sent or failed', [
      'integration',
    ]);
    this.#failed = counter('alertmanager_notifications_failed_total', 'Failed notifications', [
      'integration',
      'reason',
    ]);
    this.#requests = counter('alertmanager_notification_requests_total', 'Attempts to send a message', [
      'integration',
    ]);
    this.#requestsFailed = counter(
      'alertmanager_notification_requests_failed_total',
      'Attempts to send a message that failed',
      ['integration'],
    );
    this.#latency = new Histogram({
      name: 'alertmanager_notification_latency_seconds',
      help: 'How long an attempt to send a message took',
      labelNames: ['integration'],
      buckets: LATENCY_BUCKETS,
      registers,
    });
    this.#suppressed = counter('alertmanager_notifications_suppressed_total', 'Suppressed alerts', [
      'reason',
    ]);
    this.#ours = counter(
      'langgraph_monitor_notifications_total',
      'Notifications sent or failed, by receiver',
      ['receiver', 'integration'],
    );
    this.#oursFailed = counter(
      'langgraph_monitor_notifications_failed_total',
      'Failed notifications, by receiver',
      ['receiver', 'integration', 'reason'],
    );
    this.#alerts = gauge('alertmanager_alerts', 'Alerts by state', ['state']);
    this.#silences = gauge('alertmanager_silences', 'Silences by state', ['state']);
    this.#muted = gauge(
      'langgraph_monitor_muted_alerts',
      'Alerts that are not sent at the moment, by what mutes them; services left out because of a dependency are among them',
      ['reason'],
    );
    this.#sent = counter('prometheus_notifications_sent_total', 'Alerts sent to an Alertmanager', [
      'alertmanager',
    ]);
    this.#errors = counter('prometheus_notifications_errors_total', 'Alerts an Alertmanager did not take', [
      'alertmanager',
    ]);
    this.#dropped = counter(
      'prometheus_notifications_dropped_total',
      'Alerts dropped because too many waited or an Alertmanager did not take them',
    );
    this.#queue = gauge('prometheus_notifications_queue_length', 'Alerts waiting to be sent', ['none']);
    this.#alertmanagers = gauge(
      'prometheus_notifications_alertmanagers_discovered',
      'Alertmanagers that alerts are sent to',
      ['none'],
    );
    this.#actions = counter('langgraph_monitor_actions_total', 'Actions that ran because of an alert', [
      'action',
      'result',
    ]);
  }

  /** Initializes the counters of these integrations, so that they exist before the first message. */
  initialize(tellers: readonly IntegrationName[]): void {
    for (const { receiverName: receiver, kind: integration } of tellers) {
      this.#notifications.inc({ integration }, 0);
      this.#requests.inc({ integration }, 0);
      this.#requestsFailed.inc({ integration }, 0);
      this.#ours.inc({ receiver, integration }, 0);
      for (const reason of REASONS) {
        this.#failed.inc({ integration, reason }, 0);
        this.#oursFailed.inc({ receiver, integration, reason }, 0);
      }
    }
    if (tellers.length > 0) for (const reason of SUPPRESSED) this.#suppressed.inc({ reason }, 0);
  }

  /** An attempt was made. @param duration milliseconds */
  attempted({ kind: integration }: IntegrationName, duration: number, isFailed: boolean): void {
    this.#requests.inc({ integration });
    if (isFailed) this.#requestsFailed.inc({ integration });
    this.#latency.observe({ integration }, duration / 1000);
  }

  /** A notification was sent (no reason), or failed. */
  notified({ receiverName: receiver, kind: integration }: IntegrationName, reason: string | undefined): void {
    this.#notifications.inc({ integration });
    this.#ours.inc({ receiver, integration });
    if (reason === undefined) return;
    this.#failed.inc({ integration, reason });
    this.#oursFailed.inc({ receiver, integration, reason });
  }

  suppressed(reason: string, alerts: number): void {
    this.#suppressed.inc({ reason }, alerts);
  }

  /** How many alerts and silences there are, by state. Undefined: another program has them. */
  setCounts(
    figures:
      | {
          readonly alerts: Readonly<Record<(typeof ALERT_STATES)[number], number>>;
          readonly silences: Readonly<Record<(typeof SILENCE_STATES)[number], number>>;
        }
      | undefined,
  ): void {
    if (!figures) {
      this.#alerts.reset();
      this.#silences.reset();
      return;
    }
    for (const state of ALERT_STATES) this.#alerts.set({ state }, figures.alerts[state]);
    for (const state of SILENCE_STATES) this.#silences.set({ state }, figures.silences[state]);
  }

  /** How many alerts are not sent at the moment, and why. */
  setMuted(muted: readonly MutedAlert[]): void {
    for (const reason of MUTED_REASONS) {
      const count = muted.filter(({ mutes }) => mutes.some(each => each.reason === reason)).length;
      this.#muted.set({ reason }, count);
    }
  }

  /** How sending to Alertmanagers does; undefined: there are none. */
  setQueue(sending: { readonly waiting: number; readonly addresses: readonly string[] } | undefined): void {
    if (!sending) {
      this.#queue.reset();
      this.#alertmanagers.reset();
      return;
    }
    this.#queue.set(sending.waiting);
    this.#alertmanagers.set(sending.addresses.length);
    for (const alertmanager of sending.addresses) {
      this.#sent.inc({ alertmanager }, 0);
      this.#errors.inc({ alertmanager }, 0);
    }
  }

  /** Alerts reached an Alertmanager. */
  sent(alertmanager: string, alerts: number): void {
    this.#sent.inc({ alertmanager }, alerts);
  }

  /** An Alertmanager did not take alerts. */
  notSent(alertmanager: string, alerts: number): void {
    this.#errors.inc({ alertmanager }, alerts);
    this.#dropped.inc(alerts);
  }

  dropped(alerts: number): void {
    this.#dropped.inc(alerts);
  }

  acted(action: string, isSuccess: boolean): void {
    this.#actions.inc({ action, result: isSuccess ? 'success' : 'failure' });
  }
}
