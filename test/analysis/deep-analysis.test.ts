// The deep analysis: hours that are over are there before a report is asked for, and reports that are looked at are made again.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Analyst } from '../../src/analysis/analyst.js';
import { lastDays } from '../../src/analysis/asking.js';
import { DeepAnalysis } from '../../src/analysis/deep-analysis.js';
import { performanceTrends } from '../../src/analysis/reports/performance-trends.js';
import { uptimeReport } from '../../src/analysis/reports/uptime-report.js';
import type { Service } from '../../src/model/service.js';
import type { Millis } from '../../src/model/time.js';
import { ENGINES, type RunningEngine } from '../support/engines.js';
import { DAY, HOUR, openMetrics } from './history.js';

const END = Date.UTC(2026, 9, 14, 12, 30);
const SERVICE: Service = {
  ...{ id: 'tools', name: 'Tools', kind: 'http', critical: true, severity: 'critical', dependsOn: [] },
};
let running: RunningEngine;
beforeAll(async () => {
  const [, start] = ENGINES[0] as (typeof ENGINES)[number];
  const services = [{ id: SERVICE.id, time: () => 0.2 }];
  running = await start(openMetrics({ from: END - 2 * DAY, to: END, services }));
});
afterAll(() => running?.close());

function makeAnalyst() {
  const asked: string[] = [];
  /** Hours that were asked about, by the numbers of their first and last since the epoch. */
  const hours = new Set<string>();
  const time = { now: END, elapsed: 0 };
  const note = <Answer>(query: string, answer: Answer): Answer => {
    asked.push(query);
    return answer;
  };
  const analyst = new Analyst({
    engine: {
      instant: (...of) => note(of[0], running.engine.instant(...of)),
      range: (...of) => {
        const [, { from, to }] = of;
        hours.add(`${from / HOUR - 1} to ${to / HOUR - 1}`);
        return note(of[0], running.engine.range(...of));
      },
    },
    services: () => [SERVICE],
    rollups: { between: () => new Map() },
    clock: { now: () => time.now, elapsed: () => time.elapsed },
  });
  const log: unknown[] = [];
  const deep = new DeepAnalysis({
    analyst,
    clock: { now: () => time.now, elapsed: () => time.elapsed },
    log: (level, message, { reports }) => log.push([level, message, reports]),
  });
  const pass = (span: Millis) => {
    time.now += span;
    time.elapsed += span;
  };
  return { analyst, deep, asked, hours, log, pass };
}

test('makes figures of hours, so that the first report asks for what goes on alone', async () => {
  const { analyst, deep, asked, log } = makeAnalyst();
  await deep.run();
  deep.close();
  expect(log).toEqual([['debug', 'Deep analysis finished', 0]]);
  expect(asked.some(query => query.includes('[1h]'))).toBe(true);
  asked.length = 0;
  await analyst.report(uptimeReport, lastDays(1));
  expect(asked.filter(query => /count_over_time\(langgraph_monitor_service_up\[1h\]/.test(query))).toEqual(
    [],
  );
});

test('asks for each hour once, when it is over, and not for one that goes on', async () => {
  const { deep, asked, hours, pass } = makeAnalyst();
  pass(-5 * HOUR);
  await deep.run();
  expect(hours.size).toBeGreaterThan(1);
  // By half past seven the hours up to seven were known.
  for (const known of [7, 8, 9]) {
    hours.clear();
    pass(HOUR / 2);
    await deep.run();
    const over = Math.floor(END / HOUR) - 12 + known;
    expect([...hours]).toEqual([]);
    asked.length = 0;
    pass(HOUR / 2);
    await deep.run();
    expect([...hours]).toEqual([`${over} to ${over}`]);
    expect(asked.filter(query => query.includes('[30m]'))).toEqual([]);
  }
  deep.close();
});

test('makes reports again that were asked for in the last day, so that an old one is given at once', async () => {
  const { analyst, deep, log, pass } = makeAnalyst();
  const report = async () => (await analyst.report(performanceTrends, lastDays(1))).age;
  expect(await report()).toBe(0);
  pass(HOUR / 2);
  await deep.run();
  pass(HOUR / 2 - 60_000);
  // It would be an hour old, and waited for.
  expect(await report()).toBe(HOUR / 2 - 60_000);
  pass(25 * HOUR);
  await deep.run();
  deep.close();
  expect(log).toEqual([
    ['debug', 'Deep analysis finished', 1],
    ['debug', 'Deep analysis finished', 0],
  ]);
});

test('goes on when the query engine does not answer', async () => {
  const log: unknown[] = [];
  const deep = new DeepAnalysis({
    analyst: { refresh: () => Promise.reject(new Error('no answer')) },
    clock: { now: () => 0, elapsed: () => 0 },
    log: (level, message, fields) => log.push([level, message, fields]),
  });
  await deep.run();
  deep.close();
  expect(log).toEqual([['warn', 'Deep analysis failed; retrying', { err: 'no answer' }]]);
});
