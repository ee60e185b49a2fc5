// Series that an earlier run left open. Comes in: stored series and what rules show at their first evaluation; goes
// out: the series that end there, as they would if the run before had gone on.

import type { Labels } from '../../model/labels.js';
import type { SampleSource } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import type { RuleGroup } from '../../rules/group.js';
import { hasNotEnded } from '../../rules/restore.js';
import type { EvaluatedRule } from '../../rules/rule.js';
import { seriesMatchers, writersOf } from './rule-series.js';

interface Open {
  readonly labels: Labels;
  /** Sources of the rules that may show it and have not been evaluated yet. */
  readonly writers: Set<string>;
}

/** Open series by the rules that may go on with them. */
export class OpenSeries {
  readonly #stored: SampleSource;
  readonly #rules: readonly EvaluatedRule[];
  readonly #lookback: Millis;
  readonly #open = new Map<string, Open>();

  constructor(stored: SampleSource, groups: readonly RuleGroup[], lookback: Millis) {
    this.#stored = stored;
    this.#rules = groups.flatMap(({ rules }) => rules);
    this.#lookback = lookback;
  }

  /** Looks for a group's series before its first evaluation. Throws what the source throws. */
  start({ rules, interval }: RuleGroup, at: Millis): void {
    const from = at - Math.max(this.#lookback, 2 * interval);
    for (const { definition } of rules) {
      const latest = this.#stored.select(seriesMatchers(definition), from, at - 1);
      for (const { labels } of latest.filter(hasNotEnded)) {
        if (this.#open.has(labels.key)) continue;
        const writers = writersOf(labels, this.#rules).map(({ source }) => source);
        if (writers.length > 0) this.#open.set(labels.key, { labels, writers: new Set(writers) });
      }
    }
  }

  /** A rule was evaluated and shows series with these keys. @returns those that end now: no other rule may show them */
  evaluated(source: string, isShown: (labels: Labels) => boolean): Labels[] {
    const over: Labels[] = [];
    for (const [key, { labels, writers }] of this.#open) {
      if (isShown(labels)) this.#open.delete(key);
      else if (writers.delete(source) && writers.size === 0) {
        this.#open.delete(key);
        over.push(labels);
      }
    }
    return over;
  }
}
