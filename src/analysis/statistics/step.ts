// Whether values changed at once rather than little by little, and when. Comes in: values at moments; goes out: the
// step. Source: A. N. Pettitt, "A non-parametric approach to the change-point problem", Applied Statistics 28 (1979).

import type { Millis } from '../../model/time.js';
import { autocorrelation, median, ranks, spread } from './robust.js';
import { bySeason, type Points, seasonsOf, spanOf } from './season.js';
import { type Trend, trendOf, withoutSeasons } from './trend.js';

/** A change that noise makes once in so many. */
const CHANCE = 0.01;
/** A step explains the values better than a line when they stand so much closer to it. */
const CLOSER = 0.9;
/** Hours on either side: one odd afternoon is no new level. */
const MIN_POINTS = 12;

export interface Step {
  /** The first moment of the new level. */
  readonly at: Millis;
  /** Medians before and since. */
  readonly from: number;
  readonly to: number;
  /** How likely values without a step look like this, from 0 to 1. */
  readonly p: number;
}

/**
 * @param trend of the same points
 * @returns undefined where there is no step, or a slope says it better
 */
export function stepOf(points: Points, trend: Trend | undefined = trendOf(points)): Step | undefined {
  const { at, values } = points;
  if (at.length < 2 * MIN_POINTS) return undefined;
  const rest = withoutSeasons(values, bySeason(points, seasonsOf(spanOf(points))));
  const { position, sum } = furthest(rest);
  if (position < MIN_POINTS || at.length - position < MIN_POINTS) return undefined;
  const [before, since] = [median(rest.slice(0, position)), median(rest.slice(position))];
  const around = rest.map((value, i) => value - (i < position ? before : since));
  const rho = autocorrelation(around);
  const n = at.length;
  const p = Math.min(1, 2 * Math.exp(((-6 * sum * sum) / (n ** 3 + n ** 2)) * ((1 - rho) / (1 + rho))));
  if (p > CHANCE || Math.abs(since - before) < spread(around)) return undefined;
  if (trend && distance(around) > CLOSER * distance(aroundLine(points, rest, trend))) return undefined;
  const level = (from: number, to: number) => median(values.slice(from, to));
  return { at: at[position] as Millis, from: level(0, position), to: level(position, n), p };
}

/** Where the sums of ranks on either side differ most. */
function furthest(values: readonly number[]): { position: number; sum: number } {
  const rank = ranks(values);
  const found = { position: 0, sum: 0 };
  let sum = 0;
  for (let i = 0; i < values.length - 1; i++) {
    sum += 2 * (rank[i] as number) - (values.length + 1);
    if (Math.abs(sum) > Math.abs(found.sum)) Object.assign(found, { position: i + 1, sum });
  }
  return found;
}

function aroundLine({ at }: Points, rest: readonly number[], { slope }: Trend): number[] {
  const levelled = rest.map(
    (value, i) => value - (slope * ((at[i] as Millis) - (at[0] as Millis))) / 86_400_000,
  );
  const center = median(levelled);
  return levelled.map(value => value - center);
}

const distance = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + Math.abs(value), 0);
