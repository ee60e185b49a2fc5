// A row of the head while samples come to it.

import type { Millis } from '../../model/time.js';
import { type HeadRow, WholeValues } from './head-row.js';
import { IntegerColumn } from './number-column.js';
import type { SeriesRef, StoredSeries } from './stored-series.js';

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
  take(series: SeriesRef): number {
    const column = this.#free.pop() ?? this.#length++;
    this.#series.set(column, series);
    return column;
  }

  free(column: number): void {
    this.#series.set(column, -1);
    this.#free.push(column);
  }
}

/** A row that is being filled. */
export class RowBuilder {
  readonly #at: Millis;
  readonly #slot: number;
  readonly #stored: StoredSeries;
  readonly #columns: Columns;
  #values: Float64Array;
  #nans: Set<number> | undefined;

  /** @param memory for the values, if it is enough; what is in it is lost */
  constructor(at: Millis, slot: number, stored: StoredSeries, columns: Columns, memory: Float64Array) {
    this.#at = at;
    this.#slot = slot;
    this.#stored = stored;
    this.#columns = columns;
    const isEnough = memory.length >= columns.length;
    this.#values = isEnough ? memory : new Float64Array(widthFor(columns.length));
    this.#values.fill(Number.NaN);
  }

  /** All values so far; those behind the last column are NaN. */
  get values(): Float64Array {
    return this.#values;
  }

  /** A series' sample; false when it has one in this row already. */
  set(series: SeriesRef, value: number): boolean {
    if (this.#stored.lastSlot.get(series) === this.#slot) return false;
    const column = this.#columnOf(series);
    this.#values[column] = value;
    if (Number.isNaN(value)) {
      this.#nans ??= new Set();
      this.#nans.add(column);
    }
    this.#stored.lastSlot.set(series, this.#slot);
    this.#stored.extend(series, this.#at);
    return true;
  }

  #columnOf(series: SeriesRef): number {
    const known = this.#stored.column.get(series);
    if (known >= 0) return known;
    const column = this.#columns.take(series);
    this.#stored.column.set(series, column);
    this.#stored.fromSlot.set(series, this.#slot);
    if (column >= this.#values.length) this.#widen(column);
    return column;
  }

  #widen(column: number): void {
    const wider = new Float64Array(widthFor(column + 1)).fill(Number.NaN);
    wider.set(this.#values);
    this.#values = wider;
  }

  /** The row as it is by now. */
  row(ended: readonly SeriesRef[], isLogged: boolean): HeadRow {
    return { at: this.#at, values: new WholeValues(this.#values), nans: this.#nans, ended, isLogged };
  }
}

/** Values for so many columns and some more. */
function widthFor(columns: number): number {
  return Math.max(64, Math.ceil(columns * 1.25));
}
