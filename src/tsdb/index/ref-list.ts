// A list of series that grows. Long ones are made of half the memory a JavaScript array takes.

import type { SeriesRef } from './series-ref.js';

/** Part by which a list that is full grows. */
const GROWTH = 1.5;

/** Series in the order they came. */
export class RefList {
  #refs = new Uint32Array(1);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(series: SeriesRef): void {
    if (this.#length === this.#refs.length) {
      const wider = new Uint32Array(Math.ceil(this.#length * GROWTH) + 1);
      wider.set(this.#refs);
      this.#refs = wider;
    }
    this.#refs[this.#length++] = series;
  }

  /** The series, for as long as the list is not changed. */
  get refs(): Uint32Array {
    return this.#refs.subarray(0, this.#length);
  }

  /** Leaves out those that are gone. */
  remove(gone: ReadonlySet<SeriesRef>): void {
    const rest = this.refs.filter(series => !gone.has(series));
    this.#refs = rest;
    this.#length = rest.length;
  }
}
