// The document's own Python classes, unchanged, against our endpoints: a simulated cluster, the real monitor, real HTTP.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { LangGraphMonitoring } from '../../src/client/monitoring.js';
import { type Cluster, startCluster } from '../../src/demo/cluster.js';
import { monitorConfiguration } from '../../src/demo/configuration.js';
import { type ClusterHealth, clusterHealth, type History } from '../e2e/cluster-health.js';
import { freePort } from '../support/child.js';
import {
  DOCUMENT_CLASSES,
  HAS_DOCUMENT,
  NEEDS_DOCUMENT,
  pythonBlock,
  runPython,
} from '../support/document.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const SERVICES = ['jetson_ollama', 'cpu_llama', 'embeddings', 'tools', 'haproxy', 'redis'];

let cluster: Cluster;
let monitor: RunningMonitor;
beforeAll(async () => {
  cluster = await startCluster({ lifelike: true });
  const pace = { interval: '200ms', timeout: '2s', slowAfter: '1s', confirmEvery: '100ms' };
  monitor = await startMonitor(monitorConfiguration(cluster, pace));
  await vi.waitFor(
    async () => expect((await clusterHealth(monitor)).overall_status).toBe('healthy'),
    PATIENCE,
  );
});
afterAll(async () => {
  await monitor?.[Symbol.asyncDispose]();
  await cluster?.close();
});

const addresses = (url: string) => ({
  monitor: url,
  jetson: cluster.jetson_ollama.url,
  cpu: cluster.cpu_llama.url,
  balancer: cluster.haproxy.url,
});

/** Names that the document's classes use and do not define. */
const ADAPTER = `
class Dashboard(MonitoringDashboard):
    def extract_response_times(self, history):
        return {
            name: [check["services"][name]["health"].get("response_time") for check in history]
            for name in self.monitoring.services
        }
    def calculate_availability(self, history):
        return {
            name: sum(check["services"][name]["health"]["status"] == "healthy" for check in history) / len(history)
            for name in self.monitoring.services
        }
    def analyze_alert_patterns(self, history):
        return [len(check["alerts"]) for check in history]
`;

const MAIN = `
async def main():
    monitoring = Monitoring()
    answers = {
        "health": await monitoring.check_cluster_health(),
        "tools": await monitoring.get_service_health("tools"),
        "unknown": await monitoring.get_service_health("unknown"),
        "endpoint": await monitoring.get_best_llm_endpoint(),
        "in time": await monitoring.wait_for_healthy_cluster(timeout=0.001),
    }
    if "error" not in answers["health"]:
        await monitoring.load()
        answers["dashboard"] = await Dashboard(monitoring).generate_dashboard_data()
        answers["analysis"] = Analysis(monitoring).analyze_performance_trends(days=7)
        answers["history"] = monitoring.health_history
    await monitoring.session.close()
    print(json.dumps(answers))

# The document's second of patience between two looks is not what is tested.
asyncio_sleep = asyncio.sleep
asyncio.sleep = lambda span: asyncio_sleep(0)
asyncio.run(main())
`;

interface Answers {
  readonly health: ClusterHealth & { error?: string };
  readonly tools: unknown;
  readonly unknown: unknown;
  readonly endpoint: string;
  readonly 'in time': boolean;
  readonly dashboard: {
    readonly current_status: ClusterHealth;
    readonly trends: Record<string, string>;
    readonly charts: {
      readonly response_times: Record<string, number[]>;
      readonly service_availability: Record<string, number>;
      readonly alert_frequency: number[];
    };
    readonly recommendations: string[];
  };
  readonly analysis: Record<string, { performance_metrics: Record<string, number> }>;
  readonly history: History['history'];
}

function runDocument(url = monitor.url): Promise<Answers> {
  const blocks = ['class LangGraphMonitoring:', 'class MonitoringDashboard:', 'class HistoricalAnalysis:'];
  return runPython<Answers>([
    ...blocks.map(line => pythonBlock(line, addresses(url))),
    DOCUMENT_CLASSES,
    ADAPTER,
    MAIN,
  ]);
}

