// Decoded chunks and their times, the least recently used of which go first.

/** Arrays by name, as many as fit into some bytes. */
export class ByteCache {
  readonly #limit: number;
  readonly #arrays = new Map<number | string, Float64Array>();
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The array of that name, made if it is not there. What `make` throws is thrown. */
  get(name: number | string, make: () => Float64Array): Float64Array {
    const kept = this.#arrays.get(name);
    if (kept) {
      // The map remembers the order of insertion: what was just used goes to its end.
      this.#arrays.delete(name);
      this.#arrays.set(name, kept);
      return kept;
    }
    const made = make();
    this.#arrays.set(name, made);
    this.#bytes += made.byteLength;
    for (const oldest of this.#arrays.keys()) {
      if (this.#bytes <= this.#limit) break;
      this.delete(oldest);
    }
    return made;
  }

  /** The array of that name if it is there, which it is no longer. */
  take(name: number | string): Float64Array | undefined {
    const kept = this.#arrays.get(name);
    this.delete(name);
    return kept;
  }

  delete(name: number | string): void {
    this.#bytes -= this.#arrays.get(name)?.byteLength ?? 0;
    this.#arrays.delete(name);
  }

  clear(): void {
    this.#arrays.clear();
    this.#bytes = 0;
  }
}
