// Samples in memory, for tests of the language: given by load commands, read by the evaluator.

import { compareLabels, type Labels } from '../../../src/model/labels.js';
import type { Matcher, SampleSource, Series } from '../../../src/model/samples.js';
import type { Millis } from '../../../src/model/time.js';
import type { Point } from './series.js';

interface Stored {
  readonly labels: Labels;
  readonly points: Map<Millis, number | 'stale'>;
  /** Made when it is first read. */
  series: Series | undefined;
}

/** A sample source that holds what it was given. */
export class MemorySource implements SampleSource {
  readonly #stored = new Map<string, Stored>();
  #sorted: readonly Stored[] | undefined;

  /** Adds a series' places, one a step from time 0. @throws Error when there is another value at that time already. */
  load(labels: Labels, points: readonly Point[], step: Millis): void {
    points.forEach((point, i) => {
      if (point !== undefined) this.add(labels, i * step, point);
    });
  }

  /** Adds one sample or the end of a series. @throws Error when there is another one at that time already. */
  add(labels: Labels, time: Millis, point: number | 'stale'): void {
    const stored = this.#of(labels);
    const before = stored.points.get(time);
    if (before !== undefined && !Object.is(before, point))
      throw new Error(`${labels} has both ${before} and ${point} at ${time / 1000} s`);
    stored.points.set(time, point);
    stored.series = undefined;
  }

  select(matchers: readonly Matcher[], from: Millis, to: Millis): Series[] {
    this.#sorted ??= [...this.#stored.values()].sort((a, b) => compareLabels(a.labels, b.labels));
    return this.#sorted
      .filter(({ labels }) => matchers.every(matcher => matcher.matches(labels.get(matcher.name))))
      .map(stored => cut(seriesOf(stored), from, to))
      .filter(({ times, ends }) => times.length + ends.length > 0);
  }

  #of(labels: Labels): Stored {
    const known = this.#stored.get(labels.key);
    if (known) return known;
    const stored: Stored = { labels, points: new Map(), series: undefined };
    this.#stored.set(labels.key, stored);
    this.#sorted = undefined;
    return stored;
  }
}

function seriesOf(stored: Stored): Series {
  stored.series ??= makeSeries(stored);
  return stored.series;
}

function makeSeries({ labels, points }: Stored): Series {
  const sorted = [...points].sort(([a], [b]) => a - b);
  const samples = sorted.filter((entry): entry is [Millis, number] => entry[1] !== 'stale');
  return {
    labels,
    times: Float64Array.from(samples, ([time]) => time),
    values: Float64Array.from(samples, ([, value]) => value),
    ends: Float64Array.from(sorted.filter(([, point]) => point === 'stale').map(([time]) => time)),
  };
}

function cut({ labels, times, values, ends }: Series, from: Millis, to: Millis): Series {
  const [first, last] = [firstAt(times, from), firstAfter(times, to)];
  return {
    labels,
    times: times.subarray(first, last),
    values: values.subarray(first, last),
    ends: ends.filter(time => time >= from && time <= to),
  };
}

function firstAt(times: Float64Array, from: Millis): number {
  const at = times.findIndex(time => time >= from);
  return at < 0 ? times.length : at;
}

function firstAfter(times: Float64Array, to: Millis): number {
  return times.findLastIndex(time => time <= to) + 1;
}
