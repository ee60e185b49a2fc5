// Everything a person wants to know of a week or a month, in one: the reports of the period, what became of each day, and
// which alerts fired. It is what is sent by schedule and printed by the command line.

import { TimeSlicer } from '../../concurrency/time-slicer.js';
import type { Labels } from '../../model/labels.js';
import { isoLocal, type Millis } from '../../model/time.js';
import { sentenceOf } from '../advice.js';
import type { Findings, Report } from '../analyst.js';
import { windowOf } from '../asking.js';
import { dateOf } from '../calendar.js';
import { pointsOf } from '../facts.js';
import { grouped } from '../grouped.js';
import { historiesOf } from '../histories.js';
import { mean } from '../statistics/robust.js';
import { rounded } from '../words.js';
import { type CapacityReport, capacityReport } from './capacity-report.js';
import { type ModelFigures, modelFigures } from './models.js';
import { type PerformanceAnalysis, performanceAnalysis } from './performance-analysis.js';
import { type PerformanceTrends, performanceTrends } from './performance-trends.js';
import { type UptimeReport, uptimeReport } from './uptime-report.js';

/** Alerts that fired, by their labels. */
const FIRED = (window: string) => `count_over_time(ALERTS{alertstate="firing"}[${window}])`;
/** How much one question is about: of a thousand services there may be thousands of alerts. */
const AT_ONCE: Millis = 6 * 3_600_000;

export interface PeriodReport {
  readonly from: string;
  readonly to: string;
  readonly uptime: UptimeReport;
  readonly performance_trends: PerformanceTrends;
  readonly performance_analysis: PerformanceAnalysis;
  readonly capacity: CapacityReport;
  readonly daily: Daily;
  /** Models that were asked for text or vectors, the worst first. */
  readonly models: readonly ModelFigures[];
  /** Most first. */
  readonly alerts: readonly FiredAlert[];
  /** Of all services, what helps most first. */
  readonly recommendations: readonly string[];
}

/** By day of the local calendar; the first and the last may be a part of a day. */
interface Daily {
  readonly dates: readonly string[];
  readonly services: Readonly<
    Record<
      string,
      {
        /** From 0 to 1, outside of maintenance; null where the monitor did not look. */
        readonly uptime: readonly (number | null)[];
        /** Mean of answered checks, seconds. */
        readonly response_time: readonly (number | null)[];
      }
    >
  >;
}

interface FiredAlert {
  readonly alertname: string;
  readonly severity: string;
  /** Different alerts of this name. */
  readonly count: number;
}

export const periodReport: Report<PeriodReport> = {
  name: 'period report',
  async make(findings) {
    const { period } = findings;
    const uptime = await uptimeReport.make(findings);
    const trends = await performanceTrends.make(findings);
    const analysis = await performanceAnalysis.make(findings);
    const capacity = await capacityReport.make(findings);
    const daily = await dailyOf(findings);
    const models = await modelFigures(findings);
    const alerts = await firedAlerts(findings);
    return {
      from: isoLocal(period.from),
      to: isoLocal(period.to),
      uptime,
      performance_trends: trends,
      performance_analysis: analysis,
      capacity,
      daily,
      models,
      alerts,
      recommendations: capacity.recommendations.map(sentenceOf),
    };
  },
};

async function dailyOf(findings: Findings): Promise<Daily> {
  const { calendar, facts, services, period } = findings;
  const histories = historiesOf(findings);
  const pieces = new TimeSlicer();
  const found: Record<string, Daily['services'][string]> = {};
  for (const { id } of services) {
    if (pieces.isLong) await pieces.yieldIfDue();
    const days = histories.get(id)?.days ?? [];
    const times = meansOf(calendar.dates, facts.get(id)?.times, period);
    const uptime = calendar.dates.map((_, i) => {
      const day = days[i];
      return day ? rounded(1 - day.down / day.seen, 6) : null;
    });
    found[id] = { uptime, response_time: times };
  }
  return { dates: calendar.dates, services: found };
}

function meansOf(
  dates: readonly string[],
  hours: Float64Array | undefined,
  period: Findings['period'],
): (number | null)[] {
  const { at, values } = pointsOf(hours ?? new Float64Array(0), period);
  const byDate = grouped(at.keys(), i => dateOf(at[i] as Millis));
  return dates.map(date => rounded(mean((byDate.get(date) ?? []).map(i => values[i] as number))));
}

async function firedAlerts({ engine, period }: Findings): Promise<FiredAlert[]> {
  const fired = new Map<string, Labels>();
  for (let from = period.from; from < period.to; from += AT_ONCE) {
    const to = Math.min(from + AT_ONCE, period.to);
    const { samples } = await engine.instant(FIRED(windowOf({ from, to })), to);
    for (const { labels } of samples) fired.set(labels.key, labels);
  }
  const kinds = grouped(fired.values(), labels =>
    JSON.stringify([labels.get('alertname'), labels.get('severity')]),
  );
  return [...kinds]
    .map(([key, all]) => {
      const [alertname, severity] = JSON.parse(key) as [string, string];
      return { alertname, severity, count: all.length };
    })
    .sort((a, b) => b.count - a.count || (a.alertname < b.alertname ? -1 : 1));
}
