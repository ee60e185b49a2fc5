// Stored history with what rules have made of it so far on top. Comes in: two sources; goes out: one, in which the stored
// samples win. Called by backfill.ts for every question of a rule.

import { compareLabels } from '../../model/labels.js';
import type { Matcher, SampleSource, Series } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';

/** Both sources' series; samples of the same series and time are those of `stored`. */
export class LayeredSource implements SampleSource {
  readonly #stored: SampleSource;
  readonly #made: SampleSource;

  constructor(stored: SampleSource, made: SampleSource) {
    this.#stored = stored;
    this.#made = made;
  }

  select(matchers: readonly Matcher[], from: Millis, to: Millis): Series[] {
    return this.#joined(source => source.select(matchers, from, to));
  }

  latest(matchers: readonly Matcher[], from: Millis, to: Millis): Series[] {
    const joined = this.#joined(
      source => source.latest?.(matchers, from, to) ?? source.select(matchers, from, to),
    );
    return joined.map(each => (each.times.length < 2 ? each : lastOf(each)));
  }

  #joined(read: (source: SampleSource) => Series[]): Series[] {
    const made = read(this.#made);
    if (made.length === 0) return read(this.#stored);
    return join(read(this.#stored), made);
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
