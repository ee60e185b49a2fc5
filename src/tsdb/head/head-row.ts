// A scrape's values by column, kept as what differs from the scrape before: most series do not change for hours.

import type { Millis } from '../../model/time.js';
import { ones } from '../codec/bits.js';
import type { SeriesRef } from '../index/series-ref.js';
import { NumberColumn } from './number-column.js';
import type { TimedRow } from './timed-samples.js';

/** One scrape. */
export interface HeadRow {
  readonly at: Millis;
  /** Scrapes of all streams are numbered in the order they came. */
  readonly sequence: number;
  /** By column; NaN is nothing, unless the column is in `nans`. */
  values: RowValues;
  /** Columns whose value is NaN. */
  readonly nans: ReadonlySet<number> | undefined;
  /** Series that were in the scrape before and are not in this one. */
  readonly ended: readonly SeriesRef[];
  /** Samples with times of their own, until they are on disk. */
  timed: TimedRow | undefined;
  /** On disk. */
  isLogged: boolean;
  /** The number of its row in the log of streams; 0 when it has none. */
  logId: number;
}

/** Whether a column has a sample in a row. */
export function isSample(row: HeadRow, column: number, value: number): boolean {
  return !Number.isNaN(value) || (row.nans?.has(column) ?? false);
}

/** The values of one scrape: NaN is nothing, or a NaN of the column's. */
interface RowValues {
  /** A column's value; undefined when it is that of the row before. */
  get(column: number): number | undefined;
  /** Writes what differs from the row before over that row's values. */
  applyTo(values: NumberColumn): void;
}

/** Room for a row's values: where there is none it is NaN. */
export function emptyValues(): NumberColumn {
  return new NumberColumn(Number.NaN);
}

/** Every value. */
export class WholeValues implements RowValues {
  readonly #values: NumberColumn;

  /** @param values owned by this row, unless samples are still added to it */
  constructor(values: NumberColumn) {
    this.#values = values;
  }

  get(column: number): number {
    return this.#values.get(column);
  }

  applyTo(values: NumberColumn): void {
    values.assign(this.#values);
  }
}

/** Columns of a word of bits. */
const WORD = 32;

/** What differs from the row before. */
export class ChangedValues implements RowValues {
  /** A bit for each column that differs. */
  readonly #bits: Uint32Array;
  /** How many differ before each word. */
  readonly #ranks: Uint32Array;
  readonly #values: Float64Array;

  /** Of two rows' values, of so many columns. */
  constructor(before: NumberColumn, after: NumberColumn, columns: number) {
    this.#bits = new Uint32Array(Math.ceil(columns / WORD));
    for (let column = 0; column < columns; column++) {
      if (Object.is(before.get(column), after.get(column))) continue;
      const word = Math.floor(column / WORD);
      this.#bits[word] = (this.#bits[word] as number) | (1 << (column % WORD));
    }
    let count = 0;
    this.#ranks = this.#bits.map(bits => {
      count += ones(bits);
      return count - ones(bits);
    });
    this.#values = new Float64Array(count);
    let at = 0;
    this.#each(column => {
      this.#values[at++] = after.get(column);
    });
  }

  get(column: number): number | undefined {
    const word = Math.floor(column / WORD);
    const bits = this.#bits[word] ?? 0;
    const bit = 1 << (column % WORD);
    if ((bits & bit) === 0) return undefined;
    return this.#values[(this.#ranks[word] as number) + ones(bits & (bit - 1))];
  }

  applyTo(values: NumberColumn): void {
    let at = 0;
    this.#each(column => values.set(column, this.#values[at++] as number));
  }

  /** Calls back for each column that differs, in order. */
  #each(differs: (column: number) => void): void {
    for (let word = 0; word < this.#bits.length; word++) {
      for (let bits = this.#bits[word] as number; bits !== 0; bits &= bits - 1)
        differs(word * WORD + WORD - 1 - Math.clz32(bits & -bits));
    }
  }
}
