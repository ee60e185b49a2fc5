// A number for each of many things that have numbers of their own. An object for each of a hundred thousand series
// takes three times the memory, and V8's garbage collector looks at every one of them. Columns grow page by page: arrays
// that are copied when they are full leave holes behind that nothing fits into.

/** Numbers of a page, as a power of two. */
const PAGE_BITS = 11;
const PAGE = 2 ** PAGE_BITS;
const WITHIN = PAGE - 1;
/** Numbers the first page has room for at first: there are columns of a few things, too. */
const SMALL = 64;

/** Room for the number at `within` in a page that has room for fewer, or is not there. */
function roomFor(within: number, isFirst: boolean): number {
  if (!isFirst) return PAGE;
  let room = SMALL;
  while (room <= within) room *= 2;
  return room;
}

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
    const page = this.#pages[index >> PAGE_BITS];
    const within = index & WITHIN;
    if (page && within < page.length) page[within] = value;
    else this.#grown(index)[within] = value;
  }

  #grown(index: number): Int32Array {
    const page = index >> PAGE_BITS;
    for (let i = Math.min(page, this.#pages.length); i <= page; i++) {
      const length = roomFor(i === page ? index & WITHIN : WITHIN, i === 0);
      const larger = new Int32Array(length).fill(this.#none);
      larger.set(this.#pages[i] ?? []);
      this.#pages[i] = larger;
    }
    return this.#pages[page] as Int32Array;
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
    const page = this.#pages[index >> PAGE_BITS];
    const within = index & WITHIN;
    if (page && within < page.length) page[within] = value;
    else this.#grown(index)[within] = value;
  }

  #grown(index: number): Float64Array {
    const page = index >> PAGE_BITS;
    for (let i = Math.min(page, this.#pages.length); i <= page; i++) {
      const length = roomFor(i === page ? index & WITHIN : WITHIN, i === 0);
      const larger = new Float64Array(length).fill(this.#none);
      larger.set(this.#pages[i] ?? []);
      this.#pages[i] = larger;
    }
    return this.#pages[page] as Float64Array;
  }

  /** All are as if they were never set; the memory stays. */
  clear(): void {
    for (const page of this.#pages) page.fill(this.#none);
  }

  /** Takes over another column's numbers. */
  assign(from: NumberColumn): void {
    this.clear();
    for (let page = 0; page < from.#pages.length; page++) {
      const numbers = from.#pages[page] as Float64Array;
      const own = this.#pages[page];
      if (own && own.length >= numbers.length) own.set(numbers);
      else this.#pages[page] = numbers.slice();
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
