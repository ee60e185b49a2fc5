// Samples in memory that have times of their own rather than their scrape's, series by series, until they are in chunks.

import { lowerBound, upperBound } from '../../model/sorted.js';
import type { Millis } from '../../model/time.js';
import type { Run } from '../chunks/run.js';
import type { SeriesRef } from '../index/series-ref.js';

/** Samples of a scrape with times of their own: entry i of each is of one sample. */
export interface TimedRow {
  readonly series: SeriesRef[];
  readonly times: Millis[];
  readonly values: number[];
}

/** By time. */
interface TimedRun {
  readonly times: Millis[];
  readonly values: number[];
  /** The number of the scrape that brought the sample. */
  readonly sequences: number[];
}

/** Samples of all series that have such. */
export class TimedSamples {
  readonly #runs = new Map<SeriesRef, TimedRun>();

  get size(): number {
    return this.#runs.size;
  }

  /** Whether a series has such samples, or had some that were in memory at the same time as what is there of it. */
  has(series: SeriesRef): boolean {
    return this.#runs.size > 0 && this.#runs.has(series);
  }

  isEmpty(series: SeriesRef): boolean {
    return (this.#runs.get(series)?.times.length ?? 0) === 0;
  }

  /** A series' oldest sample here; infinite without any. */
  first(series: SeriesRef): Millis {
    return this.#runs.get(series)?.times[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Remembers a series that has such samples, if only in chunks. */
  touch(series: SeriesRef): void {
    if (!this.#runs.has(series)) this.#runs.set(series, { times: [], values: [], sequences: [] });
  }

  /** Samples of a series come in the order of their times, but for those that are read from the log again. */
  add(series: SeriesRef, at: Millis, value: number, sequence: number): void {
    this.touch(series);
    const { times, values, sequences } = this.#runs.get(series) as TimedRun;
    const place = lowerBound(times, at);
    if (times[place] === at) return;
    times.splice(place, 0, at);
    values.splice(place, 0, value);
    sequences.splice(place, 0, sequence);
  }

  /** A series' samples at `from <= t <= to` of scrapes up to a number. */
  read(series: SeriesRef, from: Millis, to: Millis, upTo: number): Run {
    const run = this.#runs.get(series);
    if (!run) return EMPTY;
    const [start, end] = [lowerBound(run.times, from), upperBound(run.times, to)];
    if (start >= end) return EMPTY;
    const isSeen = (_: number, i: number) => (run.sequences[start + i] as number) <= upTo;
    return {
      times: Float64Array.from(run.times.slice(start, end).filter(isSeen)),
      values: Float64Array.from(run.values.slice(start, end).filter(isSeen)),
    };
  }

  /** Lets go of a series' samples up to a moment. */
  dropUpTo(series: SeriesRef, until: Millis): void {
    const run = this.#runs.get(series);
    if (!run) return;
    const count = upperBound(run.times, until);
    for (const column of [run.times, run.values, run.sequences]) column.splice(0, count);
  }

  /** Forgets a series. */
  delete(series: SeriesRef): void {
    this.#runs.delete(series);
  }

  clear(): void {
    this.#runs.clear();
  }
}

const EMPTY: Run = { times: new Float64Array(), values: new Float64Array() };
