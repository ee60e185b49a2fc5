// Two monitors that share the services and write to one VictoriaMetrics, which answers their queries; each evaluates the rules over
// its own services and sends their alerts.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { type AlertmanagerServer, startAlertmanager } from '../support/alertmanager.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { type Endpoint, startEndpoint } from '../support/endpoint.js';
import { type RunningMonitor, startMonitor, writeConfiguration } from '../support/monitor.js';
import { startVictoriaMetrics, type VictoriaMetricsServer } from '../support/victoria-metrics.js';
import type { ClusterHealth } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 200 };
const IDS = ['cache', 'embeddings', 'haproxy', 'llm', 'search', 'tools'];

interface Notification {
  readonly status: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function started<T extends { close(): unknown }>(starting: Promise<T>): Promise<T> {
  const one = await starting;
  undo.push(() => one.close());
  return one;
}

/** What the test is made of. */
class World {
  readonly servers = new Map<string, SimulatedServer>();
  readonly ports: number[] = [];
  readonly folder = makeFolder('local-rules');
  storage!: VictoriaMetricsServer;
  receiver!: Endpoint;
  alertmanager!: AlertmanagerServer;

  static async open(): Promise<World> {
    const world = new World();
    undo.push(() => removeFolder(world.folder));
    for (const id of IDS)
      world.servers.set(id, await started(startServer({ answer: () => json({ status: 'healthy' }) })));
    world.ports.push(await freePort(), await freePort());
    world.storage = await started(startVictoriaMetrics());
    world.receiver = await started(startEndpoint());
    const text = `route: { receiver: ops, group_by: [alertname, target], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: ops, webhook_configs: [{ url: "${world.receiver.url}/" }] }]
`;
    writeFileSync(join(world.folder, 'alertmanager.yml'), text);
    world.alertmanager = await started(startAlertmanager(text));
    return world;
  }

  configuration(
    index: number,
    sender: 'embedded' | 'alertmanager',
    query: object = { rules: 'local' },
  ): object {
    const service = (id: string) => ({
      url: `${this.servers.get(id)?.url}/health`,
      critical: true,
      timeout: '5s',
      confirm: { failures: 2, successes: 1, every: '200ms' },
    });
    const alerting =
      sender === 'embedded'
        ? { config_file: join(this.folder, 'alertmanager.yml') }
        : { alertmanagers: [this.alertmanager.url] };
    return {
      node: `node${index}`,
      host: { enabled: false },
      scan: { intervals: { critical: '500ms', other: '500ms' } },
      global: { external_labels: { cluster: 'lab' } },
      query: { url: this.storage.url, scrape_interval: '500ms', ...query },
      remote_write: [
        { url: `${this.storage.url}/api/v1/write`, queue_config: { batch_send_deadline: '200ms' } },
      ],
      ...('rules' in query && query.rules === 'local' && { alerting }),
      shard: { index, of: 2 },
      services: Object.fromEntries(IDS.map(id => [id, service(id)])),
    };
  }

  start(index: number, sender: 'embedded' | 'alertmanager'): Promise<RunningMonitor> {
    const flags = [`--web.listen-address=127.0.0.1:${this.ports[index]}`, '--web.enable-lifecycle'];
    return startMonitor(this.configuration(index, sender), { flags });
  }

