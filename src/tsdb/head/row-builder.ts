// A row of the head while samples come to it.

import type { Millis } from '../../model/time.js';
import type { SeriesRef, StoredSeries } from '../index/series-columns.js';
import { type HeadRow, WholeValues } from './head-row.js';
import { IntegerColumn, type NumberColumn } from './number-column.js';

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

/** A row that is being filled. */
export class RowBuilder {
  readonly #at: Millis;
  readonly #slot: number;
  readonly #stored: StoredSeries;
  readonly #columns: Columns;
  /** All values so far. */
  readonly values: NumberColumn;
  #nans: Set<number> | undefined;

  /** @param values memory for them; what is in it is lost */
  constructor(at: Millis, slot: number, stored: StoredSeries, columns: Columns, values: NumberColumn) {
    this.#at = at;
    this.#slot = slot;
    this.#stored = stored;
    this.#columns = columns;
    this.values = values;
    values.clear();
  }

  /** A series' sample; false when it has one in this row already. */
  set(series: SeriesRef, value: number): boolean {
    if (this.#stored.lastSlot.get(series) === this.#slot) return false;
    const column = this.#columnOf(series);
    this.values.set(column, value);
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
    const column = this.#columns.columnOf(series);
    this.#stored.column.set(series, column);
    this.#stored.fromSlot.set(series, this.#slot);
    return column;
  }

  /** The row as it is by now. */
  row(ended: readonly SeriesRef[], isLogged: boolean): HeadRow {
    return { at: this.#at, values: new WholeValues(this.values), nans: this.#nans, ended, isLogged };
  }
}
