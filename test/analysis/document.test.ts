// The document's own HistoricalAnalysis and MonitoringDashboard over the history served here, beside our figures of the
// same checks: where the document's arithmetic is right both are the same, and where it is naive the difference is what a
// computation by hand says.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DashboardData } from '../../src/analysis/reports/dashboard-data.js';
import type { ServiceAnalysis } from '../../src/analysis/reports/performance-analysis.js';
import { isoLocal, type Millis } from '../../src/model/time.js';
import { START, service, startMonitor, type TestMonitor } from '../http/monitor.js';
import {
  DOCUMENT_CLASSES,
  HAS_DOCUMENT,
  NEEDS_DOCUMENT,
  pythonBlock,
  runPython,
} from '../support/document.js';
import { ENGINES, type RunningEngine } from '../support/engines.js';
import { HOUR, isWithin, noise, openMetrics, SCRAPE, type ServiceTruth, type Span } from './history.js';

const HOURS = 30;
const TO = Math.floor(START / HOUR) * HOUR;
const FROM = TO - HOURS * HOUR;
/** Seconds. */
const TIMEOUT = 5;
const outage: Span = [FROM + 20 * HOUR, FROM + 21 * HOUR];

interface Case extends ServiceTruth {
  /** What a check in an outage says. */
  readonly failure: { readonly status: string; readonly response_time?: number };
}

const seed = noise(7);
const CASES: readonly Case[] = [
  { id: 'steady', time: () => 0.2 * seed(), failure: { status: 'error' } },
  { id: 'spiky', time: at => (at === TO ? 0.3 : 0.2 * seed()), failure: { status: 'error' } },
  { id: 'failing', time: () => 0.3 * seed(), outages: [outage], failure: { status: 'error' } },
  {
    id: 'hanging',
    time: () => 0.1 * seed(),
    outages: [outage],
    failure: { status: 'timeout', response_time: TIMEOUT },
  },
];
const ids = CASES.map(({ id }) => id);

/** A check as `/history` has it and, of the same, a scrape. */
const checks = new Map<string, number>();
const timeOf = ({ id, time }: Case, at: Millis): number => {
  const key = `${id} ${at}`;
  const known = checks.get(key) ?? time(at);
  checks.set(key, known);
  return known;
};
/** Scans and samples have the same times: noise is drawn once. */
const TRUTH = CASES.map(each => ({ ...each, time: (at: Millis) => timeOf(each, at) }));

interface Scan {
  readonly at: Millis;
  readonly entry: string;
}

/** Scans each minute, or while a service is down six times as often, as the monitor scans. */
function scans(isPaced: boolean): Scan[] {
  const found: Scan[] = [];
  for (let at = FROM; at <= TO; at += isPaced && isWithin([outage], at) ? SCRAPE / 6 : SCRAPE) {
    const each = TRUTH.map(truth => {
      const isDown = isWithin(truth.outages, at);
      const seen = FROM + Math.floor((at - FROM) / SCRAPE) * SCRAPE;
      const health = isDown ? truth.failure : { status: 'healthy', response_time: truth.time(seen) };
      return [truth.id, { name: truth.id, critical: true, health }];
    });
    const entry = { timestamp: isoLocal(at), services: Object.fromEntries(each), alerts: [] };
    found.push({ at, entry: JSON.stringify(entry) });
  }
  return found;
}

/** Gauges of the last check, which the fastest and the slowest one are read from. */
function lastChecks(): string {
  const of = (name: string, value: (each: Case, at: Millis) => number) => {
    const lines = TRUTH.flatMap(each =>
      Array.from({ length: (HOURS * HOUR) / SCRAPE + 1 }, (_, i) => {
        const at = FROM + i * SCRAPE;
        const labels = `job="langgraph-monitor",instance="127.0.0.1:8083",target="${each.id}"`;
        return `${name}{${labels}} ${value(each, at)} ${at / 1000}\n`;
      }),
    );
    return `# TYPE ${name} gauge\n${lines.join('')}`;
  };
  const isDown = ({ outages }: Case, at: Millis) => isWithin(outages, at);
  const took = of('probe_duration_seconds', (each, at) => (isDown(each, at) ? TIMEOUT : timeOf(each, at)));
  return took + of('probe_success', (each, at) => (isDown(each, at) ? 0 : 1));
}

/** What the document's classes expect beyond what they define; its clock is the test's. */
const ADAPTER = `
class Dashboard(MonitoringDashboard):
    def extract_response_times(self, history):
        return None
    def calculate_availability(self, history):
        return None
    def analyze_alert_patterns(self, history):
        return None
`;
const MAIN = (now: Millis) => `
class datetime(datetime):
    @classmethod
    def now(cls):
        return cls.fromisoformat("${isoLocal(now)}")

async def main():
    monitoring = Monitoring()
    await monitoring.load()
    answer = {
        "analysis": Analysis(monitoring).analyze_performance_trends(days=7),
        "dashboard": await Dashboard(monitoring).generate_dashboard_data(),
    }
    await monitoring.session.close()
    print(json.dumps(answer))

asyncio.run(main())
`;

