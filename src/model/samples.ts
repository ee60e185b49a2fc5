// Samples over time as the rooms hand them to each other: the store gives them, the language reads them.

import type { Labels } from './labels.js';
import type { Millis } from './time.js';

/** What a label has to be for a series to be selected; an absent label is the empty string. */
export interface LabelMatcher {
  readonly name: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
  /** Whether a label's value satisfies it; regular expressions are anchored and RE2's. */
  matches(value: string): boolean;
}

/** A series and some of its samples, oldest first; times strictly increase. */
export interface Series {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
  /**
   * Moments at which the series ended (Prometheus' stale markers), oldest first: between one of them and the next
   * sample there is no present value. They are no samples.
   */
  readonly ends: Float64Array;
}

/** Where samples come from. Everything in it is a snapshot: what is appended later does not change what was given. */
export interface SampleSource {
  /**
   * Series that satisfy all matchers and have a sample or an end at `from <= t <= to`, with just those, sorted by labels.
   * The arrays belong to the source: callers must not write into them.
   */
  select(matchers: readonly LabelMatcher[], from: Millis, to: Millis): Series[];
  /**
   * The same with no more than the last sample of each series, which is all that is asked for at one moment. Where it is
   * missing, {@link select} does as well.
   */
  latest?(matchers: readonly LabelMatcher[], from: Millis, to: Millis): Series[];
}
