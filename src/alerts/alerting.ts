// What becomes of alerts. Comes in: the rules' alerts and those of others, and a configuration; goes out: messages by
// the embedded notifier, or the alerts themselves to real Alertmanagers, or neither where another Prometheus sends; actions;
// and the audit trail.

import { AlertStore, type IncomingAlert, isResolved, type StoredAlert } from '../alertmanager/alert-store.js';
import type { AlertmanagerConfig } from '../alertmanager/config/definition.js';
import { Forecast } from '../alertmanager/forecast/forecast.js';
import { mutedAlerts, mutesOf } from '../alertmanager/mute/muted-alerts.js';
import { type Silence, type SilenceEvent, Silences, silenceState } from '../alertmanager/mute/silences.js';
import { namesOfId } from '../alertmanager/pipeline/integration.js';
import { type LogEntry, NotificationLog } from '../alertmanager/pipeline/notification-log.js';
import { Notifier } from '../alertmanager/pipeline/notifier.js';
import { receiverKinds } from '../alertmanager/receivers/index.js';
import type { ReceiverContext } from '../alertmanager/receivers/receiver.js';
import { SentRecipients } from '../alertmanager/receivers/sent-recipients.js';
import { GoTemplates } from '../alertmanager/templates/render.js';
import { ConfigError } from '../config/load.js';
import { type Alert, isEscalation, type PendingAlert } from '../model/alert.js';
import { Labels } from '../model/labels.js';
import type { Mute, MutedAlert } from '../model/muted.js';
import type { Clock, Millis } from '../model/time.js';
import { graphLink } from '../template/prometheus.js';
import { isAboutChecks } from './about-checks.js';
import type { ActionDefinition } from './actions/definition.js';
import { ActionRunner } from './actions/runner.js';
import type { AlertingOptions } from './alerting-options.js';
import { AuditTrail } from './audit-trail.js';
import { AlertHistory } from './history.js';
import { notifierEvents } from './notifier-events.js';
import { type AlertmanagerAddress, AlertmanagerSender, type SenderEvents } from './sender.js';
import { noteSilence, SharedSilences } from './shared-silences.js';
import { type RuleAlerts, StartupHold } from './startup-hold.js';

/** As the history names what the checks do about a status. */
const PACE_ACTION = 'monitoring interval';
const SWEEP_INTERVAL: Millis = 5000;
/** Longer than any receiver retries one message. */
const SENT_RECIPIENTS_TTL: Millis = 30 * 60_000;

/** Whether the embedded Alertmanager or real ones send notifications. */
export type DeliveryConfig =
  /** The embedded Alertmanager, as alertmanager.yml says. */
  | { readonly by: 'embedded'; readonly config: AlertmanagerConfig }
  | { readonly by: 'alertmanagers'; readonly alertmanagers: readonly AlertmanagerAddress[] }
  /** The Prometheus that evaluates the rules, at `url`; without one nothing is configured yet. */
  | { readonly by: 'prometheus'; readonly url?: string };

/** What an evaluation of the rules did not look at. */
interface RuleCoverage {
  /** Names of alerts whose groups were not due. */
  readonly notDue: readonly string[];
  /** Names of alerts whose state before a restart has not been looked up yet. */
  readonly restoring?: readonly string[];
  /** Rules that failed. */
  readonly failures: number;
  /** Alerts that will fire, as far as they are known. */
  readonly pending?: readonly PendingAlert[];
}

/** The caller must close it. */
export class Alerting {
  readonly alerts: AlertStore;
  readonly silences: Silences;
  /** The same, as several monitors share them. */
  readonly sharedSilences: SharedSilences;
  readonly history: AlertHistory;
  /** Who changed what. */
  readonly audit: AuditTrail;
  readonly #options: AlertingOptions;
  readonly #log: NotificationLog;
  readonly #actions: ActionRunner;
  readonly #sentRecipients = new SentRecipients(SENT_RECIPIENTS_TTL);
  readonly #hold: StartupHold;
  readonly #sweeping: NodeJS.Timeout;
  #pace: string | undefined;
  #pending: readonly PendingAlert[] = [];
  #delivery: DeliveryConfig = { by: 'prometheus' };
  #notifier: Notifier | undefined;
  #sender: AlertmanagerSender | undefined;
  /** One change of the configuration after the other. */
  #changing: Promise<void> = Promise.resolve();

