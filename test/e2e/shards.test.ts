// Two monitors that share the services of one configuration, and a Prometheus that has the metrics of both and evaluates the
// rules.

import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { freePort } from '../support/child.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.js';
import type { ClusterHealth as Health, ServiceHealth } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 200 };
const RULES = fileURLToPath(new URL('../../rules/*.rules.yml', import.meta.url));
const IDS = ['cache', 'embeddings', 'haproxy', 'llm', 'search', 'tools'];

type Entry = { seen_by: { shard: number; of: number }; health: ServiceHealth & { instance?: string } };
type ClusterHealth = Omit<Health, 'services'> & { services: Record<string, Entry> };

/** How the metrics come into the Prometheus: it scrapes the monitors, or they write to it. */
const WAYS = ['scraped', 'remote_write'] as const;
type Way = (typeof WAYS)[number];

let servers: Map<string, SimulatedServer>;
let prometheus: PrometheusServer;
let ports: number[];
beforeAll(async () => {
  const start = () => startServer({ answer: () => json({ status: 'healthy' }) });
  servers = new Map(await Promise.all(IDS.map(async id => [id, await start()] as const)));
});
afterEach(() => prometheus?.close());
afterAll(() => Promise.all([...servers.values()].map(server => server.close())));

async function startStorage(way: Way): Promise<void> {
  ports = [await freePort(), await freePort()];
  const targets = ports.map(port => `127.0.0.1:${port}`);
  const scrape_configs = [{ job_name: 'langgraph-monitor', static_configs: [{ targets }] }];
  const configuration = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [RULES],
    ...(way === 'scraped' && { scrape_configs }),
  };
  const flags = way === 'scraped' ? [] : ['--web.enable-remote-write-receiver'];
  prometheus = await startPrometheus(JSON.stringify(configuration), undefined, undefined, flags);
}

/** @param every how often the samples of all services are written */
function startShard(index: number, way: Way, every = '1s'): Promise<RunningMonitor> {
  const service = (id: string) => ({
    url: `${servers.get(id)?.url}/health`,
    critical: true,
    timeout: '5s',
    confirm: { failures: 2, successes: 1, every: '200ms' },
  });
  const configuration = {
    node: `node${index}`,
    host: { enabled: false },
    scan: { intervals: { critical: '500ms', other: '500ms' } },
    query: { url: prometheus.url, ...(way === 'remote_write' && { scrape_interval: every }) },
    ...(way === 'remote_write' && {
      remote_write: [
        { url: `${prometheus.url}/api/v1/write`, queue_config: { batch_send_deadline: '200ms' } },
      ],
    }),
    shard: { index, of: 2 },
    services: Object.fromEntries(IDS.map(id => [id, service(id)])),
  };
  return startMonitor(configuration, { flags: [`--web.listen-address=127.0.0.1:${ports[index]}`] });
}

const health = (monitor: RunningMonitor) => monitor.json<ClusterHealth>('/cluster_health');
async function statuses(monitor: RunningMonitor): Promise<Record<string, string>> {
  const { services } = await health(monitor);
  return Object.fromEntries(Object.entries(services).map(([id, { health }]) => [id, health.status]));
}
const all = (status: string) => Object.fromEntries(IDS.map(id => [id, status]));

test.each<[name: string, shard: object | undefined, want: string]>([
  ['with shards has the name of the machine', { index: 0, of: 2 }, hostname()],
  ['alone is localhost', undefined, 'localhost'],
])('the instance of a monitor that listens on all addresses: %s', async (_, shard, want) => {
  const configuration = { host: { enabled: false }, services: { a: { url: 'http://127.0.0.1:1/' } } };
  await using monitor = await startMonitor(
    { ...configuration, ...(shard && { shard }) },
    { flags: ['--web.listen-address=:0'] },
  );
  const { data } = await monitor.json<{ data: { activeTargets: { labels: { instance: string } }[] } }>(
    '/api/v1/targets',
  );
  expect(data.activeTargets[0]?.labels.instance).toBe(`${want}:${new URL(monitor.url).port}`);
});

