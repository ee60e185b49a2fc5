// The newest scrapes of one stream in memory, a row each with a column for each of its series, until their samples are in
// chunks. Comes in: rows; goes out: a series' samples.

import { lowerBound, upperBound } from '../../model/sorted.js';
import type { Millis } from '../../model/time.js';
import type { Run } from '../chunks/run.js';
import type { StoredSeries } from '../index/series-columns.js';
import type { SeriesRef } from '../index/series-ref.js';
import { Arena } from './arena.js';
import { ChangedValues, emptyValues, type HeadRow, isSample, WholeValues } from './head-row.js';
import type { NumberColumn } from './number-column.js';
import type { Place } from './places.js';
import { Columns, RowBuilder } from './row-builder.js';

/** The number of the last scrape. */
export interface Sequence {
  last: number;
}

/** Rows by slot: a row's number since the start. The oldest has all values, the others what differs. */
export class Head {
  /** Its number among the heads. */
  readonly number: number;
  /** Whose scrapes these are; undefined: the monitor's own. */
  readonly stream: string | undefined;
  /** The stream's number in the file; 0 until it has one, and of the monitor's own. */
  id = 0;
  /** The stream is over: no more rows come, and what is here can go to chunks. */
  isOver = false;
  /** The newest row that is queued to be sent to other storages. */
  queuedTo: Millis = Number.NEGATIVE_INFINITY;
  /** Series that had samples with times of their own since the last block. */
  readonly timed = new Set<SeriesRef>();
  readonly #sequence: Sequence;
  readonly #stored: StoredSeries;
  readonly #columns = new Columns();
  #rows: HeadRow[] = [];
  #times = new Float64Array();
  /** The slot of the oldest row. */
  #base = 0;
  /** The row that samples may still be added to. */
  #open: RowBuilder | undefined;
  #last: Millis = Number.NEGATIVE_INFINITY;
  /** All values of the newest row that none are added to. */
  #newest = emptyValues();
  /** All values of another row that was looked at last. */
  #walked: { readonly row: HeadRow; readonly values: NumberColumn } | undefined;
  /** Memory for the next row's values. */
  #spare = emptyValues();

  /** @param sequence numbers the scrapes of all heads */
  constructor(stored: StoredSeries, number = 0, stream?: string, sequence: Sequence = { last: 0 }) {
    this.#stored = stored;
    this.number = number;
    this.stream = stream;
    this.#sequence = sequence;
  }

  /** Whether samples may still be added to the newest row. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  get rows(): readonly HeadRow[] {
    return this.#rows;
  }

  /** The slot the next row will have. */
  get nextSlot(): number {
    return this.#base + this.#rows.length;
  }

  /** The newest row's time, also when it is in chunks by now. */
  get last(): Millis {
    return this.#last;
  }

  /** Lets go of all rows, and of when they were. */
  clear(): void {
    this.drop(this.#rows.length);
    this.timed.clear();
    this.#last = Number.NEGATIVE_INFINITY;
  }

  /** Series with a column. */
  series(): SeriesRef[] {
    return this.#columns.series();
  }

  /** How many columns there are. */
  get width(): number {
    return this.#columns.length;
  }

  /** Begins a row; its samples are {@link RowBuilder.set} one by one. */
  beginRow(at: Millis): RowBuilder {
    this.settle();
    const start = {
      at,
      slot: this.nextSlot,
      sequence: ++this.#sequence.last,
      head: this.number,
      columns: this.#columns,
      values: this.#spare,
    };
    return new RowBuilder(start, this.#stored);
  }

  /** Shows a row that was begun; samples may still be added to it, and shown by {@link update}. */
  push(builder: RowBuilder, ended: readonly SeriesRef[], isLogged: boolean): void {
    this.#open = builder;
    this.isOver = false;
    const row = builder.row(ended, isLogged);
    this.#rows.push(row);
    this.#last = row.at;
    // A new array for every row: the old one may still be in use.
    const times = new Float64Array(this.#rows.length);
    times.set(this.#times);
    times[times.length - 1] = row.at;
    this.#times = times;
  }

  /** Shows the newest row as it is by now, before anything of it is on disk. */
  update(ended: readonly SeriesRef[]): void {
    if (this.#open) this.#rows[this.#rows.length - 1] = this.#open.row(ended, false);
  }

  /** The number of the first row that is in the log of streams; infinite when none is. */
  get firstLogId(): number {
    return this.#rows.find(({ isLogged, logId }) => isLogged && logId > 0)?.logId ?? Number.POSITIVE_INFINITY;
  }

  /** Rows at the end that are not on disk. */
  waiting(): HeadRow[] {
    return this.#rows.slice(this.#rows.findLastIndex(row => row.isLogged) + 1);
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

  /** The moment from which on the samples of a series with that place are all here. */
  from({ fromSlot }: Pick<Place, 'fromSlot'>): Millis {
    return this.#rows[Math.max(fromSlot - this.#base, 0)]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** The slot of the first row after a moment. */
  slotAfter(at: Millis): number {
    return this.#base + upperBound(this.#times, at);
  }

  /**
   * A series' samples at `from <= t <= to`, of scrapes up to a number. Equal times of series without gaps are one array.
   * Values are allocated in `arena`.
   */
  read(
    { column, fromSlot }: Pick<Place, 'column' | 'fromSlot'>,
    from: Millis,
    to: Millis,
    arena = new Arena(),
    upTo = Number.POSITIVE_INFINITY,
  ): Run {
    const start = Math.max(lowerBound(this.#times, from), fromSlot - this.#base, 0);
    const end = this.#seen(upperBound(this.#times, to), upTo);
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

  /** As many of the first rows as are of scrapes up to a number. */
  #seen(count: number, upTo: number): number {
    let seen = count;
    while (seen > 0 && (this.#rows[seen - 1] as HeadRow).sequence > upTo) seen--;
    return seen;
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

  /** The value in a slot's row, if that is the row of a moment and of a scrape up to a number. */
  valueAt(column: number, slot: number, at: Millis, upTo: number): number | undefined {
    const index = slot - this.#base;
    const row = this.#rows[index];
    if (row?.at !== at || row.sequence > upTo) return undefined;
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

  /**
   * Lets go of the oldest rows, and of the columns of series that have no other.
   * @param left called for a series that has no samples here any more
   */
  drop(count: number, left: (series: SeriesRef) => void = series => this.#leave(series)): void {
    const oldest = this.#rows[count];
    if (!oldest) this.#open = undefined;
    else if (!this.#open || count < this.#rows.length - 1)
      oldest.values = new WholeValues(this.#whole(count));
    this.#rows = this.#rows.slice(count);
    this.#times = this.#times.slice(count);
    this.#base += count;
    for (const series of this.#columns.series()) {
      const place = this.#stored.places.in(series, this.number);
      if (!place || place.lastSlot >= this.#base) continue;
      this.#columns.free(place.column);
      left(series);
    }
  }

  #leave(series: SeriesRef): void {
    this.#stored.places.leave(series, this.number, place => place.fromSlot);
  }
}

function copyOf(values: NumberColumn): NumberColumn {
  const copy = emptyValues();
  copy.assign(values);
  return copy;
}
