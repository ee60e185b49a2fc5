// Days of the local calendar in a period. Comes in: a period; goes out: its dates, and which of its hours are in which.

import { isoLocal, type Millis } from '../model/time.js';
import { hoursIn, type Period } from './asking.js';

const HOUR: Millis = 3_600_000;

/** The days that a period touches, oldest first. */
export interface Calendar {
  /** `2026-10-31`; the first and the last may be a part of a day. */
  readonly dates: readonly string[];
  /** By the hour of the period: the index of its day. */
  readonly dayOf: Uint16Array;
}

export function calendarOf(period: Period): Calendar {
  const dates: string[] = [];
  const dayOf = new Uint16Array(hoursIn(period));
  for (let hour = 0; hour < dayOf.length; hour++) {
    const date = dateOf(period.from + hour * HOUR);
    if (dates.at(-1) !== date) dates.push(date);
    dayOf[hour] = dates.length - 1;
  }
  return { dates, dayOf };
}

/** The local date of a moment, `2026-10-31`. */
export const dateOf = (at: Millis): string => isoLocal(at).slice(0, 'YYYY-MM-DD'.length);

/** From the beginning of a local day to that of the next; it has 23 or 25 hours when clocks change. */
export function dayOf(date: string): Period {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return { from: new Date(year, month - 1, day).getTime(), to: new Date(year, month - 1, day + 1).getTime() };
}

/** Seconds of one day of a service. */
export interface DayTimes {
  /** The monitor looked, in maintenance or not. */
  readonly looked: number;
  /** Seen outside of maintenance, and down among them. */
  readonly seen: number;
  readonly down: number;
  /** Seen in maintenance. */
  readonly maintenance: number;
}
