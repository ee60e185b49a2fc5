// Decoded chunks and their times, the least recently used of which go first.

/** What an array takes besides its numbers. */
const OVERHEAD = 256;

type Arrays = Map<number | string, Float64Array>;

/** Arrays by name, as many as fit into some bytes; unused ones are dropped soon. */
export class ByteCache {
  readonly #limit: number;
  /** What was asked for since {@link age} was called last, and before. A map remembers the order of insertion. */
  #fresh: Arrays = new Map();
  #stale: Arrays = new Map();
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The array of that name, made if it is not there. What `make` throws is thrown. */
  get(name: number | string, make: () => Float64Array): Float64Array {
    const array = this.lookup(name) ?? make();
    this.#fresh.set(name, array);
    this.#bytes += sizeOf(array);
    this.#bound();
    return array;
  }

  #bound(): void {
    for (const arrays of [this.#stale, this.#fresh]) {
      for (const oldest of arrays.keys()) {
        if (this.#bytes <= this.#limit) return;
        this.delete(oldest);
      }
    }
  }

  /** The array of that name if it is there, which it is no longer. */
  lookup(name: number | string): Float64Array | undefined {
    const kept = this.#fresh.get(name) ?? this.#stale.get(name);
    if (kept) this.delete(name);
    return kept;
  }

  delete(name: number | string): void {
    for (const arrays of [this.#fresh, this.#stale]) {
      const kept = arrays.get(name);
      if (!kept) continue;
      this.#bytes -= sizeOf(kept);
      arrays.delete(name);
    }
  }

  /** Drops what was not used since the last call. */
  age(): void {
    for (const array of this.#stale.values()) this.#bytes -= sizeOf(array);
    this.#stale = this.#fresh;
    this.#fresh = new Map();
  }

  clear(): void {
    this.#fresh.clear();
    this.#stale.clear();
    this.#bytes = 0;
  }
}

function sizeOf(array: Float64Array): number {
  return array.byteLength + OVERHEAD;
}