  /** Restores the state of an earlier run. Nothing is sent before {@link configure}. */
  constructor(options: AlertingOptions) {
    const { store, clock, log, events } = options;
    this.#options = options;
    this.#hold = new StartupHold(options.checked, clock);
    this.audit = new AuditTrail(store.states);
    this.silences = new Silences(store.states, (...change) => this.#onSilence(...change));
    this.sharedSilences = new SharedSilences({
      ...{ silences: this.silences, audit: this.audit, clock, log },
      onMuting: at => this.#onMuting(at),
    });
    this.history = new AlertHistory(store.alertHistory);
    this.#log = new NotificationLog(store.states);
    this.#actions = new ActionRunner(store.states, clock, {
      onAction: (alert, note) => this.history.recordAction(alert, note),
      onRun: (action, isSuccess) => events.onAction(action, isSuccess),
      log,
    });
    const onAlert = (alert: StoredAlert) => this.#notifier?.add(alert);
    const onBegin = (alert: StoredAlert, at: Millis) => this.#onFiring(alert, at);
    const onEnd = (alert: StoredAlert) => this.history.close(alert);
    const onMoved = (alert: StoredAlert) => this.#notifier?.correct(alert);
    this.alerts = new AlertStore(
      store.states,
      { onAlert, onFiring: onBegin, onResolved: onEnd, onMoved },
      clock.now(),
    );
    this.#resume(clock.now());
    this.#sweeping = setInterval(() => this.sweep(), SWEEP_INTERVAL);
  }

  /** What was sent. */
  get notificationLog(): NotificationLog {
    return this.#log;
  }

  /** This monitor sends from now on, and another one did before. */
  takeOver(): void {
    this.#notifier?.takeOver();
  }

  get delivery(): DeliveryConfig {
    return this.#delivery;
  }

  /** Undefined unless the embedded Alertmanager sends notifications. */
  get notifier(): Notifier | undefined {
    return this.#notifier;
  }

  /** Undefined unless alerts go to real Alertmanagers. */
  get sender(): AlertmanagerSender | undefined {
    return this.#sender;
  }

  /**
   * Applies a configuration; resolves when it is in force.
   * @throws ConfigError when a receiver cannot be opened; the running configuration stays in force
   */
  configure(delivery: DeliveryConfig, actions: readonly ActionDefinition[]): Promise<void> {
    const { clock, events } = this.#options;
    const notifier = delivery.by === 'embedded' ? this.#makeNotifier(delivery.config) : undefined;
    const sender =
      delivery.by === 'alertmanagers' ? makeSender(delivery.alertmanagers, clock, events) : undefined;
    this.#actions.configure(actions);
    this.#changing = this.#changing.then(async () => {
      // Two at once would send everything twice.
      await this.#stop();
      this.#delivery = delivery;
      if (delivery.by === 'embedded') this.alerts.resolveTimeout = delivery.config.global.resolveTimeout;
      this.#notifier = notifier;
      this.#sender = sender;
      events.onIntegrations(notifier?.integrations ?? []);
      if (delivery.by === 'embedded') this.#logUnconfigured(delivery.config);
      notifier?.start();
    });
    return this.#changing;
  }

  /**
   * Applies what an evaluation of the rules wants to be sent: alerts that are new, over, or were not sent for a while. An
   * alert of the rules that they do not have any more, since the rule or its service is gone, ends.
   * @returns whether the rules are to be evaluated again soon, because alerts wait for it
   */
  applyEvaluation(evaluation: RuleAlerts & RuleCoverage, at: Millis): boolean {
    this.alerts.advanceTo(at);
    if (evaluation.restoring?.length) this.alerts.extend(new Set(evaluation.restoring), at);
    const externalUrl = this.#options.externalUrl();
    this.#pending = (evaluation.pending ?? []).flatMap(alert => {
      const labels = this.#sentLabels(alert);
      return labels ? [{ ...alert, labels }] : [];
    });
    const alerts: IncomingAlert[] = this.#hold.filter(evaluation).flatMap(alert => {
      const labels = this.#sentLabels(alert);
      if (!labels) return [];
      const incoming = incomingOf(alert, Labels.of(labels), externalUrl);
      return [{ ...incoming, firstFailedAt: this.#firstFailure(alert) }];
    });
    if (this.#hold.isOver) alerts.push(...this.#removedByRules(evaluation, at));
    if (alerts.length > 0) {
      this.#sender?.send(alerts);
      this.alerts.upsert(alerts, at);
    }
    return this.#hold.wantsEvaluation;
  }

  /** When the first check failed that led to an alert; undefined for one that is not about whether checks fail. */
  #firstFailure(
    alert: Pick<Alert, 'labels' | 'activeAt'> & Partial<Pick<Alert, 'expression'>>,
  ): Millis | undefined {
    const { target = '' } = alert.labels;
    return isAboutChecks(alert) ? this.#options.firstFailure?.(target) : undefined;
  }

  /** The labels of a rule's alert everywhere but at the rule; undefined for one that is not sent. */
  #sentLabels({ labels }: Pick<Alert, 'labels'>): Alert['labels'] | undefined {
    const { sentLabels } = this.#options;
    return sentLabels ? sentLabels(labels) : labels;
  }

  /** Ends of the alerts that the rules have not got any more. */
  #removedByRules(
    { unsent, active, notDue, restoring = [], failures }: RuleAlerts & RuleCoverage,
    at: Millis,
  ): IncomingAlert[] {
    // A rule that failed says nothing of its alerts.
    if (failures > 0) return [];
    const own = [...this.alerts.all()].filter(alert => !alert.isForeign && !isResolved(alert, at));
    if (own.length === 0) return [];
    const known = new Set([...unsent, ...active].map(alert => Labels.of(this.#sentLabels(alert) ?? {}).key));
    const skipped = new Set([...notDue, ...restoring]);
    const isGone = ({ labels }: StoredAlert) =>
      !known.has(labels.key) && !skipped.has(labels.get('alertname'));
    return own.filter(isGone).map(alert => ({ ...alert, endsAt: at }));
  }

  /** Applies the list of alerts that fire where another Prometheus evaluates the rules: all of them, each time. */
  applyRemoteAlerts(firing: readonly Pick<Alert, 'labels' | 'annotations' | 'activeAt'>[], at: Millis): void {
    this.alerts.advanceTo(at);
    const alerts = firing.map(alert => ({
      labels: Labels.of(alert.labels),
      annotations: alert.annotations,
      startsAt: alert.activeAt,
      activeAt: alert.activeAt,
      firstFailedAt: this.#firstFailure(alert),
      endsAt: at + REMOTE_ALERT_TTL,
      generatorUrl: '',
    }));
    this.alerts.upsert(alerts, at);
    const present = new Set(alerts.map(({ labels }) => labels.key));
    const over = [...this.alerts.all()].filter(
      ({ labels, endsAt, isForeign }) => !isForeign && endsAt > at && !present.has(labels.key),
    );
    this.alerts.upsert(
      over.map(alert => ({ ...alert, endsAt: at })),
      at,
    );
  }

  /**
   * Takes in alerts that other programs post. @returns whether they are on disk
   * @param then when the history and the notifier get them: now, unless it does so later
   */
  ingest(alerts: readonly IncomingAlert[], at: Millis, then?: (work: () => void) => void): boolean {
    this.alerts.advanceTo(at);
    return this.alerts.upsert(
      alerts.map(alert => ({ ...alert, isForeign: true })),
      at,
      then,
    );
  }

  /** How many alerts and silences there are, by state; undefined where another program has them. */
  figures() {
    const notifier = this.#notifier;
    if (!notifier) return undefined;
    const at = this.#options.clock.now();
    const alerts = { active: 0, suppressed: 0, unprocessed: 0 };
    for (const alert of this.alerts.all()) {
      if (isResolved(alert, at)) continue;
      const { silencedBy, inhibitedBy } = notifier.muted(alert, at);
      alerts[silencedBy.length > 0 || inhibitedBy.length > 0 ? 'suppressed' : 'active']++;
    }
    const silences = { active: 0, pending: 0, expired: 0 };
    for (const silence of this.silences.all()) silences[silenceState(silence, at)]++;
    return { alerts, silences };
  }

  /** Alerts that fire and are not sent at a moment; none where others deliver. */
  muted(at: Millis): MutedAlert[] {
    return this.#notifier ? mutedAlerts(this.alerts, this.#notifier, at) : [];
  }

  /** What will be sent about alerts, as it looks now; undefined where others deliver. */
  forecast(): Forecast | undefined {
    const notifier = this.#notifier;
    const { clock } = this.#options;
    const now = { at: clock.now(), elapsed: clock.elapsed() };
    const { alerts, silences } = this;
    return notifier && new Forecast({ notifier, alerts, silences, pending: this.#pending, now });
  }

  /** Why one alert is not sent at a moment. */
  mutesOf(fingerprint: string, at: Millis): Mute[] {
    const alert = this.alerts.get(fingerprint);
    if (!alert || !this.#notifier || isResolved(alert, at)) return [];
    return mutesOf(alert, this.alerts, this.#notifier, at);
  }

  /** Resolves alerts that were not repeated in time; deletes what is long over. */
  sweep(): void {
    const at = this.#options.clock.now();
    this.alerts.advanceTo(at);
    this.alerts.sweep(at, fingerprint => this.#notifier?.has(fingerprint) ?? false);
    this.silences.sweep(at);
    this.#recordSilenced(at);
    this.#notifier?.sweep(at);
  }

  /** Stops sending; the next run continues where this one ends. */
  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    await this.#changing;
    await this.#stop();
    this.history.flush();
  }

  #logUnconfigured({ receivers }: AlertmanagerConfig): void {
    const names = receivers.filter(({ integrations }) => integrations.length === 0).map(({ name }) => name);
    if (names.length === 0) return;
    this.#options.log('info', 'Receivers without integrations only write to this log', {
      receivers: names.join(', '),
    });
  }

  async #stop(): Promise<void> {
    const [notifier, sender] = [this.#notifier, this.#sender];
    this.#notifier = undefined;
    this.#sender = undefined;
    await notifier?.close();
    await sender?.close();
  }

  /** Alerts and messages may be on disk without what the history has of them: it is noted now. */
  #resume(at: Millis): void {
    const all = [...this.alerts.all()];
    const firing = all.filter(alert => !isResolved(alert, at));
    // Copies raise what has begun.
    const isCopy = ({ labels }: StoredAlert) => Number(isEscalation(labels.toJSON()));
    for (const alert of firing.sort((a, b) => isCopy(a) - isCopy(b))) this.history.open(alert);
    for (const alert of all) if (isResolved(alert, at)) this.history.close(alert);
    for (const [id, entry] of this.#log.last()) this.#resumeNotification(id, entry);
  }

  #resumeNotification(id: string, { at, firing }: LogEntry): void {
    const names = namesOfId(id);
    if (!names) return;
    const alerts = firing.map(each => this.alerts.get(each)).filter(alert => alert !== undefined);
    const note = { at, receiver: names.receiverName, integration: names.kind, status: 'firing' } as const;
    this.history.recoverNotification(alerts, note);
  }

  #onFiring(alert: StoredAlert, at: Millis): void {
    this.history.open(alert);
    if (this.#pace && !isEscalation(alert.labels.toJSON()))
      this.history.recordAction(alert, { at, action: PACE_ACTION, result: this.#pace });
    const silences = this.silences.muting(alert.labels, at);
    if (this.#delivery.by === 'embedded') this.history.recordSilences(alert, silences, at);
    const [silence] = silences;
    this.#actions.run(alert, silence && `silenced by ${silence.createdBy} (${silence.comment})`);
  }

  /** What the checks do about the status, for the alerts there are and those that come; undefined: nothing. */
  setPace(result: string | undefined, at: Millis): void {
    this.#pace = result;
    if (result === undefined) return;
    const own = [...this.alerts.all()].filter(({ labels }) => !isEscalation(labels.toJSON()));
    for (const alert of own)
      if (!isResolved(alert, at)) this.history.recordAction(alert, { at, action: PACE_ACTION, result });
  }

  /** A silence is made, changed or ended; it is in force once the caller has returned. */
  #onSilence(event: SilenceEvent, silence: Silence, by: string, at: Millis): void {
    noteSilence({ audit: this.audit, log: this.#options.log }, { event, silence, by, at });
    queueMicrotask(() => this.#onMuting(at));
  }

  #onMuting(at: Millis): void {
    this.#recordSilenced(at);
    this.#options.events.onMuting();
  }

  /** The history knows at once what a silence mutes, not only when its group has its turn. */
  #recordSilenced(at: Millis): void {
    if (!this.#notifier || this.silences.all().length === 0) return;
    for (const alert of this.alerts.all())
      if (!isResolved(alert, at))
        this.history.recordSilences(alert, this.silences.muting(alert.labels, at), at);
  }

  #makeNotifier(config: AlertmanagerConfig): Notifier {
    const { externalUrl, log, clock } = this.#options;
    return opening(config.file, () => {
      const templates = new GoTemplates(config.templates);
      const context: ReceiverContext = { templates, sentRecipients: this.#sentRecipients, log };
      return new Notifier({
        config,
        alerts: this.alerts,
        silences: this.silences,
        log: this.#log,
        kinds: receiverKinds,
        context,
        externalUrl,
        clock,
        sharing: this.#options.sharing,
        events: notifierEvents(this.#options, this.#options.events, this.history),
      });
    });
  }
}

function makeSender(
  alertmanagers: readonly AlertmanagerAddress[],
  clock: Clock,
  events: SenderEvents,
): AlertmanagerSender {
  return opening('alerting.alertmanagers', () => new AlertmanagerSender(alertmanagers, clock, events));
}

/** What cannot be opened is a mistake in the configuration: a certificate that is not there. */
function opening<T>(what: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw new ConfigError((error as Error).message.split('\n').map(line => `${what}: ${line}`));
  }
}

/** Where a list of all firing alerts comes every few seconds. */
const REMOTE_ALERT_TTL: Millis = 5 * 60_000;

/** As Prometheus sends it. */
function incomingOf(alert: Alert, labels: Labels, externalUrl: string): IncomingAlert {
  const { annotations, activeAt, firedAt, resolvedAt, validUntil, expression } = alert;
  return {
    labels,
    annotations,
    startsAt: firedAt ?? activeAt,
    activeAt,
    endsAt: resolvedAt ?? validUntil,
    generatorUrl: `${externalUrl}${graphLink(expression, 1)}`,
  };
}
