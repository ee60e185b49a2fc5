// Samples in memory. Comes in: points, one by one or a whole line of the series notation; goes out: what the evaluator
// asks for.

import { compareLabels, type Labels, METRIC_NAME } from '../model/labels.js';
import type { LabelMatcher, SampleSource, Series } from '../model/samples.js';
import { lowerBound, upperBound } from '../model/sorted.js';
import type { Millis } from '../model/time.js';
import type { Point } from './series-notation.js';

/** All three sorted by time; a moment is in `times` or in `ends`, not in both. */
interface Stored {
  readonly labels: Labels;
  readonly times: Millis[];
  readonly values: number[];
  readonly ends: Millis[];
}

/** Another value is there already at that time. */
export class DuplicateSampleError extends Error {
  constructor(labels: Labels, time: Millis, before: number | 'stale', point: number | 'stale') {
    super(`${labels} has both ${before} and ${point} at ${time / 1000} s`);
    this.name = 'DuplicateSampleError';
  }
}

/** A sample source that holds what it was given. */
export class MemorySource implements SampleSource {
  readonly #stored = new Map<string, Stored>();
  /** By metric name; what selects without one has to look at all. */
  readonly #named = new Map<string, Stored[]>();

  /** Adds a series' places, one a step from time 0. @throws DuplicateSampleError */
  load(labels: Labels, points: readonly Point[], step: Millis): void {
    points.forEach((point, i) => {
      if (point !== undefined) this.add(labels, i * step, point);
    });
  }

  /** Adds one sample or the end of a series, in any order. @throws DuplicateSampleError */
  add(labels: Labels, time: Millis, point: number | 'stale'): void {
    const { times, values, ends } = this.#of(labels);
    const [at, endAt] = [lowerBound(times, time), lowerBound(ends, time)];
    const before = times[at] === time ? values[at] : ends[endAt] === time ? 'stale' : undefined;
    if (before !== undefined) {
      if (!Object.is(before, point)) throw new DuplicateSampleError(labels, time, before, point);
    } else if (point === 'stale') {
      ends.splice(endAt, 0, time);
    } else {
      times.splice(at, 0, time);
      values.splice(at, 0, point);
    }
  }

  select(matchers: readonly LabelMatcher[], from: Millis, to: Millis): Series[] {
    const name = matchers.find(matcher => matcher.name === METRIC_NAME && matcher.op === '=')?.value;
    const candidates = name ? (this.#named.get(name) ?? []) : [...this.#stored.values()];
    return candidates
      .filter(({ labels }) => matchers.every(matcher => matcher.matches(labels.get(matcher.name))))
      .map(stored => cut(stored, from, to))
      .filter(({ times, ends }) => times.length + ends.length > 0)
      .sort((a, b) => compareLabels(a.labels, b.labels));
  }

  #of(labels: Labels): Stored {
    const known = this.#stored.get(labels.key);
    if (known) return known;
    const stored: Stored = { labels, times: [], values: [], ends: [] };
    this.#stored.set(labels.key, stored);
    const name = labels.get(METRIC_NAME);
    this.#named.set(name, [...(this.#named.get(name) ?? []), stored]);
    return stored;
  }
}

/** A copy, which later points do not change. */
function cut({ labels, times, values, ends }: Stored, from: Millis, to: Millis): Series {
  const [first, end] = [lowerBound(times, from), upperBound(times, to)];
  return {
    labels,
    times: Float64Array.from(times.slice(first, end)),
    values: Float64Array.from(values.slice(first, end)),
    ends: Float64Array.from(ends.slice(lowerBound(ends, from), upperBound(ends, to))),
  };
}
