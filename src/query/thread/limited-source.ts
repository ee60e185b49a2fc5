// The store as one query sees it: what is read is counted, so that a query too large ends before it has everything.

import type { Labels } from '../../model/labels.js';
import type { LabelMatcher, Series } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import type { SeriesSource } from './lookup.js';

/** Used for one question. */
export class LimitedSource implements SeriesSource {
  readonly #source: SeriesSource;
  readonly #checkpoint: () => void;
  readonly #tooMany: () => Error;
  #left: number;

  /** @param tooMany makes what is thrown when more than `samples` were read */
  constructor(source: SeriesSource, samples: number, checkpoint: () => void, tooMany: () => Error) {
    this.#source = source;
    this.#left = samples;
    this.#checkpoint = checkpoint;
    this.#tooMany = tooMany;
  }

  select(matchers: readonly LabelMatcher[], from: Millis, to: Millis): Series[] {
    return this.#metered(() => this.#source.select(matchers, from, to, this.#left, this.#checkpoint));
  }

  latest(matchers: readonly LabelMatcher[], from: Millis, to: Millis): Series[] {
    return this.#metered(
      () =>
        this.#source.latest?.(matchers, from, to, this.#checkpoint) ??
        this.#source.select(matchers, from, to, this.#left, this.#checkpoint),
    );
  }

  #metered(read: () => Series[]): Series[] {
    this.#checkpoint();
    const found = read();
    for (const { times } of found) this.#left -= times.length;
    if (this.#left < 0) throw this.#tooMany();
    this.#checkpoint();
    return found;
  }

  series(matcherSets: readonly (readonly LabelMatcher[])[], from: Millis, to: Millis): readonly Labels[] {
    return this.#source.series(matcherSets, from, to);
  }
}