interface Documents {
  readonly analysis: Record<
    string,
    {
      readonly performance_metrics: Record<string, number>;
      readonly patterns: { readonly trend: string; readonly variance: number };
    }
  >;
  readonly dashboard: { readonly trends: Record<string, string> };
}

describe.skipIf(!HAS_DOCUMENT)(`the document's analysis (${NEEDS_DOCUMENT})`, () => {
  const [, startEngine] = ENGINES[0] as (typeof ENGINES)[0];
  let running: RunningEngine;
  const monitors: TestMonitor[] = [];
  /** By whether scans were more frequent in the outage. */
  const theirs = new Map<boolean, Documents>();
  let ours: Record<string, ServiceAnalysis>;
  let dashboard: DashboardData;
  beforeAll(async () => {
    const samples = openMetrics({ from: FROM, to: TO, services: TRUTH });
    running = await startEngine(`${lastChecks()}${samples}`);
    for (const isPaced of [false, true]) {
      const monitor = await startMonitor({
        services: ids.map(id => service(id)),
        query: running.engine,
        clock: { now: () => TO, elapsed: () => 1000 },
      });
      monitors.push(monitor);
      for (const scan of scans(isPaced)) monitor.store.append(scan);
      const to = { monitor: monitor.url, jetson: monitor.url, cpu: monitor.url, balancer: monitor.url };
      const blocks = [
        'class LangGraphMonitoring:',
        'class MonitoringDashboard:',
        'class HistoricalAnalysis:',
      ];
      const program = [...blocks.map(line => pythonBlock(line, to)), DOCUMENT_CLASSES, ADAPTER, MAIN(TO)];
      theirs.set(isPaced, await runPython<Documents>(program));
    }
    const [first] = monitors as [TestMonitor];
    ours = (await first.json('/performance_analysis?days=7')) as typeof ours;
    dashboard = (await first.json('/dashboard_data?days=7')) as DashboardData;
  });
  afterAll(async () => {
    for (const monitor of monitors) await monitor[Symbol.asyncDispose]();
    await running?.close();
  });
  const metrics = (id: string) => ours[id]?.performance_metrics as Record<string, number>;
  const documents = (id: string, isPaced = false) =>
    theirs.get(isPaced)?.analysis[id]?.performance_metrics as Record<string, number>;

  test.each(['steady', 'spiky', 'failing'])('%s: each of the four figures is the same', id => {
    // Three digits of the document; increase() does not see what was counted before the first sample.
    for (const name of ['avg_response_time', 'min_response_time', 'max_response_time'])
      expect(Math.abs((metrics(id)[name] as number) - (documents(id)[name] as number)), name).toBeLessThan(
        0.001,
      );
    expect(metrics(id).uptime_percentage).toBeCloseTo(documents(id).uptime_percentage as number, 1);
  });

  test('what hangs is as available by both, but the document takes its timeouts for answers', () => {
    expect(metrics('hanging').uptime_percentage).toBeCloseTo(
      documents('hanging').uptime_percentage as number,
      1,
    );
    const share = HOUR / (TO - FROM + SCRAPE);
    const byHand = 0.1 * (1 - share) + TIMEOUT * share;
    expect(documents('hanging').avg_response_time).toBeCloseTo(byHand, 2);
    expect(documents('hanging').max_response_time).toBe(TIMEOUT);
    expect(metrics('hanging').avg_response_time).toBeCloseTo(0.1, 2);
    expect(metrics('hanging').max_response_time).toBeLessThan(0.12);
  });

  test('scans that are more frequent in an outage make it longer for the document alone', () => {
    const [down, all] = [HOUR / SCRAPE, HOURS * (HOUR / SCRAPE) + 1];
    expect(documents('failing', true).uptime_percentage).toBeCloseTo(
      (1 - (6 * down) / (all + 5 * down)) * 100,
      1,
    );
    expect(metrics('failing').uptime_percentage).toBeCloseTo((1 - down / all) * 100, 1);
  });

  test('the document sees a trend in the size of times alone, and takes an hour of timeouts for a pattern', () => {
    const trends = (of: Record<string, { patterns: { trend: string | null } }>) =>
      ids.map(id => of[id]?.patterns.trend);
    expect(trends(theirs.get(false)?.analysis ?? {})).toEqual(['stable', 'stable', 'stable', 'variable']);
    // The outage is in the second half: it fails more often than before.
    expect(trends(ours as never)).toEqual(['stable', 'stable', 'degrading', 'degrading']);
    expect(ours.hanging?.patterns.variance).toBeLessThan(0.001);
  });

  test('the document takes the last two checks for a trend, one slow check among them', () => {
    expect(theirs.get(false)?.dashboard.trends).toMatchObject({ steady: 'stable', spiky: 'degrading' });
    expect(dashboard.trends).toMatchObject({ steady: 'stable', spiky: 'stable' });
  });
});
