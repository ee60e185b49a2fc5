// What the store knows of each series, but for its labels and samples: in columns, as there may be a hundred thousand.

import type { Millis } from '../../model/time.js';
import { IntegerColumn, NumberColumn } from '../head/number-column.js';
import { Places } from '../head/places.js';

/** A series' number in memory. One that nothing holds any more is given to another series. */
export type SeriesRef = number;

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
  /** Moments at which a series ended, oldest first. Most never did. */
  readonly #ends = new Map<SeriesRef, Millis[]>();
  readonly #free: SeriesRef[] = [];
  #bound = 0;

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
  }

  /** Whether it has a sample or an end at `from <= t <= to`, as far as its bounds say. */
  mayHave(series: SeriesRef, from: Millis, to: Millis): boolean {
    if (this.first.get(series) <= to && this.last.get(series) >= from) return true;
    return this.ends(series).some(at => from <= at && at <= to);
  }

  /** Moments at which it ended, oldest first. */
  ends(series: SeriesRef): readonly Millis[] {
    return this.#ends.get(series) ?? NONE;
  }

  addEnd(series: SeriesRef, at: Millis): void {
    const ends = this.#ends.get(series);
    if (!ends) this.#ends.set(series, [at]);
    else if (at > (ends.at(-1) as Millis)) ends.push(at);
  }

  /** Forgets where series ended before a moment. */
  clearEndsBefore(before: Millis): void {
    for (const [series, ends] of this.#ends) {
      if ((ends[0] as Millis) >= before) continue;
      const rest = ends.filter(end => end >= before);
      if (rest.length > 0) this.#ends.set(series, rest);
      else this.#ends.delete(series);
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
