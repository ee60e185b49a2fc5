// What stretch of time a report is about. Comes in: `week`; goes out: the days before a moment, or the month before.

import { WallClock } from '../alertmanager/mute/wall-clock.js';
import { lastDays, type Scope } from '../analysis/asking.js';
import type { Millis } from '../model/time.js';

/** So many days before the report is due, or the month before. */
export type ReportPeriod = { readonly days: number } | 'month';

export const MAX_DAYS = 366;

/** `day`, `week`, `month` or `30d`; undefined for anything else. */
export function parsePeriod(text: string): ReportPeriod | undefined {
  if (text === 'month') return text;
  if (text === 'day') return { days: 1 };
  if (text === 'week') return { days: 7 };
  const days = Number(/^([1-9]\d{0,2})d$/.exec(text)?.[1]);
  return days <= MAX_DAYS ? { days } : undefined;
}

/**
 * The period of a report that is due at a moment, whenever it is made.
 * @param timeZone whose months are meant; undefined: that of the process
 */
export function scopeAt(period: ReportPeriod, due: Millis, timeZone?: string): Scope {
  if (period === 'month') {
    const clock = new WallClock(timeZone);
    const { year, month } = clock.at(due);
    const [from, to] = [clock.monthBegin(year, month - 1), clock.monthBegin(year, month)];
    const { year: ofYear, month: ofMonth } = clock.at(from);
    const zone = timeZone === undefined ? '' : ` in ${timeZone}`;
    return {
      name: `month ${ofYear}-${ofMonth}${zone}`,
      period: now => (from < now ? { from, to: Math.min(to, Math.floor(now)) } : undefined),
    };
  }
  const { name, period: upTo } = lastDays(period.days);
  return { name: `${name} up to ${due}`, period: () => upTo(due) };
}

/** `Weekly report`. */
export function nameOf(period: ReportPeriod): string {
  if (period === 'month') return 'Monthly report';
  if (period.days === 1) return 'Daily report';
  return period.days === 7 ? 'Weekly report' : `Report of ${period.days} days`;
}
