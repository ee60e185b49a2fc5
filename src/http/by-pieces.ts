// Long answers are made by pieces, so that checks that are due meanwhile begin in time and their results are taken in time.

/** Milliseconds of work after which everything else has its turn. */
const PIECE = 15;

/** `items.map(map)`, with turns for everything else in between. What `map` reads may change from one piece to the next. */
export async function mapByPieces<T, U>(items: readonly T[], map: (item: T) => U): Promise<U[]> {
  const mapped: U[] = [];
  let begin = performance.now();
  for (const item of items) {
    mapped.push(map(item));
    if (performance.now() - begin < PIECE) continue;
    await turn();
    begin = performance.now();
  }
  return mapped;
}

/** Resolves when everything that is due has had its turn. */
export function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
