// Monitors that share the services write into one VictoriaMetrics, whose rules vmalert evaluates.

import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { Child, freePort, makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';

const PATIENCE = { timeout: 60_000, interval: 200 };
const RULES = fileURLToPath(new URL('../../rules/status.rules.yml', import.meta.url));
const IDS = ['cache', 'embeddings', 'haproxy', 'llm', 'search', 'tools'];

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function start(command: string, args: string[], ready: string): Promise<void> {
  const child = new Child(command, args);
  undo.push(() => child.kill());
  await child.until(async () => (await fetch(ready)).ok);
}

/** @returns its URL; the rules are evaluated every second */
async function startStorage(): Promise<string> {
  const folder = makeFolder('victoria');
  undo.push(() => removeFolder(folder));
  const [port, rulesPort] = [await freePort(), await freePort()];
  const [url, rulesUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${rulesPort}`];
  const storage = [`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${folder}`];
  await start(
    'victoria-metrics',
    [...storage, `-vmalert.proxyURL=${rulesUrl}`, '-retentionPeriod=1d'],
    `${url}/health`,
  );
  await start(
    'vmalert',
    [
      ...[
        `-httpListenAddr=127.0.0.1:${rulesPort}`,
        `-datasource.url=${url}?nocache=1`,
        `-remoteWrite.url=${url}`,
      ],
      ...[`-rule=${RULES}`, '-evaluationInterval=1s', '-notifier.url=http://127.0.0.1:9'],
    ],
    `${rulesUrl}/health`,
  );
  return url;
}

/** The services, all of them well. */
async function startServers(): Promise<ReadonlyMap<string, SimulatedServer>> {
  const answer = () => startServer({ answer: () => json({ status: 'healthy' }) });
  const servers = new Map(await Promise.all(IDS.map(async id => [id, await answer()] as const)));
  undo.push(() => Promise.all([...servers.values()].map(server => server.close())));
  return servers;
}

/** @param every how often the samples of all services are written */
function startShard(
  index: number,
  storage: string,
  servers: ReadonlyMap<string, SimulatedServer>,
  every = '1s',
): Promise<RunningMonitor> {
  const service = (id: string) => ({
    ...{ url: `${servers.get(id)?.url}/health`, critical: true, timeout: '5s' },
    confirm: { failures: 1, successes: 1, every: '200ms' },
  });
  return startMonitor({
    node: `node${index}`,
    host: { enabled: false },
    scan: { intervals: { critical: '500ms', other: '500ms' } },
    query: { url: storage, scrape_interval: every },
    remote_write: [{ url: `${storage}/api/v1/write`, queue_config: { batch_send_deadline: '200ms' } }],
    shard: { index, of: 2 },
    services: Object.fromEntries(IDS.map(id => [id, service(id)])),
  });
}

type Health = { services: Record<string, { health: { status: string } }> };
async function statusOf(monitor: RunningMonitor, id: string): Promise<string | undefined> {
  return (await monitor.json<Health>('/cluster_health')).services[id]?.health.status;
}

test('what a monitor finds is shown by the other one before the half minute that VictoriaMetrics leaves out is over', async () => {
  const servers = await startServers();
  const storage = await startStorage();
  await using first = await startShard(0, storage, servers);
  await using second = await startShard(1, storage, servers);
  for (const monitor of [first, second])
    for (const id of IDS) await expect.poll(() => statusOf(monitor, id), PATIENCE).toBe('healthy');
  await expect
    .poll(
      async () => (await first.json<{ overall_status: string }>('/cluster_health')).overall_status,
      PATIENCE,
    )
    .toBe('healthy');

  // VictoriaMetrics leaves the last half minute out of an answer unless it is asked not to.
  await servers.get('cache')?.setFault({ kind: 'refused' });
  await expect.poll(() => statusOf(first, 'cache'), PATIENCE).toBe('error');
  await expect.poll(() => statusOf(second, 'cache'), { ...PATIENCE, timeout: 25_000 }).toBe('error');
  await servers.get('cache')?.setFault(OK);
  await expect.poll(() => statusOf(second, 'cache'), PATIENCE).toBe('healthy');
}, 200_000);

test('a change is shown by the other monitor though samples of all services are written once in two minutes', async () => {
  const servers = await startServers();
  const storage = await startStorage();
  await using first = await startShard(0, storage, servers, '2m');
  await using second = await startShard(1, storage, servers, '2m');
  const monitors = [first, second];
  // The first samples of all services come after two minutes. One of either's services:
  for (const id of ['cache', 'llm']) {
    await servers.get(id)?.setFault({ kind: 'refused' });
    for (const monitor of monitors) await expect.poll(() => statusOf(monitor, id), PATIENCE).toBe('error');
    await servers.get(id)?.setFault(OK);
    for (const monitor of monitors) await expect.poll(() => statusOf(monitor, id), PATIENCE).toBe('healthy');
  }
}, 200_000);
