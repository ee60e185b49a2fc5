// What is kept of each day for years: seconds up and down, checks and outages of every service. Comes in: a day that is
// over; goes out: its roll-up, and a period's days, of samples where they are there and of roll-ups where they are gone.

import type { Millis } from '../model/time.js';
import type { Period } from './asking.js';
import { type Calendar, type DayTimes, dayOf } from './calendar.js';
import { factsOf, type ServiceFacts } from './facts.js';
import type { HourlyFigures } from './hours/hourly-figures.js';
import { joined, type Outage } from './outages.js';

/** One service's day. */
interface ServiceDay extends DayTimes {
  readonly checks: number;
  readonly failures: number;
  readonly timeouts: number;
  /** Answered checks, and the seconds they took in all. */
  readonly answers: number;
  readonly answerSeconds: number;
  /** Unix milliseconds; what goes on after midnight begins again in the next day. */
  readonly outages: readonly (readonly [from: Millis, to: Millis])[];
}

/** By id of a service; a service the monitor did not look at that day is not in it. */
type Rollup = Readonly<Record<string, ServiceDay>>;

/** By date, `2026-10-31`. */
type Rollups = ReadonlyMap<string, Rollup>;

/** Where roll-ups are kept. */
export interface RollupStore {
  upsert(date: string, rollup: Rollup): boolean;
  between(from: string, to: string): ReadonlyMap<string, unknown>;
  dates(from: string, to: string): readonly string[] | undefined;
  /** Days whose samples changed since their roll-up was made, oldest first. */
  changed(): readonly string[];
  /** The roll-up of a changed day is up to date. */
  deleteChanged(date: string): void;
}

/** Of a day that is over. @param services how many there are, about @throws QueryError */
export async function rollUp(hourly: HourlyFigures, date: string, services: number): Promise<Rollup> {
  const facts = await factsOf(hourly, dayOf(date), services);
  const days = [...facts.services].map(([id, of]): [string, ServiceDay] => [
    id,
    {
      ...rounded(timesOf(of)),
      ...rounded({
        checks: of.checks,
        failures: of.failed,
        timeouts: of.timedOut,
        answers: of.answers,
        answerSeconds: of.answerSeconds,
      }),
      outages: of.outages.map(({ from, to }) => [from, to] as const),
    },
  ]);
  return Object.fromEntries(days.filter(([, { looked }]) => looked > 0));
}

/** Of each service the roll-up that saw more: samples that are gone since are in the earlier one alone. */
export function mergeRollups(earlier: Rollup, later: Rollup): Rollup {
  const merged = { ...earlier };
  for (const [id, day] of Object.entries(later))
    if (day.looked >= (earlier[id]?.looked ?? 0)) merged[id] = day;
  return merged;
}

function timesOf({ days }: ServiceFacts): DayTimes {
  const sum = (key: keyof DayTimes) => days.reduce((all, day) => all + day[key], 0);
  return { looked: sum('looked'), seen: sum('seen'), down: sum('down'), maintenance: sum('maintenance') };
}

/** To milliseconds: more digits would be most of what is kept. */
function rounded<Values extends object>(values: Values): Values {
  const all = Object.entries(values).map(([key, value]) => [key, Math.round(value * 1000) / 1000]);
  return Object.fromEntries(all) as Values;
}

/** Of days, oldest first. */
export function rollupsIn(store: Pick<RollupStore, 'between'>, dates: readonly string[]): Rollups {
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  return store.between(first, last) as Rollups;
}

/** A service's days in a period and its outages, oldest first. */
export interface ServiceHistory {
  readonly days: readonly DayTimes[];
  readonly outages: readonly Outage[];
  /** Days of which only the roll-up is left. */
  readonly rolledUp: number;
}

const NOTHING: DayTimes = { looked: 0, seen: 0, down: 0, maintenance: 0 };

/**
 * The better of samples and roll-up for each day: what saw more of it. A part of a day at an end of the period is of
 * samples alone.
 * @returns undefined when the monitor never looked
 */
export function historyOf(
  id: string,
  period: Period,
  { dates }: Calendar,
  rollups: Rollups,
  samples: { readonly facts: ServiceFacts | undefined; readonly outages: readonly Outage[] },
): ServiceHistory | undefined {
  const fromRollups = new Map<string, ServiceDay>();
  const days = dates.map((date, i) => {
    const seen = samples.facts?.days[i] ?? NOTHING;
    const stored = rollups.get(date)?.[id];
    // A second of difference is rounding.
    if (!stored || stored.looked <= seen.looked + 1 || !isWithin(dayOf(date), period)) return seen;
    fromRollups.set(date, stored);
    return stored;
  });
  if (!samples.facts && fromRollups.size === 0) return undefined;
  if (fromRollups.size === 0) return { days, outages: samples.outages, rolledUp: 0 };
  const spans = [...fromRollups.keys()].map(dayOf);
  const isLeft = ({ from }: Outage) => !spans.some(span => from >= span.from && from < span.to);
  const storedOutages = [...fromRollups.values()].flatMap(day =>
    day.outages.map(([from, to]) => ({ from, to })),
  );
  const outages = joined([...samples.outages.filter(isLeft), ...storedOutages]);
  return { days, outages, rolledUp: fromRollups.size };
}

const isWithin = (day: Period, { from, to }: Period): boolean => day.from >= from && day.to <= to;
