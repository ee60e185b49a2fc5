// A number for each of many things that have numbers of their own. An object for each of a hundred thousand series
// takes three times the memory, and V8's garbage collector looks at every one of them. Columns grow page by page: arrays
// that are copied when they are full leave holes behind that nothing fits into.

/** Numbers of a page, as a power of two. */
const PAGE_BITS = 11;
const PAGE = 2 ** PAGE_BITS;
const WITHIN = PAGE - 1;

/** Whole numbers of up to 31 bits and their sign. */
export class IntegerColumn {
  readonly #none: number;
  readonly #pages: Int32Array[] = [];

  /** `none` is what was never set. */
  constructor(none: number) {
    this.#none = none;
  }

  get(index: number): number {
    return this.#pages[index >> PAGE_BITS]?.[index & WITHIN] ?? this.#none;
  }

  set(index: number, value: number): void {
    const page = index >> PAGE_BITS;
    while (page >= this.#pages.length) this.#pages.push(new Int32Array(PAGE).fill(this.#none));
    (this.#pages[page] as Int32Array)[index & WITHIN] = value;
  }
}

/** Any numbers. */
export class NumberColumn {
  readonly #none: number;
  readonly #pages: Float64Array[] = [];

  /** `none` is what was never set. */
  constructor(none: number) {
    this.#none = none;
  }

  get(index: number): number {
    return this.#pages[index >> PAGE_BITS]?.[index & WITHIN] ?? this.#none;
  }

  set(index: number, value: number): void {
    const page = index >> PAGE_BITS;
    while (page >= this.#pages.length) this.#pages.push(new Float64Array(PAGE).fill(this.#none));
    (this.#pages[page] as Float64Array)[index & WITHIN] = value;
  }

  /** All are as if they were never set; the memory stays. */
  clear(): void {
    for (const page of this.#pages) page.fill(this.#none);
  }

  /** Takes over another column's numbers. */
  assign(from: NumberColumn): void {
    this.clear();
    for (let page = 0; page < from.#pages.length; page++) {
      if (!this.#pages[page]) this.#pages.push(new Float64Array(PAGE));
      (this.#pages[page] as Float64Array).set(from.#pages[page] as Float64Array);
    }
  }

  /** The least of all; infinite when there are none. */
  least(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const page of this.#pages) {
      for (let i = 0; i < page.length; i++) {
        const value = page[i] as number;
        if (value < least) least = value;
      }
    }
    return least;
  }
}
