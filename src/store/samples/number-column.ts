// A number for each of many things that have numbers of their own. An object for each of a hundred thousand series
// takes three times the memory, and V8's garbage collector looks at every one of them.

/** Part by which a column that is full grows: twice its size would be mostly empty. */
const GROWTH = 1.25;
const AT_LEAST = 64;

function lengthFor(index: number): number {
  return Math.max(AT_LEAST, Math.ceil((index + 1) * GROWTH));
}

/** Whole numbers of up to 31 bits and their sign. */
export class IntegerColumn {
  readonly #none: number;
  #numbers = new Int32Array();

  /** `none` is what was never set. */
  constructor(none: number) {
    this.#none = none;
  }

  get(index: number): number {
    return this.#numbers[index] ?? this.#none;
  }

  set(index: number, value: number): void {
    if (index >= this.#numbers.length) {
      const wider = new Int32Array(lengthFor(index)).fill(this.#none, this.#numbers.length);
      wider.set(this.#numbers);
      this.#numbers = wider;
    }
    this.#numbers[index] = value;
  }

  /** Everything is as if it was never set. */
  clear(): void {
    this.#numbers = new Int32Array();
  }
}

/** Any numbers. */
export class NumberColumn {
  readonly #none: number;
  #numbers = new Float64Array();

  /** `none` is what was never set. */
  constructor(none: number) {
    this.#none = none;
  }

  get(index: number): number {
    return this.#numbers[index] ?? this.#none;
  }

  set(index: number, value: number): void {
    if (index >= this.#numbers.length) {
      const wider = new Float64Array(lengthFor(index)).fill(this.#none, this.#numbers.length);
      wider.set(this.#numbers);
      this.#numbers = wider;
    }
    this.#numbers[index] = value;
  }

  /** The least of all; infinite when there are none. */
  least(): number {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#numbers.length; i++) {
      const value = this.#numbers[i] as number;
      if (value < least) least = value;
    }
    return least;
  }
}
