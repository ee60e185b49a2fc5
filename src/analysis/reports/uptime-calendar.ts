// A year of days: how much of each every service was up. Made of roll-ups, so that it needs no samples but today's.

import { isoLocal, type Millis } from '../../model/time.js';
import type { Report } from '../analyst.js';
import { type DayTimes, dateOf, dayOf } from '../calendar.js';
import { rollupsIn } from '../rollup.js';
import { rounded } from '../words.js';

const DAY: Millis = 86_400_000;

interface UptimeCalendar {
  readonly from: string;
  readonly to: string;
  /** `2026-10-31`, oldest first; the last is today. */
  readonly dates: readonly string[];
  readonly services: Readonly<Record<string, ServiceCalendar>>;
}

/** Values by day, as `dates` has them. */
interface ServiceCalendar {
  readonly name: string;
  /** From 0 to 1, outside of maintenance; null where the monitor did not look. */
  readonly uptime: readonly (number | null)[];
  /** Seconds seen down. */
  readonly downtime: readonly number[];
  readonly maintenance: readonly number[];
}

/** Up to the end of the period, which is today. @param days how many, today among them */
export const uptimeCalendar = (days: number): Report<UptimeCalendar> => ({
  name: `uptime calendar of ${days} days`,
  async make({ period, services, facts, calendar, rollups }) {
    const dates = datesUpTo(period.to, days);
    const stored = rollupsIn(rollups, dates);
    const today = calendar.dates.indexOf(dates.at(-1) as string);
    const each = services.map(({ id, name }) => {
      const times = dates.map((date, i) =>
        i === dates.length - 1 ? facts.get(id)?.days[today] : stored.get(date)?.[id],
      );
      return [id, ofService(name, times)] as const;
    });
    const [first] = dates as [string];
    return {
      from: isoLocal(dayOf(first).from),
      to: isoLocal(period.to),
      dates,
      services: Object.fromEntries(each),
    };
  },
});

function ofService(name: string, days: readonly (DayTimes | undefined)[]): ServiceCalendar {
  return {
    name,
    uptime: days.map(day => (day ? rounded(1 - day.down / day.seen, 6) : null)),
    downtime: days.map(day => Math.round(day?.down ?? 0)),
    maintenance: days.map(day => Math.round(day?.maintenance ?? 0)),
  };
}

function datesUpTo(to: Millis, days: number): string[] {
  // From noon to noon no clock change skips a day.
  const noon = dayOf(dateOf(to)).from + DAY / 2;
  return Array.from({ length: days }, (_, i) => dateOf(noon - (days - 1 - i) * DAY));
}
