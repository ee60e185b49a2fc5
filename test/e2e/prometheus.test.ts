// A real Prometheus scrapes the monitor, in both formats of the exposition, with the project's rules loaded.

import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Cluster, SERVICE_IDS, startCluster } from '../../src/demo/cluster.js';
import { monitorConfiguration } from '../../src/demo/configuration.js';
import { listen, portOf, stop } from '../support/http.js';
import { type RunningMonitor, startMonitor, writeConfiguration } from '../support/monitor.js';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.js';
import { clusterHealth } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 100 };
const RULES = fileURLToPath(new URL('../../rules/*.rules.yml', import.meta.url));
const JOBS = ['openmetrics', 'text'] as const;

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: [number, string];
}

let cluster: Cluster;
let monitor: RunningMonitor;
let plain: Server;
let prometheus: PrometheusServer;

beforeAll(async () => {
  cluster = await startCluster({ statsAuth: { username: 'admin', password: 'secret' } });
  await cluster.set('tools', { kind: 'status', code: 503 });
  const pace = { interval: '500ms', timeout: '2s', slowAfter: '1s', confirmEvery: '100ms' };
  monitor = await startMonitor(monitorConfiguration(cluster, pace));
  plain = await listen(async (request, response) => {
    const text = await asPlainText(request.url ?? '/');
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    response.end(text);
  });
  prometheus = await startPrometheus(
    JSON.stringify({
      global: { scrape_interval: '500ms', evaluation_interval: '500ms' },
      rule_files: [RULES],
      scrape_configs: [
        { job_name: 'openmetrics', static_configs: [{ targets: [new URL(monitor.url).host] }] },
        { job_name: 'text', static_configs: [{ targets: [`127.0.0.1:${portOf(plain)}`] }] },
      ],
    }),
  );
  for (const job of JOBS) {
    const query = `count_over_time(up{job="${job}"}[1m])`;
    await vi.waitFor(
      async () => expect(Number((await ask(query))[0]?.value[1])).toBeGreaterThan(6),
      PATIENCE,
    );
  }
});
afterAll(async () => {
  await prometheus?.close();
  await stop(plain ?? createServer());
  await monitor?.[Symbol.asyncDispose]();
  await cluster?.close();
});

/** The monitor's metrics for a Prometheus that does not accept OpenMetrics. */
async function asPlainText(path: string): Promise<string> {
  const answer = await monitor.get(path, { headers: { accept: 'text/plain;version=0.0.4' } });
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  return answer.text();
}

async function ask(query: string): Promise<Sample[]> {
  return (await prometheus.api<{ result: Sample[] }>('query', { query })).result;
}

describe.each(JOBS)('scraped as %s', job => {
  test('every scrape succeeds', async () => {
    // On a busy machine one may be late: it has half a second.
    const several = `count_over_time(up{job="${job}"}[4s]) > 3 and min_over_time(up{job="${job}"}[4s]) == 1`;
    await expect.poll(() => ask(several), PATIENCE).toHaveLength(1);
    const errors = async () => {
      const { activeTargets } = await prometheus.api<{ activeTargets: { lastError: string }[] }>('targets');
      return activeTargets.map(target => target.lastError);
    };
    await expect.poll(errors, PATIENCE).toEqual(['', '']);
  });

  test.each([
    ['probe_success', SERVICE_IDS],
    ['probe_duration_seconds', SERVICE_IDS],
    ['probe_http_status_code', ['cpu_llama', 'embeddings', 'haproxy', 'jetson_ollama', 'tools']],
    ['langgraph_monitor_service_up', SERVICE_IDS],
    ['langgraph_monitor_service_info', SERVICE_IDS],
    ['langgraph_monitor_probes_total', SERVICE_IDS],
    ['langgraph_monitor_response_time_seconds_count', SERVICE_IDS],
    ['haproxy_backend_status', ['haproxy']],
    ['haproxy_server_current_sessions', ['haproxy']],
    ['redis_connected_clients', ['redis']],
    ['ollama_model_size_bytes', ['jetson_ollama']],
    ['host_memory_total_bytes', ['demo']],
  ])('%s is there with its target', async (name, targets) => {
    const found = async () => {
      const samples = await ask(`group by (target) (${name}{job="${job}"})`);
      return samples.map(sample => sample.metric.target).sort();
    };
    await expect.poll(found, PATIENCE).toEqual([...targets].sort());
  });

  test('the same values in both formats', async () => {
    const values = async () => {
      const samples = await ask(`langgraph_monitor_service_up{job="${job}"}`);
      return Object.fromEntries(samples.map(({ metric, value }) => [metric.target, value[1]]));
    };
    const want = Object.fromEntries(SERVICE_IDS.map(id => [id, id === 'tools' ? '0' : '1']));
    await expect.poll(values, PATIENCE).toEqual(want);
  });

  test("no label of ours conflicts with a scraper's", async () => {
    const labels = await prometheus.api<string[]>('labels', { 'match[]': `{job="${job}"}` });
    expect(labels.filter(label => label.startsWith('exported_'))).toEqual([]);
  });
});

