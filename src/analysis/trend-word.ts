// In which direction a service's speed goes, in the document's words, with the reason. Comes in: facts of a service;
// goes out: a word and what it rests on.

import type { Millis } from '../model/time.js';
import type { Period } from './asking.js';
import { pointsOf, type ServiceFacts } from './facts.js';
import { type DailyPattern, dailyPatternOf } from './statistics/daily-pattern.js';
import { mean } from './statistics/robust.js';
import { type Step, stepOf } from './statistics/step.js';
import { type Trend, trendOf } from './statistics/trend.js';
import { change, moment, percent, seconds, span } from './words.js';

/**
 * `increasing`: slower, and still fast enough. `degrading`: slower or failing more often, and it shows: more than a
 * hundredth of the checks fail, or of the last day it was slow.
 */
export type TrendWord = 'stable' | 'increasing' | 'degrading' | 'improving';

export interface Direction {
  /** Undefined when there is too little to tell. */
  readonly word: TrendWord | undefined;
  /** Why, as a sentence without a full stop. */
  readonly reason: string;
  readonly trend: Trend | undefined;
  readonly step: Step | undefined;
  readonly pattern: DailyPattern | undefined;
  /** Of the response time over the period, 0.1 for a tenth slower; 0 when it is none that chance would not make. */
  readonly change: number;
}

/** What is said of a service that no sample is about. */
export const TOO_LITTLE = 'no samples of it in the period';

const HOUR: Millis = 3_600_000;
/** Hours with answered checks that a trend takes. */
const MIN_POINTS = 24;
/** A direction that chance makes once in so many. */
const CHANCE = 0.05;
/** Less change than this is stable, however sure it is. */
const NOTABLE = 0.1;
/** A larger share of failed checks, or of slow time, makes a slower service a degrading one. */
const BEARABLE = 0.01;
/** So many times more failures in the second half is failing more often. */
const MORE = 2;

export function directionOf(facts: ServiceFacts, period: Period): Direction {
  const points = pointsOf(facts.times, period);
  const pattern = dailyPatternOf(points);
  const hours = points.at.length;
  if (hours < MIN_POINTS) {
    const seen = facts.coverage * (period.to - period.from);
    const reason = `${span(Math.min(hours * HOUR, seen))} of data; a trend takes ${span(MIN_POINTS * HOUR)}`;
    return { word: undefined, reason, trend: undefined, step: undefined, pattern, change: 0 };
  }
  const trend = trendOf(points);
  const step = stepOf(points, trend);
  const by = changeOf(trend, step);
  const worse = failingMore(facts);
  const found = { trend, step, pattern, change: by };
  if (by >= NOTABLE) {
    const slower = slowerOrFaster(trend, step, by, period);
    const shortcomings = shortcomingsOf(facts);
    return shortcomings
      ? { ...found, word: 'degrading', reason: `${slower}, and ${shortcomings}` }
      : { ...found, word: 'increasing', reason: slower };
  }
  if (worse) return { ...found, word: 'degrading', reason: worse };
  if (by <= -NOTABLE) return { ...found, word: 'improving', reason: slowerOrFaster(trend, step, by, period) };
  return { ...found, word: 'stable', reason: 'no change beyond the noise' };
}

function changeOf(trend: Trend | undefined, step: Step | undefined): number {
  const line = step ?? (trend && trend.p < CHANCE ? trend : undefined);
  return line && line.from > 0 ? (line.to - line.from) / line.from : 0;
}

function slowerOrFaster(
  trend: Trend | undefined,
  step: Step | undefined,
  by: number,
  { to }: Period,
): string {
  const word = by > 0 ? 'slower' : 'faster';
  const line = step ?? (trend as Trend);
  const figures = `from ${seconds(line.from)} to ${seconds(line.to)} (${change(by)})`;
  if (step) return `${word} at once since ${moment(step.at, to)}, ${figures}`;
  return `${word} little by little, ${figures}`;
}

/** Failures or slowness above the bound, as a clause; undefined when there are none. */
function shortcomingsOf({ failureRate, slowShare }: ServiceFacts): string | undefined {
  if (failureRate > BEARABLE) return `${percent(failureRate)} of the checks fail`;
  return slowShare > BEARABLE ? `too slow for ${percent(slowShare)} of the last day` : undefined;
}

/** The rise of its failures, as a clause; undefined when there is none. */
function failingMore({ failures, failureRate }: ServiceFacts): string | undefined {
  if (!(failureRate > BEARABLE)) return undefined;
  const known = Array.from(failures).filter(count => Number.isFinite(count));
  const half = Math.floor(known.length / 2);
  const [before, since] = [mean(known.slice(0, half)), mean(known.slice(half))];
  if (!(since >= MORE * before)) return undefined;
  return `failing more often: ${percent(failureRate)} of the checks, most of them in the second half`;
}
