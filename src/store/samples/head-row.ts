// A scrape's values by column, kept as what differs from the scrape before: most series do not change for hours.

import type { Millis } from '../../model/time.js';
import type { SeriesRef } from './stored-series.js';

/** One scrape. */
export interface HeadRow {
  readonly at: Millis;
  /** By column; NaN is nothing, unless the column is in `nans`. */
  values: RowValues;
  /** Columns whose value is NaN. */
  readonly nans: ReadonlySet<number> | undefined;
  /** Series that were in the scrape before and are not in this one. */
  readonly ended: readonly SeriesRef[];
  /** On disk. */
  isLogged: boolean;
}

/** Whether a column has a sample in a row. */
export function isSample(row: HeadRow, column: number, value: number): boolean {
  return !Number.isNaN(value) || (row.nans?.has(column) ?? false);
}

/** The values of one scrape: NaN is nothing, or a NaN of the column's. */
export interface RowValues {
  /** A column's value; undefined when it is that of the row before. */
  get(column: number): number | undefined;
  /** Writes what differs from the row before over that row's values. */
  applyTo(values: Float64Array): void;
}

/** Every value. */
export class WholeValues implements RowValues {
  readonly #values: Float64Array;

  /** @param values which nobody else writes to */
  constructor(values: Float64Array) {
    this.#values = values;
  }

  get(column: number): number {
    return this.#values[column] ?? Number.NaN;
  }

  applyTo(values: Float64Array): void {
    values.fill(Number.NaN);
    values.set(this.#values);
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

  /** Of two rows' values; where one has no column it has nothing. */
  constructor(before: Float64Array, after: Float64Array) {
    const width = Math.max(before.length, after.length);
    this.#bits = new Uint32Array(Math.ceil(width / WORD));
    for (let column = 0; column < width; column++) {
      if (Object.is(before[column] ?? Number.NaN, after[column] ?? Number.NaN)) continue;
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
      this.#values[at++] = after[column] ?? Number.NaN;
    });
  }

  get(column: number): number | undefined {
    const word = Math.floor(column / WORD);
    const bits = this.#bits[word] ?? 0;
    const bit = 1 << (column % WORD);
    if ((bits & bit) === 0) return undefined;
    return this.#values[(this.#ranks[word] as number) + ones(bits & (bit - 1))];
  }

  applyTo(values: Float64Array): void {
    let at = 0;
    this.#each(column => {
      values[column] = this.#values[at++] as number;
    });
  }

  /** Calls back for each column that differs, in order. */
  #each(differs: (column: number) => void): void {
    for (let word = 0; word < this.#bits.length; word++) {
      for (let bits = this.#bits[word] as number; bits !== 0; bits &= bits - 1)
        differs(word * WORD + WORD - 1 - Math.clz32(bits & -bits));
    }
  }
}

/** How many bits are set. */
function ones(bits: number): number {
  let pairs = bits - ((bits >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
