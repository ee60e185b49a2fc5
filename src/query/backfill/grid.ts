// When rule groups are due. Comes in: groups and a span of time; goes out: moments, each with its groups.

import type { Millis } from '../../model/time.js';

/** What is due at a moment. */
interface Due<T> {
  readonly at: Millis;
  /** In the order in which they were given. */
  readonly groups: readonly T[];
}

/** Moments at whole multiples of each group's interval since the epoch, both ends included, in the order of time. */
export function* dueGroups<T extends { readonly interval: Millis }>(
  groups: readonly T[],
  start: Millis,
  end: Millis,
): Generator<Due<T>> {
  const intervals = [...new Set(groups.map(({ interval }) => interval))];
  const next = intervals.map(interval => Math.ceil(start / interval) * interval);
  for (;;) {
    const at = Math.min(...next);
    if (at > end || !Number.isFinite(at)) return;
    const due = new Set(intervals.filter((_, i) => next[i] === at));
    yield { at, groups: groups.filter(({ interval }) => due.has(interval)) };
    for (const [i, interval] of intervals.entries()) if (next[i] === at) next[i] = at + interval;
  }
}
