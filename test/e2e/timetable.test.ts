// Outages from outside: the simulated cluster fails by a timetable, which the monitor's answers, its history and its log
// show.

import { createServer, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Cluster,
  SERVICE_IDS,
  type ServiceCondition,
  type ServiceId,
  startCluster,
} from '../../src/demo/cluster.js';
import { monitorConfiguration } from '../../src/demo/configuration.js';
import { OK } from '../../src/demo/fault.js';
import { portOf, stop } from '../support/http.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { clusterHealth, healthOf, wholeHistory } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const PACE = { interval: '1s', timeout: '4s', slowAfter: '1500ms', confirmEvery: '200ms' };

interface Row {
  readonly what: string;
  readonly service: ServiceId;
  readonly condition: ServiceCondition;
  readonly overall: string;
  readonly alerts: readonly string[];
}

const TOOLS_503 = 'CRITICAL: Tools Server is unhealthy - HTTP 503';
const TIMETABLE: readonly Row[] = [
  {
    what: 'one critical service of five answers 503',
    service: 'tools',
    condition: { kind: 'status', code: 503 },
    overall: 'degraded',
    alerts: [TOOLS_503],
  },
  {
    what: 'a second one hangs',
    service: 'embeddings',
    condition: { kind: 'hang' },
    overall: 'unhealthy',
    alerts: ['CRITICAL: Embeddings Server is timeout - Request timed out', TOOLS_503],
  },
  {
    what: 'the second is back',
    service: 'embeddings',
    condition: OK,
    overall: 'degraded',
    alerts: [TOOLS_503],
  },
  { what: 'the first is back', service: 'tools', condition: OK, overall: 'healthy', alerts: [] },
  {
    what: 'an optional service loads its model',
    service: 'cpu_llama',
    condition: { kind: 'loading_model' },
    overall: 'healthy',
    alerts: ['WARNING: CPU Llama.cpp Server is unhealthy - HTTP 503 (Loading model)'],
  },
  { what: 'it has loaded it', service: 'cpu_llama', condition: OK, overall: 'healthy', alerts: [] },
  {
    what: 'a required model is gone',
    service: 'jetson_ollama',
    condition: { kind: 'model_missing', model: 'llama3.2:3b' },
    overall: 'degraded',
    alerts: [
      expect.stringMatching(/^CRITICAL: Jetson Ollama Server is unhealthy - Model llama3\.2:3b is missing/),
    ],
  },
  { what: 'it is installed again', service: 'jetson_ollama', condition: OK, overall: 'healthy', alerts: [] },
  {
    what: 'a service becomes slow',
    service: 'embeddings',
    condition: { kind: 'slow', ms: 2000 },
    overall: 'degraded',
    alerts: [expect.stringMatching(/^WARNING: Embeddings Server is degraded - /)],
  },
  { what: 'it is fast again', service: 'embeddings', condition: OK, overall: 'healthy', alerts: [] },
  {
    what: 'connections are refused',
    service: 'haproxy',
    condition: { kind: 'refused' },
    overall: 'degraded',
    alerts: ['WARNING: HAProxy Load Balancer is error - Connection refused'],
  },
  {
    what: 'connections are accepted again',
    service: 'haproxy',
    condition: OK,
    overall: 'healthy',
    alerts: [],
  },
  {
    what: 'Redis hangs',
    service: 'redis',
    condition: { kind: 'hang' },
    overall: 'degraded',
    alerts: ['CRITICAL: Redis Cache is timeout - Request timed out'],
  },
  { what: 'Redis goes on', service: 'redis', condition: OK, overall: 'healthy', alerts: [] },
];

