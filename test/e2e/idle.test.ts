// A healthy idle cluster must not have alerts. Real servers are checked for a moment; their /metrics are then replayed as
// ten minutes and more, and every shipped rule is evaluated over them.

import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { MemorySource } from '../../src/promql/memory.js';
import { loadRuleFiles } from '../../src/rules/load.js';
import { RuleManager } from '../../src/rules/manager.js';
import { engineQueryFunc } from '../../src/rules/query-func.js';
import { type Sample, samplesOf } from '../metrics/text-format.js';
import { type HaproxyServer, startHaproxy } from '../support/haproxy.js';
import { listen, portOf, stop } from '../support/http.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { type RedisServer, startRedis } from '../support/redis.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STEP = 30_000;
const SCRAPES = 24;
/** Of the machine the test runs on, which is not idle: it runs tests. As ratios. */
const NOT_OURS: Record<string, number> = {
  host_cpu_usage_ratio: 0.1,
  host_memory_usage_ratio: 0.4,
  host_filesystem_usage_ratio: 0.5,
};

let haproxy: HaproxyServer;
let redis: RedisServer;
let monitor: RunningMonitor;
let tools: Awaited<ReturnType<typeof listen>>;
const scrapes: Sample[][] = [];

beforeAll(async () => {
  tools = await listen((_, response) => response.end('{"status":"ok"}'));
  redis = await startRedis();
  haproxy = await startHaproxy(
    1,
    port => `
frontend web
  bind 127.0.0.1:${port}
  stats enable
  stats uri /stats
  http-request return status 200 if { path /health } or { path / }
  default_backend tools
backend tools
  server tools1 127.0.0.1:${portOf(tools)} check inter 500ms
  server tools2 127.0.0.1:${portOf(tools)} check inter 500ms`,
  );
  const front = `http://127.0.0.1:${haproxy.ports[0]}`;
  monitor = await startMonitor({
    scan: { intervals: { critical: '200ms', other: '200ms' } },
    host: { interval: '1s' },
    services: {
      tools: { url: `http://127.0.0.1:${portOf(tools)}/health`, critical: true },
      haproxy: { kind: 'haproxy', url: `${front}/health`, stats_url: `${front}/stats`, critical: true },
      redis: { kind: 'redis', host: `127.0.0.1:${redis.port}`, critical: true },
    },
  });
  const isUp = async (id: string) =>
    (await monitor.metric(`langgraph_monitor_service_up{target="${id}"}`)) === 1;
  for (const id of ['tools', 'haproxy', 'redis']) while (!(await isUp(id))) await delay(50);
  while (scrapes.length < SCRAPES) {
    scrapes.push(samplesOf(await (await monitor.get('/metrics')).text()));
    await delay(250);
  }
});

afterAll(async () => {
  await monitor?.[Symbol.asyncDispose]();
  await haproxy?.close();
  await redis?.close();
  if (tools) await stop(tools);
});

/** Evaluates all shipped rules after each scrape; `change` alters what was recorded. @returns alerts by step */
function replay(change: (sample: Sample, step: number) => number): string[][] {
  const source = new MemorySource();
  const ask = engineQueryFunc({
    ...{ source, lookback: 300_000, defaultInterval: STEP, maxSamples: 1e7 },
    checkpoint: () => {},
  });
  const manager = new RuleManager({
    ...{ externalUrl: '', externalLabels: {}, interval: STEP, queryFunc: ask },
    write: (_, at, samples) => {
      for (const { labels, value } of samples) source.add(labels, at, value);
    },
  });
  manager.update(loadRuleFiles(['rules/*.rules.yml'], ROOT));
  const begin = 1_700_000_000_000;
  return scrapes.map((samples, step) => {
    const at = begin + step * STEP;
    for (const sample of samples) {
      const { name, labels } = sample;
      const all = { ...labels, __name__: name, job: 'langgraph-monitor', instance: 'localhost:8083' };
      source.add(Labels.of(all), at, change(sample, step));
    }
    expect(manager.evaluate(at).failures).toBe(0);
    return manager
      .groups()
      .flatMap(group => group.rules)
      .flatMap(rule => (rule.kind === 'alerting' ? rule.alerts : []))
      .filter(alert => alert.state === 'firing')
      .map(alert => `${alert.labels.alertname} ${alert.labels.target ?? ''}`.trim())
      .sort();
  });
}

const asRecorded = ({ name, value }: Sample) => NOT_OURS[name] ?? value;

test('a healthy idle cluster has no alerts for ten minutes', () => {
  expect(scrapes.at(-1)?.length).toBeGreaterThan(400);
  const alerts = replay(asRecorded);
  expect(alerts.length * STEP).toBeGreaterThanOrEqual(600_000);
  expect(new Set(alerts.flat())).toEqual(new Set(['Heartbeat']));
});

test('every alert that fires ends again: no rule depends on a maximum since the start', () => {
  const isBad = (step: number) => step >= 4 && step < 8;
  const alerts = replay((sample, step) => {
    const { name, labels } = sample;
    if (!isBad(step)) return asRecorded(sample);
    if (name === 'langgraph_monitor_service_up' && labels.target === 'tools') return 0;
    if (name === 'haproxy_backend_status') return labels.state === 'DOWN' ? 1 : 0;
    if (name === 'haproxy_backend_current_queue') return 50;
    if (name === 'redis_rejected_connections_total') return 7;
    if (name === 'langgraph_monitor_scan_lag_seconds') return 60;
    return asRecorded(sample);
  });
  expect(alerts[6]).toEqual(expect.arrayContaining(['HAProxyBackendDown haproxy', 'ServiceDown tools']));
  // Alerts over five minutes take five minutes to end; those of error budgets over an hour are left out.
  const last = alerts.at(-1)?.filter(alert => !alert.startsWith('ErrorBudget'));
  expect(last).toEqual(['Heartbeat']);
});
