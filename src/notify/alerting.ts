// What becomes of alerts. Comes in: the rules' alerts and those of others, and a configuration; goes out: messages by the
// embedded notifier, or the alerts themselves to real Alertmanagers, or neither where somebody else sends; actions; and
// the audit trail. Called by app.ts and by the API.

import { ConfigError } from '../config/load.js';
import { type Alert, isEscalation } from '../model/alert.js';
import { Labels } from '../model/labels.js';
import type { Clock, Millis } from '../model/time.js';
import type { Store } from '../store/store.js';
import type { ActionDefinition } from './actions/definition.js';
import { ActionRunner } from './actions/runner.js';
import { AlertTable, type IncomingAlert, isResolved, type KnownAlert } from './alert-table.js';
import type { AlertmanagerConfig } from './definition.js';
import { Receipts } from './delivery/receipts.js';
import type { Attempt } from './delivery.js';
import { Episodes } from './episodes.js';
import type { Integration } from './integration.js';
import type { SuppressedReason } from './muting.js';
import { NotificationLog } from './notification-log.js';
import { Notifier, type NotifierEvents } from './notifier.js';
import type { Surroundings } from './receiver.js';
import { receiverKinds } from './receivers/index.js';
import { type AlertmanagerAddress, Sender, type SenderEvents } from './sender.js';
import { Silences, silenceState } from './silences.js';
import { type CheckedServices, type RuleAlerts, StartupHold } from './startup-hold.js';
import { GoTemplates } from './templates.js';

const SWEEP_EVERY: Millis = 5000;
/** Longer than anybody tries one message again. */
const REMEMBERED: Millis = 30 * 60_000;

/** Who tells people. */
export type DeliveryConfig =
  /** We do, as alertmanager.yml says. */
  | { readonly by: 'us'; readonly config: AlertmanagerConfig }
  | { readonly by: 'alertmanagers'; readonly alertmanagers: readonly AlertmanagerAddress[] }
  /** The Prometheus that evaluates the rules, at `url`; without one nothing is configured yet. */
  | { readonly by: 'prometheus'; readonly url?: string };

/** What an evaluation of the rules did not look at. */
export interface RuleCoverage {
  /** Names of alerts whose groups were not due. */
  readonly notDue: readonly string[];
  /** Rules that failed. */
  readonly failures: number;
}

/** Hears what is to be counted. */
export interface AlertingEvents extends SenderEvents {
  /** Which integrations there are now. */
  onIntegrations(integrations: readonly Integration[]): void;
  onAttempt(attempt: Attempt): void;
  /** A message was taken (no reason), or given up. */
  onNotification(integration: Integration, reason: string | undefined): void;
  onSuppressed(reason: SuppressedReason, alerts: number): void;
  onAction(action: string, isSuccess: boolean): void;
}

export interface AlertingOptions {
  readonly store: Pick<Store, 'kept' | 'episodes'>;
  readonly clock: Clock;
  /** What of the services is known since the start. */
  readonly checked: CheckedServices;
  /** Where people reach the monitor, without a slash at the end. */
  readonly externalUrl: () => string;
  readonly log: (level: 'debug' | 'info' | 'warn', message: string, fields: Record<string, unknown>) => void;
  readonly events: AlertingEvents;
}

/** Whoever makes one closes it. */
export class Alerting {
  readonly alerts: AlertTable;
  readonly silences: Silences;
  readonly episodes: Episodes;
  readonly #options: AlertingOptions;
  readonly #log: NotificationLog;
  readonly #actions: ActionRunner;
  readonly #receipts = new Receipts(REMEMBERED);
  readonly #hold: StartupHold;
  readonly #sweeping: NodeJS.Timeout;
  #delivery: DeliveryConfig = { by: 'prometheus' };
  #notifier: Notifier | undefined;
  #sender: Sender | undefined;
  /** One change of the configuration after the other. */
  #changing: Promise<void> = Promise.resolve();