describe('the cluster by its timetable', () => {
  let cluster: Cluster;
  let monitor: RunningMonitor;

  beforeAll(async () => {
    cluster = await startCluster();
    // No service answers, so that all are unknown.
    await Promise.all(SERVICE_IDS.map(id => cluster.set(id, { kind: 'hang' })));
    monitor = await startMonitor({ ...monitorConfiguration(cluster, PACE) });
  });
  afterAll(async () => {
    await monitor?.[Symbol.asyncDispose]();
    await cluster?.close();
  });

  test('at first: unknown services, a degraded cluster, no alerts', async () => {
    const { overall_status, services, alerts } = await clusterHealth(monitor);
    expect({ overall_status, alerts }).toEqual({ overall_status: 'degraded', alerts: [] });
    expect(Object.entries(services).map(([id, { health }]) => [id, health.status])).toEqual(
      SERVICE_IDS.map(id => [id, 'unknown']),
    );
  });

  test('then all services answer: healthy', async () => {
    await Promise.all(SERVICE_IDS.map(id => cluster.set(id, OK)));
    await reached(monitor, 'healthy', []);
    await expect.poll(() => statuses(monitor), PATIENCE).toEqual(SERVICE_IDS.map(id => [id, 'healthy']));
  });

  test.each(TIMETABLE.map(row => [row.what, row] as const))('then %s', async (_, row) => {
    const { service, condition, overall, alerts } = row;
    await cluster.set(service, condition);
    await reached(monitor, overall, alerts);
    const { alerts: listed, count } = await monitor.json<{ alerts: string[]; count: number }>('/alerts');
    expect({ listed, count }).toEqual({ listed: alerts, count: alerts.length });
  });

  test('HAProxy loses a backend: in its statistics only, no outage of HAProxy', async () => {
    const backends = async () => (await monitor.json<{ backends: object }>('/haproxy_metrics')).backends;
    const backend = (status: string) => expect.objectContaining({ status });
    await cluster.set('haproxy', { kind: 'backend_down', backend: 'tools' });
    await expect
      .poll(backends, PATIENCE)
      .toMatchObject({ llm: backend('UP'), embeddings: backend('UP'), tools: backend('DOWN') });
    await reached(monitor, 'healthy', []);
    await cluster.set('haproxy', OK);
    await expect.poll(backends, PATIENCE).toMatchObject({ tools: backend('UP') });
  });

  test('/history has the same states, newest first', async () => {
    const { history, count } = await wholeHistory(monitor);
    expect(count).toBeGreaterThanOrEqual(history.length);
    const times = history.map(entry => entry.timestamp);
    expect(times).toEqual([...times].sort().reverse());
    const states = withoutRepeats(history.map(entry => entry.overall_status).reverse());
    const seen = withoutRepeats(['healthy', ...TIMETABLE.map(row => row.overall)]);
    // It may begin with the scan in which no service answered.
    expect(states.slice(-seen.length)).toEqual(seen);
    expect(states.slice(0, -seen.length)).toEqual(states.length > seen.length ? ['degraded'] : []);
  });

  test('checks are more frequent while unhealthy than while healthy', async () => {
    const { history } = await wholeHistory(monitor);
    const gaps = (status: string) =>
      history.slice(0, -1).flatMap((entry, i) => {
        const before = history[i + 1];
        if (entry.overall_status !== status || before?.overall_status !== status) return [];
        return [Date.parse(entry.timestamp) - Date.parse(before.timestamp)];
      });
    // A sixth of the interval, as configured; the halves allow for a busy machine.
    expect(median(gaps('unhealthy'))).toBeLessThan(median(gaps('healthy')) / 2);
  });

  test('the log has one line per change', async () => {
    const overall = ['degraded', 'healthy', ...TIMETABLE.map(row => row.overall)];
    expect(monitor.logged('Cluster status changed').map(line => [line.from, line.to])).toEqual(
      steps(overall),
    );
    const firing = TIMETABLE.map(row => row.alerts);
    const begun = firing.flatMap((now, i) => now.filter(alert => !firing[i - 1]?.includes(alert)));
    expect(monitor.logged('Alert firing').map(line => line.alert)).toEqual(begun);
    expect(monitor.logged('Alert resolved')).toHaveLength(begun.length);
  });
});

describe('a single failed check', () => {
  test('is visible in the service and changes nothing else', async () => {
    let answers = 0;
    let isWell = true;
    let held: ServerResponse | undefined;
    const well = (response: ServerResponse) => response.end('{"status":"healthy"}');
    const server = createServer((_, response) => {
      if (!isWell) answers++;
      if (answers === 1) response.writeHead(503).end();
      // The confirming check waits until the failure was read.
      else if (answers === 2) held = response;
      else well(response);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const tools = {
      name: 'Tools Server',
      url: `http://127.0.0.1:${portOf(server)}/health`,
      critical: true,
      timeout: '20s',
      slow_after: '19s',
      confirm: { failures: 2, successes: 2, every: '100ms' },
    };
    await using monitor = await startMonitor({
      scan: { intervals: { critical: '300ms', other: '300ms' } },
      services: { tools },
    });

    await reached(monitor, 'healthy', []);
    isWell = false;
    await expect.poll(() => held !== undefined, PATIENCE).toBe(true);
    await expect
      .poll(() => healthOf(monitor, 'tools'), PATIENCE)
      .toMatchObject({
        status: 'unhealthy',
        status_code: 503,
        error: 'HTTP 503',
        consecutive_failures: 1,
      });
    expect(await clusterHealth(monitor)).toMatchObject({ overall_status: 'healthy', alerts: [] });

    well(held as ServerResponse);
    await expect
      .poll(() => healthOf(monitor, 'tools'), PATIENCE)
      .toMatchObject({ status: 'healthy', consecutive_failures: 0 });
    const { history } = await wholeHistory(monitor);
    expect(new Set(history.map(entry => entry.overall_status))).toEqual(new Set(['healthy']));
    expect(history.flatMap(entry => entry.alerts)).toEqual([]);
    expect(monitor.log.filter(line => line.level === 'warn' || line.level === 'error')).toEqual([]);
    await stop(server);
  });
});

/** Waits until the monitor has this status, now and in the newest entry of its history. */
async function reached(monitor: RunningMonitor, overall: string, alerts: readonly string[]): Promise<void> {
  const wanted = { overall_status: overall, alerts };
  await expect.poll(() => clusterHealth(monitor), PATIENCE).toMatchObject(wanted);
  await expect.poll(async () => (await wholeHistory(monitor)).history[0], PATIENCE).toMatchObject(wanted);
}

async function statuses(monitor: RunningMonitor): Promise<[string, string][]> {
  const { services } = await clusterHealth(monitor);
  return Object.entries(services).map(([id, { health }]) => [id, health.status]);
}

function withoutRepeats(items: readonly string[]): string[] {
  return items.filter((item, i) => item !== items[i - 1]);
}

function steps(states: readonly string[]): [string, string][] {
  const changes = withoutRepeats(states);
  return changes.slice(1).map((to, i) => [changes[i] as string, to]);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
