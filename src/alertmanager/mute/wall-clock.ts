// Local time of a time zone, and when a given minute or day begins in it, across changes of daylight saving time. Comes
// in: moments; goes out: calendar fields, and the moment a minute of the day begins.

import type { Millis } from '../../model/time.js';

const MINUTE: Millis = 60_000;
const MINUTES_OF_DAY = 1440;
/** An upper bound of offsets from UTC. */
const MAX_OFFSET: Millis = 24 * 60 * MINUTE;

/** Calendar fields of a moment in a time zone. */
export interface WallTime {
  readonly year: number;
  /** 1 is January. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Of the day. */
  readonly minute: number;
}

/** The clock of one time zone. */
export class WallClock {
  readonly #format: Intl.DateTimeFormat;

  /** @param timeZone its name in the IANA database; undefined is the machine's own @throws RangeError for an unknown name */
  constructor(timeZone: string | undefined) {
    this.#format = formatOf(timeZone);
  }

  /** The local time at a moment. */
  at(moment: Millis): WallTime {
    const parts = new Map(this.#format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const [year, month, day] = [part('year'), part('month'), part('day')];
    const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
    return { year, month, day, weekday, minute: part('hour') * 60 + part('minute') };
  }

  /**
   * The first moment after another at which the clock begins one of these minutes of the day, the day itself, or is set
   * forward or back. Offsets from UTC are whole minutes.
   */
  next(after: Millis, minutes: readonly number[]): Millis {
    const minuteStart = Math.floor(after / MINUTE) * MINUTE;
    const { minute } = this.at(minuteStart);
    const target = Math.min(...minutes.filter(each => each > minute), MINUTES_OF_DAY);
    const moment = minuteStart + (target - minute) * MINUTE;
    return this.#offset(moment) === this.#offset(minuteStart)
      ? moment
      : this.#offsetChange(minuteStart, moment);
  }

  /** The first moment of a month; 0 and 13 are those of the years beside it. */
  monthBegin(year: number, month: number): Millis {
    const asUtc = Date.UTC(year, month - 1);
    const wanted = new Date(asUtc);
    const months = (each: { readonly year: number; readonly month: number }) => 12 * each.year + each.month;
    const first = months({ year: wanted.getUTCFullYear(), month: wanted.getUTCMonth() + 1 });
    return firstMinute(asUtc - MAX_OFFSET, asUtc + MAX_OFFSET, moment => months(this.at(moment)) >= first);
  }

  /** The first minute of a span whose offset differs from that at the span's begin. */
  #offsetChange(from: Millis, to: Millis): Millis {
    const offset = this.#offset(from);
    return firstMinute(from, to, moment => this.#offset(moment) !== offset);
  }

  /** The offset from UTC at a whole minute; positive east of Greenwich. */
  #offset(moment: Millis): Millis {
    const { year, month, day, minute } = this.at(moment);
    return Date.UTC(year, month - 1, day, 0, minute) - moment;
  }
}

/** The first whole minute in `(from, to]` from which on a condition holds. */
function firstMinute(from: Millis, to: Millis, holds: (moment: Millis) => boolean): Millis {
  let [before, after] = [from / MINUTE, to / MINUTE];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (holds(middle * MINUTE)) after = middle;
    else before = middle;
  }
  return after * MINUTE;
}

/** Formats are expensive to make, and a configuration has few time zones. */
const formats = new Map<string | undefined, Intl.DateTimeFormat>();

function formatOf(timeZone: string | undefined): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
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
  formats.set(timeZone, format);
  return format;
}
