// The document's HistoricalAnalysis.analyze_performance_trends: figures of each service's speed and availability, what
// repeats in them, and what to do. Quantiles and coverage stand beside the document's figures.

import { TimeSlicer } from '../../concurrency/time-slicer.js';
import type { Findings, Report } from '../analyst.js';
import { type Evidence, evidenceOf } from '../evidence.js';
import { pointsOf, type ServiceFacts } from '../facts.js';
import { grouped } from '../grouped.js';
import { quantileOf } from '../hours/sums.js';
import * as measures from '../measures.js';
import { recommendationsOf } from '../recommendations.js';
import { mean } from '../statistics/robust.js';
import type { Points } from '../statistics/season.js';
import type { Direction, TrendWord } from '../trend-word.js';
import { rounded } from '../words.js';

/** The document's bound for means of days, in seconds squared: above it they vary. */
const VARIABLE = 0.1;

export interface ServiceAnalysis {
  readonly performance_metrics: {
    readonly avg_response_time: number | null;
    readonly min_response_time: number | null;
    readonly max_response_time: number | null;
    readonly uptime_percentage: number | null;
    readonly p50_response_time: number | null;
    readonly p95_response_time: number | null;
    readonly p99_response_time: number | null;
    /** Share of the period that the monitor looked. */
    readonly coverage: number;
  };
  readonly patterns: {
    /** Of the means of days, in seconds squared; null with less than two days. */
    readonly variance: number | null;
    readonly trend: TrendWord | 'variable' | null;
    readonly trend_reason: string;
    readonly daily: {
      readonly peak_hours: readonly string[];
      readonly profile: readonly (number | null)[];
    } | null;
    readonly weekly: { readonly by_day: Readonly<Record<string, number>> } | null;
  };
  readonly recommendations: readonly string[];
  readonly evidence: readonly Evidence[];
}

export type PerformanceAnalysis = Readonly<Record<string, ServiceAnalysis | { readonly error: string }>>;

const FIGURES = {
  min_response_time: measures.fastest,
  max_response_time: measures.slowest,
  p50_response_time: measures.quantileTime(0.5),
  p95_response_time: measures.quantileTime(0.95),
  p99_response_time: measures.quantileTime(0.99),
} as const;
type Figure = keyof typeof FIGURES;
const names = Object.keys(FIGURES) as Figure[];

export const performanceAnalysis: Report<PerformanceAnalysis> = {
  name: 'performance analysis',
  async make(findings) {
    const { services, facts, directions } = findings;
    const pieces = new TimeSlicer();
    const found: Record<string, PerformanceAnalysis[string]> = {};
    for (const { id } of services) {
      if (pieces.isLong) await pieces.yieldIfDue();
      const [ofService, direction] = [facts.get(id), directions.get(id)];
      found[id] =
        ofService && direction
          ? analysis(id, ofService, direction, figuresOf(ofService), findings)
          : { error: 'No data available' };
    }
    return found;
  },
};

function figuresOf({ fastest, slowest, buckets }: ServiceFacts): Record<Figure, number> {
  return {
    min_response_time: fastest,
    max_response_time: slowest,
    p50_response_time: quantileOf(0.5, buckets),
    p95_response_time: quantileOf(0.95, buckets),
    p99_response_time: quantileOf(0.99, buckets),
  };
}

function analysis(
  id: string,
  facts: ServiceFacts,
  direction: Direction,
  figures: Record<Figure, number>,
  { period }: Findings,
): ServiceAnalysis {
  const of = (figure: string, measure: measures.Measure, value: number) =>
    evidenceOf(figure, measure, id, value, period);
  return {
    performance_metrics: {
      avg_response_time: rounded(facts.meanTime),
      min_response_time: rounded(figures.min_response_time),
      max_response_time: rounded(figures.max_response_time),
      uptime_percentage: Number.isFinite(facts.availability) ? percentage(facts.availability) : null,
      p50_response_time: rounded(figures.p50_response_time),
      p95_response_time: rounded(figures.p95_response_time),
      p99_response_time: rounded(figures.p99_response_time),
      coverage: rounded(facts.coverage) ?? 0,
    },
    patterns: patternsOf(pointsOf(facts.times, period), direction),
    recommendations: recommendationsOf(facts, direction, period).map(({ text }) => text),
    evidence: [
      of('avg_response_time', measures.meanTime, facts.meanTime),
      of('uptime_percentage', measures.availability, facts.availability),
      ...names.map(name => of(name, FIGURES[name], figures[name])),
    ],
  };
}

/** Two digits as the document has it; an outage is not rounded away. */
function percentage(share: number): number {
  const value = Math.round(share * 10_000) / 100;
  return value === 100 && share < 1 ? 99.99 : value;
}

function patternsOf(points: Points, direction: Direction): ServiceAnalysis['patterns'] {
  const days = meansBy(points, at => new Date(at).toDateString());
  const center = mean(days.map(([, value]) => value));
  const variance = mean(days.map(([, value]) => (value - center) ** 2));
  const varies = direction.word === 'stable' && variance >= VARIABLE;
  const { pattern } = direction;
  return {
    variance: days.length < 2 ? null : rounded(variance),
    trend: varies ? 'variable' : (direction.word ?? null),
    trend_reason: direction.reason,
    daily: pattern
      ? { peak_hours: pattern.peaks, profile: pattern.profile.map(value => rounded(value, 3)) }
      : null,
    weekly: days.length < 14 ? null : { by_day: weekdays(points) },
  };
}

/** Means of response times by day of the week, seconds. */
function weekdays(points: Points): Record<string, number> {
  const name = new Intl.DateTimeFormat('en', { weekday: 'long' });
  const found = meansBy(points, at => name.format(at));
  return Object.fromEntries(found.map(([day, value]) => [day, rounded(value) ?? 0]));
}

function meansBy({ at, values }: Points, keyOf: (at: number) => string): [string, number][] {
  const groups = grouped(at.keys(), i => keyOf(at[i] as number));
  return [...groups].map(([key, positions]) => [key, mean(positions.map(i => values[i] as number))]);
}
