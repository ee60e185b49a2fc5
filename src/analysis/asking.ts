// How a report asks: PromQL to the query engine, ours or a remote one alike, with every question noted as evidence.
// Comes in: questions; goes out: values.

import { formatDuration } from '../model/duration.js';
import type { Millis } from '../model/time.js';
import type { QueryEngine } from '../query/engine.js';

/** What of the query engine reports use. */
export type Engine = Pick<QueryEngine, 'instant' | 'range'>;

/** A stretch of time up to a moment. It begins with a full hour of the local clock. */
export interface Period {
  readonly from: Millis;
  readonly to: Millis;
}

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;

/** What a report is about. */
export interface Scope {
  readonly name: string;
  /** @returns undefined when none of it has been yet */
  readonly period: (now: Millis) => Period | undefined;
}

/** So many days up to now. */
export const lastDays = (days: number): Scope => ({
  name: `${days} days`,
  period: now => daysUpTo(now, days),
});

/** A month of the local calendar, the present one up to now. @param month from 1 */
export const monthOf = (year: number, month: number): Scope => ({
  name: `month ${year}-${month}`,
  period: now => {
    const [from, end] = [new Date(year, month - 1).getTime(), new Date(year, month).getTime()];
    return from < now ? { from, to: Math.min(end, Math.floor(now)) } : undefined;
  },
});

function daysUpTo(now: Millis, days: number): Period {
  // Some zones are half an hour or a quarter beside the others.
  const beside = (new Date(now).getTimezoneOffset() * 60_000) % HOUR;
  return { from: Math.floor((now - beside) / HOUR) * HOUR + beside - days * DAY, to: Math.floor(now) };
}

/** A PromQL duration as long as the period. */
export const windowOf = ({ from, to }: Period): string =>
  formatDuration(Math.ceil((to - from) / 1000) * 1000);

/** How many hours it has, the last of which may have just begun. */
export const hoursIn = ({ from, to }: Period): number => Math.ceil((to - from) / HOUR);

/** By the value of the label `target`. */
export type ByTarget = ReadonlyMap<string, number>;

/** Values of an expression at the end of a period, by target; without those that are no number. */
export async function valuesAt(engine: Engine, query: string, at: Millis): Promise<ByTarget> {
  const { samples } = await engine.instant(query, at);
  const known = samples.filter(({ value }) => Number.isFinite(value));
  return new Map(known.map(({ labels, value }) => [labels.get('target'), value]));
}

/** Values by the hour: index 0 is the first hour of the period; NaN where there is none. */
export type Hours = Float64Array;

/** An expression over a window that is to be asked: `1h`, or less for an hour that is not over. */
type OverWindow = (window: string) => string;

/**
 * Values of an expression over each hour of a period, by target. The last hour ends with the period: asked at its full
 * length, it would have samples of the future by the time of the next question, and shares of two answers would not fit.
 */
export async function hourly(
  engine: Engine,
  measure: OverWindow,
  period: Period,
): Promise<ReadonlyMap<string, Hours>> {
  const { from, to } = period;
  const count = hoursIn(period);
  const full = Math.floor((to - from) / HOUR);
  const found = new Map<string, Hours>();
  const note = (target: string, hour: number, value: number): void => {
    const hours = found.get(target) ?? new Float64Array(count).fill(Number.NaN);
    found.set(target, hours);
    hours[hour] = value;
  };
  if (full > 0) {
    const grid = { from: from + HOUR, to: from + full * HOUR, step: HOUR };
    const { series } = await engine.range(measure('1h'), grid);
    for (const { labels, times, values } of series) {
      const target = labels.get('target');
      times.forEach((time, i) => {
        note(target, Math.round((time - from) / HOUR) - 1, values[i] as number);
      });
    }
  }
  if (full < count) {
    const last = await valuesAt(engine, measure(formatDuration(to - from - full * HOUR)), to);
    for (const [target, value] of last) note(target, full, value);
  }
  return found;
}
