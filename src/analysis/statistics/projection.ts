// What values will be: the trend goes on, and each hour stands to it as that hour of the day or week did before. Comes in:
// values of hours; goes out: what to expect, between which bounds, and how well the same would have told the last week.

import type { Millis } from '../../model/time.js';
import { mean, median, quantileOf, sorted } from './robust.js';
import { bySeason, type Points, type Seasons, seasonsOf, spanOf } from './season.js';
import { type Trend, trendOf } from './trend.js';

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;
/** Less history projects nothing. */
export const MIN_SPAN: Millis = 3 * DAY;
/** Of the distribution on either side of 80 %. */
const TAIL = 0.1;
/** Standard deviations on either side of 80 %, and of the 95 % that a trend's bounds hold. */
const [EIGHTY, NINETY_FIVE] = [1.2816, 1.96];
/** A trend that chance makes more often is none. */
const CHANCE = 0.05;

interface Expected {
  readonly value: number;
  /** Between these it lies in 80 of 100 cases. */
  readonly low: number;
  readonly high: number;
}

export interface Projection {
  at(moment: Millis): Expected;
  /** Change of the value in a day, 0 when chance may have made it. */
  readonly slope: number;
  /** Mean error of what the data before their last part would have said of it, as a share of their mean; NaN: unknown. */
  readonly backTestError: number;
  /** How long the part was that the back-test was made on. */
  readonly backTestSpan: Millis;
}

/** @returns undefined for less than three days of data */
export function projectionOf(points: Points): Projection | undefined {
  if (spanOf(points) < MIN_SPAN - HOUR) return undefined;
  const model = modelOf(points);
  return model && { at: model.at, slope: model.slope, ...backTest(points) };
}

interface Model {
  readonly at: (moment: Millis) => Expected;
  readonly slope: number;
}

function modelOf(points: Points): Model | undefined {
  const trend = trendOf(points);
  if (!trend) return undefined;
  const [first, last] = [points.at[0] as Millis, points.at.at(-1) as Millis];
  const slope = trend.p < CHANCE ? trend.slope : 0;
  const unsure = (doubt(trend) * EIGHTY) / NINETY_FIVE;
  const level = points.values.map((value, i) => value - (slope * ((points.at[i] as Millis) - first)) / DAY);
  const season = seasonsOf(spanOf(points));
  const all = median(level);
  const { usual, rest } = usualOf(points, level, season, all);
  const [below, above] = [quantileOf(rest, TAIL), quantileOf(rest, 1 - TAIL)];
  return {
    slope,
    at: moment => {
      const value = (usual.get(season.of(moment)) ?? all) + (slope * (moment - first)) / DAY;
      // Doubt of the slope adds up beyond the data, beside the noise of a single hour.
      const ahead = (unsure * Math.max(0, moment - last)) / DAY;
      return { value, low: value - Math.hypot(below, ahead), high: value + Math.hypot(above, ahead) };
    },
  };
}

/** Half of the span in which the slope lies in 95 of 100 cases. */
const doubt = ({ low, high }: Trend): number => (high - low) / 2;

/**
 * The level of each season, and how far each value is from that of the others of its season, ascending: a median of three
 * that a value is one of is nearer to it than to a value to come.
 * @param all the level of a value that is alone in its season
 */
function usualOf(points: Points, level: readonly number[], seasons: Seasons, all: number) {
  const usual = new Map<number, number>();
  const rest: number[] = [];
  for (const group of bySeason(points, seasons)) {
    const ascending = sorted(group.map(i => level[i] as number));
    usual.set(seasons.of(points.at[group[0] as number] as Millis), quantileOf(ascending, 0.5));
    ascending.forEach((value, place) => {
      rest.push(value - (ascending.length === 1 ? all : medianWithout(ascending, place)));
    });
  }
  return { usual, rest: sorted(rest) };
}

/** The median of two or more values but for one. @param ascending sorted */
function medianWithout(ascending: Float64Array, place: number): number {
  const middle = (ascending.length - 2) / 2;
  const at = (rank: number) => ascending[rank < place ? rank : rank + 1] as number;
  return (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
}

/** The last week, or the last quarter of less than four weeks, as the data before it tell it. */
function backTest(points: Points): Pick<Projection, 'backTestError' | 'backTestSpan'> {
  const span = Math.min(7 * DAY, spanOf(points) / 4);
  const cut = points.at.findIndex(at => at > (points.at.at(-1) as Millis) - span);
  const model = modelOf({ at: points.at.slice(0, cut), values: points.values.slice(0, cut) });
  if (!model) return { backTestError: Number.NaN, backTestSpan: span };
  const there = points.values.slice(cut);
  const errors = there.map((value, i) => Math.abs(model.at(points.at[cut + i] as Millis).value - value));
  return { backTestError: mean(errors) / Math.abs(mean(there)), backTestSpan: span };
}

/** When a limit is reached. */
interface Reach {
  /** The first day of it as expected, and by the upper bound; undefined: not within the horizon. */
  readonly expected: Millis | undefined;
  readonly earliest: Millis | undefined;
}

/** @param days how far to look ahead */
export function reachOf(projection: Projection, limit: number, now: Millis, days = 90): Reach {
  let expected: Millis | undefined;
  let earliest: Millis | undefined;
  for (let at = now; at <= now + days * DAY && expected === undefined; at += HOUR) {
    const { value, high } = projection.at(at);
    if (earliest === undefined && high >= limit) earliest = at;
    if (value >= limit) expected = at;
  }
  return { expected, earliest };
}
