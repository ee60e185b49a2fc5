// Long work is done by pieces, so that checks that are due meanwhile begin in time and their results are taken in time.

/** Milliseconds of work after which everything else has its turn. */
const SLICE = 15;

/** `items.map(map)`, with turns for everything else in between. What `map` reads may change from one piece to the next. */
export async function mapInSlices<T, U>(items: readonly T[], map: (item: T) => U): Promise<U[]> {
  const mapped: U[] = [];
  const slicer = new TimeSlicer();
  for (const item of items) {
    mapped.push(map(item));
    if (slicer.isLong) await slicer.yieldIfDue();
  }
  return mapped;
}

/** Does work that stops now and then, all of it at once. */
export function doAtOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Does work that stops now and then, with turns for everything else whenever it stops. */
export async function doByPieces<T>(work: Generator<void, T>): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await yieldToEventLoop();
  }
}

/** Says of work in a loop when the piece that is being done has become long. */
export class TimeSlicer {
  #begin = performance.now();

  get isLong(): boolean {
    return performance.now() - this.#begin >= SLICE;
  }

  /** Gives everything else its turn; the next piece begins behind it. */
  async yieldIfDue(): Promise<void> {
    await yieldToEventLoop();
    this.#begin = performance.now();
  }
}

/** Resolves when everything that is due has had its turn. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
