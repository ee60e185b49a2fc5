// Spans of time that come again: `time_intervals` of alertmanager.yml. Source: Alertmanager, timeinterval.

import type { Millis } from '../../model/time.js';
import { WallClock, type WallTime } from './wall-clock.js';

/** One entry of a time interval's list. */
export interface TimeInterval {
  /** Whether a moment lies within. */
  contains(at: Millis): boolean;
  /** The first moment after another at which {@link contains} is different; undefined: not before `until`. */
  changesAt(at: Millis, until: Millis): Millis | undefined;
}

/** From one number to another, both within. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** When it comes again; what is not said is always true, an empty list never. */
interface Recurrence {
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

/** A time that comes again, by the clocks on the walls of its time zone, whatever they are set to at that moment. */
export class RecurringInterval implements TimeInterval {
  readonly #recurrence: Recurrence;
  readonly #clock: WallClock;
  /** Minutes of the day at which it may begin or end. */
  readonly #minutes: readonly number[];
  /** The last change that was looked for: there is none in between. */
  #searched: { readonly from: Millis; readonly to: Millis; readonly change: Millis | undefined } | undefined;

  /** @throws RangeError when there is no such time zone */
  constructor(recurrence: Recurrence) {
    this.#recurrence = recurrence;
    this.#clock = new WallClock(recurrence.timeZone);
    this.#minutes = (recurrence.times ?? []).flatMap(({ from, to }) => [from, to]);
  }

  contains(at: Millis): boolean {
    const { times } = this.#recurrence;
    const now = this.#clock.at(at);
    return holds(times, ({ from, to }) => now.minute >= from && now.minute < to) && this.#isDay(now);
  }

  changesAt(at: Millis, until: Millis): Millis | undefined {
    const known = this.#searched;
    const isKnown = known && known.from <= at && (known.change ? at < known.change : until <= known.to);
    const change = isKnown ? known.change : this.#findChange(at, until);
    if (!isKnown) this.#searched = { from: at, to: until, change };
    return change !== undefined && change <= until ? change : undefined;
  }

  #findChange(at: Millis, until: Millis): Millis | undefined {
    const before = this.contains(at);
    for (let moment = at; ; ) {
      // On a day that is not among its days nothing begins or ends.
      const minutes = this.#isDay(this.#clock.at(moment)) ? this.#minutes : [];
      moment = this.#clock.next(moment, minutes);
      if (moment > until) return undefined;
      if (this.contains(moment) !== before) return moment;
    }
  }

  #isDay(day: WallTime): boolean {
    const { weekdays, daysOfMonth, months, years } = this.#recurrence;
    return (
      holds(daysOfMonth, span => isDayWithin(day, span)) &&
      holds(months, span => isWithin(day.month, span)) &&
      holds(weekdays, span => isWithin(day.weekday, span)) &&
      holds(years, span => isWithin(day.year, span))
    );
  }
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
