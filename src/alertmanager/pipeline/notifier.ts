// The embedded Alertmanager. Comes in: alerts, as the table knows them; goes out: messages to receivers, grouped, muted,
// deduplicated, tried again. Made by alerting.ts for one configuration. Source: Alertmanager, dispatch and notify.

import type { Labels } from '../../model/labels.js';
import { type Clock, MAX_WAIT, type Millis } from '../../model/time.js';
import { type AlertStore, isResolved, type StoredAlert } from '../alert-store.js';
import type { AlertmanagerConfig } from '../config/definition.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import type { AlertGroup, Instant } from '../dispatch/group.js';
import { Inhibitor } from '../mute/inhibition.js';
import type { Silences } from '../mute/silences.js';
import type { ReceiverContext, ReceiverKind } from '../receivers/receiver.js';
import type { DedupResult } from './dedup.js';
import { DedupStage, NoteStage } from './dedup-stages.js';
import { type Integration, openIntegrations } from './integration.js';
import { type Muted, mutedBy, routeMutedBy, type SuppressedReason } from './mute.js';
import { MuteStage, TimeMuteStage } from './mute-stages.js';
import type { Notification } from './notification.js';
import { type LogEntry, logKey, type NotificationLog } from './notification-log.js';
import { type NotifyAttempt, type NotifyOutcome, type RetryState, retry } from './retry.js';
import type { Sharing } from './sharing.js';
import { MultiStage, type Stage } from './stage.js';

/** A message may take this long at least, however often its group is looked at. */
const MIN_TIMEOUT: Millis = 10_000;
/** How long answers to messages under way are waited for when the notifier stops. */
const CLOSE_TIMEOUT: Millis = 3000;

/** Callbacks for the results of notifications. */
export interface NotifierEvents {
  onAttempt(attempt: NotifyAttempt): void;
  /** A notification was sent, or failed. */
  onOutcome(
    integration: Integration,
    group: AlertGroup,
    outcome: Exclude<NotifyOutcome, { state: 'needless' }>,
    /** From the first attempt on, pauses included. */
    duration: Millis,
  ): void;
  /** Alerts were suppressed for a reason. */
  onSuppressed(
    reason: SuppressedReason,
    alerts: readonly StoredAlert[],
    muted: ReadonlyMap<string, Muted>,
  ): void;
}

interface NotifierOptions {
  readonly config: AlertmanagerConfig;
  readonly alerts: AlertStore;
  readonly silences: Silences;
  readonly log: NotificationLog;
  readonly kinds: readonly ReceiverKind[];
  readonly context: ReceiverContext;
  readonly externalUrl: () => string;
  readonly clock: Clock;
  readonly events: NotifierEvents;
  /** Undefined: no other monitor has the same alerts. */
  readonly sharing?: (() => Sharing | undefined) | undefined;
}

/** A notification of a group to one integration under way, and how to stop it: no further attempt, or at once. */
interface Flush {
  readonly stop: AbortController;
  readonly end: AbortController;
  done: Promise<void>;
  /** When no further attempt is made, monotonic. */
  readonly until: Millis;
  retry: RetryState | undefined;
  /** The group's time came meanwhile. */
  isDueAgain: boolean;
}

/** A notification under way: being sent, or waiting for the next attempt. */
type Progress = Pick<Flush, 'until' | 'retry'>;

export class Notifier {
  readonly config: AlertmanagerConfig;
  readonly #options: NotifierOptions;
  readonly #dispatcher: Dispatcher;
  readonly #inhibitor: Inhibitor;
  /** From a group whose time has come to what is sent; run before each attempt. */
  readonly #stages: Stage;
  /** The same without those that note anything. */
  readonly #dedupStages: Stage;
  readonly #integrations = new Map<string, readonly Integration[]>();
  /** By integration and group. */
  readonly #flushes = new Map<string, Flush>();
  /** Alerts of a group that are over and that an integration needs no notification of any more. */
  readonly #notified = new WeakMap<AlertGroup, Map<string, ReadonlySet<StoredAlert>>>();
  #timer: NodeJS.Timeout | undefined;
  #arming: NodeJS.Immediate | undefined;
  #isStarted = false;
  #isClosed = false;

