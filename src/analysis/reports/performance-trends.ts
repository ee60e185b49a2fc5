// The document's use case "Performance Optimization": per service how fast it is, where that is heading, when its peaks
// are and what to do; and what is worth knowing of the cluster.

import { TimeSlicer } from '../../concurrency/time-slicer.js';
import type { Findings, Report } from '../analyst.js';
import { type Evidence, evidenceOf } from '../evidence.js';
import type { ServiceFacts } from '../facts.js';
import { insightsOf } from '../insights.js';
import * as measures from '../measures.js';
import { recommendationsOf } from '../recommendations.js';
import { type Direction, TOO_LITTLE, type TrendWord } from '../trend-word.js';
import { percent, rounded } from '../words.js';

interface ServiceTrend {
  readonly name: string;
  /** Seconds, answered checks only. */
  readonly avg_response_time: number | null;
  readonly trend: TrendWord | null;
  /** Why the trend is called so, or why there is none. */
  readonly trend_reason: string;
  /** Change of the response time over the period, 0.1 for a tenth slower. */
  readonly change: number | null;
  readonly peak_hours: readonly string[];
  readonly failure_rate: string | null;
  readonly failure_ratio: number | null;
  /** Share of the period that the monitor looked. */
  readonly coverage: number;
  readonly recommendation: string;
  readonly evidence: readonly Evidence[];
}

export interface PerformanceTrends {
  readonly services: Readonly<Record<string, ServiceTrend>>;
  readonly insights: readonly string[];
}

export const performanceTrends: Report<PerformanceTrends> = {
  name: 'performance trends',
  async make(findings) {
    const { services, facts, directions } = findings;
    const pieces = new TimeSlicer();
    const found: Record<string, ServiceTrend> = {};
    for (const { id, name } of services) {
      if (pieces.isLong) await pieces.yieldIfDue();
      const [ofService, direction] = [facts.get(id), directions.get(id)];
      found[id] = ofService && direction ? trend(id, name, ofService, direction, findings) : unknown(name);
    }
    return { services: found, insights: await insightsOf(findings) };
  },
};

function trend(
  id: string,
  name: string,
  facts: ServiceFacts,
  direction: Direction,
  { period }: Findings,
): ServiceTrend {
  const of = (figure: string, measure: measures.Measure, value: number) =>
    evidenceOf(figure, measure, id, value, period);
  return {
    name,
    avg_response_time: rounded(facts.meanTime),
    trend: direction.word ?? null,
    trend_reason: direction.reason,
    change: direction.word ? rounded(direction.change, 3) : null,
    peak_hours: direction.pattern?.peaks ?? [],
    failure_rate: Number.isFinite(facts.failureRate) ? percent(facts.failureRate) : null,
    failure_ratio: rounded(facts.failureRate),
    coverage: rounded(facts.coverage) ?? 0,
    recommendation: recommendationsOf(facts, direction, period)[0]?.text ?? '',
    evidence: [
      of('avg_response_time', measures.meanTime, facts.meanTime),
      of('failure_rate', measures.failureShare, facts.failureRate),
    ],
  };
}

const unknown = (name: string): ServiceTrend => ({
  name,
  avg_response_time: null,
  trend: null,
  trend_reason: TOO_LITTLE,
  change: null,
  peak_hours: [],
  failure_rate: null,
  failure_ratio: null,
  coverage: 0,
  recommendation: `Too little data: ${TOO_LITTLE}`,
  evidence: [],
});
