// The endpoints of reports: what they refuse, and what they say when nothing is known or the query engine is gone.

import { afterEach, describe, expect, test } from 'vitest';
import { type QueryEngine, QueryError } from '../../src/query/engine.js';
import { startMonitor, type TestMonitor } from './monitor.js';

let monitor: TestMonitor | undefined;
afterEach(async () => monitor?.[Symbol.asyncDispose]());

const PATHS = [
  '/performance_trends',
  '/performance_analysis',
  '/capacity_report',
  '/capacity_projections',
  '/weekly_profile',
  '/dashboard_data',
  '/report',
];

/** An engine without samples, or one that is gone. */
function engine(problem?: QueryError): QueryEngine {
  const answer = async <T>(value: T) => {
    if (problem) throw problem;
    return value;
  };
  const none = { warnings: [], infos: [] };
  return {
    answer: () => answer({ data: new Uint8Array(), ...none }),
    instant: () => answer({ samples: [], ...none }),
    range: () => answer({ series: [], ...none }),
    rules: () => answer({ data: new Uint8Array(), ...none }),
    alerts: () => answer({ data: new Uint8Array(), ...none }),
    close: async () => {},
  };
}

const get = async (path: string) => {
  const answer = await fetch(`${monitor?.url}${path}`);
  return { status: answer.status, age: answer.headers.get('age'), body: await answer.json() };
};

describe.each(PATHS)('%s', path => {
  test('answers with its age when nothing is known', async () => {
    monitor = await startMonitor({ query: engine() });
    expect(await get(path)).toMatchObject({ status: 200, age: '0' });
  });

  test.each(['0', '367', 'x', ''])('refuses days=%s', async days => {
    monitor = await startMonitor({ query: engine() });
    const { status, body } = await get(`${path}?days=${days}`);
    expect([status, body]).toEqual([400, { error: expect.stringContaining('days') }]);
  });

  test('says that the query engine does not answer', async () => {
    monitor = await startMonitor({ query: engine(new QueryError('unavailable', 'no route to it')) });
    expect(await get(path)).toMatchObject({
      status: 503,
      body: { error: 'the query engine does not answer: no route to it' },
    });
  });
});

test('a service of which nothing is known is there, without figures', async () => {
  monitor = await startMonitor({ query: engine() });
  const { body: trends } = await get('/performance_trends');
  const { body: analysis } = await get('/performance_analysis');
  const { insights, ...services } = trends as { insights: string[] } & Record<string, object>;
  expect(insights).toEqual([]);
  expect(Object.keys(services)).toEqual(Object.keys(analysis as object));
  expect(Object.values(services)[0]).toMatchObject({
    avg_response_time: null,
    trend: null,
    trend_reason: 'no samples of it in the period',
    peak_hours: [],
  });
  expect(Object.values(analysis as object)[0]).toEqual({ error: 'No data available' });
});

test.each([
  ['/performance_history', 400, 'service: expected the id of a service'],
  ['/performance_history?service=none', 404, 'no service "none"'],
  ['/weekly_profile?service=none', 404, 'no service "none"'],
  ['/weekly_profile?load=none', 400, 'load'],
  ['/performance_history?service=tools&days=0', 400, 'days'],
])('%s is refused', async (path, status, error) => {
  monitor = await startMonitor({ query: engine() });
  expect(await get(path)).toMatchObject({ status, body: { error: expect.stringContaining(error) } });
});

test('a history and a week of which nothing is known say so', async () => {
  monitor = await startMonitor({ query: engine() });
  expect((await get('/performance_history?service=tools')).body).toMatchObject({
    usual: null,
    usual_reason: expect.any(String),
    trend: null,
    trend_reason: 'no samples of it in the period',
    line: null,
  });
  expect((await get('/weekly_profile?service=tools')).body).toMatchObject({
    known_hours: 0,
    reason: 'nothing is known of it in the period',
  });
  expect((await get('/capacity_projections')).body).toMatchObject({
    loads: { disk: { name: expect.any(String), expected: null, reason: 'nothing monitored tells it' } },
  });
});

describe('/uptime_report', () => {
  test('is of the present month, or of another', async () => {
    monitor = await startMonitor({ query: engine() });
    const { body } = await get('/uptime_report');
    expect(body).toMatchObject({ month: expect.stringMatching(/^\d{4}-\d\d$/), cluster: { uptime: null } });
    expect((await get('/uptime_report?month=2023-01')).body).toMatchObject({
      month: '2023-01',
      from: '2023-01-01T00:00:00.000000',
      to: '2023-02-01T00:00:00.000000',
    });
  });

  test.each(['2026-13', '2026', '2026-1', 'x', ''])('refuses month=%s', async month => {
    monitor = await startMonitor({ query: engine() });
    expect(await get(`/uptime_report?month=${month}`)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('expected a month such as 2026-10') },
    });
  });

  test('refuses a month to come', async () => {
    monitor = await startMonitor({ query: engine() });
    expect(await get('/uptime_report?month=2999-01')).toMatchObject({
      status: 400,
      body: { error: 'that time has not begun' },
    });
  });

  test('is a table, too', async () => {
    monitor = await startMonitor({ query: engine() });
    const answer = await fetch(`${monitor.url}/uptime_report?month=2023-01&format=csv`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="uptime-2023-01.csv"');
    const [head, ...rows] = (await answer.text()).trimEnd().split('\r\n');
    expect(head).toBe(
      'service,name,uptime_ratio,downtime_seconds,maintenance_seconds,coverage,outages,mttr_seconds,mtbf_seconds,objective,budget_left',
    );
    expect(rows.length).toBeGreaterThan(0);
  });
});

describe('/report', () => {
  test.each([
    ['html', 'text/html; charset=utf-8', /^<!doctype html>/],
    ['md', 'text/markdown; charset=utf-8', /^# Weekly report, /],
    ['csv', 'text/csv; charset=utf-8', /^service,name,from,to,/],
  ])('format=%s', async (format, type, begin) => {
    monitor = await startMonitor({ query: engine() });
    const answer = await fetch(`${monitor.url}/report?format=${format}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(await answer.text()).toMatch(begin);
    const policy = answer.headers.get('content-security-policy');
    if (format === 'html') expect(policy).toMatch(/^default-src 'none'; style-src 'unsafe-inline';/);
  });

  test('of a month', async () => {
    monitor = await startMonitor({ query: engine() });
    expect(await get('/report?month=2023-01')).toMatchObject({
      status: 200,
      body: { daily: { dates: expect.arrayContaining(['2023-01-01', '2023-01-31']) } },
    });
    expect(await get('/report?month=2023-1')).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('expected a month such as 2026-10') },
    });
  });
});

describe('/uptime_calendar', () => {
  test('days of all services or of one', async () => {
    monitor = await startMonitor({ query: engine() });
    const { body } = await get('/uptime_calendar?days=3');
    expect(body.dates).toHaveLength(3);
    const [id = ''] = Object.keys(body.services);
    expect(body.services[id]).toMatchObject({ uptime: [null, null, null], downtime: [0, 0, 0] });
    const one = await get(`/uptime_calendar?days=3&service=${id}`);
    expect(Object.keys(one.body.services)).toEqual([id]);
    expect(await get('/uptime_calendar?service=none')).toMatchObject({
      status: 404,
      body: { error: 'no service "none"' },
    });
  });
});
