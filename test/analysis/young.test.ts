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

/** Reports at NOW of samples up to a moment. */
async function reportsOf(to: number) {
  const [, start] = ENGINES.find(([name]) => name === 'embedded') ?? [];
  const down = [FROM + 5 * MINUTE, FROM + 10 * MINUTE] as const;
  const service = { id: 'tools', time: () => 0.1, outages: [down] };
  const running = await start?.(openMetrics({ from: FROM, to, services: [service] }));
  if (!running) throw new Error('no engine');
  const tools = {
    id: 'tools',
    name: 'Tools',
    kind: 'http',
    critical: true,
    severity: 'critical',
    dependsOn: [],
  } as const;
  const analyst = new Analyst(running.engine, () => [tools], { now: () => NOW, elapsed: () => 0 });
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
  expect(Math.abs((services.tools?.downtime ?? 0) - 300)).toBeLessThanOrEqual(20);
  expect(services.tools).toMatchObject({ outage_count: 1, uptime: expect.stringMatching(/^7\d(\.\d)?%$/) });
  expect(trends.tools?.trend_reason).toMatch(/^2[0-3] min of data; a trend takes 24 h$/);
});

test('samples that come while a report is made change nothing in it', async () => {
  expect(await reportsOf(NOW + 15 * MINUTE)).toEqual(await reportsOf(NOW));
});
