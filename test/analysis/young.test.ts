// A history of twenty minutes: what there is of it is said as it is, not as if the hour were full.

import { expect, test } from 'vitest';
import { Analyst } from '../../src/analysis/analyst.js';
import { lastDays } from '../../src/analysis/asking.js';
import { capacityReport } from '../../src/analysis/reports/capacity-report.js';
import { dashboardData } from '../../src/analysis/reports/dashboard-data.js';
import { performanceTrends } from '../../src/analysis/reports/performance-trends.js';
import { uptimeReport } from '../../src/analysis/reports/uptime-report.js';
import { ENGINES } from '../support/engines.js';
import { openMetrics } from './history.js';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 9, 14, 12, 30);
const FROM = NOW - 20 * MINUTE;

/** Reports at NOW of samples up to a moment, of which five minutes were down. */
function reportsOf(to: number, from = FROM, now = NOW) {
  const down = [from + 5 * MINUTE, from + 10 * MINUTE] as const;
  const service = { id: 'tools', time: () => 0.1, outages: [down] };
  return reportsOfText(openMetrics({ from, to, services: [service] }), now);
}

/** @param text the history in OpenMetrics */
async function reportsOfText(text: string, now: number) {
  const [, start] = ENGINES.find(([name]) => name === 'embedded') ?? [];
  const running = await start?.(text);
  if (!running) throw new Error('no engine');
  const tools = {
    id: 'tools',
    name: 'Tools',
    kind: 'http',
    critical: true,
    severity: 'critical',
    dependsOn: [],
  } as const;
  const analyst = new Analyst({
    engine: running.engine,
    services: () => [tools],
    rollups: { between: () => new Map() },
    clock: { now: () => now, elapsed: () => 0 },
  });
  const reports = {
    uptime: (await analyst.report(uptimeReport, lastDays(1))).report,
    trends: (await analyst.report(performanceTrends, lastDays(1))).report,
    dashboard: (await analyst.report(dashboardData, lastDays(1))).report,
    capacity: (await analyst.report(capacityReport, lastDays(1))).report,
  };
  await running.close();
  return reports;
}

test('twenty minutes, five of them down', async () => {
  const reports = await reportsOf(NOW);
  const [{ services }, { services: trends }] = [reports.uptime, reports.trends];
  expect(services.tools?.coverage).toBeCloseTo(20 / (24.5 * 60), 2);
  // Within a scrape, as the outage itself is.
  expect(Math.abs((services.tools?.downtime ?? 0) - 300)).toBeLessThanOrEqual(1);
  expect(services.tools).toMatchObject({ outage_count: 1, uptime: expect.stringMatching(/^7\d(\.\d)?%$/) });
  expect(trends.tools?.trend_reason).toMatch(/^2[0-3] min of data; a trend takes 24 h$/);
});

test('samples that come while a report is made change nothing in it', async () => {
  expect(await reportsOf(NOW + 15 * MINUTE)).toEqual(await reportsOf(NOW));
});

test.each([1, 2, 12, 18])(
  'an outage of five minutes of twenty, %d min of which were before the hour',
  async before => {
    const from = Date.UTC(2026, 9, 14, 12) - before * MINUTE;
    const now = from + 20 * MINUTE - 1;
    const { uptime, dashboard } = await reportsOf(now, from, now);
    expect(uptime.services.tools).toMatchObject({ uptime: '75%', uptime_ratio: 0.75, downtime: 300 });
    expect(uptime.services.tools?.outages).toMatchObject([{ seconds: 300 }]);
    expect(dashboard.charts.service_availability.tools?.length).toBe(2);
  },
);

/** Of a service that was down all the time, scraped every 15 s. */
function downSince(from: number, to: number): string {
  const lines: string[] = [];
  for (let at = from; at <= to; at += 15_000)
    lines.push(`langgraph_monitor_service_up{target="tools"} 0 ${at / 1000}`);
  return `# TYPE langgraph_monitor_service_up gauge\n${lines.join('\n')}\n# EOF\n`;
}

test.each(
  [1, 23, 40, 59].flatMap(second => [20, 45, 75, 150, 290].map(seconds => [second, seconds] as const)),
)(
  'a monitor that began %d s after a full minute and ran for %d s',
  async (second, seconds) => {
    const from = NOW - 7 * MINUTE + second * 1000;
    const now = from + seconds * 1000;
    const { tools } = (await reportsOfText(downSince(from, now), now)).uptime.services;
    // No more than a scrape and a quarter of the time is claimed.
    expect(tools?.downtime).toBeLessThanOrEqual(seconds * 1.25 + 15);
    expect(tools?.downtime).toBeGreaterThanOrEqual(seconds * 0.75 - 15);
    expect((tools?.coverage ?? 1) * 24 * 3600).toBeLessThanOrEqual(seconds * 1.25 + 15);
  },
  30_000,
);
