// When it is busy or slow: each hour of each day of the week, of a service's response times or of a load. Local time.

import { isoLocal, type Millis } from '../../model/time.js';
import type { Findings } from '../analyst.js';
import { pointsOf } from '../facts.js';
import { projectedLoads } from '../growth.js';
import { loads } from '../loads.js';
import * as measures from '../measures.js';
import { median } from '../statistics/robust.js';
import { hourOfDay, type Points, spanOf } from '../statistics/season.js';
import { rounded, span } from '../words.js';

const HOUR: Millis = 3_600_000;
const WEEK: Millis = 7 * 24 * HOUR;
/** As ISO 8601 orders them. */
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** What a profile is of. */
type ProfileSeries = { readonly service: string } | { readonly load: string };

interface WeeklyProfile {
  /** A service's or a load's. */
  readonly name: string;
  readonly unit: 'seconds' | 'requests/h' | 'sessions' | 'ratio';
  readonly from: string;
  readonly to: string;
  /** Monday first. */
  readonly days: readonly string[];
  /** By day, then by hour from 0 to 23: the median of the means of that hour; null where nothing is known. */
  readonly values: readonly (readonly (number | null)[])[];
  /** Of all hours. */
  readonly median: number | null;
  readonly busiest: HourOfWeek | null;
  readonly quietest: HourOfWeek | null;
  /** Hours that something is known of. */
  readonly known_hours: number;
  /** What is missing for a whole week; null where nothing is. */
  readonly reason: string | null;
  /** The hour up to the moment it is asked for. */
  readonly query: string;
}

interface HourOfWeek {
  readonly day: string;
  readonly hours: string;
  readonly value: number;
}

/** @returns undefined where there is no such service or load @throws QueryError */
export async function weeklyProfileOf(
  subject: ProfileSeries,
  findings: Findings,
): Promise<WeeklyProfile | undefined> {
  if ('service' in subject) return ofService(subject.service, findings);
  const known = (await projectedLoads(findings)).find(({ load }) => load.key === subject.load);
  return known && profile(known.load, known.points, known.load.query('1h'), findings);
}

/** What `load` may be. */
export const LOADS = loads.map(({ key }) => key) as [string, ...string[]];

function ofService(id: string, findings: Findings): WeeklyProfile | undefined {
  const service = findings.services.find(each => each.id === id);
  if (!service) return undefined;
  const points = pointsOf(findings.facts.get(id)?.times ?? new Float64Array(0), findings.period);
  const subject = { name: service.name, unit: 'seconds' } as const;
  return profile(subject, points, measures.meanTime('1h', id), findings);
}

function profile(
  { name, unit }: Pick<WeeklyProfile, 'name' | 'unit'>,
  points: Points,
  query: string,
  { period }: Findings,
): WeeklyProfile {
  const values = cellsOf(points);
  const known = values.flatMap((hours, day) =>
    hours.flatMap((value, hour) => (value === null ? [] : [{ ...nameOf(day, hour), value }])),
  );
  const [quietest = null] = known.toSorted((a, b) => a.value - b.value);
  const [busiest = null] = known.toSorted((a, b) => b.value - a.value);
  // One hour is neither.
  const extremes = known.length < 2 ? { busiest: null, quietest: null } : { busiest, quietest };
  return {
    ...{ name, unit, from: isoLocal(period.from), to: isoLocal(period.to), days: DAYS, values },
    median: rounded(median(points.values)),
    ...extremes,
    known_hours: points.at.length,
    reason: missing(points),
    query,
  };
}

function cellsOf({ at, values }: Points): (number | null)[][] {
  const cells = DAYS.map(() => Array.from({ length: 24 }, (): number[] => []));
  at.forEach((moment, i) => {
    const day = (new Date(moment).getDay() + 6) % 7;
    cells[day]?.[hourOfDay(moment)]?.push(values[i] as number);
  });
  return cells.map(hours => hours.map(each => rounded(median(each))));
}

const nameOf = (day: number, hour: number) => {
  const clock = (at: number) => `${String(at).padStart(2, '0')}:00`;
  return { day: DAYS[day] as string, hours: `${clock(hour)}-${clock((hour + 1) % 24)}` };
};

function missing(points: Points): string | null {
  if (points.at.length === 0) return 'nothing is known of it in the period';
  const there = spanOf(points) + HOUR;
  return there < WEEK ? `${span(there)} of data; a whole week takes ${span(WEEK)}` : null;
}
