// Bad days of remote_write: the receiver's process is killed and comes back with its data, its certificate is of a CA that is not
// known, the monitor's own disk is full when a receiver acknowledges.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { makeSmall, type SmallDisk } from '../store/small-disk.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, startMonitor, writeConfiguration } from '../support/monitor.js';
import { Pki } from '../support/pki.js';
import { startPrometheus } from '../support/prometheus.js';
import { Gate, type GateRequest, written } from '../support/remote-write.js';
import { like, samplesOf, sentTo, withValues } from '../support/stored-samples.js';
import { startVictoriaMetrics } from '../support/victoria-metrics.js';

const PATIENCE = { timeout: 60_000, interval: 200 };
vi.setConfig({ testTimeout: 180_000 });

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

function folder(name: string): string {
  const made = makeFolder(name);
  undo.push(() => removeFolder(made));
  return made;
}

function configuration(url: string, more: object = {}) {
  return {
    query: { scrape_interval: '500ms' },
    host: { enabled: false },
    services: { a: { url: 'http://127.0.0.1:1/', critical: false } },
    remote_write: [
      {
        ...{ name: 'storage', url, ...more },
        queue_config: { batch_send_deadline: '200ms', min_backoff: '50ms', max_backoff: '500ms' },
      },
    ],
  };
}

async function started(config: object): Promise<RunningMonitor> {
  const monitor = await startMonitor(config);
  undo.push(() => monitor[Symbol.asyncDispose]());
  return monitor;
}

async function health(monitor: RunningMonitor): Promise<string | undefined> {
  return (await monitor.json<{ remote_write: Record<string, string> }>('/health')).remote_write.storage;
}

/** Waits until the receiver has acknowledged everything up to now. @returns that moment, in seconds */
async function settled(monitor: RunningMonitor): Promise<number> {
  const at = Date.now() / 1000;
  await vi.waitFor(async () => expect(await sentTo(monitor, 'storage')).toBeGreaterThan(at), PATIENCE);
  return at;
}

describe('kill -9 of the receiver, which starts with the same data', () => {
  const away = (monitor: RunningMonitor) =>
    vi.waitFor(
      async () => expect(await health(monitor)).toMatch(/^connection refused; \d+ samples wait/),
      PATIENCE,
    );

  test('Prometheus has every sample once', async () => {
    const [data, port] = [folder('prometheus'), await freePort()];
    const start = async () => {
      const server = await startPrometheus(
        '{}',
        undefined,
        port,
        ['--web.enable-remote-write-receiver'],
        data,
      );
      undo.push(() => server.close());
      return server;
    };
    const first = await start();
    const monitor = await started(configuration(`${first.url}/api/v1/write`));
    await settled(monitor);
    await first.kill();
    await away(monitor);
    const second = await start();
    const at = await settled(monitor);
    const own = await samplesOf(monitor.url, at);
    expect(own.size).toBeGreaterThan(50);
    expect(await samplesOf(second.url, at)).toEqual(own);
    expect(await health(monitor)).toBe('ok');
  });

  test('VictoriaMetrics, which loses what it had in memory alone, has every sample of afterwards', async () => {
    const [data, port] = [folder('victoria-metrics'), await freePort()];
    const start = async () => {
      const server = await startVictoriaMetrics('', { port, folder: data });
      undo.push(() => server.close());
      return server;
    };
    const first = await start();
    const monitor = await started(configuration(`${first.url}/api/v1/write`));
    await settled(monitor);
    await first.kill();
    const killed = Date.now() / 1000;
    await away(monitor);
    const second = await start();
    const at = await settled(monitor);
    const isLater = (sample: string) => Number(sample.split(' ')[0]) > killed;
    const later = (samples: Map<string, string[]>) =>
      new Map([...samples].map(([series, values]) => [series, values.filter(isLater)]));
    const own = withValues(later(await samplesOf(monitor.url, at)));
    expect(own.size).toBeGreaterThan(50);
    await vi.waitFor(async () => {
      await second.flush();
      expect(like(own, later(await samplesOf(second.url, at)))).toEqual(own);
    }, PATIENCE);
  });
});

