// Stored history with what rules have made of it so far on top. Comes in: two sources; goes out: one, in which the
// stored samples win.

import { compareLabels } from '../../model/labels.js';
import type { LabelMatcher, SampleSource, Series } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import type { SeriesEnd } from '../../tsdb/import/merge-into.js';

/** Moments at which stored series end, in the order of time, by the key of their labels. */
type EndsOfStored = ReadonlyMap<string, readonly SeriesEnd[]>;

/** Both sources' series; samples of the same series and time are those of `stored`. */
export class LayeredSource implements SampleSource {
  readonly #stored: SampleSource;
  readonly #made: SampleSource;
  readonly #ends: EndsOfStored;

  /** @param ends further ends of the stored series, up to the moment that is evaluated */
  constructor(stored: SampleSource, made: SampleSource, ends: EndsOfStored) {
    this.#stored = stored;
    this.#made = made;
    this.#ends = ends;
  }

  select(matchers: readonly LabelMatcher[], from: Millis, to: Millis): Series[] {
    return this.#joined(from, source => source.select(matchers, from, to));
  }

  latest(matchers: readonly LabelMatcher[], from: Millis, to: Millis): Series[] {
    const joined = this.#joined(
      from,
      source => source.latest?.(matchers, from, to) ?? source.select(matchers, from, to),
    );
    return joined.map(each => (each.times.length < 2 ? each : lastOf(each)));
  }

  #joined(from: Millis, read: (source: SampleSource) => Series[]): Series[] {
    const made = read(this.#made);
    const stored = read(this.#stored).map(series => this.#ended(series, from));
    return made.length === 0 ? stored : join(stored, made);
  }

  #ended(series: Series, from: Millis): Series {
    const ends = this.#ends.size > 0 ? this.#ends.get(series.labels.key) : undefined;
    const further = ends?.map(({ at }) => at).filter(at => at >= from) ?? [];
    if (further.length === 0) return series;
    return { ...series, ends: Float64Array.from(new Set([...series.ends, ...further])).sort() };
  }
}

function lastOf({ labels, times, values, ends }: Series): Series {
  return { labels, times: times.subarray(-1), values: values.subarray(-1), ends };
}

/** Series of two lists that are sorted by labels, those of the same labels as one. */
function join(stored: readonly Series[], made: readonly Series[]): Series[] {
  const joined: Series[] = [];
  for (let i = 0, k = 0; i < stored.length || k < made.length; ) {
    const [a, b] = [stored[i], made[k]];
    const order = !a ? 1 : !b ? -1 : compareLabels(a.labels, b.labels);
    if (order === 0) joined.push(union(a as Series, b as Series));
    else joined.push((order < 0 ? a : b) as Series);
    if (order <= 0) i++;
    if (order >= 0) k++;
  }
  return joined;
}

function union(stored: Series, made: Series): Series {
  const values = new Map<Millis, number>();
  for (const { times, values: all } of [made, stored])
    for (let i = 0; i < times.length; i++) values.set(times[i] as Millis, all[i] as number);
  const times = Float64Array.from(values.keys()).sort();
  return {
    labels: stored.labels,
    times,
    values: times.map(at => values.get(at) as number),
    ends: Float64Array.from(new Set([...stored.ends, ...made.ends])).sort(),
  };
}
