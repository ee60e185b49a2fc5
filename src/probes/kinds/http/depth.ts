// How deep a JSON value is nested. A body of a megabyte can have half a million levels: JSON.parse reads it, and whatever
// walks it by recursion, here or in a client of ours, runs out of stack.

/** What Python's reader takes with room to spare (its recursion ends at 1000), and Go's (10000). */
const MAX_DEPTH = 200;

/** Whether a value has more than 200 levels. */
export function isDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap(each => (each !== null && typeof each === 'object' ? Object.values(each) : []));
  }
  return false;
}
