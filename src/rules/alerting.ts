// An alerting rule and its alerts. Comes in: what its expression finds at a moment; goes out: the series ALERTS and
// ALERTS_FOR_STATE, and alerts that are pending, firing or over. Source: Prometheus, rules/alerting.go.

import type { Alert, AlertState } from '../model/alert.js';
import { Labels, METRIC_NAME } from '../model/labels.js';
import type { Millis } from '../model/time.js';
import type { AlertingDefinition, Texts } from './definition.js';
import { Expansion, type TemplateContext } from './expansion.js';
import type { InstantSample, QueryFunc } from './query-func.js';

/** How long an alert that is over is kept, so that its end is sent again to a receiver that did not get it. */
const RESOLVED_RETENTION: Millis = 15 * 60_000;

export const ALERTS = 'ALERTS';
/** Its value is since when the alert has been active, in seconds since the epoch. */
export const ALERTS_FOR_STATE = 'ALERTS_FOR_STATE';
export const ALERT_NAME = 'alertname';
export const ALERT_STATE = 'alertstate';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Active {
  readonly labels: Labels;
  alert: Mutable<Alert>;
  /** What was written of it last, and what that was made of. */
  written?: { readonly state: AlertState; readonly activeAt: Millis; readonly samples: InstantSample[] };
}

/** What an expression found, and the alerts that were made of it. */
interface Found {
  readonly samples: readonly InstantSample[];
  readonly alerts: ReadonlyMap<string, Active>;
}

/** One evaluation: its moment, how far before it the rule looks, and how many alerts it may have (0: any number). */
export interface AlertMoment {
  readonly at: Millis;
  readonly queryOffset: Millis;
  readonly limit: number;
}

const NONE: readonly InstantSample[] = [];

const RANK: Readonly<Record<AlertState, number>> = { inactive: 0, pending: 1, firing: 2 };

/** The alerts of one rule, over time. */
export class AlertingRule {
  readonly definition: AlertingDefinition;
  /** What `expr` is printed as. */
  readonly expression: string;
  /** Nothing is written before the state of an earlier run was looked up: it would hide that state. */
  restored: boolean;
  readonly #expansion: Expansion;
  #active = new Map<string, Active>();
  /** Of the last evaluation that found something, or ended something. */
  #found: Found | undefined;

  constructor(
    definition: AlertingDefinition,
    expression: string,
    context: TemplateContext,
    restored: boolean,
  ) {
    this.definition = definition;
    this.expression = expression;
    this.restored = restored;
    this.#expansion = new Expansion(definition.name, context);
  }

  get hasAlerts(): boolean {
    return this.#active.size > 0;
  }