  /** Messages about services, as `firing tools`, and the alerts' labels. */
  get messages(): { what: string; labels: Readonly<Record<string, string>> }[] {
    return this.receiver.requests
      .map(({ body }) => JSON.parse(body) as Notification)
      .flatMap(({ status, alerts }) => alerts.map(({ labels }) => ({ labels, status })))
      .filter(({ labels }) => labels.alertname === 'ServiceDown')
      .map(({ labels, status }) => ({ what: `${status} ${labels.target}`, labels }));
  }
}

const health = (monitor: RunningMonitor) => monitor.json<ClusterHealth>('/cluster_health');

/** The id of a service that a shard checks. */
async function checkedBy(monitor: RunningMonitor, shard: number): Promise<string> {
  const { services } = (await health(monitor)) as unknown as {
    services: Record<string, { seen_by: { shard: number } }>;
  };
  return Object.keys(services).find(id => services[id]?.seen_by.shard === shard) as string;
}

async function sampleOf(monitor: RunningMonitor, query: string): Promise<number> {
  const { data } = await monitor.json<{ data: { result: { value: [number, string] }[] } }>(
    `/api/v1/query?${new URLSearchParams({ query })}`,
  );
  return Number(data.result[0]?.value[1]);
}

test.each(['embedded', 'alertmanager'] as const)(
  'each sends the alerts of its own services once, and both show the status of all: %s',
  { timeout: 180_000 },
  async sender => {
    const world = await World.open();
    const [first, second] = await Promise.all([world.start(0, sender), world.start(1, sender)]);
    await using _first = first;
    await using _second = second;
    for (const monitor of [first, second])
      await vi.waitFor(async () => {
        expect((await health(monitor)).overall_status).toBe('healthy');
        // Queries are answered by the storage, which has the services of both, rules by the monitor.
        expect(await sampleOf(monitor, 'count(langgraph_monitor_service_up)')).toBe(IDS.length);
      }, PATIENCE);
    const { data } = await first.json<{ data: { groups: { name: string }[] } }>('/api/v1/rules');
    expect(data.groups.map(({ name }) => name)).toContain('langgraph-status');

    // One of two there, one of six together: its monitor's own rules find it unhealthy.
    const failing = await checkedBy(first, 0);
    await world.servers.get(failing)?.setFault({ kind: 'refused' });
    await vi.waitFor(async () => {
      const [seen, own] = await Promise.all([health(second), health(first)]);
      expect([seen.overall_status, own.overall_status]).toEqual(['degraded', 'degraded']);
      // The monitor that checks it has the whole text.
      expect(own.alerts).toContain(`CRITICAL: ${failing} is error - Connection refused`);
      expect(seen.alerts).toContain(`CRITICAL: ${failing}: ServiceDown`);
    }, PATIENCE);
    await vi.waitFor(() => expect(world.messages).toHaveLength(1), PATIENCE);
    await world.servers.get(failing)?.setFault(OK);
    await vi.waitFor(async () => {
      expect(world.messages.map(({ what }) => what)).toEqual([`firing ${failing}`, `resolved ${failing}`]);
      for (const monitor of [first, second])
        expect(await health(monitor)).toMatchObject({ overall_status: 'healthy', alerts: [] });
    }, PATIENCE);
    // External labels are those of alerts too, as in Prometheus.
    for (const { labels } of world.messages)
      expect(labels).toMatchObject({ cluster: 'lab', instance: `127.0.0.1:${world.ports[0]}` });
    expect(first.logged('Using remote query backend; rules are evaluated here')).toHaveLength(1);
  },
);

test('a reload moves the rules to the storage and back', async () => {
  const world = await World.open();
  const monitor = await world.start(0, 'embedded');
  await using _monitor = monitor;
  const own = await checkedBy(monitor, 0);
  const reload = async (query: object) => {
    writeConfiguration(monitor.folder, world.configuration(0, 'embedded', query));
    expect((await monitor.get('/-/reload', { method: 'POST' })).status).toBe(200);
  };
  const groups = async () =>
    (await monitor.json<{ data: { groups: object[] } }>('/api/v1/rules')).data.groups.length;
  await vi.waitFor(
    async () => expect(await sampleOf(monitor, `langgraph_monitor_service_up{target="${own}"}`)).toBe(1),
    PATIENCE,
  );
  await vi.waitFor(async () => expect(await groups()).toBeGreaterThan(5), PATIENCE);
  // This storage has none.
  await reload({ rules: 'remote' });
  expect(await groups()).toBe(0);
  const at = Date.now() / 1000;
  await vi.waitFor(
    async () =>
      expect(
        await sampleOf(monitor, `timestamp(langgraph_monitor_service_up{target="${own}"})`),
      ).toBeGreaterThan(at),
    PATIENCE,
  );
  await reload({ rules: 'local' });
  await vi.waitFor(async () => expect(await groups()).toBeGreaterThan(5), PATIENCE);
  await world.servers.get(own)?.setFault({ kind: 'refused' });
  await vi.waitFor(() => expect(world.messages.map(({ what }) => what)).toEqual([`firing ${own}`]), PATIENCE);
});