test.each(WAYS)(
  'each answers for all services, by its own checks and those of the other: %s',
  async way => {
    await startStorage(way);
    const [first, second] = await Promise.all([startShard(0, way), startShard(1, way)]);
    await using _first = first;
    await using _second = second;
    for (const monitor of [first, second])
      await expect.poll(() => statuses(monitor), PATIENCE).toEqual(all('healthy'));
    const { services } = await health(first);
    const of = (shard: number) => IDS.filter(id => services[id]?.seen_by.shard === shard);
    expect([of(0).length, of(1).length].every(count => count > 0)).toBe(true);
    const seen = ({ services }: ClusterHealth) => IDS.map(id => services[id]?.seen_by);
    expect(seen(await health(second))).toEqual(seen(await health(first)));
    for (const id of of(1)) expect(services[id]?.health.instance).toBe(`127.0.0.1:${ports[1]}`);

    // Each has metrics of the services that it checks, and of no other.
    for (const [shard, monitor] of [first, second].entries()) {
      const page = await (await monitor.get('/metrics')).text();
      const named = [...page.matchAll(/^langgraph_monitor_service_info\{target="(\w+)"/gm)].map(
        ([, id]) => id,
      );
      expect(named.sort()).toEqual(of(shard));
      for (const id of of(1 - shard)) expect(page).not.toContain(`target="${id}"`);
    }
    for (const monitor of [first, second])
      await expect.poll(async () => (await health(monitor)).overall_status, PATIENCE).toBe('healthy');

    // An outage of either's services, seen by the other one. Alone the first, which has two, would be unhealthy.
    const outage = async (id: string, by: RunningMonitor) => {
      await servers.get(id)?.setFault({ kind: 'refused' });
      await expect
        .poll(async () => (await health(by)).services[id]?.health, PATIENCE)
        .toMatchObject({ status: 'error', error: 'Connection refused' });
      const line = `CRITICAL: ${id} is error - Connection refused`;
      await expect.poll(async () => (await health(by)).alerts, PATIENCE).toContain(line);
      // Prometheus evaluates the group of the status at another moment than that of the alert.
      await expect.poll(async () => (await health(by)).overall_status, PATIENCE).toBe('degraded');
      await servers.get(id)?.setFault(OK);
      await expect.poll(() => statuses(by), PATIENCE).toEqual(all('healthy'));
      await expect.poll(async () => (await health(by)).overall_status, PATIENCE).toBe('healthy');
    };
    expect(of(0)).toHaveLength(2);
    const [failing = ''] = of(1);
    await outage(failing, first);
    await outage(of(0)[0] as string, second);

    // An answer that is as new as is asked for does not wait for checks that are not made here.
    expect((await first.get('/cluster_health?max_age=0')).status).toBe(200);

    // The other one is gone.
    second.signal('SIGKILL');
    await expect
      .poll(() => statuses(first), { ...PATIENCE, timeout: 90_000 })
      .toEqual({ ...all('unknown'), ...Object.fromEntries(of(0).map(id => [id, 'healthy'])) });
    await expect.poll(async () => (await health(first)).overall_status, PATIENCE).not.toBe('healthy');
    expect((await health(first)).services[failing]?.health.error).toMatch(/^No recent check/);
    await expect
      .poll(() => first.logged('No recent checks of another shard'), PATIENCE)
      .toMatchObject([{ shard: '1', services: String(of(1).length) }]);
    // A change is logged once, however often the rules are asked meanwhile.
    const changes = () => first.logged('Cluster status changed');
    await expect.poll(() => changes().at(-1)?.to, PATIENCE).toBe('degraded');
    for (const [i, { from }] of changes().entries()) if (i > 0) expect(from).toBe(changes()[i - 1]?.to);
  },
  240_000,
);

test('a change is shown by the other one though samples of all services are written once in two minutes', async () => {
  await startStorage('remote_write');
  const started = [0, 1].map(index => startShard(index, 'remote_write', '2m'));
  const [first, second] = (await Promise.all(started)) as [RunningMonitor, RunningMonitor];
  await using _first = first;
  await using _second = second;
  const { services } = await health(first);
  // The first samples of all services come after two minutes: until then nothing is known of those that have not changed.
  for (const [shard, other] of [second, first].entries()) {
    const id = IDS.find(each => services[each]?.seen_by.shard === shard) as string;
    await servers.get(id)?.setFault({ kind: 'refused' });
    await expect
      .poll(async () => (await health(other)).services[id]?.health, PATIENCE)
      .toMatchObject({
        status: 'error',
        error: 'Check failed: refused',
        instance: `127.0.0.1:${ports[shard]}`,
      });
    await servers.get(id)?.setFault(OK);
    await expect.poll(async () => (await statuses(other))[id], PATIENCE).toBe('healthy');
  }
}, 200_000);
