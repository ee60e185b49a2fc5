import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { result, SCAN, service, startMonitor, type TestMonitor } from './monitor.js';

const AT = '2024-01-15T10:30:45.123456';
const MINUTE = 60_000;

/** The document's cluster with one outage, one slow service and one optional service down. */
function feedCluster(monitor: TestMonitor): void {
  monitor.feed(result('jetson_ollama', { statusCode: 200, data: '{"models":["llama3.2:3b"]}' }));
  monitor.feed(
    result('cpu_llama', {
      status: 'unhealthy',
      statusCode: 503,
      error: 'HTTP 503',
      reason: 'status',
      level: 'down',
      consecutiveFailures: 3,
    }),
  );
  monitor.feed(
    result('tools', {
      status: 'timeout',
      responseTime: 10,
      error: 'Request timed out',
      reason: 'timeout',
      level: 'down',
      consecutiveFailures: 2,
    }),
  );
  monitor.feed(
    result('haproxy', {
      facts: {
        haproxy: {
          backends: {
            llm: {
              status: 'UP',
              total_sessions: 120,
              current_sessions: 2,
              response_time: 0.031,
              queue_length: 0,
            },
          },
        },
      },
    }),
  );
  monitor.feed(
    result('redis', {
      responseTime: 0.0034567,
      details: { connected_clients: 12, used_memory_human: '156.5M', uptime_in_seconds: 86_400 },
    }),
  );
  monitor.cluster.setNode({
    cpu_percent: 15.2,
    memory: { total: 6_442_450_944, available: 4_294_967_296, percent: 33.3 },
    disk: { total: 21_474_836_480, free: 6_979_321_856, percent: 67.5 },
  });
}