test('a receiver with a certificate of a CA that is not known, until tls_config names it', async () => {
  const place = folder('pki');
  const pki = new Pki(place);
  const ca = pki.authority('ca');
  const receiver = await new Gate(undefined, pki.leaf('server', { issuer: ca })).listen();
  undo.push(() => receiver.close());
  const { url } = receiver;
  const monitor = await started(configuration(url));
  await vi.waitFor(async () => {
    expect(await health(monitor)).toMatch(/certificate.*; \d+ samples wait/);
  }, PATIENCE);
  const failures = monitor.logged('Remote write fails; samples wait and are sent again');
  expect(failures.map(({ err }) => err)).toEqual([expect.stringMatching(/certificate/)]);
  expect(receiver.requests).toEqual([]);

  const other = pki.authority('other');
  const reload = async (file: string, times: number) => {
    writeConfiguration(monitor.folder, configuration(url, { tls_config: { ca_file: file } }));
    monitor.signal('SIGHUP');
    await vi.waitFor(() => expect(monitor.logged('Configuration reloaded')).toHaveLength(times), PATIENCE);
  };
  await reload(other.file, 1);
  await vi.waitFor(async () => expect(await health(monitor)).toMatch(/certificate/), PATIENCE);
  await reload(ca.file, 2);
  // Nothing that waited meanwhile is missing.
  const at = await settled(monitor);
  const own = await samplesOf(monitor.url, at);
  const sent = samplesIn(receiver.requests);
  expect(missing(own, sent)).toEqual([]);
});

/** `series@time` of all samples that requests had. */
function samplesIn(requests: readonly GateRequest[]): Set<string> {
  return new Set(
    requests.flatMap(request =>
      written(request).flatMap(({ labels, samples }) => {
        const series = JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
        return samples.map(([at]) => `${series}@${at}`);
      }),
    ),
  );
}

/** Samples that were stored and not sent. */
function missing(own: Map<string, string[]>, sent: ReadonlySet<string>): string[] {
  return [...own].flatMap(([series, values]) =>
    values
      .map(value => `${series}@${Math.round(Number(value.split(' ')[0]) * 1000)}`)
      .filter(sample => !sent.has(sample)),
  );
}

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('the own disk is full when the receiver acknowledges', () => {
  test('what was acknowledged may come again, and nothing is lost', async () => {
    const place = folder('full-disk');
    const data = join(place, 'data');
    mkdirSync(data);
    const disk: SmallDisk = makeSmall(data);
    undo.push(() => disk.close());
    const gate = await new Gate().listen();
    undo.push(() => gate.close());
    gate.mode = { status: 503 };
    const monitor = await startMonitor(configuration(gate.url), { folder: place });
    undo.push(() => monitor[Symbol.asyncDispose]());
    await vi.waitFor(
      async () => expect(await health(monitor)).toMatch(/^HTTP 503; \d+ samples wait/),
      PATIENCE,
    );
    fill(join(data, 'fill'));
    await vi.waitFor(async () => {
      const { samples } = await monitor.json<{ samples: string }>('/health');
      expect(samples).toMatch(/disk is full|disk I\/O error/);
    }, PATIENCE);
    gate.mode = 'pass';
    const taken = () => gate.requests.filter(({ status }) => status === 204);
    await vi.waitFor(() => expect(taken().length).toBeGreaterThan(0), PATIENCE);
    // Only then is there room.
    rmSync(join(data, 'fill'));
    disk.grow();
    await vi.waitFor(async () => {
      const { samples } = await monitor.json<{ samples: string }>('/health');
      expect(samples).toBe('ok');
      expect(await health(monitor)).toBe('ok');
    }, PATIENCE);
    const at = await settled(monitor);
    expect(missing(await samplesOf(monitor.url, at), samplesIn(taken()))).toEqual([]);
    // What came twice came in the same requests.
    const bodies = taken().map(({ body }) => body.toString('base64'));
    const once = taken().filter((_, i) => bodies.indexOf(bodies[i] as string) === i);
    const samples = once.flatMap(request => [...samplesIn([request])]);
    expect(samples.length).toBe(new Set(samples).size);
  });
});

/** Fills a disk. */
function fill(file: string): void {
  const block = Buffer.alloc(4096);
  try {
    for (let i = 0; i < 10_000; i++) writeFileSync(file, block, { flag: 'a' });
  } catch {
    return;
  }
  throw new Error('the disk is not small');
}
