// What is known of services in a period, hour by hour, and in all. Comes in: answers of the query engine; goes out: facts
// that reports are made of. Time in which the monitor did not look is unknown: neither up nor down.

import type { Millis } from '../model/time.js';
import { type Engine, type Hours, hourly, hoursIn, type Period, valuesAt, windowOf } from './asking.js';
import { type Calendar, calendarOf, type DayTimes } from './calendar.js';
import * as measures from './measures.js';
import type { Points } from './statistics/season.js';

const HOUR: Millis = 3_600_000;
/** Seconds of which `measures.dense` tells. */
const DENSE = 120;

/** Of one service. Shares are from 0 to 1; NaN where nothing is known. */
export interface ServiceFacts {
  /** Mean response time of the answered checks of each hour, seconds. */
  readonly times: Hours;
  /** Share of the period that the monitor looked. */
  readonly coverage: number;
  /** Share of the time outside of maintenance that it was seen up, weighted by time. */
  readonly availability: number;
  /** Seconds seen outside of maintenance, those seen down among them, and seconds seen in maintenance. */
  readonly seenSeconds: number;
  readonly downSeconds: number;
  readonly maintenanceSeconds: number;
  /** Seconds of each hour that it was seen down outside of maintenance. */
  readonly down: Hours;
  /** By day of the period's calendar. */
  readonly days: readonly DayTimes[];
  /** Failed checks of each hour. */
  readonly failures: Hours;
  /** Share of the last day that it was up but slow. */
  readonly slowShare: number;
  /** How often it went down. */
  readonly outages: number;
  readonly checks: number;
  /** Of the checks, those that were answered. */
  readonly answers: number;
  /** Shares of the checks. */
  readonly failureRate: number;
  readonly timeoutRate: number;
  /** Mean of all answered checks, seconds. */
  readonly meanTime: number;
}

/** A service of which nothing is known is not in it. */
export type Facts = ReadonlyMap<string, ServiceFacts>;

/** @throws QueryError */
export async function factsOf(engine: Engine, period: Period): Promise<Facts> {
  const window = windowOf(period);
  const byHour = (measure: measures.Measure) => hourly(engine, measure, period);
  const inAll = (measure: measures.Measure) => valuesAt(engine, measure(window), period.to);
  const [seen, dense, up, plannedSeen, plannedUp, times, failureHours] = await Promise.all([
    byHour(measures.seen),
    byHour(measures.dense),
    byHour(measures.up),
    byHour(measures.plannedSeen),
    byHour(measures.plannedUp),
    byHour(measures.meanTime),
    byHour(measures.failures),
  ]);
  const [slow, outages, checks, failures, timeouts, answers, meanTime] = await Promise.all([
    valuesAt(engine, measures.slowShare('1d'), period.to),
    inAll(measures.outages),
    inAll(measures.checks),
    inAll(measures.failures),
    inAll(measures.timeouts),
    inAll(measures.answers),
    inAll(measures.meanTime),
  ]);
  const calendar = calendarOf(period);
  const empty = new Float64Array(hoursIn(period)).fill(Number.NaN);
  const facts = new Map<string, ServiceFacts>();
  for (const [id, hours] of seen) {
    const made = checks.get(id) ?? 0;
    const share = (count: number | undefined) => (made > 0 ? Math.min(1, (count ?? 0) / made) : Number.NaN);
    facts.set(id, {
      times: times.get(id) ?? empty,
      ...availabilityOf(
        {
          seen: hours,
          dense: dense.get(id) ?? empty,
          up: up.get(id) ?? empty,
          plannedSeen: plannedSeen.get(id) ?? empty,
          plannedUp: plannedUp.get(id) ?? empty,
        },
        period,
        calendar,
      ),
      slowShare: slow.get(id) ?? Number.NaN,
      failures: failureHours.get(id) ?? empty,
      outages: outages.get(id) ?? 0,
      checks: made,
      answers: answers.get(id) ?? 0,
      failureRate: share(failures.get(id)),
      timeoutRate: share(timeouts.get(id)),
      meanTime: meanTime.get(id) ?? Number.NaN,
    });
  }
  return facts;
}

type Availability = Pick<
  ServiceFacts,
  'down' | 'days' | 'coverage' | 'availability' | 'seenSeconds' | 'downSeconds' | 'maintenanceSeconds'
>;

interface Scrapes {
  readonly seen: Hours;
  readonly dense: Hours;
  readonly up: Hours;
  readonly plannedSeen: Hours;
  readonly plannedUp: Hours;
}

/** Of scrapes by hour. A scrape stands for the time between two: an hour of more of them weighs no more. */
function availabilityOf(
  { seen, dense, up, plannedSeen, plannedUp }: Scrapes,
  period: Period,
  { dates, dayOf }: Calendar,
): Availability {
  const down = new Float64Array(seen.length);
  const days = dates.map(() => ({ looked: 0, seen: 0, down: 0, maintenance: 0 }));
  for (let hour = 0; hour < seen.length; hour++) {
    const count = seen[hour] as number;
    const day = days[dayOf[hour] as number];
    if (!(count > 0) || !day) continue;
    // Prometheus 2 counts a scrape at the very beginning of an hour too.
    const seconds = Math.min(secondsBetween(dense, hour), 3600 / count);
    // A scrape may have come between two of the answers: no part is more than the whole.
    const inMaintenance = Math.min(count, orZero(plannedSeen[hour]));
    const upOutside = Math.min(count - inMaintenance, orZero(up[hour]) - orZero(plannedUp[hour]));
    down[hour] = (count - inMaintenance - upOutside) * seconds;
    day.looked += count * seconds;
    day.maintenance += inMaintenance * seconds;
    day.seen += (count - inMaintenance) * seconds;
    day.down += down[hour] as number;
  }
  return { down, days, ...inAllDays(days, period) };
}

/** The days of a period together. */
export function inAllDays(
  days: readonly DayTimes[],
  period: Period,
): Pick<ServiceFacts, 'coverage' | 'availability' | 'seenSeconds' | 'downSeconds' | 'maintenanceSeconds'> {
  const sum = (key: keyof DayTimes) => days.reduce((all, day) => all + day[key], 0);
  const [seenSeconds, downSeconds] = [sum('seen'), sum('down')];
  return {
    coverage: Math.min(1, (sum('looked') * 1000) / (period.to - period.from)),
    availability: seenSeconds > 0 ? 1 - downSeconds / seenSeconds : Number.NaN,
    seenSeconds,
    downSeconds,
    maintenanceSeconds: sum('maintenance'),
  };
}

/** Seconds between two scrapes of an hour. The first minutes of a history have few of them; the hour beside tells. */
function secondsBetween(dense: Hours, hour: number): number {
  const most = Math.max(...[hour - 1, hour, hour + 1].map(each => orZero(dense[each])));
  return DENSE / (most > 0 ? most : 1);
}

const orZero = (value: number | undefined): number => (value !== undefined && value > 0 ? value : 0);

/** The hours of which something is known, each at its beginning. */
export function pointsOf(hours: Hours, { from }: Period): Points {
  const known = Array.from(hours.keys()).filter(hour => Number.isFinite(hours[hour] as number));
  return {
    at: known.map(hour => from + hour * HOUR),
    values: known.map(hour => hours[hour] as number),
  };
}
