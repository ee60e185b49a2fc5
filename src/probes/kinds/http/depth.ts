// How deep a JSON value is nested. A body of a megabyte can have half a million levels: JSON.parse reads it, and whatever
// walks it by recursion, here or in a client of ours, runs out of stack.

/** What Python's reader takes with room to spare (its recursion ends at 1000), and Go's (10000). */
const MAX_DEPTH = 200;

/** Whether a value of JSON has more than 200 levels. */
export function isDeep(value: unknown): boolean {
  return reachesBelow(value, 0);
}

/** At most {@link MAX_DEPTH} calls deep. */
function reachesBelow(value: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH) return true;
  if (value === null || typeof value !== 'object') return false;
  for (const key in value)
    if (reachesBelow((value as Readonly<Record<string, unknown>>)[key], depth + 1)) return true;
  return false;
}
