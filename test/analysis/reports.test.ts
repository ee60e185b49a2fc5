// Reports over ten days of known samples, by every query engine.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Analyst } from '../../src/analysis/analyst.js';
import { lastDays } from '../../src/analysis/asking.js';
import { dateOf, dayOf } from '../../src/analysis/calendar.js';
import { capacityProjections } from '../../src/analysis/reports/capacity-projections.js';
import { capacityReport } from '../../src/analysis/reports/capacity-report.js';
import { dashboardData } from '../../src/analysis/reports/dashboard-data.js';
import {
  performanceAnalysis,
  type ServiceAnalysis,
} from '../../src/analysis/reports/performance-analysis.js';
import { performanceHistoryOf } from '../../src/analysis/reports/performance-history.js';
import { performanceTrends } from '../../src/analysis/reports/performance-trends.js';
import { uptimeReport } from '../../src/analysis/reports/uptime-report.js';
import { weeklyProfileOf } from '../../src/analysis/reports/weekly-profile.js';
import type { Service } from '../../src/model/service.js';
import { type Millis, parseIso } from '../../src/model/time.js';
import { ENGINES, type RunningEngine } from '../support/engines.js';
import { DAY, HOUR, isWithin, noise, openMetrics, SCRAPE, type ServiceTruth, type Span } from './history.js';

const DAYS = 10;
/** A full hour of every zone that has none of its own. */
const NOW: Millis = Date.UTC(2026, 9, 14, 12);
const FROM = NOW - DAYS * DAY;
const STEP_AT = FROM + 7 * DAY;
const GAP: Span = [FROM + 2 * DAY, FROM + 2 * DAY + 12 * HOUR];
/** Minutes each. */
const OUTAGES = [30, 90, 45];
const MAINTENANCE: Span = [FROM + 6 * DAY, FROM + 6 * DAY + 3 * HOUR];

const hour = (at: Millis) => new Date(at).getHours();
const steady = noise(1);
const growing = noise(2);
const stepping = noise(3);
const daily = noise(4);

const TRUTH: readonly ServiceTruth[] = [
  { id: 'steady', time: () => 0.2 * steady() },
  { id: 'growing', time: at => 0.3 * (1 + (0.4 * (at - FROM)) / (NOW - FROM)) * growing() },
  { id: 'stepping', time: at => (at < STEP_AT ? 0.21 : 0.44) * stepping(), timeoutEvery: 20 },
  { id: 'daily', time: at => (hour(at) >= 14 && hour(at) < 16 ? 0.15 : 0.08) * daily() },
  {
    id: 'failing',
    time: () => 0.2,
    outages: [
      ...OUTAGES.map((minutes, i): Span => {
        const begin = FROM + (3 + i) * DAY;
        return [begin, begin + minutes * 60_000];
      }),
      // In the middle of the maintenance.
      [MAINTENANCE[0] + HOUR, MAINTENANCE[0] + 2 * HOUR],
    ],
    maintenance: [MAINTENANCE],
  },
];
/** A disk that fills up evenly: the share at the end, and what is added in a day. */
const DISK = { now: 0.8, aDay: 0.0153 };
const disk = () => {
  const name = 'host_filesystem_usage_ratio';
  const labels = 'job="langgraph-monitor",instance="127.0.0.1:8083",mountpoint="/"';
  const step = 5 * SCRAPE;
  const lines = Array.from({ length: (DAYS * DAY) / step }, (_, i) => {
    const at = FROM + i * step;
    const value = DISK.now - (DISK.aDay * (NOW - at)) / DAY;
    return isWithin([GAP], at) ? '' : `${name}{${labels}} ${value} ${at / 1000}\n`;
  });
  return `# TYPE ${name} gauge\n${lines.join('')}`;
};
const TEXT = `${disk()}${openMetrics({ from: FROM, to: NOW, gaps: [GAP], services: TRUTH })}`;

const service = (id: string): Service => ({
  id,
  name: id.toUpperCase(),
  kind: 'http',
  critical: true,
  severity: 'critical',
  dependsOn: [],
});
const SERVICES = [...TRUTH.map(({ id }) => service(id)), service('unseen')];

/** Seconds of the period that the monitor was running, and those of them outside of maintenance. */
const LOOKED = (DAYS * DAY - (GAP[1] - GAP[0])) / 1000;
const OUTSIDE = LOOKED - (MAINTENANCE[1] - MAINTENANCE[0]) / 1000;
const DOWN = OUTAGES.reduce((sum, minutes) => sum + minutes * 60, 0);
/** A scrape at each end of a span may count or not. */
const ONE_SCRAPE = SCRAPE / 1000 / OUTSIDE;

