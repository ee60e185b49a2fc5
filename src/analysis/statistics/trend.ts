// Where values are heading: a slope that outliers do not move, with how sure it is. Each value is compared only with
// those of the same hour of the day or week, so that a daily or weekly pattern is no trend.
// Source: Theil-Sen slope and Mann-Kendall test by season, R. M. Hirsch, J. R. Slack, R. A. Smith, "Techniques of trend
// analysis for monthly water quality data", Water Resources Research 18 (1982).

import type { Millis } from '../../model/time.js';
import { autocorrelation, median, quantileOf, sorted, twoSided } from './robust.js';
import { bySeason, type Points, type Seasons, seasonsOf, spanOf } from './season.js';

const DAY: Millis = 86_400_000;
/** Standard deviations on either side of 95 % of a normal distribution. */
const SURE = 1.96;

export interface Trend {
  /** Change of the value in a day. */
  readonly slope: number;
  /** Between these it lies in 95 of 100 cases. */
  readonly low: number;
  readonly high: number;
  /** How likely values without a trend look like this, from 0 to 1. */
  readonly p: number;
  /** The line at the first point and at the last. */
  readonly from: number;
  readonly to: number;
  readonly seasons: Seasons['name'];
}

/** @returns undefined when there are fewer than eight points, or no two of the same season */
export function trendOf(points: Points): Trend | undefined {
  if (points.at.length < 8) return undefined;
  const seasons = seasonsOf(spanOf(points));
  const groups = bySeason(points, seasons);
  const { slopes, sum, variance } = compared(points, groups);
  if (slopes.length === 0) return undefined;
  const slope = quantileOf(slopes, 0.5);
  const rest = points.values.map((value, i) => value - slope * days(points, i));
  // Neighbours that resemble each other say less than as many independent ones: as if they were fewer.
  const rho = autocorrelation(withoutSeasons(rest, groups));
  const deviation = Math.sqrt((variance * (1 + rho)) / (1 - rho));
  const z = deviation === 0 ? 0 : Math.max(0, Math.abs(sum) - 1) / deviation;
  const half = (SURE * deviation) / slopes.length / 2;
  const start = median(rest);
  return {
    slope,
    low: quantileOf(slopes, Math.max(0, 0.5 - half)),
    high: quantileOf(slopes, Math.min(1, 0.5 + half)),
    p: twoSided(z),
    from: start,
    to: start + slope * days(points, points.at.length - 1),
    seasons: seasons.name,
  };
}

/** Values less the median of their season: what a pattern does not explain. */
export function withoutSeasons(values: readonly number[], groups: readonly (readonly number[])[]): number[] {
  const rest = values.slice();
  for (const group of groups) {
    const usual = median(group.map(i => values[i] as number));
    for (const i of group) rest[i] = (values[i] as number) - usual;
  }
  return rest;
}

const days = ({ at }: Points, i: number): number => ((at[i] as Millis) - (at[0] as Millis)) / DAY;

/** All pairs within a season: their slopes a day, ascending; Kendall's sum and its variance. */
function compared(points: Points, groups: readonly (readonly number[])[]) {
  const slopes: number[] = [];
  let sum = 0;
  let variance = 0;
  for (const group of groups) {
    for (let a = 0; a < group.length; a++)
      for (let b = a + 1; b < group.length; b++) {
        const [i, k] = [group[a] as number, group[b] as number];
        const change = (points.values[k] as number) - (points.values[i] as number);
        slopes.push(change / (days(points, k) - days(points, i)));
        sum += Math.sign(change);
      }
    variance += kendallVariance(group.map(i => points.values[i] as number));
  }
  return { slopes: sorted(slopes), sum, variance };
}

/** Of Kendall's sum over values without a trend, some of which are equal. */
function kendallVariance(values: readonly number[]): number {
  const weight = (n: number) => n * (n - 1) * (2 * n + 5);
  const equal = new Map<number, number>();
  for (const value of values) equal.set(value, (equal.get(value) ?? 0) + 1);
  const ties = [...equal.values()].reduce((all, n) => all + weight(n), 0);
  return (weight(values.length) - ties) / 18;
}