  /** All alerts there are, those that are over included. */
  get alerts(): Alert[] {
    return [...this.#active.values()].map(({ alert }) => ({ ...alert }));
  }

  /** The highest state of an alert. */
  get state(): AlertState {
    const states = [...this.#active.values()].map(({ alert }) => alert.state);
    return states.reduce((highest, state) => (RANK[state] > RANK[highest] ? state : highest), 'inactive');
  }

  /** Moves all alerts on to a moment and answers what is to be written at `at - queryOffset`. Throws what `ask` throws. */
  evaluate(moment: AlertMoment, queryFunc: QueryFunc): readonly InstantSample[] {
    const { expr, text } = this.definition;
    const samples = queryFunc(expr, text, moment.at - moment.queryOffset);
    // As it is for most rules most of the time.
    if (samples.length === 0 && this.#active.size === 0) return NONE;
    const known = this.#found;
    const found = known && this.#isStill(known, samples) ? known.alerts : this.#update(samples, moment.at);
    const present = [...this.#active].filter(([key, active]) => this.#advance(key, active, found, moment.at));
    if (moment.limit > 0 && present.length > moment.limit) {
      this.#active = new Map();
      throw new Error(`exceeded limit of ${moment.limit} with ${present.length} alerts`);
    }
    this.#found = { samples, alerts: found };
    return this.restored ? present.flatMap(([, active]) => this.#series(active)) : [];
  }

  /** Whether what is found is the very answer that was found the last time, and all of its alerts are there: they are as they were. */
  #isStill({ samples, alerts }: Found, now: readonly InstantSample[]): boolean {
    if (samples !== now || !this.#expansion.isFixed) return false;
    for (const key of alerts.keys())
      if ((this.#active.get(key)?.alert.state ?? 'inactive') === 'inactive') return false;
    return true;
  }

  /** Gives alerts what is found now, and begins those that are new. @returns all that are found, by their labels */
  #update(samples: readonly InstantSample[], at: Millis): Map<string, Active> {
    const found = this.#newAlerts(samples, at);
    for (const [key, fresh] of found) {
      const known = this.#active.get(key);
      if (known && known.alert.state !== 'inactive') {
        known.alert.value = fresh.alert.value;
        known.alert.annotations = fresh.alert.annotations;
      } else {
        this.#active.set(key, fresh);
      }
    }
    return found;
  }

  /** Takes over the alerts of the rule's earlier self. */
  copyAlerts(from: AlertingRule): void {
    for (const [key, { labels, alert }] of from.#active) {
      this.#active.set(key, { labels, alert: { ...alert, expression: this.expression } });
    }
  }

  /** Sets since when alerts have been active, where `activeAt` knows better. It is given the labels of the alert's series. */
  correct(activeAt: (labels: Labels) => Millis | undefined): void {
    for (const { labels, alert } of this.#active.values())
      alert.activeAt = activeAt(this.#seriesLabels(labels)) ?? alert.activeAt;
  }

  /** Sets the state of pending and firing alerts where `state` knows one. It is given the labels of the alert's series. */
  adopt(state: (labels: Labels) => Pick<Alert, 'activeAt' | 'state'> | undefined): void {
    for (const { labels, alert } of this.#active.values()) {
      const known = alert.state === 'inactive' ? undefined : state(this.#seriesLabels(labels));
      if (known) Object.assign(alert, known);
    }
  }

  /** The alerts of an earlier moment, as if they began with it, by the labels of their ALERTS but for the state. Throws what `ask` throws. */
  replay({ at, queryOffset }: AlertMoment, queryFunc: QueryFunc): Map<string, Alert> {
    const { expr, text } = this.definition;
    const found = [...this.#newAlerts(queryFunc(expr, text, at - queryOffset), at).values()];
    const keyOf = (labels: Labels) => this.#seriesLabels(labels).without([ALERT_STATE]).key;
    return new Map(found.map(({ labels, alert }) => [keyOf(labels), alert]));
  }

  /** Takes over an alert of an earlier run, unless there is one of these labels. */
  resume(alert: Alert): void {
    const labels = Labels.of(alert.labels);
    if (!this.#active.has(labels.key)) this.#active.set(labels.key, { labels, alert: { ...alert } });
  }

  /** The wall clock was set by a span: alerts have been active, firing or over for as long as before, and are sent again. */
  clockSet(by: Millis): void {
    for (const { alert } of this.#active.values()) {
      alert.activeAt += by;
      for (const key of ['firedAt', 'resolvedAt', 'lastSentAt', 'validUntil', 'keepFiringSince'] as const) {
        const moment = alert[key];
        if (moment !== undefined) alert[key] = moment + by;
      }
      // Receivers know by the former time until when to believe it.
      if (alert.state === 'firing') alert.lastSentAt = undefined;
    }
  }

  /** Alerts to be notified about at a moment: new, over, or not sent for `resendDelay`. They count as sent. */
  collectUnsent(at: Millis, resendDelay: Millis, interval: Millis): Alert[] {
    const unsent = [...this.#active.values()].filter(({ alert }) => needsSending(alert, at, resendDelay));
    return unsent.map(({ alert }) => {
      alert.lastSentAt = at;
      // Two evaluations or deliveries may fail before a receiver takes the alert to be over.
      alert.validUntil = at + 4 * Math.max(interval, resendDelay);
      return { ...alert };
    });
  }

  #newAlerts(samples: readonly InstantSample[], at: Millis): Map<string, Active> {
    const found = new Map<string, Active>();
    for (const sample of samples) {
      const active = this.#newAlert(sample, at);
      if (found.has(active.labels.key))
        throw new Error('vector contains metrics with the same labelset after applying alert labels');
      found.set(active.labels.key, active);
    }
    return found;
  }

  #newAlert({ labels: found, value }: InstantSample, at: Millis): Active {
    const { name } = this.definition;
    const expand = (texts: Texts): [string, string][] =>
      Object.entries(texts).map(([key, text]) => [key, this.#expansion.expand(text, found, value, at)]);
    const labels = Labels.of([
      ...found.withoutName().pairs(),
      ...expand(this.definition.labels),
      [ALERT_NAME, name],
    ]);
    const alert: Alert = {
      labels: Object.fromEntries(labels.pairs()),
      annotations: Object.fromEntries(expand(this.definition.annotations)),
      state: 'pending',
      value,
      activeAt: at,
      firedAt: undefined,
      resolvedAt: undefined,
      lastSentAt: undefined,
      validUntil: undefined,
      keepFiringSince: undefined,
      expression: this.expression,
    };
    return { labels, alert };
  }

  /** Moves one alert on and answers whether it is pending or firing. */
  #advance(key: string, { alert }: Active, found: ReadonlyMap<string, Active>, at: Millis): boolean {
    bringBack(alert, at);
    if (found.has(key)) alert.keepFiringSince = undefined;
    else if (!this.#keepsFiring(alert, at)) {
      this.#end(key, alert, at);
      return false;
    }
    if (alert.state === 'pending' && at - alert.activeAt >= this.definition.holdDuration) {
      alert.state = 'firing';
      alert.firedAt = at;
    }
    return true;
  }

  #keepsFiring(alert: Mutable<Alert>, at: Millis): boolean {
    const { keepFiringFor } = this.definition;
    if (alert.state !== 'firing' || keepFiringFor === 0) return false;
    alert.keepFiringSince ??= at;
    return at - alert.keepFiringSince < keepFiringFor;
  }

  #end(key: string, alert: Mutable<Alert>, at: Millis): void {
    const isForgotten = alert.resolvedAt !== undefined && at - alert.resolvedAt > RESOLVED_RETENTION;
    if (alert.state === 'pending' || isForgotten) this.#active.delete(key);
    if (alert.state === 'inactive') return;
    alert.state = 'inactive';
    alert.resolvedAt = at;
  }

  #series(active: Active): readonly InstantSample[] {
    const { state, activeAt } = active.alert;
    const { written } = active;
    if (written?.state === state && written.activeAt === activeAt) return written.samples;
    const all = this.#seriesLabels(active.labels);
    const samples = [
      { labels: all.with(METRIC_NAME, ALERTS).with(ALERT_STATE, state), value: 1 },
      { labels: all.with(METRIC_NAME, ALERTS_FOR_STATE), value: Math.floor(activeAt / 1000) },
    ];
    active.written = { state, activeAt, samples };
    return samples;
  }

  /** As in Prometheus a label whose template gave nothing is there as it is written in the rule. */
  #seriesLabels(labels: Labels): Labels {
    const own = Object.entries(this.definition.labels);
    return Labels.of([...own, ...labels.pairs(), [ALERT_NAME, this.definition.name]]);
  }
}

function needsSending({ state, resolvedAt, lastSentAt }: Alert, at: Millis, resendDelay: Millis): boolean {
  if (state === 'pending') return false;
  if (lastSentAt === undefined || (resolvedAt !== undefined && resolvedAt > lastSentAt)) return true;
  return lastSentAt + resendDelay < at;
}

/** A clock that was corrected: what lies in the future now would hold an alert up until then. */
function bringBack(alert: Mutable<Alert>, at: Millis): void {
  alert.activeAt = Math.min(alert.activeAt, at);
  for (const key of ['firedAt', 'resolvedAt', 'keepFiringSince'] as const) {
    const moment = alert[key];
    if (moment !== undefined && moment > at) alert[key] = at;
  }
  // A receiver that has it already gets it once more.
  if (alert.lastSentAt !== undefined && alert.lastSentAt > at) alert.lastSentAt = undefined;
}
