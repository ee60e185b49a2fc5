// What is known of services in a period, hour by hour, and in all. Comes in: figures of hours; goes out: facts
// that reports are made of. Time in which the monitor did not look is unknown: neither up nor down.

import { TimeSlicer } from '../concurrency/time-slicer.js';
import type { Millis } from '../model/time.js';
import type { Hours, Period } from './asking.js';
import { type Calendar, calendarOf, type DayTimes } from './calendar.js';
import { CLUSTER } from './hours/block.js';
import type { HourlyFigures } from './hours/hourly-figures.js';
import { type Buckets, HourSums, type ServiceSums } from './hours/sums.js';
import { type Outage, outagesIn } from './outages.js';
import type { Points } from './statistics/season.js';

const HOUR: Millis = 3_600_000;
/** Seconds between scrapes as `measures.dense` gives them. */
const DENSE = 120;
/** Seconds between two scrapes unless configured otherwise. */
const USUAL = 15;
/** Hours. */
const LAST_DAY = 24;

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
  /** Share of each hour outside of maintenance that it was seen up. */
  readonly available: Hours;
  /** By day of the period's calendar. */
  readonly days: readonly DayTimes[];
  /** Failed checks of each hour. */
  readonly failures: Hours;
  /** Share of the last day that it was up but slow. */
  readonly slowShare: number;
  /** When it was down outside of maintenance, oldest first. */
  readonly outages: readonly Outage[];
  readonly checks: number;
  /** Of the checks, those that were answered, and the seconds they took in all. */
  readonly answers: number;
  readonly answerSeconds: number;
  /** Of the checks, those that failed, and those that timed out among them. */
  readonly failed: number;
  readonly timedOut: number;
  /** Shares of the checks. */
  readonly failureRate: number;
  readonly timeoutRate: number;
  /** Of all answered checks, seconds: their mean, the shortest and the longest of those that a look every minute sees. */
  readonly meanTime: number;
  readonly fastest: number;
  readonly slowest: number;
  readonly buckets: Buckets;
  /** Of its machine, a share or in percent as it says it. */
  readonly load: Readonly<Record<'avg_cpu' | 'peak_cpu' | 'avg_memory' | 'peak_memory', number>>;
}

/** A service of which nothing is known is not in it. */
export type Facts = ReadonlyMap<string, ServiceFacts>;

/** What is known of a period. */
interface PeriodFacts {
  readonly services: Facts;
  /** Of the whole cluster: by the name of a figure, see hours/figures.ts. */
  readonly cluster: ReadonlyMap<string, Hours>;
}

/** @param services how many there are, about @throws QueryError */
export async function factsOf(hourly: HourlyFigures, period: Period, services: number): Promise<PeriodFacts> {
  const sums = new HourSums(period);
  await hourly.each(period, services, part => sums.add(part));
  const calendar = calendarOf(period);
  const facts = new Map<string, ServiceFacts>();
  const pieces = new TimeSlicer();
  for (const [id, of] of sums.services) {
    if (id !== CLUSTER) facts.set(id, factsOfService(of, sums.bounds, period, calendar));
    if (pieces.isLong) await pieces.yieldIfDue();
  }
  return { services: facts, cluster: sums.cluster };
}

function factsOfService(
  sums: ServiceSums,
  bounds: Iterable<number>,
  period: Period,
  calendar: Calendar,
): ServiceFacts {
  const { of, hours } = sums;
  const checks = sums.total('checks');
  const share = (count: number) => (checks > 0 ? Math.min(1, count / checks) : Number.NaN);
  const [answers, seconds] = [sums.total('answers'), sums.total('answerSeconds')];
  const { down, available, ...availability } = availabilityOf(sums, period, calendar);
  return {
    times: Float64Array.from({ length: hours }, (_, hour) => {
      const count = of('answers', hour);
      return count > 0 ? of('answerSeconds', hour) / count : Number.NaN;
    }),
    ...{ down, available, ...availability },
    failures: Float64Array.from({ length: hours }, (_, hour) => of('failures', hour)),
    slowShare: sums.mean('slow', Math.max(0, hours - LAST_DAY)),
    outages: outagesIn(period, sums.outages),
    ...{ checks, answers, answerSeconds: seconds },
    failed: sums.total('failures'),
    timedOut: sums.total('timeouts'),
    failureRate: share(sums.total('failures')),
    timeoutRate: share(sums.total('timeouts')),
    meanTime: answers > 0 ? seconds / answers : Number.NaN,
    fastest: sums.extreme('fastest', Math.min),
    slowest: sums.extreme('slowest', Math.max),
    buckets: sums.bucketsWithin(bounds),
    load: {
      avg_cpu: sums.mean('avgCpu', 0),
      peak_cpu: sums.extreme('maxCpu', Math.max),
      avg_memory: sums.mean('avgMemory', 0),
      peak_memory: sums.extreme('maxMemory', Math.max),
    },
  };
}

type Availability = Pick<
  ServiceFacts,
  | 'down'
  | 'available'
  | 'days'
  | 'coverage'
  | 'availability'
  | 'seenSeconds'
  | 'downSeconds'
  | 'maintenanceSeconds'
>;

/** Of scrapes by hour. A scrape stands for the time between two: an hour of more of them weighs no more. */
function availabilityOf(
  { of, hours }: ServiceSums,
  period: Period,
  { dates, dayOf }: Calendar,
): Availability {
  const down = new Float64Array(hours);
  const available = new Float64Array(hours).fill(Number.NaN);
  const days = dates.map(() => ({ looked: 0, seen: 0, down: 0, maintenance: 0 }));
  for (let hour = 0; hour < hours; hour++) {
    const count = of('seen', hour);
    const day = days[dayOf[hour] as number];
    if (!(count > 0) || !day) continue;
    // Prometheus 2 counts a scrape at the very beginning of an hour too.
    const seconds = Math.min(secondsBetween(of, hour), 3600 / count);
    // A scrape may have come between two of the answers: no part is more than the whole.
    const inMaintenance = Math.min(count, orZero(of('plannedSeen', hour)));
    const outside = count - inMaintenance;
    const upOutside = Math.min(outside, orZero(of('up', hour)) - orZero(of('plannedUp', hour)));
    if (outside > 0) available[hour] = upOutside / outside;
    down[hour] = (outside - upOutside) * seconds;
    day.looked += count * seconds;
    day.maintenance += inMaintenance * seconds;
    day.seen += outside * seconds;
    day.down += down[hour] as number;
  }
  return { down, available, days, ...inAllDays(days, period) };
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

/**
 * Seconds between two scrapes of an hour. The first minutes of a history have few of them; the hour beside tells. Where the
 * monitor ran for some minutes only, two minutes full of scrapes may not be among them: it claims no more than is usual.
 */
function secondsBetween(of: ServiceSums['of'], hour: number): number {
  const beside = [hour - 1, hour, hour + 1];
  const most = Math.max(1, ...beside.map(at => orZero(of('dense', at))));
  const count = beside.reduce((sum, at) => sum + orZero(of('seen', at)), 0);
  return count <= 2 * most ? Math.min(DENSE / most, USUAL) : DENSE / most;
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
