// The newest scrapes in memory, a row each with a column for each series, until their samples are in chunks. Comes
// in: rows; goes out: a series' samples.

import { lowerBound, upperBound } from '../../model/sorted.js';
import type { Millis } from '../../model/time.js';
import type { Run } from '../chunks/chunk-table.js';
import type { SeriesRef, StoredSeries } from '../index/series-columns.js';
import { Arena } from './arena.js';
import { ChangedValues, emptyValues, type HeadRow, isSample, WholeValues } from './head-row.js';
import type { NumberColumn } from './number-column.js';
import { Columns, RowBuilder } from './row-builder.js';

/** Rows by slot: a row's number since the start. The oldest has all values, the others what differs. */
export class Head {
  readonly #stored: StoredSeries;
  readonly #columns = new Columns();
  #rows: HeadRow[] = [];
  #times = new Float64Array();
  /** The slot of the oldest row. */
  #base = 0;
  /** The row that samples may still be added to. */
  #open: RowBuilder | undefined;
  /** All values of the newest row that none are added to. */
  #newest = emptyValues();
  /** All values of another row that was looked at last. */
  #walked: { readonly row: HeadRow; readonly values: NumberColumn } | undefined;
  /** Memory for the next row's values. */
  #spare = emptyValues();

  constructor(stored: StoredSeries) {
    this.#stored = stored;
  }

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
  series(): SeriesRef[] {
    return this.#columns.series();
  }