test('Prometheus logs no warning', () => {
  const complaints = prometheus.log.split('\n').filter(line => /level=(warn|error)/.test(line));
  expect(complaints).toEqual([]);
});

test('both formats have the same families', async () => {
  const names = (job: string) =>
    prometheus.api<string[]>('label/__name__/values', {
      // The event loop's mean and least lag are absent from a scrape that comes right after another one.
      'match[]': `{job="${job}", __name__!~"scrape_.*|ALERTS.*|langgraph:.*|nodejs_eventloop_lag_(mean|min|stddev).*"}`,
    });
  // A family that begins is in one of them a scrape earlier.
  await vi.waitFor(async () => {
    const [openmetrics, text] = [await names('openmetrics'), await names('text')];
    expect(openmetrics.length).toBeGreaterThan(100);
    expect(openmetrics.filter(name => !name.endsWith('_created'))).toEqual(text);
  }, PATIENCE);
});

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
}

/** The firing alerts about what a job scraped, without the labels in which scrapers differ. */
function firing(alerts: readonly Alert[], of: string): Pick<Alert, 'labels' | 'annotations'>[] {
  return alerts
    .filter(({ state, labels }) => state === 'firing' && labels.job === of)
    .map(({ labels: { job: _, instance: __, ...labels }, annotations }) => ({ labels, annotations }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

test("its alerts are the monitor's", async () => {
  interface RulesAnswer {
    readonly groups: { interval: number; rules: { name: string; health: string; lastError?: string }[] }[];
  }
  const DOWN = {
    labels: { alertname: 'ServiceDown', target: 'tools', name: 'Tools Server', severity: 'critical' },
    // And its links.
    annotations: expect.objectContaining({
      summary: 'Tools Server is down',
      description: 'Tools Server is unhealthy - HTTP 503',
    }),
  };
  // An alert with a `for` fires a moment earlier on the one side than on the other.
  await vi.waitFor(async () => {
    const there = firing((await prometheus.api<{ alerts: Alert[] }>('alerts')).alerts, 'openmetrics');
    const here = (await monitor.json<{ data: { alerts: Alert[] } }>('/api/v1/alerts')).data.alerts;
    const { alerts } = await clusterHealth(monitor);
    expect(there).toContainEqual(DOWN);
    expect(there).toEqual(firing(here, 'langgraph-monitor'));
    const lines = there.map(
      ({ labels, annotations }) => `${labels.severity?.toUpperCase()}: ${annotations.description}`,
    );
    expect([...alerts].sort()).toEqual(lines.sort());
  }, PATIENCE);
  const { groups } = await prometheus.api<RulesAnswer>('rules');
  // Groups with an interval of minutes may not have been evaluated yet.
  const often = groups.filter(group => group.interval < 1).flatMap(group => group.rules);
  expect(often.length).toBeGreaterThan(0);
  expect(often.filter(rule => rule.health !== 'ok')).toEqual([]);
  expect(groups.flatMap(group => group.rules).filter(rule => rule.health === 'err')).toEqual([]);
});

test('the series of a removed service end in Prometheus, too', async () => {
  // It is an endpoint, too.
  const {
    endpoints: _,
    services,
    ...rest
  } = monitorConfiguration(cluster, { interval: '500ms' }) as {
    endpoints: object;
    services: object;
  };
  const { cpu_llama: __, ...others } = services as Record<string, object>;
  writeConfiguration(monitor.folder, { ...rest, services: others });
  monitor.signal('SIGHUP');
  // Recorded series, with a colon in their name, continue for the length of their ranges.
  const exported = '{target="cpu_llama", __name__!~".+:.+"}';
  // A scrape that fails ends all series of its job for a moment.
  await vi.waitFor(async () => {
    expect(await ask(exported)).toEqual([]);
    expect(await ask('langgraph_monitor_service_info{target="redis"}')).toHaveLength(JOBS.length);
  }, PATIENCE);
});
