// A heap that breaks ties as Go's container/heap does, since they decide which of equal series is in an answer.

/** Numbers of which the first is the smallest after `less`. */
export class Heap {
  /** In the heap's order; not to be changed from outside. */
  readonly items: number[] = [];
  readonly #less: (a: number, b: number) => boolean;

  constructor(less: (a: number, b: number) => boolean) {
    this.#less = less;
  }

  push(item: number): void {
    this.items.push(item);
    for (let child = this.items.length - 1; child > 0; ) {
      const parent = (child - 1) >>> 1;
      if (!this.#isLess(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  /** Puts an item in the place of the smallest one. */
  replaceFirst(item: number): void {
    this.items[0] = item;
    for (let parent = 0; ; ) {
      const child = this.#smallerChild(parent);
      if (child === undefined || !this.#isLess(child, parent)) return;
      this.#swap(child, parent);
      parent = child;
    }
  }

  #smallerChild(parent: number): number | undefined {
    const left = 2 * parent + 1;
    if (left >= this.items.length) return undefined;
    return left + 1 < this.items.length && this.#isLess(left + 1, left) ? left + 1 : left;
  }

  #isLess(i: number, j: number): boolean {
    return this.#less(this.items[i] as number, this.items[j] as number);
  }

  #swap(i: number, j: number): void {
    const item = this.items[i] as number;
    this.items[i] = this.items[j] as number;
    this.items[j] = item;
  }
}
