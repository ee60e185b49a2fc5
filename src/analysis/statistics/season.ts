// Which moments are alike: the same hour of the day, or of the week. Comes in: a moment; goes out: its season.

import type { Millis } from '../../model/time.js';

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;

/** Values at moments, ascending; none of them NaN. */
export interface Points {
  readonly at: readonly Millis[];
  readonly values: readonly number[];
}

/** Divides moments into kinds that are compared with each other. */
export interface Seasons {
  readonly name: 'none' | 'hour of the day' | 'hour of the week';
  /** Of a moment: a small whole number from 0. */
  of(at: Millis): number;
}

/** Hours of the local clock, so that a change to summer time moves no habit. */
export const hourOfDay = (at: Millis): number => new Date(at).getHours();

const none: Seasons = { name: 'none', of: () => 0 };
const byDay: Seasons = { name: 'hour of the day', of: hourOfDay };
const byWeek: Seasons = {
  name: 'hour of the week',
  of: at => new Date(at).getDay() * 24 + hourOfDay(at),
};

/**
 * The finest seasons of which points hold three: what came twice may have come by chance.
 * @param span from the first point to the last, each of which stands for the hour it begins
 */
export function seasonsOf(span: Millis): Seasons {
  if (span + HOUR >= 21 * DAY) return byWeek;
  return span + HOUR >= 3 * DAY ? byDay : none;
}

/** Positions of points by season. */
export function bySeason({ at }: Points, seasons: Seasons): number[][] {
  const groups = new Map<number, number[]>();
  at.forEach((moment, i) => {
    const season = seasons.of(moment);
    const group = groups.get(season);
    if (group) group.push(i);
    else groups.set(season, [i]);
  });
  return [...groups.values()];
}

/** From the first point to the last. */
export function spanOf({ at }: Points): Millis {
  return at.length === 0 ? 0 : (at.at(-1) as Millis) - (at[0] as Millis);
}
