// Connects alerting to the store, the metrics and the log, with the gateway for text messages.
// Comes in: the configuration, and alerts; goes out: messages, and figures.

import type { Registry } from 'prom-client';
import { Alerting } from '../alerts/alerting.js';
import type { AlertingEvents, AlertingOptions } from '../alerts/alerting-options.js';
import type { SentLabels } from '../alerts/sent-labels.js';
import { makeSmsReceipts, SmsGateway } from '../alerts/sms/gateway.js';
import type { CheckedServices } from '../alerts/startup-hold.js';
import { AlertingMetrics } from '../metrics/alerting.js';
import type { MutedAlert } from '../model/muted.js';
import { type Clock, systemClock } from '../model/time.js';
import type { Store } from '../store/store.js';
import type { Configuration } from './configuration.js';
import { haWarnings } from './ha-warnings.js';
import type { Logger } from './log.js';

interface AlertWiringOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly log: Logger;
  /** The URL under which users reach the monitor, without a trailing slash. */
  readonly externalUrl: () => string;
  /** What becomes of the labels of the rules' alerts. */
  readonly sentLabels: SentLabels;
  /** Undefined: no other monitor has the same alerts. */
  readonly sharing: AlertingOptions['sharing'];
  /** Which services have been checked since the start. */
  readonly checked: CheckedServices;
  readonly firstFailure: AlertingOptions['firstFailure'];
  /** Called when a silence is created, changed or expired. */
  readonly onMuting: () => void;
  readonly clock?: Clock;
}

/** The caller must close it. */
export class AlertWiring {
  readonly alerting: Alerting;
  readonly #metrics: AlertingMetrics;
  readonly #log: Logger;
  /** A recipient reached under one configuration is not notified again under the next. */
  readonly #smsReceipts = makeSmsReceipts();
  #gateway: SmsGateway | undefined;

  constructor({
    store,
    registry,
    log,
    externalUrl,
    sentLabels,
    sharing,
    checked,
    firstFailure,
    onMuting,
    clock = systemClock,
  }: AlertWiringOptions) {
    this.#log = log;
    this.#metrics = new AlertingMetrics(registry);
    this.alerting = new Alerting({
      store,
      clock,
      checked,
      firstFailure,
      externalUrl,
      sentLabels,
      ...(sharing && { sharing }),
      log: (level, message, fields) => log[level](fields, message),
      events: { ...this.#events(), onMuting },
    });
  }

  /** Sends text messages; undefined unless `alerting.sms` is configured. Failures are logged, because the response to an accepted webhook is not read. */
  get sms(): Pick<SmsGateway, 'send'> | undefined {
    const gateway = this.#gateway;
    return (
      gateway && {
        send: async (notification, signal) => {
          const report = await gateway.send(notification, signal);
          for (const { to, error } of report.failures)
            this.#log.warn({ to, err: error.message }, 'Text message not sent');
          return report;
        },
      }
    );
  }

  /**
   * Applies a configuration; resolves when it is in force.
   * @throws ConfigError when a receiver cannot be opened; the running configuration stays in force
   */
  async configure(configuration: Configuration): Promise<void> {
    const { delivery, actions, sms } = configuration;
    await this.alerting.configure(delivery, actions);
    const warnings = delivery.by === 'embedded' ? delivery.config.warnings : [];
    for (const warning of [...warnings, ...haWarnings(configuration)])
      this.#log.warn({ err: warning }, 'Part of the alerting configuration will not work');
    this.#gateway?.close();
    this.#gateway = sms && new SmsGateway(sms, this.#smsReceipts);
  }

  /** Updates the gauges of alerts, silences and the queue of the sender. */
  updateMetrics(muted: readonly MutedAlert[]): void {
    this.#metrics.setCounts(this.alerting.figures());
    this.#metrics.setMuted(muted);
    this.#metrics.setQueue(this.alerting.sender);
  }

  async close(): Promise<void> {
    await this.alerting.close();
    this.#gateway?.close();
  }

  #events(): Omit<AlertingEvents, 'onMuting'> {
    const metrics = this.#metrics;
    const log = this.#log;
    return {
      onIntegrations: integrations => metrics.initialize(integrations),
      onAttempt: ({ integration, duration, error }) =>
        metrics.attempted(integration, duration, error !== undefined),
      onNotification: (integration, reason) => metrics.notified(integration, reason),
      onSuppressed: (reason, alerts) => metrics.suppressed(reason, alerts),
      onAction: (action, isSuccess) => metrics.acted(action, isSuccess),
      onSent: (alertmanager, alerts) => metrics.sent(alertmanager, alerts),
      onDropped: (_, alerts) => metrics.dropped(alerts),
      onFailed: (alertmanager, alerts, err) => {
        metrics.notSent(alertmanager, alerts);
        log.warn({ alertmanager, alerts, err }, 'Sending alerts to Alertmanager failed; retrying');
      },
    };
  }
}