describe.each(ENGINES)('%s', (_, start) => {
  let running: RunningEngine;
  let analyst: Analyst;
  beforeAll(async () => {
    running = await start(TEXT);
    analyst = new Analyst({
      engine: running.engine,
      services: () => SERVICES,
      rollups: { between: () => new Map() },
      clock: { now: () => NOW, elapsed: () => 0 },
    });
  });
  afterAll(() => running?.close());
  const analysis = async (id: string) =>
    (await analyst.report(performanceAnalysis, lastDays(DAYS))).report[id] as ServiceAnalysis;

  test('trends have a direction for each service, and its reason', async () => {
    const { services } = (await analyst.report(performanceTrends, lastDays(DAYS))).report;
    expect(Object.entries(services).map(([id, { trend }]) => [id, trend])).toEqual([
      ['steady', 'stable'],
      ['growing', 'increasing'],
      ['stepping', 'degrading'],
      ['daily', 'stable'],
      ['failing', 'stable'],
      ['unseen', null],
    ]);
    expect(services.growing?.change).toBeCloseTo(0.4, 1);
    expect(services.growing?.trend_reason).toMatch(
      /^slower little by little, from 0\.30\ds to 0\.4[12]\ds \(\+(39|40|41) %\)$/,
    );
    expect(services.stepping?.trend_reason).toMatch(
      /^slower at once since \w+ \d\d:00, from 0\.2\d\ds to 0\.4\d\ds \(\+1\d\d %\), and 5% of the checks fail$/,
    );
    expect(services.stepping?.failure_rate).toBe('5%');
    expect(services.unseen).toMatchObject({ avg_response_time: null, coverage: 0, peak_hours: [] });
  });

  test('peak hours are those of a daily pattern, and none without a pattern', async () => {
    const { services } = (await analyst.report(performanceTrends, lastDays(DAYS))).report;
    expect(Object.entries(services).map(([id, { peak_hours }]) => [id, peak_hours])).toEqual([
      ['steady', []],
      ['growing', []],
      ['stepping', []],
      ['daily', ['14:00-16:00']],
      ['failing', []],
      ['unseen', []],
    ]);
  });

  test('availability is weighted by time, without maintenance and without gaps of the monitor', async () => {
    const { performance_metrics: figures } = await analysis('failing');
    expect((figures.uptime_percentage as number) / 100).toBeCloseTo(1 - DOWN / OUTSIDE, 3);
    expect(Math.abs(figures.coverage - LOOKED / ((DAYS * DAY) / 1000))).toBeLessThan(0.005);
    const { report } = await analyst.report(capacityReport, lastDays(DAYS));
    expect(
      Math.abs((report.service_analysis.failing?.uptime_ratio as number) - (1 - DOWN / OUTSIDE)),
    ).toBeLessThan(4 * ONE_SCRAPE);
    expect(report.service_analysis.steady?.uptime).toBe('100%');
  });

  test('the mean is that of the answered checks', async () => {
    const { performance_metrics: figures } = await analysis('failing');
    expect(figures.avg_response_time).toBeCloseTo(0.2, 3);
    expect(figures.p50_response_time).toBeGreaterThan(0.1);
    expect(figures.p99_response_time).toBeLessThanOrEqual(0.25);
  });

  test('recommendations have their evidence, the most effective first', async () => {
    const { recommendations } = await analysis('stepping');
    expect(recommendations).toEqual([
      expect.stringMatching(
        /^Look for what changed \w+ \d\d:00: the response time rose at once, from 0\.2\d\ds to/,
      ),
      expect.stringMatching(/^Investigate timeout issues, possibly add workers: 5% of \d+ checks timed out$/),
    ]);
    expect((await analysis('steady')).recommendations).toEqual(['Performance is optimal']);
    expect((await analyst.report(performanceAnalysis, lastDays(DAYS))).report.unseen).toEqual({
      error: 'No data available',
    });
  });

  test("the query of a figure's evidence returns the figure", async () => {
    const { evidence } = await analysis('failing');
    const uptime = evidence.find(({ figure }) => figure === 'uptime_percentage');
    const { samples } = await running.engine.instant(uptime?.query ?? '', NOW);
    expect(samples.map(({ labels }) => labels.get('target'))).toEqual(['failing']);
    expect(samples[0]?.value).toBeCloseTo(1 - DOWN / OUTSIDE, 3);
  });

  test('a figure without a source is null, with the reason', async () => {
    const { summary, growth_projections: growth } = (await analyst.report(capacityReport, lastDays(DAYS)))
      .report;
    expect(summary).toMatchObject({
      total_requests: null,
      peak_concurrent_users: null,
      reasons: { total_requests: 'no HAProxy is monitored, or it has no frontend' },
    });
    expect(growth.next_month).toBe('Unknown: nothing monitored tells it');
    expect(growth.projections.requests).toMatchObject({ next_month: null, limit_reached: null });
  });

  test('a disk that fills up evenly has the day it is full, an interval around it, and advice with a query', async () => {
    const { report } = await analyst.report(capacityProjections, lastDays(DAYS));
    const { disk: found, requests } = report.loads;
    const full = NOW + ((1 - DISK.now) / DISK.aDay) * DAY;
    // The hour's mean lags half an hour.
    const dates = [full - HOUR, full + HOUR].map(dateOf);
    expect(dates).toContain(found?.limit_reached);
    expect(dates).toContain(found?.limit_reached_earliest);
    expect(found).toMatchObject({ limit: 1, unit: 'ratio', reason: null, needed_seconds: 3 * 86_400 });
    expect(found?.back_test_error).toBeLessThan(0.001);
    const { dates: past, busiest_hour: seen } = found?.history ?? { dates: [], busiest_hour: [] };
    expect(past.at(-1)).toBe(dateOf(NOW - DAY));
    // A quarter of a day in the gap is known too little of, and so is the first afternoon.
    const unknown = past.filter((_, day) => seen[day] === null);
    expect(unknown).toContain(past[0]);
    expect(unknown.length).toBeLessThanOrEqual(3);
    const { from } = dayOf(past.at(-1) ?? '');
    expect(seen.at(-1)).toBeCloseTo(DISK.now - (DISK.aDay * (NOW - from - 23.5 * HOUR)) / DAY, 3);
    const ahead = found?.expected;
    expect([ahead?.dates.length, ahead?.dates[0], ahead?.dates[90]]).toEqual([
      91,
      dateOf(NOW),
      dateOf(NOW + 90 * DAY),
    ]);
    const crossed = ahead?.dates.find((_, day) => (ahead.busiest_hour[day] as number) >= 1);
    expect(crossed).toBe(found?.limit_reached);
    ahead?.busiest_hour.forEach((value, day) => {
      expect(ahead.low[day]).toBeLessThanOrEqual(value);
      expect(ahead.high[day]).toBeGreaterThanOrEqual(value);
    });
    expect(requests).toMatchObject({
      expected: null,
      known_seconds: 0,
      reason: 'nothing monitored tells it',
    });

    const { recommendations } = (await analyst.report(capacityReport, lastDays(DAYS))).report;
    expect(recommendations[0]).toMatchObject({
      service: null,
      text: expect.stringMatching(/^Add capacity or free some in time: it is expected to be full on 20/),
    });
    expect(recommendations.filter(({ service }) => service === 'stepping')).toHaveLength(2);
    for (const { service: id, evidence } of recommendations)
      for (const { query, value } of evidence) {
        const { samples } = await running.engine.instant(query, NOW);
        expect(
          samples.map(({ labels }) => labels.get('target')),
          query,
        ).toEqual([id ?? '']);
        expect(samples[0]?.value, query).toBeCloseTo(value ?? Number.NaN, 3);
      }
  });

  test('a projection needs three days; its reason has the days there are', async () => {
    const { report } = await analyst.report(capacityProjections, lastDays(2));
    expect(report.loads.disk).toMatchObject({
      expected: null,
      limit_reached: null,
      known_seconds: 2 * 86_400,
      needed_seconds: 3 * 86_400,
      reason: '47 h of data; a projection takes 3 days',
    });
  });

  test('a week has the hours of the pattern, by the local clock', async () => {
    const { report: findings } = await analyst.findings(lastDays(DAYS));
    const week = await weeklyProfileOf({ service: 'daily' }, findings);
    expect(week?.days[0]).toBe('Monday');
    expect(week?.values.map(hours => hours.length)).toEqual([24, 24, 24, 24, 24, 24, 24]);
    week?.values.forEach(hours => {
      hours.forEach((value, at) => {
        expect(value).toBeCloseTo(at === 14 || at === 15 ? 0.15 : 0.08, 2);
      });
    });
    expect(week?.busiest?.hours).toMatch(/^1[45]:00-1[56]:00$/);
    expect(week).toMatchObject({ unit: 'seconds', reason: null });
    // An engine may count the scrape at the very beginning of the gap to its first hour.
    expect([0, 1]).toContain((week?.known_hours ?? 0) - (DAYS * 24 - 12));
    const two = await weeklyProfileOf({ service: 'daily' }, (await analyst.findings(lastDays(2))).report);
    expect(two?.reason).toBe('2 days of data; a whole week takes 7 days');
    expect(await weeklyProfileOf({ service: 'unseen' }, findings)).toMatchObject({
      known_hours: 0,
      median: null,
      busiest: null,
      reason: 'nothing is known of it in the period',
    });
    expect(await weeklyProfileOf({ service: 'other' }, findings)).toBeUndefined();
    expect(await weeklyProfileOf({ load: 'disk' }, findings)).toMatchObject({ unit: 'ratio' });
  });

  test('a history has the hours, the line of its trend and gaps', async () => {
    const { report: findings } = await analyst.findings(lastDays(DAYS));
    const stepping = await performanceHistoryOf('stepping', findings);
    expect(stepping).toMatchObject({ start: FROM / 1000, step: 3600, usual: null, trend: 'degrading' });
    expect(stepping?.usual_reason).toMatch(/^no band is recorded/);
    expect(stepping?.values).toHaveLength(DAYS * 24);
    stepping?.values.forEach((value, hour) => {
      const at = FROM + hour * HOUR;
      const want = isWithin([GAP], at) ? null : at < STEP_AT ? 0.21 : 0.44;
      // The hour at an end of the gap has a part of it.
      if (want === null) expect(value === null || value > 0).toBe(true);
      else expect(value).toBeCloseTo(want, 1);
    });
    expect(stepping?.values.filter(value => value === null).length).toBeGreaterThanOrEqual(11);
    expect(Math.abs((stepping?.line?.step_at ?? 0) - STEP_AT / 1000)).toBeLessThanOrEqual(2 * 3600);
    expect(stepping?.line?.from).toBeCloseTo(0.21, 2);
    expect(stepping?.line?.to).toBeCloseTo(0.44, 2);
    expect(await performanceHistoryOf('growing', findings)).toMatchObject({ line: { step_at: null } });
    expect(await performanceHistoryOf('steady', findings)).toMatchObject({ line: null, trend: 'stable' });
    expect(await performanceHistoryOf('unseen', findings)).toMatchObject({ trend: null, line: null });
    expect(await performanceHistoryOf('other', findings)).toBeUndefined();
  });

  test('outages are listed one by one, maintenance apart', async () => {
    const { services, cluster } = (await analyst.report(uptimeReport, lastDays(DAYS))).report;
    const failing = services.failing;
    expect(failing?.outages).toHaveLength(OUTAGES.length);
    failing?.outages.forEach(({ from, seconds }, i) => {
      expect(Math.abs((parseIso(from) ?? 0) - (FROM + (3 + i) * DAY))).toBeLessThanOrEqual(SCRAPE);
      expect(Math.abs(seconds - (OUTAGES[i] as number) * 60)).toBeLessThanOrEqual((2 * SCRAPE) / 1000);
    });
    expect(Math.abs((failing?.downtime ?? 0) - DOWN)).toBeLessThanOrEqual(4 * 60);
    expect(Math.abs((failing?.maintenance ?? 0) - 3 * 3600)).toBeLessThanOrEqual(60);
    expect(Math.abs((failing?.mttr ?? 0) - DOWN / 3)).toBeLessThanOrEqual(120);
    expect(Math.abs((failing?.mtbf ?? 0) - (OUTSIDE - DOWN) / 3)).toBeLessThanOrEqual(600);
    expect(failing).toMatchObject({
      objective: null,
      budget_left: null,
      reasons: { objective: expect.any(String) },
    });
    expect(services.steady).toMatchObject({
      uptime: '100%',
      outage_count: 0,
      outages: [],
      mttr: null,
      mtbf: null,
    });
    expect(services.unseen).toMatchObject({
      uptime: null,
      coverage: 0,
      reasons: { uptime: expect.any(String) },
    });
    expect(cluster).toMatchObject({ outage_count: 3, downtime: failing?.downtime });
  });

  test('charts have the last 24 hours', async () => {
    const { charts, trends } = (await analyst.report(dashboardData, lastDays(DAYS))).report;
    expect(charts.response_times.steady).toHaveLength(24);
    expect(charts.service_availability.steady?.every(({ availability }) => availability === 1)).toBe(true);
    expect(charts.alert_frequency).toHaveLength(24);
    expect(trends).toMatchObject({ steady: 'stable', stepping: 'degrading' });
  });
});
