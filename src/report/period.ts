// What stretch of time a report is about. Comes in: `week`; goes out: the days before a moment, or the month before.

import { lastDays, monthOf, type Scope } from '../analysis/asking.js';
import type { Millis } from '../model/time.js';

/** So many days before the report is due, or the month before. */
export type ReportPeriod = { readonly days: number } | 'month';

export const MOST_DAYS = 366;

/** `day`, `week`, `month` or `30d`; undefined for anything else. */
export function parsePeriod(text: string): ReportPeriod | undefined {
  if (text === 'month') return text;
  if (text === 'day') return { days: 1 };
  if (text === 'week') return { days: 7 };
  const days = Number(/^([1-9]\d{0,2})d$/.exec(text)?.[1]);
  return days <= MOST_DAYS ? { days } : undefined;
}

/**
 * The period of a report that is due at a moment, whenever it is made.
 * @param timeZone in which a month is over; undefined: that of the process
 */
export function scopeAt(period: ReportPeriod, due: Millis, timeZone?: string): Scope {
  if (period === 'month') {
    // Elsewhere it may be another month already: 8:00 in Tokyo is the day before in London.
    const part = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: 'numeric' });
    const parts = new Map(part.formatToParts(due).map(({ type, value }) => [type, Number(value)]));
    const before = new Date(parts.get('year') as number, (parts.get('month') as number) - 2);
    return monthOf(before.getFullYear(), before.getMonth() + 1);
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
