// Spans of time that come again: `time_intervals` of alertmanager.yml. Source: Alertmanager, timeinterval.

import type { Millis } from '../model/time.js';

/** One entry of a time interval's list. */
export interface TimeInterval {
  /** Whether a moment lies within. */
  contains(at: Millis): boolean;
}

/** From one number to another, both within. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** When it comes again; what is not said is always true, an empty list never. */
export interface Recurrence {
  /** Minutes of the day; the last one is not within. */
  readonly times: readonly Span[] | undefined;
  /** 0 is Sunday. */
  readonly weekdays: readonly Span[] | undefined;
  /** From 1, or from the month's end, which is -1. */
  readonly daysOfMonth: readonly Span[] | undefined;
  /** 1 is January. */
  readonly months: readonly Span[] | undefined;
  readonly years: readonly Span[] | undefined;
  /** As the IANA database names it; undefined is the machine's own. */
  readonly timeZone: string | undefined;
}

/** What a clock on the wall shows. */
interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly minute: number;
}

/** A time that comes again, by the clocks on the walls of its time zone, whatever they are set to at that moment. */
export class RecurringInterval implements TimeInterval {
  readonly #recurrence: Recurrence;
  readonly #clock: Intl.DateTimeFormat;

  /** @throws RangeError when there is no such time zone */
  constructor(recurrence: Recurrence) {
    this.#recurrence = recurrence;
    this.#clock = clockOf(recurrence.timeZone);
  }

  contains(at: Millis): boolean {
    const { times, weekdays, daysOfMonth, months, years } = this.#recurrence;
    const now = this.#wallTime(at);
    return (
      holds(times, ({ from, to }) => now.minute >= from && now.minute < to) &&
      holds(daysOfMonth, span => isDayWithin(now, span)) &&
      holds(months, span => isWithin(now.month, span)) &&
      holds(weekdays, span => isWithin(now.weekday, span)) &&
      holds(years, span => isWithin(now.year, span))
    );
  }

  #wallTime(at: Millis): WallTime {
    const parts = new Map(this.#clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const [year, month, day] = [part('year'), part('month'), part('day')];
    const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
    return { year, month, day, weekday, minute: part('hour') * 60 + part('minute') };
  }
}

/** Clocks are dear, and a configuration has few time zones. */
const clocks = new Map<string | undefined, Intl.DateTimeFormat>();

function clockOf(timeZone: string | undefined): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  clocks.set(timeZone, clock);
  return clock;
}

function holds(spans: readonly Span[] | undefined, is: (span: Span) => boolean): boolean {
  return spans === undefined || spans.some(is);
}

function isWithin(value: number, { from, to }: Span): boolean {
  return value >= from && value <= to;
}

/** A span that begins after the month's end is none of that month; one that ends after it ends with it. */
function isDayWithin({ year, month, day }: WallTime, { from, to }: Span): boolean {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const dayOf = (written: number): number => (written < 0 ? last + written + 1 : written);
  return dayOf(from) <= last && day >= dayOf(from) && day <= dayOf(to);
}
