// The numbers in a JSON health body, by path, within bounds: nobody's body may grow a metric without end.

const MAX_DEPTH = 3;

/** Up to `limit` numbers and booleans by path, in the body's order, three levels deep; arrays are left out. */
export function numbersIn(body: unknown, limit: number): Map<string, number> {
  const found = new Map<string, number>();
  collect(body, '', 1, limit, found);
  return found;
}

function collect(
  value: unknown,
  prefix: string,
  depth: number,
  limit: number,
  found: Map<string, number>,
): void {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (found.size >= limit) return;
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (typeof inner === 'number') found.set(path, inner);
    else if (typeof inner === 'boolean') found.set(path, inner ? 1 : 0);
    else if (depth < MAX_DEPTH) collect(inner, path, depth + 1, limit, found);
  }
}
