// Stored history as a rule saw it at a moment: what later rules wrote at the same moment was not there yet.

import type { Labels } from '../../model/labels.js';
import type { LabelMatcher, SampleSource, Series } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import { createMatcher } from '../../promql/parse/matcher.js';

/** A source without the samples and ends that some of its series have at one moment. */
export class AsOfSource implements SampleSource {
  readonly #source: SampleSource;
  /** Whether a series' sample of that moment was not there. */
  #isLater: ((labels: Labels) => boolean) | undefined;
  #at: Millis = 0;

  constructor(source: SampleSource) {
    this.#source = source;
  }

  /** Calls `body`, in which series that satisfy `isLater` have nothing at a moment. */
  during<T>(at: Millis, isLater: ((labels: Labels) => boolean) | undefined, body: () => T): T {
    const [before, beforeAt] = [this.#isLater, this.#at];
    this.#isLater = isLater;
    this.#at = at;
    try {
      return body();
    } finally {
      this.#isLater = before;
      this.#at = beforeAt;
    }
  }

  select(matchers: readonly LabelMatcher[], from: Millis, to: Millis): Series[] {
    return this.#cut(this.#source.select(matchers, from, to), series => this.#without(series));
  }

  latest(matchers: readonly LabelMatcher[], from: Millis, to: Millis): Series[] {
    const { latest } = this.#source;
    if (!latest) return this.select(matchers, from, to);
    // The last sample before the one that is not there was not given.
    const before = ({ labels }: Series): Series | undefined => this.#before(labels, from);
    return this.#cut(latest.call(this.#source, matchers, from, to), before);
  }

  #cut(found: Series[], replace: (series: Series) => Series | undefined): Series[] {
    const isLater = this.#isLater;
    if (!isLater) return found;
    return found.flatMap(series => {
      const { labels, times, ends } = series;
      if (!hasMoment(times, this.#at) && !hasMoment(ends, this.#at)) return series;
      return isLater(labels) ? (replace(series) ?? []) : series;
    });
  }

  #without(series: Series): Series | undefined {
    const isThere = (at: Millis): boolean => at !== this.#at;
    const times = series.times.filter(isThere);
    const values = series.values.filter((_, i) => isThere(series.times[i] as Millis));
    const ends = series.ends.filter(isThere);
    return times.length + ends.length > 0 ? { labels: series.labels, times, values, ends } : undefined;
  }

  #before(labels: Labels, from: Millis): Series | undefined {
    const matchers = Array.from(labels.pairs(), ([name, value]) => createMatcher(name, '=', value));
    const found = this.#source.latest?.(matchers, from, this.#at - 1) ?? [];
    return found.find(each => each.labels.key === labels.key);
  }
}

/** Whether a moment is among ascending ones; it is one of the last, if any. */
function hasMoment(times: Float64Array, at: Millis): boolean {
  let i = times.length - 1;
  while (i >= 0 && (times[i] as Millis) > at) i--;
  return times[i] === at;
}
