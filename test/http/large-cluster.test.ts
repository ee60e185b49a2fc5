// Clusters whose /cluster_health is megabytes.

import { afterEach, describe, expect, test } from 'vitest';
import { healthAnswers } from '../../src/http/health-answer.js';
import { EventReader } from './event-reader.js';
import { result, service, startMonitor, type TestMonitor } from './monitor.js';
import { request, send } from './wire.js';

const SERVICES = 5000;
const ids = Array.from({ length: SERVICES }, (_, i) => `service-${i}`);

let monitor: TestMonitor | undefined;
afterEach(async () => {
  await monitor?.[Symbol.asyncDispose]();
  monitor = undefined;
});

async function start(count = SERVICES): Promise<TestMonitor> {
  const started = await startMonitor({ services: ids.slice(0, count).map(id => service(id)) });
  monitor = started;
  for (const id of ids.slice(0, count)) started.cluster.update(result(id));
  started.cluster.setStatus({ overall: 'healthy', alerts: [] }, Date.now());
  return started;
}

const failing = (id: string) => result(id, { status: 'error', error: 'Connection refused', level: 'down' });

describe('/cluster_health', () => {
  test.each<[name: string, header: string | undefined, want: string | undefined]>([
    ['compressed where the client takes that', 'gzip, br', 'gzip'],
    ['as it is where it does not', 'identity', undefined],
  ])('is %s', async (_, header, want) => {
    const { port, url } = await start();
    const text = (await send(port, request('GET', '/cluster_health'))).body;
    const response = await fetch(`${url}/cluster_health`, { headers: { 'accept-encoding': header ?? '' } });
    expect(response.headers.get('content-encoding') ?? undefined).toBe(want);
    expect(response.headers.get('vary')).toBe('accept-encoding');
    // fetch has it decompressed.
    expect(JSON.parse(await response.text())).toEqual(JSON.parse(text));
  });

  test('is compressed once for all who ask for the same', async () => {
    const { port } = await start();
    const ask = () => send(port, request('GET', '/cluster_health', 'accept-encoding: gzip'));
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(Number(first.headers['content-length'])).toBeLessThan(200_000);
    expect(second.headers['content-length']).toBe(first.headers['content-length']);
  });

  test('of a small cluster is not compressed', async () => {
    const { url } = await start(6);
    const response = await fetch(`${url}/cluster_health`, { headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBeNull();
  });

  test('is not written again for each result that comes in the meantime', async () => {
    const started = await start();
    const context = { cluster: started.cluster, clock: started.clock, health: started.health };
    const answers = new Set<Buffer>();
    for (const id of ids.slice(0, 20)) {
      started.cluster.update(failing(id));
      answers.add(healthAnswers(context).current().bytes);
    }
    expect(answers.size).toBeLessThan(20);
  });

  test('of a small cluster is always that of the latest result', async () => {
    const started = await start(20);
    const context = { cluster: started.cluster, clock: started.clock, health: started.health };
    for (const id of ids.slice(0, 20)) {
      started.cluster.update(failing(id));
      expect(JSON.parse(healthAnswers(context).current().bytes.toString()).services[id].health.status).toBe(
        'error',
      );
    }
  });

  test('is made ahead while clients ask for it, so that they do not wait', async () => {
    const started = await start();
    const { cluster, clock, health } = started;
    let written = 0;
    const counting = {
      write: (...times: Parameters<typeof health.write>) => {
        written++;
        return health.write(...times);
      },
    } as typeof health;
    const answers = healthAnswers({ cluster, clock, health: counting });
    await answers.latest(true);
    expect(written).toBe(1);
    cluster.update(failing('service-0'));
    await expect.poll(() => written, { timeout: 20_000, interval: 10 }).toBe(2);
    const status = async () => {
      const { bytes } = await answers.latest(false);
      return JSON.parse(bytes.toString()).services['service-0'].health.status;
    };
    await expect.poll(status, { timeout: 20_000, interval: 10 }).toBe('error');
  });

  test('with max_age is that of the latest result, however large it is', async () => {
    const { cluster, url } = await start();
    for (const id of ids.slice(0, 5)) {
      cluster.update(failing(id));
      const response = await fetch(`${url}/cluster_health?max_age=86400`);
      const { services } = (await response.json()) as {
        services: Record<string, { health: { status: string } }>;
      };
      expect(services[id]?.health.status).toBe('error');
    }
  });
});

test('events of a large cluster take at most a megabyte a second of a client', async () => {
  const { cluster, url } = await start();
  const begin = performance.now();
  using reader = await EventReader.open(url);
  await expect.poll(() => reader.events.length).toBe(1);
  const size = reader.text.length;
  for (const id of ids.slice(0, 30)) {
    cluster.update(failing(id));
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  const last = () => reader.last?.health.services[ids[29] as string]?.health.status;
  await expect.poll(last).toBe('error');
  const seconds = (performance.now() - begin) / 1000;
  // The first one, one at once, and then as many as there is time for.
  expect(reader.events.length).toBeLessThanOrEqual(2 + Math.ceil((seconds * 1_000_000) / size));
});
