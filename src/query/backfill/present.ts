// Where series have samples already. Comes in: labels and a moment; goes out: whether a rule's sample is needed there. A
// day of each series is in memory at a time.

import type { Labels } from '../../model/labels.js';
import type { LabelMatcher, SampleSource } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';

/** How much of a series is read at once. */
const SPAN: Millis = 86_400_000;

const NONE = new Float64Array();

interface CachedRange {
  readonly to: Millis;
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** The first time that may still count. */
  next: number;
}

/** Asked in the order of time. */
export class PresentSamples {
  readonly #source: SampleSource;
  readonly #known = new Map<string, CachedRange>();

  constructor(source: SampleSource) {
    this.#source = source;
  }

  /** Whether the series has a sample less than `distance` before or after a moment. Throws what the source throws. */
  isNear(labels: Labels, at: Millis, distance: Millis): boolean {
    return this.valueNear(labels, at, distance) !== undefined;
  }

  /** The value of that sample, the first of them; undefined without one. Throws what the source throws. */
  valueNear(labels: Labels, at: Millis, distance: Millis): number | undefined {
    let known = this.#known.get(labels.key);
    if (!known || known.to < at + distance) {
      known = this.#read(labels, at - distance, at + distance + SPAN);
      this.#known.set(labels.key, known);
    }
    const { times, values } = known;
    while (known.next < times.length && (times[known.next] as Millis) <= at - distance) known.next++;
    const found = times[known.next];
    return found !== undefined && found < at + distance ? values[known.next] : undefined;
  }

  #read(labels: Labels, from: Millis, to: Millis): CachedRange {
    const found = this.#source.select(exactly(labels), from, to);
    // One with further labels is another series.
    const same = found.find(each => each.labels.key === labels.key);
    return { to, times: same?.times ?? NONE, values: same?.values ?? NONE, next: 0 };
  }
}

function exactly(labels: Labels): LabelMatcher[] {
  return Array.from(labels.pairs(), ([name, value]) => ({
    ...{ name, op: '=', value },
    matches: (each: string) => each === value,
  }));
}
