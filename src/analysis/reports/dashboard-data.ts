// The document's MonitoringDashboard.generate_dashboard_data, without `current_status`, which is `/cluster_health` and
// belongs to the route that serves it: trends, series for charts, and recommendations.

import { TimeSlicer } from '../../concurrency/time-slicer.js';
import { isoLocal, type Millis } from '../../model/time.js';
import type { RangeAnswer } from '../../query/engine.js';
import { adviceOf, sentenceOf } from '../advice.js';
import type { Findings, Report } from '../analyst.js';
import type { Hours, Period } from '../asking.js';
import type { TrendWord } from '../trend-word.js';
import { rounded } from '../words.js';

const HOUR: Millis = 3_600_000;
/** Hours of alerts that one question is about: of a thousand services there may be thousands. */
const AT_ONCE = 6;
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

type Point<Name extends string> = { readonly timestamp: string } & { readonly [name in Name]: number };

interface AlertHour {
  readonly timestamp: string;
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
}

export const dashboardData: Report<DashboardData> = {
  name: 'dashboard data',
  async make(findings) {
    const { period, services, facts, directions } = findings;
    const first = Math.max(0, Math.floor((period.to - SHOWN * HOUR - period.from) / HOUR));
    const chartPeriod = { from: period.from + first * HOUR, to: period.to };
    const ids = services.map(({ id }) => id);
    const advice = await adviceOf(findings);
    const pieces = new TimeSlicer();
    const series = async <Name extends string>(name: Name, of: 'times' | 'available') => {
      const found: Record<string, Point<Name>[]> = {};
      for (const id of ids) {
        found[id] = pointsOf(name, facts.get(id)?.[of].subarray(first), chartPeriod);
        if (pieces.isLong) await pieces.yieldIfDue();
      }
      return found;
    };
    return {
      trends: Object.fromEntries(
        ids.flatMap(id => {
          const word = directions.get(id)?.word;
          return word ? [[id, word]] : [];
        }),
      ),
      charts: {
        response_times: await series('response_time', 'times'),
        service_availability: await series('availability', 'available'),
        alert_frequency: await alertFrequency(findings, chartPeriod),
      },
      recommendations: advice.map(sentenceOf),
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
  const series: RangeAnswer['series'][number][] = [];
  for (let hour = 0; hour < count; hour += AT_ONCE) {
    const last = Math.min(hour + AT_ONCE, count);
    const grid = { from: from + (hour + 1) * HOUR, to: from + last * HOUR, step: HOUR };
    series.push(...(await engine.range(FIRING, grid)).series);
  }
  return Array.from({ length: count }, (_, hour) => {
    const of = (severity: string) => {
      for (const { labels, times, values } of series) {
        const at = labels.get('severity') === severity ? times.indexOf(from + (hour + 1) * HOUR) : -1;
        if (at >= 0) return values[at] as number;
      }
      return 0;
    };
    const timestamp = isoLocal(from + hour * HOUR);
    return { timestamp, critical: of('critical'), warning: of('warning'), info: of('info') };
  });
}
