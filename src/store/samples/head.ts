// The newest scrapes in memory, a row each with a column for each series, until their samples are in chunks. Comes
// in: rows; goes out: a series' samples.

import type { Millis } from '../../model/time.js';
import type { Run } from './chunk-table.js';
import { Slab } from './slab.js';
import type { StoredSeries } from './stored-series.js';

/** One scrape. Replaced as long as samples are added to it, never changed. */
export interface HeadRow {
  readonly at: Millis;
  /** By column; NaN is nothing, unless the column is in `nans`. As long as samples are added a part of a larger array. */
  readonly values: Float64Array;
  readonly nans: ReadonlySet<number> | undefined;
  /** Series that were in the scrape before and are not in this one. */
  readonly ended: readonly StoredSeries[];
  /** On disk. */
  isLogged: boolean;
}

/** Whole rows by slot: a row's number since the start. */
export class Head {
  readonly #columns: (StoredSeries | undefined)[] = [];
  readonly #free: number[] = [];
  #rows: HeadRow[] = [];
  #times = new Float64Array();
  /** The slot of the oldest row. */
  #base = 0;

  get rows(): readonly HeadRow[] {
    return this.#rows;
  }

  /** The slot the next row will have. */
  get nextSlot(): number {
    return this.#base + this.#rows.length;
  }

  /** The newest row's time. */
  get last(): Millis {
    return this.#rows.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  }

  /** Series with a column. */
  series(): StoredSeries[] {
    return this.#columns.filter(series => series !== undefined);
  }

  /** Begins a row; its samples are {@link RowBuilder.set} one by one. */
  begin(at: Millis): RowBuilder {
    return new RowBuilder(at, this.nextSlot, this.#columns, this.#free);
  }

  push(row: HeadRow): void {
    this.#rows.push(row);
    // A new array for every row: the old one may be in somebody's hands.
    this.#times = Float64Array.from(this.#rows, each => each.at);
  }

  /** Shows the newest row as it is by now, before anything of it is on disk. */
  replaceLast(row: HeadRow): void {
    this.#rows[this.#rows.length - 1] = row;
  }

  /** No more samples come to the newest row: it takes no more memory than it needs. */
  settle(): void {
    const row = this.#rows.at(-1);
    if (row && row.values.length * 8 < row.values.buffer.byteLength)
      this.replaceLast({ ...row, values: row.values.slice() });
  }

  /** Calls back for the series in the columns of a row, with their values. */
  each(row: HeadRow, sample: (series: StoredSeries, value: number) => void): void {
    for (let column = 0; column < row.values.length; column++) {
      const series = this.#columns[column];
      if (series && this.#has(row, column)) sample(series, row.values[column] as number);
    }
  }

  /** The moment from which on a series' samples are all here. */
  from(series: StoredSeries): Millis {
    if (series.column < 0) return Number.POSITIVE_INFINITY;
    return this.#rows[Math.max(series.fromSlot - this.#base, 0)]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** A series' samples at `from <= t <= to`. Equal times of series without gaps are one array. Values are on `slab`. */
  read(series: StoredSeries, from: Millis, to: Millis, slab = new Slab()): Run {
    const start = Math.max(lowerBound(this.#times, from), series.fromSlot - this.#base, 0);
    const end = upperBound(this.#times, to);
    const values = slab.take(Math.max(end - start, 0));
    const present: number[] = [];
    for (let i = start; i < end; i++) {
      const row = this.#rows[i] as HeadRow;
      if (!this.#has(row, series.column)) continue;
      values[present.length] = row.values[series.column] as number;
      present.push(i);
    }
    if (present.length === end - start) return { times: this.#shared(start, end), values };
    return {
      times: Float64Array.from(present, i => this.#times[i] as Millis),
      values: values.subarray(0, present.length),
    };
  }

  /** A series' newest sample, if it is here and not in what was imported beyond it. */
  lastValue(series: StoredSeries): number | undefined {
    if (series.column < 0) return undefined;
    const row = this.#rows[series.lastSlot - this.#base];
    return row?.at === series.last ? row.values[series.column] : undefined;
  }

  #sharedTimes = { of: this.#times, start: 0, end: 0, times: this.#times };

  #shared(start: number, end: number): Float64Array {
    const shared = this.#sharedTimes;
    if (shared.of === this.#times && shared.start === start && shared.end === end) return shared.times;
    const times = this.#times.subarray(start, end);
    this.#sharedTimes = { of: this.#times, start, end, times };
    return times;
  }

  #has(row: HeadRow, column: number): boolean {
    const value = row.values[column];
    return value !== undefined && (!Number.isNaN(value) || (row.nans?.has(column) ?? false));
  }

  /** Lets go of the oldest rows, and of the columns of series that have no other. */
  drop(count: number): void {
    this.#rows = this.#rows.slice(count);
    this.#times = this.#times.slice(count);
    this.#base += count;
    for (const [column, series] of this.#columns.entries()) {
      if (!series || series.lastSlot >= this.#base) continue;
      series.column = -1;
      this.#columns[column] = undefined;
      this.#free.push(column);
    }
  }
}

/** A row that is being filled. */
export class RowBuilder {
  readonly #at: Millis;
  readonly #slot: number;
  readonly #columns: (StoredSeries | undefined)[];
  readonly #free: number[];
  #values: Float64Array;
  #nans: Set<number> | undefined;

  constructor(at: Millis, slot: number, columns: (StoredSeries | undefined)[], free: number[]) {
    this.#at = at;
    this.#slot = slot;
    this.#columns = columns;
    this.#free = free;
    this.#values = new Float64Array(columns.length).fill(Number.NaN);
  }

  /** A series' sample; false when it has one in this row already. */
  set(series: StoredSeries, value: number): boolean {
    if (series.lastSlot === this.#slot) return false;
    if (series.column < 0) this.#place(series);
    if (series.column >= this.#values.length) this.#widen();
    this.#values[series.column] = value;
    if (Number.isNaN(value)) {
      this.#nans ??= new Set();
      this.#nans.add(series.column);
    }
    series.lastSlot = this.#slot;
    series.first = Math.min(series.first, this.#at);
    series.last = Math.max(series.last, this.#at);
    return true;
  }

  #place(series: StoredSeries): void {
    series.column = this.#free.pop() ?? this.#columns.length;
    series.fromSlot = this.#slot;
    this.#columns[series.column] = series;
  }

  #widen(): void {
    const wider = new Float64Array(Math.max(this.#columns.length, this.#values.length * 2, 64)).fill(
      Number.NaN,
    );
    wider.set(this.#values);
    this.#values = wider;
  }

  done(ended: readonly StoredSeries[], isLogged: boolean): HeadRow {
    const values = this.#values.subarray(0, this.#columns.length);
    return { at: this.#at, values, nans: this.#nans, ended, isLogged };
  }
}

/** The first index at which times are not before a moment. */
export function lowerBound(times: Float64Array, at: Millis): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first index at which times are after a moment. */
export function upperBound(times: Float64Array, at: Millis): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
