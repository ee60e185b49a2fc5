// What rules give, on its way into the samples that are made. Comes in: each rule's samples at a moment; goes out:
// those that the stored history lacks, and the ends of series that are over.

import { type Labels, METRIC_NAME } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import { ALERT_STATE, ALERTS, ALERTS_FOR_STATE, type AlertingRule } from '../../rules/alerting.js';
import type { RuleGroup } from '../../rules/group.js';
import { DUPLICATE_SAMPLE, type InstantSample } from '../../rules/query-func.js';
import type { SeriesEnd } from '../../tsdb/import/merge-into.js';
import type { SampleStore } from '../../tsdb/store.js';
import { OpenSeries } from './open-series.js';
import { PresentSamples } from './present.js';
import type { RuleTally } from './tally.js';

interface RuleWriterOptions {
  readonly stored: SampleStore;
  /** A scrape is begun there before anything is written. */
  readonly made: SampleStore;
  readonly groups: readonly RuleGroup[];
  readonly lookback: Millis;
  readonly tally: RuleTally;
}

/** Writes for one group at a time, in the order of time. */
export class RuleWriter {
  readonly #options: RuleWriterOptions;
  readonly #present: PresentSamples;
  readonly #open: OpenSeries;
  readonly #alerting: ReadonlyMap<string, AlertingRule>;
  /** What each source showed last: series that were written, and those that have stored samples there. */
  readonly #lastSeries = new Map<
    string,
    { readonly made: readonly Labels[]; readonly stored: readonly Labels[] }
  >();
  readonly #ends = new Map<string, SeriesEnd[]>();

  constructor(options: RuleWriterOptions) {
    const { stored, groups, lookback } = options;
    this.#options = options;
    this.#present = new PresentSamples(stored);
    this.#open = new OpenSeries(stored, groups, lookback);
    const rules = groups.flatMap(group => group.rules);
    this.#alerting = new Map(
      rules.flatMap(({ source, alerting }) => (alerting ? [[source, alerting] as const] : [])),
    );
  }

  /** Moments at which series end whose last sample is a stored one, in the order of time, by the key of their labels. */
  get ends(): ReadonlyMap<string, readonly SeriesEnd[]> {
    return this.#ends;
  }

  /** To be called before a group's first evaluation. Throws what the source throws. */
  start(group: RuleGroup, at: Millis): void {
    this.#open.start(group, at);
  }

  /** Takes what a rule gives. @throws Error when another rule has given a series another value */
  write(source: string, at: Millis, samples: readonly InstantSample[], interval: Millis): void {
    const { made, tally } = this.#options;
    const isStored = (labels: Labels): boolean => this.#present.isNear(labels, at, interval);
    const isOfAlert = this.#alerting.has(source);
    this.#alerting.get(source)?.adopt(labels => this.#stateOf(labels, at, interval));
    const needed: InstantSample[] = [];
    const stored: Labels[] = [];
    for (const sample of samples) {
      const { labels } = sample;
      if (isStored(labels) || (isOfAlert && isStored(forStateOf(labels)))) stored.push(labels);
      else needed.push(sample);
    }
    const before = this.#lastSeries.get(source);
    const elsewhere = before?.made.filter(isStored).map(({ key }) => key);
    const conflicts = made.add(source, needed, new Set(elsewhere));
    const given = new Set(samples.map(({ labels }) => labels.key));
    const isShown = (labels: Labels): boolean => given.has(labels.key) || isStored(labels);
    const over = before?.stored.filter(labels => !isShown(labels)) ?? [];
    for (const labels of [...over, ...this.#open.evaluated(source, isShown)]) this.#end(labels, at);
    this.#lastSeries.set(source, { made: needed.map(({ labels }) => labels), stored });
    tally.count(source, needed.length - conflicts, stored.length);
    if (conflicts > 0) throw new Error(DUPLICATE_SAMPLE);
  }

  #end(labels: Labels, at: Millis): void {
    this.#ends.set(labels.key, [...(this.#ends.get(labels.key) ?? []), { labels, at }]);
  }

  /** What is stored of an alert wins, its state too: it goes on from there. */
  #stateOf(labels: Labels, at: Millis, interval: Millis) {
    const since = this.#present.valueNear(labels.with(METRIC_NAME, ALERTS_FOR_STATE), at, interval);
    if (since === undefined) return undefined;
    const firing = labels.with(METRIC_NAME, ALERTS).with(ALERT_STATE, 'firing');
    const isFiring = this.#present.isNear(firing, at, interval);
    return { activeAt: since * 1000, state: isFiring ? ('firing' as const) : ('pending' as const) };
  }
}

/** The series ALERTS_FOR_STATE of an alert, by one of its series. */
function forStateOf(labels: Labels): Labels {
  return labels.without([ALERT_STATE]).with(METRIC_NAME, ALERTS_FOR_STATE);
}
