// What fills up or gets more, day by day: how busy the busiest hour of each day was, and of each day to come is expected
// to be, with bounds. The busiest hour is what reaches a limit first.

import { isoLocal, type Millis } from '../../model/time.js';
import type { Findings, Report } from '../analyst.js';
import { dateOf, dayOf } from '../calendar.js';
import { HORIZON, type ProjectedLoad, projectedLoads, type ShownProjection } from '../growth.js';
import { MIN_SPAN, type Projection } from '../statistics/projection.js';
import { type Points, spanOf } from '../statistics/season.js';
import { rounded } from '../words.js';

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;
/** Hours of which a day has to have values to determine its busiest hour. */
const FULL = 18;

interface CapacityProjections {
  readonly from: string;
  readonly to: string;
  readonly horizon_days: number;
  /** Share of cases in which a value lies between the bounds. */
  readonly interval: number;
  readonly loads: Readonly<Record<string, LoadProjection>>;
}

interface LoadProjection extends ShownProjection {
  readonly name: string;
  /** In the unit of the values. */
  readonly limit: number | null;
  /** Seconds of data there are, and that a projection takes. */
  readonly known_seconds: number;
  readonly needed_seconds: number;
  readonly history: DaysSeen;
  /** Null with a `reason`. */
  readonly expected: DaysExpected | null;
}

/** Values by day, as `dates` has them. */
interface DaysSeen {
  /** `2026-10-31`, oldest first; days that are over. */
  readonly dates: readonly string[];
  /** Null where less than 18 hours are known. */
  readonly busiest_hour: readonly (number | null)[];
}

interface DaysExpected {
  /** Today first. */
  readonly dates: readonly string[];
  readonly busiest_hour: readonly number[];
  /** Bounds of the busiest hour. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export const capacityProjections: Report<CapacityProjections> = {
  name: 'capacity projections',
  async make(findings) {
    const { period } = findings;
    const each = await projectedLoads(findings);
    return {
      from: isoLocal(period.from),
      to: isoLocal(period.to),
      horizon_days: HORIZON,
      interval: 0.8,
      loads: Object.fromEntries(each.map(known => [known.load.key, ofLoad(known, findings)])),
    };
  },
};

function ofLoad({ load, points, projection, view }: ProjectedLoad, { calendar, period }: Findings) {
  const today = dateOf(period.to);
  const past = calendar.dates.filter(date => date < today);
  return {
    name: load.name,
    limit: load.limit ?? null,
    ...view,
    known_seconds: points.at.length === 0 ? 0 : (spanOf(points) + HOUR) / 1000,
    needed_seconds: MIN_SPAN / 1000,
    history: seen(points, past),
    expected: projection ? expected(projection, datesFrom(today)) : null,
  };
}

function seen({ at, values }: Points, dates: readonly string[]): DaysSeen {
  const days = new Map<string, { count: number; most: number }>();
  at.forEach((moment, i) => {
    const date = dateOf(moment);
    const { count, most } = days.get(date) ?? { count: 0, most: Number.NEGATIVE_INFINITY };
    days.set(date, { count: count + 1, most: Math.max(most, values[i] as number) });
  });
  const busiest = dates.map(date => {
    const day = days.get(date);
    return day && day.count >= FULL ? rounded(day.most) : null;
  });
  return { dates, busiest_hour: busiest };
}

function expected(projection: Projection, dates: readonly string[]): DaysExpected {
  const days = dates.map(date => busiestHour(projection, date));
  const bound = (value: number) => rounded(Math.max(0, value)) ?? 0;
  return {
    dates,
    busiest_hour: days.map(({ value }) => bound(value)),
    low: days.map(({ low }) => bound(low)),
    high: days.map(({ high }) => bound(high)),
  };
}

function busiestHour(projection: Projection, date: string) {
  const { from, to } = dayOf(date);
  let most = projection.at(from);
  for (let at = from + HOUR; at < to; at += HOUR) {
    const here = projection.at(at);
    if (here.value > most.value) most = here;
  }
  return most;
}

/** Today and the days up to the horizon. */
function datesFrom(today: string): string[] {
  // From noon to noon no clock change skips a day.
  const noon = dayOf(today).from + DAY / 2;
  return Array.from({ length: HORIZON + 1 }, (_, day) => dateOf(noon + day * DAY));
}
