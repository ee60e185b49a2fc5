import { expect, test } from 'vitest';
import type { CheckResult } from '../../src/model/result.js';
import type { CheckRunnerEvents } from '../../src/probes/runner.js';
import { MonitorFixture, until } from './monitor-fixture.js';

const fixture = new MonitorFixture();
const { configure, start, json, status, metric } = fixture;

test('when the checks thread dies no service is healthy until it is checked again', async () => {
  configure({ a: { url: 'http://127.0.0.1:1/', critical: true } });
  let events: CheckRunnerEvents | undefined;
  await start(given => {
    events = given;
    return { configure() {}, setStatus() {}, setLastPush() {}, refresh() {}, close: async () => {} };
  });
  const seen: CheckResult = {
    ...{
      target: 'a',
      at: Date.now(),
      status: 'healthy',
      responseTime: 0.1,
      level: 'up',
      since: 0,
      consecutiveFailures: 0,
    },
    readings: { layout: { families: ['probe_success'], labels: [[]] }, values: [1] },
  };
  const overall = async () => (await json('/cluster_health')).overall_status as string;
  events?.onResult(seen);
  await until(overall, now => now === 'healthy');
  expect(await status('a')).toBe('healthy');
  expect(await metric('probe_success{')).toBe('probe_success{target="a"} 1');

  events?.onDown('out of memory');
  const health = await json('/cluster_health');
  expect(health).toMatchObject({
    overall_status: 'degraded',
    services: { a: { health: { status: 'unknown' } } },
    alerts: [],
  });
  expect(await metric('probe_success{')).toBeUndefined();
  expect(await metric('langgraph_monitor_service_up{')).toBeUndefined();
  expect(await metric('langgraph_monitor_service_status{target="a",status="unknown"}')).toMatch(/ 1$/);
  expect(await metric('langgraph_monitor_probe_worker_up')).toMatch(/ 0$/);
  expect(fixture.logged).toContain('out of memory');
  // A later evaluation of the rules has the same result.
  const evaluations = async () =>
    Number((await metric('langgraph_monitor_rule_evaluations_total'))?.split(' ')[1]);
  const before = await evaluations();
  await fixture.monitor?.reload();
  await until(evaluations, now => now > before);
  expect(await json('/cluster_health')).toMatchObject({ overall_status: 'degraded', alerts: [] });

  events?.onResult(seen);
  await until(overall, now => now === 'healthy');
  expect(await metric('probe_success{')).toBe('probe_success{target="a"} 1');
  expect(await metric('langgraph_monitor_probe_worker_up')).toMatch(/ 1$/);
});

test('an entry of the history shows the services as the rules saw them, not as they were after the evaluation', async () => {
  configure({ a: { url: 'http://127.0.0.1:1/', name: 'A', critical: true } });
  let events: CheckRunnerEvents | undefined;
  await start(given => {
    events = given;
    return { configure() {}, setStatus() {}, setLastPush() {}, refresh() {}, close: async () => {} };
  });
  const seen = (more: Partial<CheckResult>): CheckResult => ({
    ...{ target: 'a', at: Date.now(), status: 'healthy', responseTime: 0.1, level: 'up', since: 0 },
    ...{ consecutiveFailures: 0, readings: { layout: { families: [], labels: [] }, values: [] } },
    ...more,
  });
  const down = seen({ status: 'error', error: 'Connection refused', level: 'down', consecutiveFailures: 2 });
  const scan = { startedAt: 0, endedAt: 1, work: 1, lag: 40, lags: [0, 40], complete: true };
  const overall = async () => (await json('/cluster_health')).overall_status as string;
  const entries = async (count: number) => {
    const { history } = await until(
      () => json('/history'),
      answer => answer.count >= count,
    );
    // biome-ignore lint/suspicious/noExplicitAny: what a client without a schema sees
    return history.map((entry: any) => [entry.services.a.health.status, entry.overall_status, entry.alerts]);
  };
  // No scrape is under way when the next is requested.
  await until(
    () => metric('langgraph_monitor_rule_evaluations_total'),
    line => line !== undefined && !line.endsWith(' 0'),
  );
  events?.onResult(seen({}));
  await until(overall, now => now === 'healthy');

  // The registry is scraped meanwhile; the rules' result comes from another thread, which takes a turn of the event loop.
  const copied = async () => {
    for (let i = 0; i < 1000; i++) await Promise.resolve();
  };
  events?.onScan(scan);
  await copied();
  events?.onResult(down);
  const healthy = ['healthy', 'healthy', []];
  expect(await entries(1)).toEqual([healthy]);
  const lag = 'langgraph_monitor_check_start_lag_seconds';
  expect(await metric(`${lag}_bucket{le="0.05"}`)).toMatch(/ 2$/);
  expect(await metric(`${lag}_bucket{le="0.025"}`)).toMatch(/ 1$/);

  const unhealthy = ['error', 'unhealthy', ['CRITICAL: A is error - Connection refused']];
  await until(overall, now => now === 'unhealthy');
  events?.onScan(scan);
  await copied();
  events?.onResult(seen({}));
  expect(await entries(2)).toEqual([unhealthy, healthy]);

  // An entry that waits for its evaluation shows its own time, not that of the entry before.
  await until(overall, now => now === 'healthy');
  events?.onScan(scan);
  await copied();
  events?.onResult(down);
  events?.onScan(scan);
  await copied();
  expect(await entries(4)).toEqual([unhealthy, healthy, unhealthy, healthy]);
});

test('the removal of a service answers the requests that wait for its check', async () => {
  configure({ a: { url: 'http://127.0.0.1:1/' }, b: { url: 'http://127.0.0.1:1/' } });
  let asked: (() => void) | undefined;
  const hasAsked = new Promise<void>(resolve => {
    asked = resolve;
  });
  let events: CheckRunnerEvents | undefined;
  await start(given => {
    events = given;
    return {
      configure() {},
      setStatus() {},
      setLastPush() {},
      refresh: () => asked?.(),
      close: async () => {},
    };
  });
  const answer = json('/cluster_health?max_age=0');
  await hasAsked;
  configure({ b: { url: 'http://127.0.0.1:1/' } });
  await fixture.monitor?.reload();
  events?.onResult({
    ...{
      target: 'b',
      at: Date.now(),
      status: 'healthy',
      responseTime: 0.1,
      level: 'up',
      since: 0,
      consecutiveFailures: 0,
    },
    readings: { values: [] },
  });
  expect(Object.keys((await answer).services)).toEqual(['b']);
});
