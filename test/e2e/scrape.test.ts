// The program scrapes exporters beside a real Prometheus: redis_exporter, haproxy_exporter, HAProxy's own exporter, the
// Prometheus itself and pages of the test's own, one of which fails. Both have the same series, and say the same of targets.

import type { Server } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Exporter, startHaproxyExporter, startRedisExporter } from '../support/exporters.js';
import { type HaproxyServer, startHaproxy } from '../support/haproxy.js';
import { listen, portOf, stop } from '../support/http.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.js';
import { type RedisServer, startRedis } from '../support/redis.js';

const PATIENCE = { timeout: 60_000, interval: 200 };
const JOBS = ['redis', 'haproxy_exporter', 'haproxy', 'own', 'failing'];

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: [number, string];
}

let redis: RedisServer;
let haproxy: HaproxyServer;
let exporters: Exporter[];
let own: Server;
let prometheus: PrometheusServer;
let monitor: RunningMonitor;

const PAGE = `# HELP own_total Some text.
# TYPE own_total counter
own_total{job="conflict",path="/a\\"b"} 5
own_total{path="/dropped"} 6
# TYPE own_seconds summary
own_seconds{quantile="0.5"} NaN
own_seconds_sum 0
own_seconds_count 0
`;

beforeAll(async () => {
  redis = await startRedis();
  haproxy = await startHaproxy(
    1,
    port => `frontend statistics
  bind 127.0.0.1:${port}
  http-request use-service prometheus-exporter if { path /metrics }
  stats enable
  stats uri /stats`,
  );
  const haproxyAddress = `127.0.0.1:${haproxy.ports[0]}`;
  exporters = [
    await startRedisExporter(redis.port),
    await startHaproxyExporter(`http://${haproxyAddress}/stats;csv`),
  ];
  own = await listen(({ url }, response) => {
    const status = url === '/failing' ? 503 : 200;
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4' }).end(PAGE);
  });
  const [redisExporter, haproxyExporter] = exporters.map(({ url }) => new URL(url).host);
  const job = (job_name: string, target: string | undefined, more = {}) => ({
    job_name,
    static_configs: [{ targets: [target], labels: { rack: 'a' } }],
    ...more,
  });
  const address = `127.0.0.1:${portOf(own)}`;
  const drop = { source_labels: ['path'], regex: '/dropped', action: 'drop' };
  const configuration = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [
      job('redis', redisExporter),
      job('haproxy_exporter', haproxyExporter),
      job('haproxy', haproxyAddress),
      job('own', address, { metric_relabel_configs: [drop] }),
      job('failing', address, { metrics_path: '/failing' }),
    ],
  };
  prometheus = await startPrometheus(JSON.stringify(configuration));
  monitor = await startMonitor({
    services: { idle: { name: 'Idle', url: `http://${address}/`, critical: false } },
    ...configuration,
  });
});
afterAll(async () => {
  await monitor?.[Symbol.asyncDispose]();
  await prometheus?.close();
  for (const exporter of exporters ?? []) await exporter.close();
  if (own) await stop(own);
  await haproxy?.close();
  await redis?.close();
});

async function ofOurs<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
  const { data } = await monitor.json<{ data: T }>(`/api/v1/${path}?${new URLSearchParams(parameters)}`);
  return data;
}

/** The series of a job as JSON, with their values where these do not depend on the moment. */
function seriesOf(samples: readonly Sample[], hasValues: boolean): string[] {
  return samples
    .map(({ metric, value: [, value] }) => {
      const labels = Object.entries(metric).map(([name, text]) => [
        name,
        // Since Prometheus 3 bounds are written as OpenMetrics writes them.
        /^(le|quantile)$/.test(name) ? String(Number(text.replace('Inf', 'Infinity'))) : text,
      ]);
      return JSON.stringify([labels.sort(), hasValues ? value : '']);
    })
    .sort();
}

test.each(JOBS)('the series of %s', async job => {
  // Those that come and go with the exporters' own requests and memory are of Go's runtime; alerts are of the monitor's rules,
  // which this Prometheus has not loaded.
  const notCompared = 'go_.*|process_.*|promhttp_.*|scrape_duration_seconds|scrape_series_added|ALERTS.*';
  const query = `{job="${job}",__name__!~"${notCompared}"}`;
  await vi.waitFor(async () => {
    const theirs = (await prometheus.api<{ result: Sample[] }>('query', { query })).result;
    const ours = (await ofOurs<{ result: Sample[] }>('query', { query })).result;
    const hasValues = job === 'own' || job === 'failing';
    expect(seriesOf(ours, hasValues)).toEqual(seriesOf(theirs, hasValues));
    expect(ours.length).toBeGreaterThan(job === 'failing' ? 2 : 5);
  }, PATIENCE);
});

interface Target {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly globalUrl: string;
  readonly labels: object;
  readonly discoveredLabels: object;
  readonly health: string;
  readonly lastError: string;
  readonly scrapeInterval: string;
  readonly scrapeTimeout: string;
}

test('what is said of the targets', async () => {
  const said = ({ activeTargets }: { activeTargets: Target[] }) =>
    activeTargets
      .filter(({ scrapePool }) => JOBS.includes(scrapePool))
      .map(({ scrapePool, scrapeUrl, labels, health, lastError, scrapeInterval, scrapeTimeout }) => ({
        ...{ scrapePool, scrapeUrl, labels, health, lastError, scrapeInterval, scrapeTimeout },
      }))
      .sort((a, b) => (a.scrapePool < b.scrapePool ? -1 : 1));
  await vi.waitFor(async () => {
    const theirs = said(await prometheus.api('targets'));
    expect(said(await ofOurs('targets'))).toEqual(theirs);
    expect(theirs.map(({ health }) => health)).toEqual(['down', 'up', 'up', 'up', 'up']);
  }, PATIENCE);
});

interface Metadata {
  readonly metric: string;
}

test('the metadata of a target', async () => {
  const parameters = { match_target: '{job="own"}' };
  await vi.waitFor(async () => {
    const theirs = await prometheus.api<Metadata[]>('targets/metadata', parameters);
    const ours = await ofOurs<Metadata[]>('targets/metadata', parameters);
    const sorted = (all: Metadata[]) => all.sort((a, b) => (a.metric < b.metric ? -1 : 1));
    expect(sorted(ours)).toEqual(sorted(theirs));
    expect(ours.length).toBe(2);
  }, PATIENCE);
});
