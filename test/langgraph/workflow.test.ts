// A real StateGraph over a cluster whose services stop and recover, with the real monitor; models answer over HTTP. With a
// request at every step, and from a view in memory.

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { LangGraphMonitoring } from '../../src/client/monitoring.js';
import { type Cluster, SERVICE_IDS, type ServiceId, startCluster } from '../../src/demo/cluster.js';
import { monitorConfiguration } from '../../src/demo/configuration.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { buildGraph, walk } from './graph.js';

const PATIENCE = { timeout: 60_000, interval: 20 };
const QUIET = { warn: () => {}, error: () => {} };
const OK = { kind: 'ok' } as const;
const REFUSED = { kind: 'refused' } as const;
const MAX_AGE = 500;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.close());

describe.each([
  ['asked at every step', false],
  ['watched', true],
])('%s', (_, isWatched) => {
  let monitor: RunningMonitor;
  let monitoring: LangGraphMonitoring;
  let graph: ReturnType<typeof buildGraph>;
  beforeAll(async () => {
    const pace = { interval: '200ms', timeout: '2s', confirmEvery: '100ms' };
    monitor = await startMonitor(monitorConfiguration(cluster, pace));
    monitoring = new LangGraphMonitoring({
      url: monitor.url,
      fallbackEndpoint: cluster.haproxy.url,
      log: QUIET,
    });
    if (isWatched) await monitoring.watch({ maxAge: MAX_AGE }).ready();
    graph = buildGraph(monitoring);
    await seen('healthy');
  });
  afterAll(async () => {
    if (isWatched) monitoring.watch().close();
    await monitor?.[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    for (const id of SERVICE_IDS) await cluster.set(id, OK);
  });

  /** Stops services, and waits until the client of the graph sees it. */
  async function down(overall: string, ...ids: ServiceId[]): Promise<void> {
    for (const id of ids) await cluster.set(id, id === 'redis' ? { kind: 'hang' } : REFUSED);
    await seen(overall, ...ids);
  }

  async function seen(overall: string, ...ids: ServiceId[]): Promise<void> {
    await vi.waitFor(async () => {
      const { overall_status, services = {} } = await monitoring.checkClusterHealth();
      const notWell = Object.entries(services).filter(([, { health }]) => health.status !== 'healthy');
      expect([overall_status, notWell.map(([id]) => id).sort()]).toEqual([overall, ids.sort()]);
    }, PATIENCE);
  }

  test.each([
    ['Hello', 'simple_response_node'],
    ['Search for cats', 'search_and_respond_node'],
    ['What does the document say?', 'enhanced_response_node'],
  ])('healthy: %s', async (message, node) => {
    await seen('healthy');
    const { state, ...found } = await walk(graph, message);
    expect(found).toEqual({
      path: ['health_check', node],
      said: ['llama3.2:3b on the Jetson says hello.'],
      error: undefined,
      fallback_used: undefined,
      endpoint: cluster.jetson_ollama.url,
    });
    const stamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    expect(state).toMatchObject({
      cluster_health: { overall_status: 'healthy' },
      monitoring_timestamp: stamp,
      performance_metrics: { response_time: expect.any(Number), timestamp: stamp },
    });
  });

  test.each([
    ['Search for cats', 'standard_response_node'],
    ['Hello', 'simple_response_node'],
  ])('tools down: %s', async (message, node) => {
    await down('degraded', 'tools');
    expect(await walk(graph, message)).toMatchObject({
      path: ['health_check', node],
      said: ['llama3.2:3b on the Jetson says hello.'],
    });
  });

  test.each([
    ['Hello', 'standard_response_node'],
    ['Search for cats', 'search_and_respond_node'],
  ])('Jetson down: %s', async (message, node) => {
    await down('degraded', 'jetson_ollama');
    expect(await walk(graph, message)).toMatchObject({
      path: ['health_check', node],
      said: ['llama.cpp on the CPU says hello.'],
      endpoint: cluster.cpu_llama.url,
    });
  });

  test('everything down: ends with the reason', async () => {
    await down('unhealthy', ...SERVICE_IDS);
    const { path, said, error, endpoint } = await walk(graph, 'Hello');
    expect([path, error, endpoint]).toEqual([['health_check'], 'cluster_unhealthy', undefined]);
    expect(said).toEqual([
      expect.stringMatching(
        /^System temporarily unavailable due to: CRITICAL: .*Tools Server is error - Connection refused/,
      ),
    ]);
  });

  test('a model that fails though it is healthy: the load balancer answers', async () => {
    await seen('healthy');
    cluster.jetson_ollama.setLoaded([]);
    const found = await walk(graph, 'Hello');
    cluster.jetson_ollama.setLoaded(['llama3.2:3b']);
    expect(found).toMatchObject({
      path: ['health_check', 'simple_response_node'],
      said: ['Through HAProxy, jetson says hello.'],
      error: `${cluster.jetson_ollama.url} answered 404`,
      fallback_used: true,
    });
  });

  // The last one: it stops the monitor.
  test('monitor down: the load balancer, and an apology when that is down too', async () => {
    await seen('healthy');
    await monitor.kill();
    await vi.waitFor(
      async () => expect((await monitoring.checkClusterHealth()).error).toBeDefined(),
      PATIENCE,
    );
    expect(await walk(graph, 'Hello')).toMatchObject({
      path: ['health_check', 'standard_response_node'],
      said: ['Through HAProxy, jetson says hello.'],
      endpoint: cluster.haproxy.url,
      error: undefined,
      state: { cluster_health: { error: expect.stringMatching(/^Failed to reach monitoring service: /) } },
    });
    await cluster.set('haproxy', REFUSED);
    expect(await walk(graph, 'Hello')).toMatchObject({
      path: ['health_check', 'standard_response_node'],
      said: ['System temporarily unavailable. Please try again later.'],
      error: 'Primary: fetch failed, Fallback: fetch failed',
      fallback_used: undefined,
    });
  });
});
