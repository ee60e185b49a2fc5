// A row of the head while samples come to it.

import type { Millis } from '../../model/time.js';
import type { StoredSeries } from '../index/series-columns.js';
import type { SeriesRef } from '../index/series-ref.js';
import { type HeadRow, WholeValues } from './head-row.js';
import { IntegerColumn, type NumberColumn } from './number-column.js';
import type { TimedRow } from './timed-samples.js';

/** Whose the columns are. */
export class Columns {
  readonly #series = new IntegerColumn(-1);
  readonly #free: number[] = [];
  #length = 0;

  /** One more than the last. */
  get length(): number {
    return this.#length;
  }

  /** The series that has a column; -1 when none has. */
  at(column: number): SeriesRef {
    return this.#series.get(column);
  }

  series(): SeriesRef[] {
    const series: SeriesRef[] = [];
    for (let column = 0; column < this.#length; column++)
      if (this.at(column) >= 0) series.push(this.at(column));
    return series;
  }

  /** Gives a series a column. */
  columnOf(series: SeriesRef): number {
    const column = this.#free.pop() ?? this.#length++;
    this.#series.set(column, series);
    return column;
  }

  free(column: number): void {
    this.#series.set(column, -1);
    this.#free.push(column);
  }
}

/** What a row is begun with. */
interface RowStart {
  readonly at: Millis;
  readonly slot: number;
  readonly sequence: number;
  /** The number of its head. */
  readonly head: number;
  readonly columns: Columns;
  /** Memory for the values; what is in it is lost. */
  readonly values: NumberColumn;
}

/** A row that is being filled. */
export class RowBuilder {
  readonly #start: RowStart;
  readonly #stored: StoredSeries;
  #nans: Set<number> | undefined;
  #timed: TimedRow | undefined;

  constructor(start: RowStart, stored: StoredSeries) {
    this.#start = start;
    this.#stored = stored;
    start.values.clear();
  }

  /** All values so far. */
  get values(): NumberColumn {
    return this.#start.values;
  }

  /** A series' sample; false when it has one in this row already. */
  set(series: SeriesRef, value: number): boolean {
    if (this.has(series)) return false;
    const { at, slot } = this.#start;
    const column = this.#columnOf(series);
    this.values.set(column, value);
    if (Number.isNaN(value)) {
      this.#nans ??= new Set();
      this.#nans.add(column);
    }
    this.#stored.places.lastSlot.set(series, slot);
    this.#extend(series, at);
    return true;
  }

  /**
   * A series' sample in the usual case, which is much cheaper than to find out which it is: the series has its column and had
   * its last sample here, before this row. @returns false when it is another case, and nothing is done
   */
  setNext(series: SeriesRef, value: number): boolean {
    const { at, slot, head } = this.#start;
    const { places, writer, last } = this.#stored;
    const column = places.column.get(series);
    const before = last.get(series);
    const isUsual =
      column >= 0 &&
      before < at &&
      before !== Number.NEGATIVE_INFINITY &&
      places.head.get(series) === head &&
      writer.get(series) === head;
    if (!isUsual) return false;
    this.values.set(column, value);
    if (Number.isNaN(value)) {
      this.#nans ??= new Set();
      this.#nans.add(column);
    }
    places.lastSlot.set(series, slot);
    last.set(series, at);
    if (at > this.#stored.newest) this.#stored.newest = at;
    return true;
  }

  /** Whether a series has a sample in this row. */
  has(series: SeriesRef): boolean {
    const { places } = this.#stored;
    return places.lastSlot.get(series) === this.#start.slot && places.head.get(series) === this.#start.head;
  }

  /** A series' sample with a time of its own. */
  addTimed(series: SeriesRef, at: Millis, value: number): void {
    this.#timed ??= { series: [], times: [], values: [] };
    this.#timed.series.push(series);
    this.#timed.times.push(at);
    this.#timed.values.push(value);
    this.#extend(series, at);
  }

  #extend(series: SeriesRef, at: Millis): void {
    this.#stored.writer.set(series, this.#start.head);
    this.#stored.extend(series, at);
  }

  #columnOf(series: SeriesRef): number {
    const { places } = this.#stored;
    places.moveTo(series, this.#start.head);
    const known = places.column.get(series);
    if (known >= 0) return known;
    const column = this.#start.columns.columnOf(series);
    places.column.set(series, column);
    places.fromSlot.set(series, this.#start.slot);
    return column;
  }

  /** The row as it is by now. */
  row(ended: readonly SeriesRef[], isLogged: boolean): HeadRow {
    const { at, sequence } = this.#start;
    const values = new WholeValues(this.values);
    return { at, sequence, values, nans: this.#nans, timed: this.#timed, ended, isLogged, logId: 0 };
  }
}
