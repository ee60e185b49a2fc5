// Room for short runs of samples: thousands of them are made for one question, and each alone would take twice its size
// and leave holes in the memory it came from.

/** Samples of one piece of memory. */
const PIECE = 4096;

/** For one question; what was taken lives as long as anything of the same piece. */
export class Slab {
  #piece: Float64Array | undefined;
  #taken = 0;

  /** An array of zeros. The first has memory of its own, as a slab may be made for it alone. */
  take(length: number): Float64Array {
    if (this.#piece === undefined || length > PIECE / 8) {
      this.#piece ??= new Float64Array();
      return new Float64Array(length);
    }
    if (this.#taken + length > this.#piece.length) {
      this.#piece = new Float64Array(PIECE);
      this.#taken = 0;
    }
    this.#taken += length;
    return this.#piece.subarray(this.#taken - length, this.#taken);
  }
}
