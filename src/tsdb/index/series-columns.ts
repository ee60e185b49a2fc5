// What the store knows of each series, but for its labels and samples: in columns, as there may be a hundred thousand.

import { lowerBound } from '../../model/sorted.js';
import type { Millis } from '../../model/time.js';
import { IntegerColumn, NumberColumn } from '../head/number-column.js';
import { Places } from '../head/places.js';
import type { SeriesRef } from './series-ref.js';

/** All series. */
export class StoredSeries {
  /** In the database; 0 until it is there. */
  readonly id = new IntegerColumn(0);
  /** Where it is in the rows of the heads. */
  readonly places = new Places();
  /** The number of the head whose stream brought its newest sample; -1 when it is not known. */
  readonly writer = new IntegerColumn(-1);
  /** Its oldest and newest sample. */
  readonly first = new NumberColumn(Number.POSITIVE_INFINITY);
  readonly last = new NumberColumn(Number.NEGATIVE_INFINITY);
  /** The newest sample that is in a chunk. */
  readonly sealedTo = new NumberColumn(Number.NEGATIVE_INFINITY);
  /** Chunks, and those of them that could be larger. */
  readonly chunks = new IntegerColumn(0);
  readonly small = new IntegerColumn(0);
  /** Moments at which a series ended, oldest first, and the scrapes that said so. Most never did. */
  readonly #ends = new Map<SeriesRef, SeriesEnds>();
  readonly #free: SeriesRef[] = [];
  #bound = 0;
  /** The newest sample of all; -Infinity without any. */
  newest = Number.NEGATIVE_INFINITY;

  /** Every number is smaller. */
  get bound(): number {
    return this.#bound;
  }

  /** A number for a series that has no samples yet. */
  add(): SeriesRef {
    return this.#free.pop() ?? this.#bound++;
  }

  /** Takes a number back: nothing holds it any more. */
  free(series: SeriesRef): void {
    this.clearChunks(series);
    this.id.set(series, 0);
    this.places.clear(series);
    this.writer.set(series, -1);
    this.first.set(series, Number.POSITIVE_INFINITY);
    this.last.set(series, Number.NEGATIVE_INFINITY);
    this.clearEnds(series);
    this.#free.push(series);
  }

  /** It has a sample at a moment. */
  extend(series: SeriesRef, at: Millis): void {
    if (at < this.first.get(series)) this.first.set(series, at);
    if (at > this.last.get(series)) this.last.set(series, at);
    if (at > this.newest) this.newest = at;
  }

  /** Whether it has a sample or an end at `from <= t <= to`, as far as its bounds say. */
  mayHave(series: SeriesRef, from: Millis, to: Millis): boolean {
    if (this.first.get(series) <= to && this.last.get(series) >= from) return true;
    return this.ends(series).some(at => from <= at && at <= to);
  }

  /** Moments at which it ended, oldest first, as scrapes up to a number have said. */
  ends(series: SeriesRef, upTo = Number.POSITIVE_INFINITY): readonly Millis[] {
    const ends = this.#ends.get(series);
    if (!ends) return NONE;
    if (upTo >= ends.newest) return ends.times;
    return ends.times.filter((_, i) => (ends.sequences[i] as number) <= upTo);
  }

  /** @param sequence the number of the scrape that says so; 0: the file */
  addEnd(series: SeriesRef, at: Millis, sequence = 0): void {
    const ends = this.#ends.get(series) ?? { times: [], sequences: [], newest: 0 };
    const place = lowerBound(ends.times, at);
    if (ends.times[place] === at) return;
    ends.times.splice(place, 0, at);
    ends.sequences.splice(place, 0, sequence);
    ends.newest = Math.max(ends.newest, sequence);
    this.#ends.set(series, ends);
  }

  /** Forgets where series ended before a moment. */
  clearEndsBefore(before: Millis): void {
    for (const [series, { times, sequences }] of this.#ends) {
      const count = lowerBound(times, before);
      if (count === 0) continue;
      times.splice(0, count);
      sequences.splice(0, count);
      if (times.length === 0) this.#ends.delete(series);
    }
  }

  /** Nothing of it is in chunks; what the head has stays. */
  clearChunks(series: SeriesRef): void {
    this.sealedTo.set(series, Number.NEGATIVE_INFINITY);
    this.chunks.set(series, 0);
    this.small.set(series, 0);
  }

  /** No series has a sample: they are put in again. */
  clearTimes(): void {
    this.newest = Number.NEGATIVE_INFINITY;
    for (let series = 0; series < this.#bound; series++) {
      this.first.set(series, Number.POSITIVE_INFINITY);
      this.last.set(series, Number.NEGATIVE_INFINITY);
    }
  }

  /** It never ended. */
  clearEnds(series: SeriesRef): void {
    this.#ends.delete(series);
  }
}

const NONE: readonly Millis[] = [];

interface SeriesEnds {
  readonly times: Millis[];
  readonly sequences: number[];
  /** The greatest of them. */
  newest: number;
}
