// Series found by a number made of something they have. A hash table in one array: JavaScript's own takes ten times as
// much for each entry.

import type { SeriesRef } from './series-ref.js';

/** Part of the places that may be taken. */
const FULL = 0.7;
const AT_LEAST = 64;

/** Series by a hash; open addressing, the next free place. */
export class RefTable {
  readonly #hashOf: (series: SeriesRef) => number;
  /** A series and one; 0 is a free place. The length is a power of two. */
  #places = new Uint32Array(AT_LEAST);
  #size = 0;

  /** `hashOf` gives the hash of a series that is here, any whole number of 32 bits. */
  constructor(hashOf: (series: SeriesRef) => number) {
    this.#hashOf = hashOf;
  }

  get size(): number {
    return this.#size;
  }

  /** The series with that hash that is the one. */
  find(hash: number, isIt: (series: SeriesRef) => boolean): SeriesRef | undefined {
    for (let place = this.#first(hash); ; place = this.#next(place)) {
      const taken = this.#places[place] as number;
      if (taken === 0) return undefined;
      if (isIt(taken - 1)) return taken - 1;
    }
  }

  /** Takes a series that is not here. */
  add(series: SeriesRef): void {
    if (++this.#size > this.#places.length * FULL) this.#grow();
    this.#insert(series);
  }

  /** Lets go of a series, whose hash is still what it was. */
  delete(series: SeriesRef): void {
    let hole = this.#placeOf(series);
    if (hole < 0) return;
    this.#size--;
    // An entry that could not use the hole, or a slot before it, moves up.
    for (let place = this.#next(hole); this.#places[place] !== 0; place = this.#next(place)) {
      const first = this.#first(this.#hashOf((this.#places[place] as number) - 1));
      if (this.#distance(first, place) < this.#distance(hole, place)) continue;
      this.#places[hole] = this.#places[place] as number;
      hole = place;
    }
    this.#places[hole] = 0;
  }

  clear(): void {
    this.#places = new Uint32Array(AT_LEAST);
    this.#size = 0;
  }

  #placeOf(series: SeriesRef): number {
    for (let place = this.#first(this.#hashOf(series)); ; place = this.#next(place)) {
      if (this.#places[place] === series + 1) return place;
      if (this.#places[place] === 0) return -1;
    }
  }

  #insert(series: SeriesRef): void {
    let place = this.#first(this.#hashOf(series));
    while (this.#places[place] !== 0) place = this.#next(place);
    this.#places[place] = series + 1;
  }

  #grow(): void {
    const before = this.#places;
    this.#places = new Uint32Array(before.length * 2);
    for (const taken of before) if (taken !== 0) this.#insert(taken - 1);
  }

  #first(hash: number): number {
    // Neighbouring hashes are not to be neighbouring places.
    return (Math.imul(hash, 0x9e3779b1) >>> 7) & (this.#places.length - 1);
  }

  #next(place: number): number {
    return (place + 1) & (this.#places.length - 1);
  }

  #distance(from: number, to: number): number {
    return (to - from) & (this.#places.length - 1);
  }
}