  /** Opens all receivers; nothing is sent before {@link start}. @throws what a receiver cannot be opened for */
  constructor(options: NotifierOptions) {
    const { config, kinds, context } = options;
    this.config = config;
    this.#options = options;
    for (const receiver of config.receivers)
      this.#integrations.set(receiver.name, openIntegrations(receiver, kinds, context));
    this.#dispatcher = new Dispatcher(config.route);
    this.#inhibitor = new Inhibitor(config.inhibitRules, []);
    this.#dedupStages = new MultiStage([
      new TimeMuteStage(config),
      new MuteStage((alert, at) => this.muted(alert, at)),
      new DedupStage(options.log),
    ]);
    this.#stages = new MultiStage([this.#dedupStages, new NoteStage(options.log)]);
  }

  /** Adds the existing alerts and starts sending. */
  start(): void {
    this.#isStarted = true;
    const { alerts, log } = this.#options;
    const { at } = this.#now();
    log.recover();
    const open = log.open();
    // What is over and no receiver waits for would be listed in the first message of its group.
    for (const alert of alerts.all())
      if (!isResolved(alert, at) || open.has(alert.fingerprint)) this.add(alert);
  }

  /** This monitor sends from now on: ends of alerts that another one notified of are sent by this one. */
  takeOver(): void {
    const { alerts, log } = this.#options;
    const now = this.#now();
    log.recoverElsewhere(now);
    const open = log.open();
    for (const alert of alerts.all())
      if (isResolved(alert, now.at) && open.has(alert.fingerprint) && !this.has(alert.fingerprint))
        this.add(alert);
  }

  get groups(): Iterable<AlertGroup> {
    return this.#dispatcher.groups;
  }

  /** All integrations there are, by receiver. */
  get integrations(): readonly Integration[] {
    return [...this.#integrations.values()].flat();
  }

  /** Of one receiver. */
  integrationsOf(receiver: string): readonly Integration[] {
    return this.#integrations.get(receiver) ?? [];
  }

  /**
   * The last message to an integration about a group, sent or restored from an earlier run. `at` is by the wall clock as it
   * goes now.
   */
  logged(integration: Integration, group: Pick<AlertGroup, 'key'>): LogEntry | undefined {
    const { log, clock } = this.#options;
    const key = logKey(integration, group);
    const [entry, at] = [log.entry(key), clock.now()];
    return entry && { ...entry, at: at - log.age(key, { at, elapsed: clock.elapsed() }) };
  }

  /** What is on its way to an integration about a group. */
  progress(integration: Integration, group: Pick<AlertGroup, 'key'>): Progress | undefined {
    return this.#flushes.get(logKey(integration, group));
  }

  /** Adds or updates an alert. */
  add(alert: StoredAlert): void {
    const now = this.#now();
    // The wall clock may have been set since it was taken in: its moments are others then.
    const latest = this.#options.alerts.get(alert.fingerprint) ?? alert;
    this.#inhibitor.update(latest);
    this.#dispatcher.add(latest, now);
    // Alerts come many at a time.
    this.#arming ??= setImmediate(() => {
      this.#arming = undefined;
      this.#arm();
    });
  }

  /** Moments of an alert are others since the clock was set; nothing else is news. */
  correct(alert: StoredAlert): void {
    this.#inhibitor.update(alert);
    this.#dispatcher.correct(alert);
  }

  /** What mutes an alert at a moment. */
  muted(alert: Pick<StoredAlert, 'labels'>, at: Millis): Muted {
    return mutedBy(alert, at, { silences: this.#options.silences, inhibitor: this.#inhibitor });
  }

  /** The fingerprint of an alert that inhibits one with these labels; undefined: none does. */
  inhibitedBy(labels: Labels, at: Millis): string | undefined {
    return this.#inhibitor.muting(labels, at);
  }

  /** Whether a notification about an alert is still due. */
  has(fingerprint: string): boolean {
    return this.#dispatcher.has(fingerprint);
  }

  /** Deletes what is over. */
  sweep(at: Millis): void {
    this.#inhibitor.sweep(at);
    const groups = new Set([...this.#dispatcher.groups].map(group => group.key));
    this.#options.log.sweep(at, key => groups.has(key.slice(key.indexOf('\n') + 1)));
  }

  /** Stops sending; the next notifier sends what was not accepted. Waits a short time for answers that are under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#arming);
    const busy = [...this.#flushes.values()];
    for (const { stop } of busy) stop.abort();
    const timeout = setTimeout(() => {
      for (const { end } of busy) end.abort(new Error('the monitor stops'));
    }, CLOSE_TIMEOUT);
    await Promise.all(busy.map(({ done }) => done));
    clearTimeout(timeout);
    for (const { receiver } of this.integrations) receiver.close();
  }

  #now(): Instant {
    const { clock, alerts } = this.#options;
    const at = clock.now();
    alerts.advanceTo(at);
    return { at, elapsed: clock.elapsed() };
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#dispatcher.nextAt;
    if (next === undefined || !this.#isStarted || this.#isClosed) return;
    const wait = Math.min(Math.max(0, next - this.#options.clock.elapsed()), MAX_WAIT);
    this.#timer = setTimeout(() => {
      for (const group of this.#dispatcher.due(this.#options.clock.elapsed())) this.#flush(group);
      this.#arm();
    }, wait);
  }

  /** A group's flush. Integrations whose notification is still under way retry anyway, each time with the current alerts. */
  #flush(group: AlertGroup): void {
    this.#countSuppressed(group, this.#now().at);
    for (const integration of this.#integrations.get(group.route.receiver) ?? []) {
      const busy = this.#flushes.get(logKey(integration, group));
      if (busy) busy.isDueAgain = true;
      else this.#startFlush(integration, group);
    }
  }

  /** As in Alertmanager what ran out of time does not wait for another interval: its own has passed. */
  #startFlush(integration: Integration, group: AlertGroup): void {
    const key = logKey(integration, group);
    const timeout = Math.min(Math.max(group.route.groupInterval, MIN_TIMEOUT), MAX_WAIT);
    const flush: Flush = {
      stop: new AbortController(),
      end: new AbortController(),
      done: Promise.resolve(),
      until: this.#options.clock.elapsed() + timeout,
      retry: undefined,
      isDueAgain: false,
    };
    this.#flushes.set(key, flush);
    flush.done = this.#notify(integration, group, flush, AbortSignal.timeout(timeout))
      .catch(error => this.#options.context.log('warn', 'Notification failed', { key, err: error.message }))
      .finally(() => {
        this.#flushes.delete(key);
        if (flush.isDueAgain && !this.#isClosed && !group.isEmpty) this.#startFlush(integration, group);
      });
  }

  async #notify(
    integration: Integration,
    group: AlertGroup,
    flush: Flush,
    timeout: AbortSignal,
  ): Promise<void> {
    const signal = AbortSignal.any([flush.end.signal, timeout]);
    const until = { stop: AbortSignal.any([flush.stop.signal, signal]), signal };
    const notify = () => this.#notifyNow(integration, group, flush, until);
    if (!this.#options.sharing?.()) await notify();
    // As long as this monitor is the one that sends, once is enough.
    else while ((await this.#mayNotify(integration, group, until.stop)) && !(await notify())) {}
  }

  /** Waits until this monitor is the one that sends. @returns false when nothing is to be sent, or it was too late */
  async #mayNotify(integration: Integration, group: AlertGroup, stop: AbortSignal): Promise<boolean> {
    for (;;) {
      const sharing = this.#options.sharing?.();
      if (!sharing || sharing.isSending) return true;
      const changed = sharing.changed(logKey(integration, group), stop);
      const now = this.#now();
      const over = new Set([...group.alerts].filter(alert => isResolved(alert, now.at)));
      const found = this.#dedupStages.exec({ integration, group, now, isMuted: () => false });
      if (!found?.result || found.result.alerts.length === 0) {
        this.#markNotified(integration, group, over);
        return false;
      }
      await changed;
      if (stop.aborted) return false;
    }
  }

  /** Sends, with retries. @returns false when another monitor is the one that sends before an attempt was made */
  async #notifyNow(
    integration: Integration,
    group: AlertGroup,
    flush: Flush,
    until: { readonly stop: AbortSignal; readonly signal: AbortSignal },
  ): Promise<boolean> {
    const { clock, events, log } = this.#options;
    const sharing = this.#options.sharing?.();
    const key = logKey(integration, group);
    const begun = clock.elapsed();
    let isOthers = false;
    let last: DedupResult | undefined;
    let prepared: Millis = begun;
    let over: ReadonlySet<StoredAlert> = new Set();
    const prepare = (): Notification | undefined => {
      isOthers = sharing?.isSending === false;
      if (isOthers) return undefined;
      const now = this.#now();
      const { at } = now;
      prepared = now.elapsed;
      flush.retry = undefined;
      over = new Set([...group.alerts].filter(alert => isResolved(alert, at)));
      const before = log.entry(key);
      last = this.#stages.exec({ integration, group, now, isMuted: () => false })?.result;
      if (log.entry(key) !== before) void sharing?.publish(key);
      return last && this.#notification(group, last);
    };
    const outcome = await retry({
      integration,
      prepare,
      ...until,
      clock,
      onBegin: () => (last && log.markPending(key, last.note) ? sharing?.publish(key) : undefined),
      onAttempt: attempt => {
        // One that was cut off may have arrived.
        if (attempt.error && !flush.end.signal.aborted && log.withdraw(key)) void sharing?.publish(key);
        events.onAttempt(attempt);
      },
      onRetry: retry => {
        flush.retry = retry;
      },
    });
    // A notification that was cut off by the stop is no failure: the next run sends it.
    if (outcome.state === 'failed' && this.#isClosed) return true;
    if (isOthers) return false;
    if (outcome.state === 'sent' && last) {
      log.log(key, last.note, prepared);
      void sharing?.publish(key);
    }
    if (outcome.state !== 'needless') events.onOutcome(integration, group, outcome, clock.elapsed() - begun);
    if (outcome.state !== 'failed') this.#markNotified(integration, group, over);
    return true;
  }

  /** Alerts whose end all integrations know leave the group. */
  #markNotified(integration: Integration, group: AlertGroup, over: ReadonlySet<StoredAlert>): void {
    if (this.#isClosed) return;
    const settled = this.#notified.get(group) ?? new Map<string, ReadonlySet<StoredAlert>>();
    this.#notified.set(group, settled.set(integration.id, over));
    const all = this.#integrations.get(group.route.receiver) ?? [];
    const everywhere = [...over].filter(alert => all.every(({ id }) => settled.get(id)?.has(alert)));
    this.#dispatcher.markNotified(group, everywhere);
    this.#arm();
  }

  #notification(group: AlertGroup, { alerts, note }: DedupResult): Notification {
    return {
      receiver: group.route.receiver,
      groupKey: group.key,
      groupLabels: group.labels,
      alerts,
      externalUrl: this.#options.externalUrl(),
      at: note.at,
    };
  }

  #countSuppressed(group: AlertGroup, at: Millis): void {
    const firing = [...group.alerts].filter(alert => !isResolved(alert, at));
    if (firing.length === 0) return;
    const { onSuppressed } = this.#options.events;
    const muted = new Map(firing.map(alert => [alert.fingerprint, this.muted(alert, at)]));
    const by = (key: keyof Muted) => firing.filter(({ fingerprint }) => muted.get(fingerprint)?.[key].length);
    const routeMuted = routeMutedBy(group.route, this.config, at);
    if (routeMuted) onSuppressed(routeMuted.reason, firing, muted);
    else {
      onSuppressed('inhibition', by('inhibitedBy'), muted);
      onSuppressed('silence', by('silencedBy'), muted);
    }
  }
}
