// What the sources show between two scrapes of the grid. Comes in: a moment, and the series that are there or have ended
// by then; goes out: last samples. It is in memory only, the next scrape replaces it, and no range of samples contains it:
// averages count scrapes of an even grid and nothing else.

import type { Labels } from '../../model/labels.js';
import type { LabelMatcher } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import type { SeriesIndex } from '../index/series-index.js';
import type { SeriesRef } from '../index/series-ref.js';
import { IntegerColumn, NumberColumn } from './number-column.js';

const NEVER = Number.NEGATIVE_INFINITY;
/** So many series are not looked at one by one. */
const MANY_LOOSE = 50;

/** The series at one moment after the newest row. Empty until {@link begin}. */
export class Interim {
  readonly #index: SeriesIndex;
  #at: Millis = NEVER;
  /** A series belongs to this moment if its number is this one's: nothing has to be cleared. */
  #moment = 0;
  readonly #shownAt = new IntegerColumn(0);
  readonly #endedAt = new IntegerColumn(0);
  readonly #values = new NumberColumn(Number.NaN);
  /** Series that have no samples yet: the index does not find them. */
  #loose: SeriesRef[] = [];
  readonly #looseByKey = new Map<string, SeriesRef>();
  /** All that rules have added. */
  #added: SeriesRef[] = [];

  constructor(index: SeriesIndex) {
    this.#index = index;
  }

  get isOpen(): boolean {
    return this.#at !== NEVER;
  }

  /** Whether it may show series that satisfy all matchers and that the index does not find. */
  mayHaveUnindexed(matchers: readonly LabelMatcher[]): boolean {
    return this.#loose.length > MANY_LOOSE || (this.#loose.length > 0 && this.unindexed(matchers).length > 0);
  }

  /** Replaces the moment there was. */
  begin(at: Millis): void {
    this.clear();
    this.#at = at;
  }

  /** Nothing is shown until the next moment begins. */
  clear(): void {
    this.#at = NEVER;
    this.#moment++;
    this.#loose = [];
    this.#looseByKey.clear();
    this.#added = [];
  }

  /** Gives a series its value. @returns false when it has one already */
  set(series: SeriesRef, value: number): boolean {
    if (this.has(series)) return false;
    this.#shownAt.set(series, this.#moment);
    this.#values.set(series, value);
    if (!this.#index.has(series)) this.#loose.push(series);
    return true;
  }

  /** The same for a series of a rule's. @returns false when it has a value already */
  add(series: SeriesRef, labels: Labels, value: number): boolean {
    this.#added.push(series);
    if (!this.#index.has(series)) this.#looseByKey.set(labels.key, series);
    return this.set(series, value);
  }

  /** The series a rule has added with these labels, if the index does not find it. */
  find(labels: Labels): SeriesRef | undefined {
    return this.#looseByKey.get(labels.key);
  }

  end(series: SeriesRef): void {
    this.#endedAt.set(series, this.#moment);
  }

  has(series: SeriesRef): boolean {
    return this.#shownAt.get(series) === this.#moment;
  }

  /** The moment, if it is at `from <= t <= to`. */
  within(from: Millis, to: Millis): Millis | undefined {
    return from <= this.#at && this.#at <= to ? this.#at : undefined;
  }

  /** A series' value; undefined when it has none. */
  value(series: SeriesRef): number | undefined {
    return this.has(series) ? this.#values.get(series) : undefined;
  }

  /** Whether a series that had samples has none any more. */
  hasEnded(series: SeriesRef): boolean {
    return this.#endedAt.get(series) === this.#moment && !this.has(series);
  }

  /** Series that the index does not find and that satisfy all matchers. */
  unindexed(matchers: readonly LabelMatcher[]): SeriesRef[] {
    return this.#loose.filter(series => {
      const labels = this.#index.labels(series);
      return matchers.every(matcher => matcher.matches(labels.get(matcher.name)));
    });
  }

  /** Calls back for series that are not to be forgotten. */
  eachHeld(held: (series: SeriesRef) => void): void {
    this.#loose.forEach(held);
    this.#added.forEach(held);
  }
}
