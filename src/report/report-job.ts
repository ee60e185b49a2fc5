// Sends reports when they are due. Comes in: definitions, and time; goes out: messages to receivers. What was due while the
// monitor did not run is sent once, and what was sent is not sent again after a restart. The caller must close it.

import type { AlertmanagerConfig } from '../alertmanager/config/definition.js';
import { type Integration, openIntegrations } from '../alertmanager/pipeline/integration.js';
import { addressed, type ReportMessage } from '../alertmanager/pipeline/report-message.js';
import { DeliveryError, type ReceiverKind } from '../alertmanager/receivers/receiver.js';
import { SentRecipients } from '../alertmanager/receivers/sent-recipients.js';
import { GoTemplates } from '../alertmanager/templates/render.js';
import type { AuditTrail } from '../alerts/audit-trail.js';
import type { Analyst } from '../analysis/analyst.js';
import { periodReport } from '../analysis/reports/period-report.js';
import { backoff } from '../concurrency/backoff.js';
import { type Clock, isoLocal, MAX_WAIT, type Millis } from '../model/time.js';
import type { StateStore } from '../store/state-table.js';
import { withAudit } from './audited.js';
import { type ReportChannel, wayOf } from './channel.js';
import { messageOf } from './mail.js';
import { outlineOf } from './outline-of.js';
import { nameOf, scopeAt } from './period.js';
import type { ReportDefinition } from './settings.js';

const KIND = 'report';
/** A report is of no use to anyone much later. */
const GIVE_UP: Millis = 24 * 3_600_000;
const TIMEOUT: Millis = 60_000;
/** The clock may be set, and a laptop may sleep. */
const CHECK_INTERVAL: Millis = 60_000;
/** After a start the checks come first. */
const FIRST_LOOK: Millis = 5_000;

/** What is remembered of a report by its name. */
interface Progress {
  /** A changed schedule begins again. */
  readonly schedule: string;
  /** Up to when everything due was sent or failed for good. */
  readonly handled: Millis;
  /** What is being sent: when it was due, and the integrations that have it. */
  readonly sending?: { readonly due: Millis; readonly done: readonly string[] };
  /** When an integration last took one, and when making or sending one for it last failed, by its id. */
  readonly sentAt?: Readonly<Record<string, Millis>>;
  readonly failedAt?: Readonly<Record<string, Millis>>;
}

interface ReportJobOptions {
  readonly analyst: Analyst;
  /** What a report says of changes. */
  readonly audit: Pick<AuditTrail, 'between' | 'beginsAt'>;
  readonly states: StateStore;
  readonly clock: Clock;
  readonly kinds: readonly ReceiverKind[];
  readonly externalUrl: () => string;
  readonly version: string;
  readonly log: (level: 'debug' | 'info' | 'warn', message: string, fields: Record<string, unknown>) => void;
  /** Reports go these ways from now on. */
  readonly onPlan?: (ways: readonly (ReportChannel & ChannelTimes)[]) => void;
  /** A report was taken by an integration. */
  readonly onSent?: (way: ReportChannel, at: Millis) => void;
  /** An attempt to make or send one failed; it may be made again. */
  readonly onFailed?: (way: ReportChannel, at: Millis) => void;
  readonly firstLook?: Millis;
}

/** What is known of a way from earlier runs. */
interface ChannelTimes {
  readonly sentAt: Millis | undefined;
  readonly failedAt: Millis | undefined;
}

/** Reports of a configuration, and the receivers they go to. */
export interface ReportPlan {
  readonly reports: readonly ReportDefinition[];
  /** Undefined where there are no reports. */
  readonly config: AlertmanagerConfig | undefined;
}

export class ReportJob {
  readonly #options: ReportJobOptions;
  readonly #receipts = new SentRecipients(GIVE_UP);
  readonly #abort = new AbortController();
  #plan: ReportPlan = { reports: [], config: undefined };
  #integrations = new Map<string, Integration[]>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** Attempts in a row that failed, and when the next one is made, by report. */
  readonly #failures = new Map<string, { readonly count: number; readonly nextAt: Millis }>();

  constructor(options: ReportJobOptions) {
    this.#options = options;
  }