/** Waits until the monitor has seen it. */
async function seen(id: string, isWell: boolean): Promise<void> {
  const status = async () => (await clusterHealth(monitor)).services[id]?.health.status;
  await (isWell
    ? expect.poll(status, PATIENCE).toBe('healthy')
    : expect.poll(status, PATIENCE).not.toBe('healthy'));
}

describe.skipIf(!HAS_DOCUMENT)(`the document's Python (${NEEDS_DOCUMENT})`, () => {
  test('sees a healthy cluster', async () => {
    const answers = await runDocument();
    expect(answers).toMatchObject({
      health: { overall_status: 'healthy', alerts: [] },
      tools: { name: 'Tools Server', critical: true, health: { status: 'healthy', status_code: 200 } },
      unknown: { error: 'Service not found' },
      endpoint: cluster.jetson_ollama.url,
      'in time': true,
    });
    expect(Object.keys(answers.health.services)).toEqual(SERVICES);
  });

  test('prints its dashboard and analyses our history', async () => {
    const { dashboard, analysis, history } = await runDocument();
    expect(dashboard.current_status.overall_status).toBe('healthy');
    expect(Object.keys(dashboard.trends)).toEqual(SERVICES);
    for (const trend of Object.values(dashboard.trends))
      expect(trend).toMatch(/^(degrading|improving|stable)$/);
    const last = history.slice(-20);
    expect(dashboard.charts.response_times.tools).toEqual(
      last.map(({ services }) => services.tools?.health.response_time),
    );
    expect(dashboard.charts.alert_frequency).toEqual(last.map(({ alerts }) => alerts.length));
    expect(Object.keys(analysis)).toEqual(SERVICES);
    for (const id of SERVICES) {
      const times = history.flatMap(({ services }) => services[id]?.health.response_time ?? []);
      const up = history.filter(({ services }) => services[id]?.health.status === 'healthy').length;
      expect(analysis[id]?.performance_metrics).toEqual({
        avg_response_time: expect.closeTo(times.reduce((sum, each) => sum + each, 0) / times.length, 2),
        min_response_time: expect.closeTo(Math.min(...times), 2),
        max_response_time: expect.closeTo(Math.max(...times), 2),
        uptime_percentage: expect.closeTo((up / history.length) * 100, 1),
      });
    }
  });

  test('routes around services that are down, as our client does', async () => {
    const ours = new LangGraphMonitoring(monitor.url);
    const down = { kind: 'status', code: 503 } as const;
    await cluster.set('jetson_ollama', down);
    await seen('jetson_ollama', false);
    const first = await runDocument();
    expect([first.endpoint, await ours.getBestLlmEndpoint()]).toEqual([
      cluster.cpu_llama.url,
      cluster.cpu_llama.url,
    ]);
    expect(first.dashboard.recommendations).toContain('URGENT: jetson_ollama requires immediate attention');
    await cluster.set('cpu_llama', down);
    await seen('cpu_llama', false);
    const second = await runDocument();
    expect([second.endpoint, await ours.getBestLlmEndpoint()]).toEqual([
      cluster.haproxy.url,
      cluster.haproxy.url,
    ]);
    expect(second['in time']).toBe(false);
    await cluster.set('jetson_ollama', { kind: 'ok' });
    await cluster.set('cpu_llama', { kind: 'ok' });
    await seen('jetson_ollama', true);
  });

  test('gets the error of our client when the monitor is away', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await runDocument(url)).toEqual({
      health: { error: expect.stringMatching(/^Failed to reach monitoring service: /) },
      tools: { error: 'Unable to get cluster health' },
      unknown: { error: 'Unable to get cluster health' },
      endpoint: cluster.haproxy.url,
      'in time': false,
    });
    const ours = new LangGraphMonitoring({ url, fallbackEndpoint: cluster.haproxy.url });
    expect(await ours.checkClusterHealth()).toEqual({
      error: expect.stringMatching(/^Failed to reach monitoring service: /),
    });
    expect(await ours.getBestLlmEndpoint()).toBe(cluster.haproxy.url);
  });
});
