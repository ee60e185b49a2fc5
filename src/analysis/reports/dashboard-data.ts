// The document's MonitoringDashboard.generate_dashboard_data, without `current_status`, which is `/cluster_health` and
// belongs to who serves it: trends, series for charts, and recommendations.

import { isoLocal, type Millis } from '../../model/time.js';
import { adviceOf } from '../advice.js';
import type { Findings, Report } from '../analyst.js';
import { type Hours, hourly, type Period } from '../asking.js';
import * as measures from '../measures.js';
import type { TrendWord } from '../trend-word.js';
import { rounded } from '../words.js';

const HOUR: Millis = 3_600_000;
/** What a chart shows, from its end back. */
const SHOWN = 24;

/** Alerts that fire in the course of an hour, by severity. */
const FIRING =
  'count by (severity) (max_over_time(ALERTS{alertstate="firing",severity=~"critical|warning|info"}[1h]))';

export interface DashboardData {
  readonly trends: Readonly<Record<string, TrendWord>>;
  readonly charts: {
    readonly response_times: Readonly<Record<string, readonly Point<'response_time'>[]>>;
    readonly service_availability: Readonly<Record<string, readonly Point<'availability'>[]>>;
    readonly alert_frequency: readonly AlertHour[];
  };
  readonly recommendations: readonly string[];
}

export type Point<Name extends string> = { readonly timestamp: string } & { readonly [name in Name]: number };

export interface AlertHour {
  readonly timestamp: string;
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
}

export const dashboardData: Report<DashboardData> = {
  name: 'dashboard data',
  async make(findings) {
    const { engine, period, services, directions } = findings;
    const shown = { from: Math.max(period.from, period.to - SHOWN * HOUR), to: period.to };
    shown.from = period.from + Math.floor((shown.from - period.from) / HOUR) * HOUR;
    const ids = services.map(({ id }) => id);
    const [times, availability, advice] = await Promise.all([
      hourly(engine, measures.meanTime, shown),
      hourly(engine, measures.availability, shown),
      adviceOf(findings),
    ]);
    const series = <Name extends string>(name: Name, hours: ReadonlyMap<string, Hours>) =>
      Object.fromEntries(ids.map(id => [id, pointsOf(name, hours.get(id), shown)]));
    return {
      trends: Object.fromEntries(
        ids.flatMap(id => {
          const word = directions.get(id)?.word;
          return word ? [[id, word]] : [];
        }),
      ),
      charts: {
        response_times: series('response_time', times),
        service_availability: series('availability', availability),
        alert_frequency: await alertFrequency(findings, shown),
      },
      recommendations: advice.map(({ name, text }) => (text.startsWith(name) ? text : `${name}: ${text}`)),
    };
  },
};

function pointsOf<Name extends string>(
  name: Name,
  hours: Hours | undefined,
  { from }: Period,
): Point<Name>[] {
  const found: Point<Name>[] = [];
  hours?.forEach((value, hour) => {
    const point = { timestamp: isoLocal(from + hour * HOUR), [name]: rounded(value) } as Point<Name>;
    if (Number.isFinite(value)) found.push(point);
  });
  return found;
}

async function alertFrequency({ engine }: Findings, { from, to }: Period): Promise<AlertHour[]> {
  const count = Math.ceil((to - from) / HOUR);
  const { series } = await engine.range(FIRING, { from: from + HOUR, to: from + count * HOUR, step: HOUR });
  return Array.from({ length: count }, (_, hour) => {
    const of = (severity: string) => {
      const found = series.find(({ labels }) => labels.get('severity') === severity);
      const at = found ? found.times.indexOf(from + (hour + 1) * HOUR) : -1;
      return at === -1 ? 0 : (found?.values[at] as number);
    };
    const timestamp = isoLocal(from + hour * HOUR);
    return { timestamp, critical: of('critical'), warning: of('warning'), info: of('info') };
  });
}
