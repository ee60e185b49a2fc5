// Room for short runs of samples: thousands of them are made for one question, and each alone would take twice its size
// and leave holes in the memory it came from.

/** Samples of one piece of memory. */
const BLOCK_SIZE = 4096;

/** For one question; what was taken lives as long as anything of the same piece. */
export class Arena {
  #block: Float64Array | undefined;
  #used = 0;

  /** An array of zeros. The first has memory of its own, as an arena may be made for it alone. */
  allocate(length: number): Float64Array {
    if (this.#block === undefined || length > BLOCK_SIZE / 8) {
      this.#block ??= new Float64Array();
      return new Float64Array(length);
    }
    if (this.#used + length > this.#block.length) {
      this.#block = new Float64Array(BLOCK_SIZE);
      this.#used = 0;
    }
    this.#used += length;
    return this.#block.subarray(this.#used - length, this.#used);
  }
}
