// Our local time minus UTC, over the changes of the clock: local times name no zone, and a browser may be in another one.

import type { Millis } from '../../model/time.js';

const DAY: Millis = 86_400_000;
/** Of what is shown the oldest and the latest. */
const BEFORE: Millis = 2 * 366 * DAY;
const AFTER: Millis = 366 * DAY;
/** Offsets that last less would be missed. */
const STEP: Millis = 7 * DAY;
/** Clocks change at full minutes. */
const MINUTE: Millis = 60_000;

/** From a moment on, in minutes. */
export type UtcOffset = readonly [from: Millis, minutes: number];

/** Local time minus UTC at a moment, in minutes. */
export function utcOffset(at: Millis): number {
  return 0 - new Date(at).getTimezoneOffset();
}

/** Every offset from two years before a moment to a year after it, oldest first. */
export function utcOffsets(at: Millis): readonly UtcOffset[] {
  const begin = Math.floor((at - BEFORE) / MINUTE) * MINUTE;
  const found: [Millis, number][] = [[begin, utcOffset(begin)]];
  for (let from = begin; from < at + AFTER; from += STEP) {
    const minutes = utcOffset(from + STEP);
    if (minutes !== utcOffset(from)) found.push([changeIn(from, from + STEP), minutes]);
  }
  return found;
}

/** When the clock changes within a span in which it does so once. */
function changeIn(from: Millis, to: Millis): Millis {
  let [before, after] = [from, to];
  const old = utcOffset(before);
  while (after - before > MINUTE) {
    const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE;
    if (utcOffset(middle) === old) before = middle;
    else after = middle;
  }
  return after;
}
