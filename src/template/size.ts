// How large a value is: characters of texts and items of lists and maps, those of lists within lists as often as they would
// be printed. A list that holds another ten times, which holds another ten times, is small in memory and endless as a text.

import type { Value } from '../go/value.js';

/** Deeper than any list is meant to be; what goes deeper is larger than any limit. */
const MAX_DEPTH = 100;

/** The size, counted until it is over the limit. */
export function sizeOf(value: Value, limit: number): number {
  let size = 0;
  const open: { readonly values: Iterator<Value>; readonly depth: number }[] = [];
  const add = (each: Value, depth: number) => {
    size += typeof each === 'string' ? each.length + 1 : 1;
    if (!Array.isArray(each) && !(each instanceof Map)) return;
    if (depth > MAX_DEPTH) size = Number.POSITIVE_INFINITY;
    open.push({ values: each.values(), depth: depth + 1 });
  };
  add(value, 0);
  for (let last = open.at(-1); last && size <= limit; last = open.at(-1)) {
    const next = last.values.next();
    if (next.done) open.pop();
    else add(next.value, last.depth);
  }
  return size;
}
