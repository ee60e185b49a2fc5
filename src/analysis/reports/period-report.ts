// Everything a person wants to know of a week or a month, in one: the reports of the period, what became of each day, and
// which alerts fired. It is what is sent by schedule and printed by the command line.

import { isoLocal, type Millis } from '../../model/time.js';
import type { Findings, Report } from '../analyst.js';
import { windowOf } from '../asking.js';
import { dateOf } from '../calendar.js';
import { pointsOf } from '../facts.js';
import { grouped } from '../grouped.js';
import { historiesOf } from '../histories.js';
import { recommendationsOfAll } from '../recommendations.js';
import { mean } from '../statistics/robust.js';
import { rounded } from '../words.js';
import { type CapacityReport, capacityReport } from './capacity-report.js';
import { type PerformanceAnalysis, performanceAnalysis } from './performance-analysis.js';
import { type PerformanceTrends, performanceTrends } from './performance-trends.js';
import { type UptimeReport, uptimeReport } from './uptime-report.js';

/** Alerts of each name and severity that fired, as many as there were label sets. */
const FIRED = (window: string) =>
  `count by (alertname, severity) (count_over_time(ALERTS{alertstate="firing"}[${window}]))`;

export interface PeriodReport {
  readonly from: string;
  readonly to: string;
  readonly uptime: UptimeReport;
  readonly performance_trends: PerformanceTrends;
  readonly performance_analysis: PerformanceAnalysis;
  readonly capacity: CapacityReport;
  readonly daily: Daily;
  /** Most first. */
  readonly alerts: readonly FiredAlert[];
  /** Of all services, what helps most first. */
  readonly recommendations: readonly string[];
}

/** By day of the local calendar; the first and the last may be a part of a day. */
export interface Daily {
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

export interface FiredAlert {
  readonly alertname: string;
  readonly severity: string;
  /** Different alerts of this name. */
  readonly count: number;
}

export const periodReport: Report<PeriodReport> = {
  name: 'period report',
  async make(findings) {
    const { period } = findings;
    const [uptime, trends, analysis, capacity, daily, alerts] = await Promise.all([
      uptimeReport.make(findings),
      performanceTrends.make(findings),
      performanceAnalysis.make(findings),
      capacityReport.make(findings),
      dailyOf(findings),
      firedAlerts(findings),
    ]);
    return {
      from: isoLocal(period.from),
      to: isoLocal(period.to),
      uptime,
      performance_trends: trends,
      performance_analysis: analysis,
      capacity,
      daily,
      alerts,
      recommendations: recommendationsOfAll(findings).map(({ name, text }) => `${name}: ${text}`),
    };
  },
};

async function dailyOf(findings: Findings): Promise<Daily> {
  const { calendar, facts, services, period } = findings;
  const histories = await historiesOf(findings);
  const each = services.map(({ id }) => {
    const days = histories.get(id)?.days ?? [];
    const times = meansOf(calendar.dates, facts.get(id)?.times, period);
    const uptime = calendar.dates.map((_, i) => {
      const day = days[i];
      return day ? rounded(1 - day.down / day.seen, 6) : null;
    });
    return [id, { uptime, response_time: times }] as const;
  });
  return { dates: calendar.dates, services: Object.fromEntries(each) };
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
  const { samples } = await engine.instant(FIRED(windowOf(period)), period.to);
  return samples
    .map(({ labels, value }) => ({
      alertname: labels.get('alertname'),
      severity: labels.get('severity'),
      count: value,
    }))
    .sort((a, b) => b.count - a.count || (a.alertname < b.alertname ? -1 : 1));
}
