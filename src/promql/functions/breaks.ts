// Places where a series breaks: found once for a series, so that a window costs what breaks in it.

/** The places of a series at which a value does not follow from the one before, and those of them within a window. */
export class Breaks {
  /** Positions of the later one of each two values, ascending. */
  readonly positions: readonly number[];
  /** Those within the window are at `first <= i < past`. */
  first = 0;
  past = 0;

  private constructor(positions: readonly number[]) {
    this.positions = positions;
  }

  /** Counter resets: a value below the one before. */
  static resets(values: Float64Array): Breaks {
    const positions: number[] = [];
    let before = values[0] as number;
    for (let i = 1; i < values.length; i++) {
      const value = values[i] as number;
      if (value < before) positions.push(i);
      before = value;
    }
    return new Breaks(positions);
  }

  /** Any other value than the one before; NaN is the same as NaN. */
  static changes(values: Float64Array): Breaks {
    const positions: number[] = [];
    for (let i = 1; i < values.length; i++) {
      const before = values[i - 1] as number;
      const value = values[i] as number;
      if (value !== before && !(Number.isNaN(value) && Number.isNaN(before))) positions.push(i);
    }
    return new Breaks(positions);
  }

  /** Moves on to the window of samples `lo <= i < hi`; a break at its first sample lies outside of it. */
  moveTo(lo: number, hi: number): void {
    const { positions } = this;
    while (this.first < positions.length && (positions[this.first] as number) <= lo) this.first++;
    while (this.past < positions.length && (positions[this.past] as number) < hi) this.past++;
  }

  /** How many are within the window. */
  get count(): number {
    return this.past - this.first;
  }
}
