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
    const { length } = values;
    const note = (i: number) => {
      if ((values[i] as number) < (values[i - 1] as number)) positions.push(i);
    };
    // Nearly none resets: four at a time take half as long.
    let i = 1;
    for (let a = values[0] as number; i + 4 <= length; i += 4) {
      const b = values[i] as number;
      const c = values[i + 1] as number;
      const d = values[i + 2] as number;
      const e = values[i + 3] as number;
      if (b < a || c < b || d < c || e < d) for (let j = 0; j < 4; j++) note(i + j);
      a = e;
    }
    for (; i < length; i++) note(i);
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

  /** Adds to the growth within a window what the values before its breaks came to. */
  addLost(growth: number, values: Float64Array, lo: number, hi: number): number {
    this.moveTo(lo, hi);
    let sum = growth;
    for (let i = this.first; i < this.past; i++) sum += values[(this.positions[i] as number) - 1] as number;
    return sum;
  }

  /** How many are within the window. */
  get count(): number {
    return this.past - this.first;
  }
}
