// The store as questions see it. Questions are answered within an evaluation of the rules, when the scrape is in memory and
// not yet on disk: of that scrape nothing is shown, or a crash would take back what was answered.

import type { Labels } from '../../model/labels.js';
import type { LabelMatcher, Series } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import type { SeriesSource } from './lookup.js';

export class DurableSource implements SeriesSource {
  readonly #source: SeriesSource;
  readonly #openAt: () => Millis | undefined;

  /** @param openAt the time of the scrape that is not on disk; undefined while all are */
  constructor(source: SeriesSource, openAt: () => Millis | undefined) {
    this.#source = source;
    this.#openAt = openAt;
  }

  select(
    matchers: readonly LabelMatcher[],
    from: Millis,
    to: Millis,
    limit?: number,
    pause?: () => void,
  ): Series[] {
    return this.#source.select(matchers, from, this.#until(to), limit, pause);
  }

  latest(matchers: readonly LabelMatcher[], from: Millis, to: Millis, pause?: () => void): Series[] {
    const until = this.#until(to);
    return (
      this.#source.latest?.(matchers, from, until, pause) ??
      this.#source.select(matchers, from, until, undefined, pause)
    );
  }

  series(matcherSets: readonly (readonly LabelMatcher[])[], from: Millis, to: Millis): readonly Labels[] {
    return this.#source.series(matcherSets, from, this.#until(to));
  }

  #until(to: Millis): Millis {
    const openAt = this.#openAt();
    return openAt === undefined ? to : Math.min(to, openAt - 1);
  }
}
