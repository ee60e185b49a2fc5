// The numbers in a JSON health body, by path, within bounds: no body may grow a metric without end.

import { pathBelow } from './json-path.js';

const MAX_DEPTH = 3;
/** Longer keys are data rather than names, in characters. */
const MAX_KEY_LENGTH = 256;

/**
 * Up to `limit` numbers and booleans by their path (json-path.ts), in the body's order, three levels deep; arrays are
 * left out. A body that is a number itself is at `$`.
 */
export function numbersIn(body: unknown, limit: number): Map<string, number> {
  const found = new Map<string, number>();
  collect(body, '', 0, limit, found);
  return found;
}

function collect(
  value: unknown,
  path: string,
  depth: number,
  limit: number,
  found: Map<string, number>,
): void {
  if (found.size >= limit) return;
  if (typeof value === 'number' || typeof value === 'boolean') {
    found.set(path || '$', Number(value));
    return;
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value) || depth >= MAX_DEPTH) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key.length <= MAX_KEY_LENGTH) collect(inner, pathBelow(path, key), depth + 1, limit, found);
    if (found.size >= limit) return;
  }
}