  /** Begins a row; its samples are {@link RowBuilder.set} one by one. */
  beginRow(at: Millis): RowBuilder {
    this.settle();
    return new RowBuilder(at, this.nextSlot, this.#stored, this.#columns, this.#spare);
  }

  /** Shows a row that was begun; samples may still be added to it, and shown by {@link update}. */
  push(builder: RowBuilder, ended: readonly SeriesRef[], isLogged: boolean): void {
    this.#open = builder;
    this.#rows.push(builder.row(ended, isLogged));
    // A new array for every row: the old one may still be in use.
    this.#times = Float64Array.from(this.#rows, each => each.at);
  }

  /** Shows the newest row as it is by now, before anything of it is on disk. */
  update(ended: readonly SeriesRef[]): void {
    if (this.#open) this.#rows[this.#rows.length - 1] = this.#open.row(ended, false);
  }

  /** No more samples come to the newest row: it takes no more memory than it needs. */
  settle(): void {
    const row = this.#rows.at(-1);
    if (!this.#open || !row) return;
    const { values } = this.#open;
    const isOnly = this.#rows.length === 1;
    row.values = isOnly
      ? new WholeValues(copyOf(values))
      : new ChangedValues(this.#newest, values, this.#columns.length);
    this.#spare = this.#newest;
    this.#newest = values;
    this.#open = undefined;
  }

  /** Calls back for the series in the columns of a row, with their values. */
  each(row: HeadRow, sample: (series: SeriesRef, value: number) => void): void {
    const values = this.#valuesOf(row);
    for (let column = 0; column < this.#columns.length; column++) {
      const series = this.#columns.at(column);
      const value = values.get(column);
      if (series >= 0 && isSample(row, column, value)) sample(series, value);
    }
  }

  /** All values of a row; not for keeping. Those of the row after it cost no more than what differs. */
  #valuesOf(row: HeadRow): NumberColumn {
    const walked = this.#walked;
    this.#walked = undefined;
    if (row === this.#rows.at(-1)) return this.#open?.values ?? this.#newest;
    const index = this.#rows.indexOf(row);
    const values = walked && index > 0 && walked.row === this.#rows[index - 1] ? walked.values : undefined;
    if (values) row.values.applyTo(values);
    this.#walked = walked?.row === row ? walked : { row, values: values ?? this.#whole(index) };
    return this.#walked.values;
  }

  /** A copy of all values of a row. */
  #whole(index: number): NumberColumn {
    const values = emptyValues();
    for (const row of this.#rows.slice(0, index + 1)) row.values.applyTo(values);
    return values;
  }

  /** The moment from which on a series' samples are all here. */
  from(series: SeriesRef): Millis {
    if (this.#stored.column.get(series) < 0) return Number.POSITIVE_INFINITY;
    const row = this.#rows[Math.max(this.#stored.fromSlot.get(series) - this.#base, 0)];
    return row?.at ?? Number.POSITIVE_INFINITY;
  }

  /** A series' samples at `from <= t <= to`. Equal times of series without gaps are one array. Values are allocated in `arena`. */
  read(series: SeriesRef, from: Millis, to: Millis, arena = new Arena()): Run {
    const column = this.#stored.column.get(series);
    const start = Math.max(lowerBound(this.#times, from), this.#stored.fromSlot.get(series) - this.#base, 0);
    const end = upperBound(this.#times, to);
    const values = arena.allocate(Math.max(end - start, 0));
    let count = 0;
    let gaps: number[] | undefined;
    let value = start < end ? this.#value(start, column) : Number.NaN;
    for (let i = start; i < end; i++) {
      const row = this.#rows[i] as HeadRow;
      value = row.values.get(column) ?? value;
      if (isSample(row, column, value)) values[count++] = value;
      else if (gaps) gaps.push(i);
      else gaps = [i];
    }
    if (!gaps) return { times: this.#shared(start, end), values };
    return { times: this.#timesWithout(gaps, start, end), values: values.subarray(0, count) };
  }

  /** Times of rows but some, which come in order. */
  #timesWithout(gaps: readonly number[], start: number, end: number): Float64Array {
    const times = new Float64Array(end - start - gaps.length);
    let gap = 0;
    for (let i = start; i < end; i++) {
      if (gaps[gap] === i) gap++;
      else times[i - start - gap] = this.#times[i] as Millis;
    }
    return times;
  }

  /** A column's value in a row: that of the newest row up to it that has one. */
  #value(index: number, column: number): number {
    for (let i = index; i >= 0; i--) {
      const value = this.#rows[i]?.values.get(column);
      if (value !== undefined) return value;
    }
    return Number.NaN;
  }

  /** A series' newest sample, if it is here and not in what was imported beyond it. */
  lastValue(series: SeriesRef): number | undefined {
    const column = this.#stored.column.get(series);
    if (column < 0) return undefined;
    const index = this.#stored.lastSlot.get(series) - this.#base;
    if (this.#rows[index]?.at !== this.#stored.last.get(series)) return undefined;
    if (index === this.#rows.length - 1) return (this.#open?.values ?? this.#newest).get(column);
    return this.#value(index, column);
  }

  #sharedTimes = { of: this.#times, start: 0, end: 0, times: this.#times };

  #shared(start: number, end: number): Float64Array {
    const shared = this.#sharedTimes;
    if (shared.of === this.#times && shared.start === start && shared.end === end) return shared.times;
    const times = this.#times.subarray(start, end);
    this.#sharedTimes = { of: this.#times, start, end, times };
    return times;
  }

  /** Lets go of the oldest rows, and of the columns of series that have no other. */
  drop(count: number): void {
    const oldest = this.#rows[count];
    if (!oldest) this.#open = undefined;
    else if (!this.#open || count < this.#rows.length - 1)
      oldest.values = new WholeValues(this.#whole(count));
    this.#rows = this.#rows.slice(count);
    this.#times = this.#times.slice(count);
    this.#base += count;
    for (const series of this.#columns.series()) {
      if (this.#stored.lastSlot.get(series) >= this.#base) continue;
      this.#columns.free(this.#stored.column.get(series));
      this.#stored.column.set(series, -1);
    }
  }
}

function copyOf(values: NumberColumn): NumberColumn {
  const copy = emptyValues();
  copy.assign(values);
  return copy;
}
