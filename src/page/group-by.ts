// Things that belong together. Pure; what ES2024 calls Map.groupBy, which the server's Node does not have.

/** Things by their key, keys in the order they first appear. */
export function groupBy<T>(all: readonly T[], keyOf: (each: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const each of all) {
    const key = keyOf(each);
    const group = found.get(key);
    if (group) group.push(each);
    else found.set(key, [each]);
  }
  return found;
}