describe('the JSON endpoints', () => {
  let monitor: TestMonitor;
  beforeAll(async () => {
    monitor = await startMonitor();
    feedCluster(monitor);
  });
  afterAll(() => monitor[Symbol.asyncDispose]());

  const seen = { last_check: AT, since: AT };
  const table: [path: string, want: unknown][] = [
    [
      '/cluster_health',
      {
        timestamp: AT,
        overall_status: 'degraded',
        services: {
          jetson_ollama: {
            name: 'Jetson Ollama Server',
            critical: true,
            health: {
              status: 'healthy',
              response_time: 0.245,
              status_code: 200,
              data: { models: ['llama3.2:3b'] },
              ...seen,
              consecutive_failures: 0,
            },
          },
          cpu_llama: {
            name: 'CPU Llama.cpp Server',
            critical: false,
            health: {
              status: 'unhealthy',
              response_time: 0.245,
              status_code: 503,
              error: 'HTTP 503',
              ...seen,
              consecutive_failures: 3,
            },
          },
          tools: {
            name: 'Tools Server',
            critical: true,
            health: {
              status: 'timeout',
              response_time: 10,
              error: 'Request timed out',
              ...seen,
              consecutive_failures: 2,
            },
          },
          haproxy: {
            name: 'HAProxy Load Balancer',
            critical: true,
            health: { status: 'healthy', response_time: 0.245, ...seen, consecutive_failures: 0 },
          },
          redis: {
            name: 'Redis Cache',
            critical: true,
            health: {
              status: 'healthy',
              response_time: 0.003457,
              connected_clients: 12,
              used_memory_human: '156.5M',
              uptime_in_seconds: 86_400,
              ...seen,
              consecutive_failures: 0,
            },
          },
        },
        cluster_stats: {
          local_node: { cpu_percent: 15.2, memory_percent: 33.3, disk_percent: 67.5 },
          total_services: 5,
          monitoring_uptime: 0,
        },
        alerts: [
          'CRITICAL: Tools Server is timeout - Request timed out',
          'WARNING: CPU Llama.cpp Server is unhealthy - HTTP 503',
        ],
      },
    ],
    [
      '/health',
      {
        status: 'healthy',
        monitoring_node: 'worker-node4',
        services_monitored: 5,
        last_check: AT,
        alerts_count: 2,
        store: 'ok',
        rules: 'ok',
      },
    ],
    [
      '/alerts',
      {
        alerts: [
          'CRITICAL: Tools Server is timeout - Request timed out',
          'WARNING: CPU Llama.cpp Server is unhealthy - HTTP 503',
        ],
        count: 2,
        timestamp: AT,
      },
    ],
    ['/history', { history: [], count: 0 }],
    [
      '/stats',
      {
        cpu_percent: 15.2,
        memory: { total: 6_442_450_944, available: 4_294_967_296, percent: 33.3 },
        disk: { total: 21_474_836_480, free: 6_979_321_856, percent: 67.5 },
        monitoring_uptime: 0,
        services_monitored: ['jetson_ollama', 'cpu_llama', 'tools', 'haproxy', 'redis'],
      },
    ],
    [
      '/haproxy_metrics',
      {
        timestamp: AT,
        backends: {
          llm: {
            status: 'UP',
            total_sessions: 120,
            current_sessions: 2,
            response_time: 0.031,
            queue_length: 0,
          },
        },
        total_backends: 1,
      },
    ],
  ];

  test.each(table)('%s', async (path, want) => {
    const response = await fetch(monitor.url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.json()).toEqual(want);
  });

  test.each(table)('%s answers HEAD without a body', async path => {
    const response = await fetch(monitor.url + path, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  test('answers the same behind the short cut and behind the router', async () => {
    const texts = await Promise.all(
      ['/cluster_health', '/cluster_health?', '/cluster_health?max_age=3600', '/cluster_health?other=1'].map(
        async path => (await fetch(monitor.url + path)).text(),
      ),
    );
    expect(new Set(texts).size).toBe(1);
    expect(monitor.wanted).toEqual([]);
  });

  test('names an HAProxy by its key', async () => {
    expect(await monitor.json('/haproxy_metrics?service=haproxy')).toEqual(
      await monitor.json('/haproxy_metrics'),
    );
  });
});

test('/alerts?detail=true adds the alerts as objects', async () => {
  await using monitor = await startMonitor();
  feedCluster(monitor);
  monitor.clock.advance(5 * MINUTE);
  expect(await monitor.json('/alerts?detail=true')).toMatchObject({
    count: 2,
    timestamp: '2024-01-15T10:35:45.123456',
    details: [
      {
        severity: 'critical',
        service: 'tools',
        message: 'Tools Server is timeout - Request timed out',
        // Rules are evaluated at whole milliseconds.
        timestamp: '2024-01-15T10:30:45.123000',
        duration: '5 minutes',
        action_taken: 'Logged',
        alertname: 'ServiceDown',
      },
      { severity: 'warning', service: 'cpu_llama', duration: '5 minutes' },
    ],
  });
  expect(await monitor.json('/alerts?detail=false')).not.toHaveProperty('details');
});

describe('before the first results', () => {
  let monitor: TestMonitor;
  beforeAll(async () => {
    monitor = await startMonitor();
  });
  afterAll(() => monitor[Symbol.asyncDispose]());

  test('services are unknown and the cluster is degraded', async () => {
    expect(await monitor.json('/cluster_health')).toMatchObject({
      overall_status: 'degraded',
      services: { tools: { health: { status: 'unknown', error: 'Not checked yet' } } },
      cluster_stats: { local_node: {}, total_services: 5 },
      alerts: [],
    });
  });

  test.each([
    ['/health', 200, { status: 'healthy', last_check: null }],
    ['/stats', 200, { monitoring_uptime: 0 }],
    ['/haproxy_metrics', 503, { error: 'HAProxy stats unavailable: not checked yet' }],
    ['/haproxy_metrics?service=tools', 404, { error: 'no HAProxy service "tools" is configured' }],
    ['/haproxy_metrics?service=', 404, { error: 'no HAProxy service "" is configured' }],
  ])('%s is %i', async (path, status, want) => {
    const response = await fetch(monitor.url + path);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject(want);
  });

  test('/stats leaves out what was not measured', async () => {
    expect(Object.keys((await monitor.json('/stats')) as object)).toEqual([
      'monitoring_uptime',
      'services_monitored',
    ]);
  });
});

describe('/haproxy_metrics', () => {
  test.each([
    ['no such kind', [], 404, 'no service of kind haproxy is configured'],
    ['no statistics', [result('haproxy')], 503, 'HAProxy stats unavailable: no stats_url is configured'],
    [
      'failing statistics',
      [result('haproxy', { status: 'error', error: 'Connection refused', level: 'down', reason: 'refused' })],
      503,
      'HAProxy stats unavailable: Connection refused',
    ],
  ])('%s', async (_, results, status, error) => {
    await using monitor = await startMonitor(results.length === 0 ? { services: [] } : {});
    for (const each of results) monitor.feed(each);
    const response = await fetch(`${monitor.url}/haproxy_metrics`);
    expect([response.status, await response.json()]).toEqual([status, { error }]);
  });
});

describe('/health', () => {
  test('turns 503 when no scan has ended for three intervals, and 200 with the next one', async () => {
    await using monitor = await startMonitor();
    monitor.watchdog.scanEnded(monitor.clock.elapsed());
    monitor.clock.advance(3 * SCAN);
    expect((await fetch(`${monitor.url}/health`)).status).toBe(200);
    monitor.clock.advance(1000);
    const stalled = await fetch(`${monitor.url}/health`);
    expect(stalled.status).toBe(503);
    expect(await stalled.json()).toMatchObject({
      status: 'unhealthy',
      monitoring_node: 'worker-node4',
      reason: 'no scan has ended for 91 s, expected one every 30 s',
    });
    monitor.watchdog.scanEnded(monitor.clock.elapsed());
    expect(await monitor.json('/health')).not.toHaveProperty('reason');
  });
});

describe('/cluster_health?max_age', () => {
  test('has stale services checked, once for all who ask, and answers with what came', async () => {
    await using monitor = await startMonitor();
    feedCluster(monitor);
    monitor.clock.advance(10_000);
    const answers = [1, 2, 3].map(() => monitor.json('/cluster_health?max_age=5'));
    await expect.poll(() => monitor.wanted.length).toBe(1);
    expect(monitor.wanted).toEqual([['jetson_ollama', 'cpu_llama', 'tools', 'haproxy', 'redis']]);
    const at = monitor.clock.now();
    for (const id of ['jetson_ollama', 'cpu_llama', 'tools', 'haproxy', 'redis']) {
      monitor.feed(result(id, { at, responseTime: 0.5 }));
    }
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatchObject({
        services: { tools: { health: { status: 'healthy', response_time: 0.5 } } },
      });
    }
    expect(monitor.wanted.length).toBe(1);
  });

  test.each([
    ['fresh enough', '10', []],
    ['a fraction', '9.5', [['tools']]],
  ])('%s', async (_, maxAge, want) => {
    await using monitor = await startMonitor({ services: [service('tools')] });
    monitor.feed(result('tools'));
    monitor.clock.advance(10_000);
    const answer = monitor.json(`/cluster_health?max_age=${maxAge}`);
    await expect.poll(() => monitor.wanted).toEqual(want);
    if (want.length > 0) monitor.feed(result('tools', { at: monitor.clock.now() }));
    expect(await answer).toMatchObject({ overall_status: 'healthy' });
  });
});

test('the clock of /cluster_health moves on when nothing else does', async () => {
  await using monitor = await startMonitor();
  monitor.clock.advance(2000);
  expect(await monitor.json('/cluster_health')).toMatchObject({
    timestamp: '2024-01-15T10:30:47.123456',
    cluster_stats: { monitoring_uptime: 2 },
  });
});

describe('the management paths', () => {
  test('is healthy at once and ready after the first scan', async () => {
    await using monitor = await startMonitor();
    const plain = async (path: string) => {
      const response = await fetch(monitor.url + path);
      return [response.status, response.headers.get('content-type'), await response.text()];
    };
    const type = 'text/plain; charset=utf-8';
    expect(await plain('/-/healthy')).toEqual([200, type, 'langgraph-monitor is Healthy.\n']);
    expect(await plain('/-/ready')).toEqual([
      503,
      type,
      'Service Unavailable: the first scan has not ended yet\n',
    ]);
    monitor.watchdog.scanEnded(monitor.clock.elapsed());
    expect(await plain('/-/ready')).toEqual([200, type, 'langgraph-monitor is Ready.\n']);
  });
});