  /**
   * Replaces the reports.
   * @throws ConfigError what a receiver cannot be opened for; everything goes on as before
   */
  configure(plan: ReportPlan): void {
    const opened = this.#open(plan);
    this.#closeIntegrations();
    this.#integrations = opened;
    this.#plan = plan;
    this.#options.onPlan?.(plan.reports.flatMap(report => this.#ways(report)));
    this.#wait(this.#options.firstLook ?? FIRST_LOOK);
  }

  #ways(report: ReportDefinition) {
    const { sentAt, failedAt } = this.#times(report.name);
    return this.#receiversOf(report).map(integration => ({
      ...wayOf(report, integration),
      sentAt: sentAt?.[integration.id],
      failedAt: failedAt?.[integration.id],
    }));
  }

  #receiversOf({ receivers }: ReportDefinition): Integration[] {
    const all = receivers.flatMap(name => this.#integrations.get(name) ?? []);
    return all.filter(({ receiver }) => receiver.sendReport);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#abort.abort();
    await this.#running;
    this.#closeIntegrations();
  }

  #open({ reports, config }: ReportPlan): Map<string, Integration[]> {
    const opened = new Map<string, Integration[]>();
    if (!config) return opened;
    const { kinds, log } = this.#options;
    const context = {
      templates: new GoTemplates(config.templates),
      sentRecipients: this.#receipts,
      log,
    };
    for (const name of new Set(reports.flatMap(({ receivers }) => receivers))) {
      const receiver = config.receivers.find(each => each.name === name);
      if (receiver) opened.set(name, openIntegrations(receiver, kinds, context));
    }
    return opened;
  }

  #closeIntegrations(): void {
    for (const integrations of this.#integrations.values())
      for (const { receiver } of integrations) receiver.close();
    this.#integrations.clear();
  }

  #wait(pause: Millis): void {
    clearTimeout(this.#timer);
    if (this.#plan.reports.length === 0 || this.#abort.signal.aborted) return;
    this.#timer = setTimeout(() => void this.sendDue(), Math.min(pause, MAX_WAIT));
    this.#timer.unref();
  }

  /** Sends what is due. Called by its own timer. */
  sendDue(): Promise<void> {
    this.#running ??= this.#sendDueNow().finally(() => {
      this.#running = undefined;
      this.#wait(this.#pause());
    });
    return this.#running;
  }

  /**
   * Until the next report is due or an attempt is made again, and not longer than a minute. A report is due next after the
   * moment up to which it was handled: a timer may fire a little early, and by now the moment may have come.
   */
  #pause(): Millis {
    const now = this.#options.clock.now();
    const next = this.#plan.reports.map(report => {
      const attempt = this.#failures.get(report.name)?.nextAt;
      return (
        attempt ?? report.schedule.after(this.#progress(report, now).handled) ?? Number.POSITIVE_INFINITY
      );
    });
    return Math.max(0, Math.min(CHECK_INTERVAL, ...next.map(at => at - now)));
  }

  async #sendDueNow(): Promise<void> {
    const { states } = this.#options;
    const names = new Set(this.#plan.reports.map(({ name }) => name));
    const gone = [...states.all<Progress>(KIND).keys()].filter(name => !names.has(name));
    if (gone.length > 0)
      states.upsert(
        KIND,
        gone.map(name => [name, undefined] as const),
      );
    for (const report of this.#plan.reports) {
      if (this.#abort.signal.aborted) return;
      await this.#send(report);
    }
  }

  async #send(report: ReportDefinition): Promise<void> {
    const { clock, log } = this.#options;
    const now = clock.now();
    const progress = this.#progress(report, now);
    const due = report.schedule.lastWithin(progress.handled, now) ?? progress.sending?.due;
    if (due === undefined) return;
    const failure = this.#failures.get(report.name);
    if (failure && now < failure.nextAt) return;
    const done = progress.sending?.due === due ? progress.sending.done : [];
    const left = await this.#sendTo(report, due, done);
    if (this.#abort.signal.aborted) return;
    if (left.length === 0) this.#markHandled(report, due);
    else if (now - due >= GIVE_UP) {
      log('warn', 'Report not sent for a day; giving up', {
        report: report.name,
        due: isoLocal(due),
        integrations: left.join(', '),
      });
      this.#markHandled(report, due);
    } else {
      const count = (failure?.count ?? 0) + 1;
      this.#failures.set(report.name, { count, nextAt: now + backoff(count, Math.random()) });
    }
  }

  #markHandled({ name, schedule }: ReportDefinition, handled: Millis): void {
    this.#failures.delete(name);
    this.#remember(name, { schedule: schedule.text, handled, ...this.#times(name) });
  }

  /** A report that is new, or has another schedule, is not due for the time before. */
  #progress({ name, schedule }: ReportDefinition, now: Millis): Progress {
    const known = this.#options.states.all<Progress>(KIND).get(name);
    // A clock that was set back must not hold reports up until it is there again.
    if (known?.schedule === schedule.text && known.handled <= now + CHECK_INTERVAL) return known;
    const fresh = { schedule: schedule.text, handled: now, ...this.#times(name) };
    this.#remember(name, fresh);
    return fresh;
  }

  #times(name: string): Pick<Progress, 'sentAt' | 'failedAt'> {
    const { sentAt, failedAt } = this.#options.states.all<Progress>(KIND).get(name) ?? {};
    return { ...(sentAt && { sentAt }), ...(failedAt && { failedAt }) };
  }

  /** Keeps that an integration took a report, or that one failed, and calls back. */
  #recordOutcome(outcome: 'sentAt' | 'failedAt', report: ReportDefinition, integration: Integration): void {
    const { clock, states, onSent, onFailed } = this.#options;
    const at = clock.now();
    const progress = states.all<Progress>(KIND).get(report.name);
    if (progress) {
      const times = { ...progress[outcome], [integration.id]: at };
      this.#remember(report.name, { ...progress, [outcome]: times });
    }
    (outcome === 'sentAt' ? onSent : onFailed)?.(wayOf(report, integration), at);
  }

  #remember(name: string, progress: Progress): void {
    this.#options.states.upsert(KIND, [[name, progress]]);
  }

  /** @returns ids of integrations that have not got it and may get it later */
  async #sendTo(report: ReportDefinition, due: Millis, before: readonly string[]): Promise<string[]> {
    const { log } = this.#options;
    const done = [...before];
    const waiting = this.#receiversOf(report).filter(({ id }) => !done.includes(id));
    if (waiting.length === 0) return [];
    let message: ReportMessage;
    try {
      message = await this.#make(report, due);
    } catch (error) {
      const fields = { report: report.name, err: (error as Error).message };
      log('warn', 'Report failed; retrying', fields);
      for (const integration of waiting) this.#recordOutcome('failedAt', report, integration);
      return waiting.map(({ id }) => id);
    }
    const left: string[] = [];
    for (const integration of waiting) {
      if (this.#abort.signal.aborted) return [...left, integration.id];
      const isOver = await this.#deliver(report, integration, message);
      if (!isOver) left.push(integration.id);
      else done.push(integration.id);
      const sending = { due, done };
      if (isOver) this.#remember(report.name, { ...this.#progress(report, due), sending });
    }
    return left;
  }

  async #make({ period, schedule }: ReportDefinition, due: Millis): Promise<ReportMessage> {
    const { analyst, audit, externalUrl, version } = this.#options;
    const { report } = await analyst.report(periodReport, scopeAt(period, due, schedule.timeZone));
    return messageOf(
      outlineOf(withAudit(report, audit), { name: nameOf(period), url: externalUrl(), version }),
    );
  }

  /** @returns whether nothing is left to do: it was taken, or refused for good */
  async #deliver(
    report: ReportDefinition,
    integration: Integration,
    message: ReportMessage,
  ): Promise<boolean> {
    const { log, clock, externalUrl } = this.#options;
    const { kind, receiverName, receiver, semaphore } = integration;
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(TIMEOUT)]);
    const fields = { report: report.name, receiver: receiverName, integration: kind };
    try {
      const to = addressed(receiverName, externalUrl(), clock.now());
      await semaphore.run(signal, async () => receiver.sendReport?.(message, to, signal));
      log('info', 'Report sent', fields);
      this.#recordOutcome('sentAt', report, integration);
      return true;
    } catch (error) {
      if (this.#abort.signal.aborted) return false;
      this.#recordOutcome('failedAt', report, integration);
      const isFinal = error instanceof DeliveryError && error.permanent;
      const words = isFinal ? 'Report refused' : 'Report not sent; retrying';
      log('warn', words, { ...fields, err: (error as Error).message });
      return isFinal;
    }
  }
}
