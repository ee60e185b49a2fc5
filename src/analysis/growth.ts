// What is to come of what fills up or gets more, in sentences and figures. Comes in: findings; goes out: the document's
// `growth_projections`.

import { TimeSlicer } from '../concurrency/time-slicer.js';
import { isoLocal, type Millis } from '../model/time.js';
import type { Findings } from './analyst.js';
import { pointsOf } from './facts.js';
import { type Load, loads } from './loads.js';
import { MIN_SPAN, type Projection, projectionOf, reachOf } from './statistics/projection.js';
import { mean } from './statistics/robust.js';
import { type Points, spanOf } from './statistics/season.js';
import { change, percent, rounded, span } from './words.js';

const DAY: Millis = 86_400_000;
const MONTH: Millis = 30 * DAY;
/** Days ahead that limits are looked for. */
export const HORIZON = 90;
/** More change of load in a month than this is said. */
const NOTABLE = 0.05;

export interface Growth {
  readonly next_month: string;
  readonly scaling_needed: string;
  readonly cost_impact: string;
  readonly projections: Readonly<Record<string, ShownProjection>>;
}

export interface ShownProjection {
  /** Mean of the last week, or of all there is. */
  readonly now: number | null;
  readonly unit: Load['unit'];
  /** In 30 days, between the bounds in 80 of 100 cases. */
  readonly next_month: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** Of now, 0.2 for a fifth more. */
  readonly change: number | null;
  /** The day its limit is reached: a date, `not within 90 days`, or null where it has no limit or nothing is known. */
  readonly limit_reached: string | null;
  /** By the upper bound. */
  readonly limit_reached_earliest: string | null;
  /** Backtest: mean error, as a share, of a projection of the last part of the period from the data before it. */
  readonly back_test_error: number | null;
  readonly back_test_days: number | null;
  readonly reason: string | null;
  readonly query: string;
}

/** Whether a limit is reached within the horizon: a date says when. */
export const isDate = (reached: string): boolean => /^\d{4}-/.test(reached);

/** A load by the hour, and what is to come of it. */
export interface ProjectedLoad {
  readonly load: Load;
  readonly points: Points;
  /** Undefined where there is too little data. */
  readonly projection: Projection | undefined;
  readonly view: ShownProjection;
}

/** Several reports want them. */
const projected = new WeakMap<Findings, Promise<readonly ProjectedLoad[]>>();

/** Each load of the catalogue; made once for each findings. */
export function projectedLoads(findings: Findings): Promise<readonly ProjectedLoad[]> {
  const known = projected.get(findings) ?? projectAll(findings);
  projected.set(findings, known);
  return known;
}

async function projectAll(findings: Findings): Promise<readonly ProjectedLoad[]> {
  const pieces = new TimeSlicer();
  const found: ProjectedLoad[] = [];
  for (const load of loads) {
    if (pieces.isLong) await pieces.yieldIfDue();
    found.push(projectedLoad(load, findings));
  }
  return found;
}

function projectedLoad(load: Load, { cluster, period }: Findings): ProjectedLoad {
  const points = pointsOf(cluster.get(load.key) ?? new Float64Array(0), period);
  const reason =
    points.at.length === 0
      ? 'nothing monitored tells it'
      : `${span(spanOf(points))} of data; a projection takes ${span(MIN_SPAN)}`;
  const projection = projectionOf(points);
  const week = points.values.filter((_, i) => (points.at[i] as Millis) >= period.to - 7 * DAY);
  const view = shownProjection(load, projection, mean(week), projection ? null : reason, period.to);
  return { load, points, projection, view };
}

export async function growthOf(findings: Findings): Promise<Growth> {
  const known = await projectedLoads(findings);
  const views = known.map(({ load, view: each }) => [load.key, each] as const);
  const projections = Object.fromEntries(views);
  const full = loads.filter(({ key }) => isDate(projections[key]?.limit_reached ?? ''));
  const isKnown = views.some(([, { limit_reached }]) => limit_reached !== null);
  return {
    next_month: nextMonth(projections.requests as ShownProjection),
    scaling_needed:
      full.length > 0
        ? full
            .map(({ key, name }) => `${name} is expected to be full on ${projections[key]?.limit_reached}`)
            .join('; ')
        : isKnown
          ? `None: no limit is reached within ${HORIZON} days`
          : 'Unknown: too little data for a projection',
    cost_impact:
      full.length > 0
        ? `More capacity is needed for ${full.map(({ name }) => name).join(', ')}`
        : isKnown
          ? 'Minimal - the infrastructure is adequate as far as it is known'
          : 'Unknown: too little data for a projection',
    projections,
  };
}

function shownProjection(
  { query, unit, limit }: Load,
  projection: Projection | undefined,
  now: number,
  reason: string | null,
  at: Millis,
): ShownProjection {
  const nothing = { next_month: null, change: null, limit_reached: null, limit_reached_earliest: null };
  const base = { now: rounded(now), unit, reason, query: query('1h') };
  if (!projection) return { ...base, ...nothing, back_test_error: null, back_test_days: null };
  const then = weekAround(projection, at + MONTH);
  const reach = limit === undefined ? undefined : reachOf(projection, limit, at, HORIZON);
  const date = (found: Millis | undefined) =>
    found === undefined ? `not within ${HORIZON} days` : isoLocal(found).slice(0, 10);
  return {
    ...base,
    next_month: {
      value: rounded(then.value) ?? 0,
      low: rounded(Math.max(0, then.low)) ?? 0,
      high: rounded(then.high) ?? 0,
    },
    change: now > 0 ? rounded((then.value - now) / now, 3) : null,
    limit_reached: reach ? date(reach.expected) : null,
    limit_reached_earliest: reach ? date(reach.earliest) : null,
    back_test_error: rounded(projection.backTestError, 3),
    back_test_days: rounded(projection.backTestSpan / DAY, 3),
  };
}

/** Mean of the week up to a moment, so that the hour of the day it falls on does not matter. */
function weekAround(projection: Projection, to: Millis) {
  const hours = Array.from({ length: 7 * 24 }, (_, hour) => projection.at(to - hour * (DAY / 24)));
  return {
    value: mean(hours.map(({ value }) => value)),
    low: mean(hours.map(({ low }) => low)),
    high: mean(hours.map(({ high }) => high)),
  };
}

function nextMonth({
  change: by,
  next_month: then,
  now,
  reason,
  back_test_error: error,
}: ShownProjection): string {
  if (by === null || !then) return `Unknown: ${reason ?? 'there is no load to compare with'}`;
  const tested =
    error === null ? '' : `; the same would have told the last days with an error of ${percent(error)}`;
  const bounds = `(between ${Math.round(then.low)} and ${Math.round(then.high)} requests an hour in 80 of 100 cases, ${Math.round(now ?? 0)} now${tested})`;
  if (Math.abs(by) < NOTABLE) return `Expect no change in load ${bounds}`;
  return `Expect ${change(by).slice(1)} ${by > 0 ? 'increase' : 'decrease'} in load ${bounds}`;
}