  /** Takes up what an earlier run left. Nothing is told before {@link configure}. */
  constructor(options: AlertingOptions) {
    const { store, clock, log, events } = options;
    this.#options = options;
    this.#hold = new StartupHold(options.checked, clock);
    this.silences = new Silences(store.kept);
    this.episodes = new Episodes(store.episodes);
    this.#log = new NotificationLog(store.kept);
    this.#actions = new ActionRunner(store.kept, clock, {
      onAction: (alert, note) => this.episodes.acted(alert, note),
      onRun: (action, isSuccess) => events.onAction(action, isSuccess),
      log,
    });
    const onAlert = (alert: KnownAlert) => this.#notifier?.take(alert);
    const onBegin = (alert: KnownAlert, at: Millis) => this.#begin(alert, at);
    const onEnd = (alert: KnownAlert) => this.episodes.end(alert);
    this.alerts = new AlertTable(store.kept, { onAlert, onBegin, onEnd }, clock.now());
    this.#resume(clock.now());
    this.#sweeping = setInterval(() => this.sweep(), SWEEP_EVERY);
  }

  get delivery(): DeliveryConfig {
    return this.#delivery;
  }

  /** Undefined unless we tell people ourselves. */
  get notifier(): Notifier | undefined {
    return this.#notifier;
  }

  /** Undefined unless alerts go to real Alertmanagers. */
  get sender(): Sender | undefined {
    return this.#sender;
  }

  /**
   * Takes up another configuration; resolves when it is in force.
   * @throws ConfigError when a receiver cannot be opened; everything goes on as before
   */
  configure(delivery: DeliveryConfig, actions: readonly ActionDefinition[]): Promise<void> {
    const { clock, events } = this.#options;
    const notifier = delivery.by === 'us' ? this.#makeNotifier(delivery.config) : undefined;
    const sender =
      delivery.by === 'alertmanagers' ? makeSender(delivery.alertmanagers, clock, events) : undefined;
    this.#actions.configure(actions);
    this.#changing = this.#changing.then(async () => {
      // Two at once would tell everything twice.
      await this.#stop();
      this.#delivery = delivery;
      if (delivery.by === 'us') this.alerts.resolveTimeout = delivery.config.global.resolveTimeout;
      this.#notifier = notifier;
      this.#sender = sender;
      events.onIntegrations(notifier?.integrations ?? []);
      notifier?.start();
    });
    return this.#changing;
  }

  /**
   * Takes what an evaluation of the rules wants to be sent: alerts that are new, over, or were not sent for a while. An
   * alert of the rules that they do not have any more, since the rule or its service is gone, ends.
   * @returns whether the rules are to be evaluated again soon, because alerts wait for it
   */
  hearRules(evaluation: RuleAlerts & RuleCoverage, at: Millis): boolean {
    const externalUrl = this.#options.externalUrl();
    const alerts = this.#hold.pass(evaluation).map(alert => incomingOf(alert, externalUrl));
    if (this.#hold.isOver) alerts.push(...this.#abandoned(evaluation, at));
    if (alerts.length > 0) {
      this.#sender?.send(alerts);
      this.alerts.put(alerts, at);
    }
    return this.#hold.wantsEvaluation;
  }

  /** Ends of the alerts that the rules have not got any more. */
  #abandoned({ unsent, active, notDue, failures }: RuleAlerts & RuleCoverage, at: Millis): IncomingAlert[] {
    // A rule that failed says nothing of its alerts.
    if (failures > 0) return [];
    const own = [...this.alerts.all()].filter(alert => !alert.isForeign && !isResolved(alert, at));
    if (own.length === 0) return [];
    const known = new Set([...unsent, ...active].map(({ labels }) => Labels.of(labels).key));
    const skipped = new Set(notDue);
    const isGone = ({ labels }: KnownAlert) =>
      !known.has(labels.key) && !skipped.has(labels.get('alertname'));
    return own.filter(isGone).map(alert => ({ ...alert, endsAt: at }));
  }

  /** Hears which alerts fire where somebody else evaluates the rules: all of them, each time. */
  hearFiring(firing: readonly Pick<Alert, 'labels' | 'annotations' | 'activeAt'>[], at: Millis): void {
    const alerts = firing.map(({ labels, annotations, activeAt }) => ({
      labels: Labels.of(labels),
      annotations,
      startsAt: activeAt,
      endsAt: at + UNTIL_HEARD_AGAIN,
      generatorUrl: '',
    }));
    this.alerts.put(alerts, at);
    const present = new Set(alerts.map(({ labels }) => labels.key));
    const over = [...this.alerts.all()].filter(
      ({ labels, endsAt, isForeign }) => !isForeign && endsAt > at && !present.has(labels.key),
    );
    this.alerts.put(
      over.map(alert => ({ ...alert, endsAt: at })),
      at,
    );
  }

  /** Hears of alerts that others tell of. @returns whether they are on disk */
  hear(alerts: readonly IncomingAlert[], at: Millis): boolean {
    return this.alerts.put(
      alerts.map(alert => ({ ...alert, isForeign: true })),
      at,
    );
  }

  /** How many alerts and silences there are, by state; undefined where somebody else has them. */
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

  /** Ends what nobody told of in time; forgets what is long over. */
  sweep(): void {
    const at = this.#options.clock.now();
    this.alerts.sweep(at, fingerprint => this.#notifier?.holds(fingerprint) ?? false);
    this.silences.sweep(at);
    this.#notifier?.sweep(at);
  }

  /** Stops telling; the next run goes on where this one ends. */
  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    await this.#changing;
    await this.#stop();
    this.episodes.flush();
  }

  async #stop(): Promise<void> {
    const [notifier, sender] = [this.#notifier, this.#sender];
    this.#notifier = undefined;
    this.#sender = undefined;
    await notifier?.close();
    await sender?.close();
  }

  /** An alert may be on disk while the beginning of its episode was not yet: it begins now. */
  #resume(at: Millis): void {
    const firing = [...this.alerts.all()].filter(alert => !isResolved(alert, at));
    // Copies raise what has begun.
    const isCopy = ({ labels }: KnownAlert) => Number(isEscalation(labels.toJSON()));
    for (const alert of firing.sort((a, b) => isCopy(a) - isCopy(b))) this.episodes.begin(alert);
  }

  #begin(alert: KnownAlert, at: Millis): void {
    this.episodes.begin(alert);
    const [silence] = this.silences.muting(alert.labels, at);
    this.#actions.begin(alert, silence && `silenced by ${silence.createdBy} (${silence.comment})`);
  }

  #makeNotifier(config: AlertmanagerConfig): Notifier {
    const { externalUrl, log, clock } = this.#options;
    return opening(config.file, () => {
      const templates = new GoTemplates(config.templates);
      const surroundings: Surroundings = { templates, receipts: this.#receipts, log };
      return new Notifier({
        config,
        alerts: this.alerts,
        silences: this.silences,
        log: this.#log,
        kinds: receiverKinds,
        surroundings,
        externalUrl,
        clock,
        events: this.#notifierEvents(),
      });
    });
  }

  #notifierEvents(): NotifierEvents {
    const { events, log, clock } = this.#options;
    return {
      onAttempt: attempt => {
        events.onAttempt(attempt);
        const { integration, error } = attempt;
        if (error) log('debug', 'Notification attempt failed', { ...named(integration), err: error.message });
      },
      onOutcome: (integration, group, outcome) => {
        const at = clock.now();
        const note = { at, receiver: integration.receiverName, integration: integration.kind };
        if (outcome.state === 'sent') {
          events.onNotification(integration, undefined);
          const { alerts } = outcome.notification;
          const firing = alerts.filter(alert => !alert.isResolved);
          const resolved = alerts.filter(alert => alert.isResolved);
          this.episodes.told(firing, { ...note, status: 'firing' });
          this.episodes.told(resolved, { ...note, status: 'resolved' });
          return;
        }
        events.onNotification(integration, outcome.reason);
        const { error, attempts } = outcome;
        this.episodes.told([...group.alerts], { ...note, status: 'firing', error: error.message });
        log('warn', 'Notification was given up for now; the next one tells what is true then', {
          ...named(integration),
          group: group.key,
          attempts,
          err: error.message,
        });
      },
      onSuppressed: (reason, alerts, muted) => {
        events.onSuppressed(reason, alerts.length);
        if (reason !== 'silence') return;
        const at = clock.now();
        for (const alert of alerts)
          this.episodes.silenced(alert, muted.get(alert.fingerprint)?.silencedBy ?? [], at);
      },
    };
  }
}

function makeSender(
  alertmanagers: readonly AlertmanagerAddress[],
  clock: Clock,
  events: SenderEvents,
): Sender {
  return opening('alerting.alertmanagers', () => new Sender(alertmanagers, clock, events));
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
const UNTIL_HEARD_AGAIN: Millis = 5 * 60_000;

function named({ receiverName, kind }: Integration) {
  return { receiver: receiverName, integration: kind };
}

/** As Prometheus sends it. */
function incomingOf(alert: Alert, externalUrl: string): IncomingAlert {
  const { labels, annotations, activeAt, firedAt, resolvedAt, validUntil, expression } = alert;
  return {
    labels: Labels.of(labels),
    annotations,
    startsAt: firedAt ?? activeAt,
    endsAt: resolvedAt ?? validUntil,
    generatorUrl: `${externalUrl}/api/v1/query?query=${encodeURIComponent(expression)}`,
  };
}
