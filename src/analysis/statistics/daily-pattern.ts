// What repeats every day: how values of an hour stand to those of their day, and the hours of the peaks. Comes in:
// values of hours; goes out: the profile, undefined where days do not resemble each other.

import type { Millis } from '../../model/time.js';
import { median, ranks, twoSided } from './robust.js';
import { hourOfDay, type Points } from './season.js';

const HOURS = 24;
/** Hours a day has to have to be compared with others, and days there have to be. */
const FULL = 18;
const DAYS = 3;
/** A pattern that chance makes once in so many, and how far the top has to stand above the bottom. */
const CHANCE = 0.01;
const HEIGHT = 0.15;
/** From here on, between the bottom (0) and the top (1), an hour is one of the peak. */
const PEAK = 0.7;

export interface DailyPattern {
  /** By hour of the local clock: the value as a multiple of its day's median; NaN where there is none. */
  readonly profile: readonly number[];
  /** Full hours as `14:00-16:00`, the three highest at most, by the clock. */
  readonly peaks: readonly string[];
  /** How likely days without a pattern look like this, from 0 to 1. */
  readonly p: number;
}

/** @returns undefined when there is none, or less than three days to tell it from */
export function dailyPatternOf(points: Points): DailyPattern | undefined {
  const relative = toTheirDays(points);
  if (relative.days < DAYS) return undefined;
  const p = chance(relative);
  const profile = Array.from({ length: HOURS }, (_, hour) =>
    median(relative.values.filter((_, i) => relative.hours[i] === hour)),
  );
  const known = profile.filter(value => !Number.isNaN(value));
  const [bottom, top] = [Math.min(...known), Math.max(...known)];
  if (p > CHANCE || top - bottom < HEIGHT) return undefined;
  return { profile, peaks: peaksOf(profile, bottom + PEAK * (top - bottom)), p };
}

interface Relative {
  readonly hours: readonly number[];
  readonly values: readonly number[];
  readonly days: number;
}

/** Values as multiples of their day's median. */
function toTheirDays({ at, values }: Points): Relative {
  const days = new Map<string, number[]>();
  at.forEach((moment, i) => {
    const day = new Date(moment).toDateString();
    const group = days.get(day);
    if (group) group.push(i);
    else days.set(day, [i]);
  });
  const full = [...days.values()].filter(group => group.length >= FULL);
  const found = full.flatMap(group => {
    const usual = median(group.map(i => values[i] as number));
    return usual > 0
      ? group.map(i => [hourOfDay(at[i] as Millis), (values[i] as number) / usual] as const)
      : [];
  });
  return { hours: found.map(([hour]) => hour), values: found.map(([, value]) => value), days: full.length };
}

/** Kruskal and Wallis' test over the hours, its chi-squared as Wilson and Hilferty approximate it. */
function chance({ hours, values }: Relative): number {
  const rank = ranks(values);
  const sums = new Float64Array(HOURS);
  const counts = new Float64Array(HOURS);
  hours.forEach((hour, i) => {
    sums[hour] = (sums[hour] as number) + (rank[i] as number);
    counts[hour] = (counts[hour] as number) + 1;
  });
  const n = values.length;
  const used = Array.from(counts.keys()).filter(hour => counts[hour] !== 0);
  const spreadOfRanks = used.reduce(
    (sum, hour) => sum + (sums[hour] as number) ** 2 / (counts[hour] as number),
    0,
  );
  const alike = (12 / (n * (n + 1))) * spreadOfRanks - 3 * (n + 1);
  // Equal values leave less to rank.
  const h = alike / (1 - tiesOf(values) / (n ** 3 - n));
  const freedom = used.length - 1;
  const part = 2 / (9 * freedom);
  const z = (Math.cbrt(h / freedom) - (1 - part)) / Math.sqrt(part);
  return z <= 0 ? 1 : twoSided(z) / 2;
}

/** How much equal values there are: t cubed less t of each t of them. */
function tiesOf(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + count ** 3 - count, 0);
}

/** Runs of hours at or above a height, those around midnight as one. */
function peaksOf(profile: readonly number[], height: number): string[] {
  const isPeak = (hour: number) => (profile[(hour + HOURS) % HOURS] as number) >= height;
  const runs: { from: number; to: number; top: number }[] = [];
  for (let from = 0; from < HOURS; from++) {
    if (!isPeak(from) || isPeak(from - 1)) continue;
    let to = from + 1;
    while (to < from + HOURS && isPeak(to)) to++;
    const hours = Array.from({ length: to - from }, (_, i) => profile[(from + i) % HOURS] as number);
    runs.push({ from, to, top: Math.max(...hours) });
  }
  const clock = (hour: number) => `${String(hour % HOURS).padStart(2, '0')}:00`;
  return runs
    .sort((a, b) => b.top - a.top)
    .slice(0, 3)
    .sort((a, b) => a.from - b.from)
    .map(({ from, to }) => `${clock(from)}-${clock(to)}`);
}
