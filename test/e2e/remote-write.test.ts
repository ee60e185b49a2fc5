// remote_write to a real VictoriaMetrics and a real Prometheus: what they have is what the monitor has, sample by sample, after
// receivers that were away and a monitor that was killed.

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, startMonitor, writeConfiguration } from '../support/monitor.js';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.js';
import { Gate, written } from '../support/remote-write.js';
import { like, samplesOf, sentTo, withValues } from '../support/stored-samples.js';
import { startVictoriaMetrics, type VictoriaMetricsServer } from '../support/victoria-metrics.js';

const PATIENCE = { timeout: 60_000, interval: 200 };
const QUEUE = { batch_send_deadline: '200ms', min_backoff: '50ms', max_backoff: '500ms' };

let victoria: VictoriaMetricsServer;
let prometheus: PrometheusServer;
let gates: Gate[];
let folder = '';
beforeAll(async () => {
  folder = makeFolder('remote-write');
  [victoria, prometheus] = await Promise.all([
    startVictoriaMetrics(''),
    startPrometheus('{}', undefined, undefined, ['--web.enable-remote-write-receiver']),
  ]);
  gates = await Promise.all(
    [victoria.url, prometheus.url].map(url => new Gate(`${url}/api/v1/write`).listen()),
  );
});
afterAll(async () => {
  await Promise.all(gates.map(gate => gate.close()));
  await Promise.all([victoria.close(), prometheus.close()]);
  removeFolder(folder);
});

function configuration() {
  const [first, second] = gates as [Gate, Gate];
  return {
    global: { external_labels: { cluster: 'lab', instance: 'never' } },
    query: { scrape_interval: '500ms' },
    host: { enabled: false },
    services: { a: { url: 'http://127.0.0.1:1/', critical: false } },
    remote_write: [
      { name: 'victoria', url: first.url, queue_config: QUEUE },
      { name: 'prometheus', url: second.url, queue_config: { ...QUEUE, max_samples_per_send: 500 } },
    ],
  };
}

/** Waits until both receivers have everything up to now, and compares. */
async function expectEqual(monitor: RunningMonitor, atLeast: number): Promise<void> {
  const at = Date.now() / 1000;
  for (const name of ['victoria', 'prometheus'])
    await vi.waitFor(async () => expect(await sentTo(monitor, name)).toBeGreaterThan(at), PATIENCE);
  const own = await samplesOf(monitor.url, at);
  const total = [...own.values()].reduce((sum, { length }) => sum + length, 0);
  expect(total).toBeGreaterThan(atLeast);
  expect(await samplesOf(prometheus.url, at, true)).toEqual(own);
  await vi.waitFor(async () => {
    // What it has taken is not shown for some seconds otherwise.
    await fetch(`${victoria.url}/internal/force_flush`);
    const values = withValues(own);
    expect(like(values, await samplesOf(victoria.url, at, true))).toEqual(values);
  }, PATIENCE);
}

test('receivers away, a monitor killed: nothing is lost or twice', { timeout: 240_000 }, async () => {
  const [first, second] = gates as [Gate, Gate];
  let monitor = await startMonitor(configuration(), { folder });
  await expectEqual(monitor, 100);
  // Both receivers fail, each in its way; what waits is on disk.
  first.mode = { status: 503 };
  second.mode = 'hang';
  await vi.waitFor(async () => {
    const health = await monitor.json<{ remote_write: Record<string, string> }>('/health');
    expect(health.remote_write.victoria).toMatch(/^HTTP 503; \d+ samples wait/);
  }, PATIENCE);
  await monitor.kill();
  second.mode = { status: 500 };
  monitor = await startMonitor(configuration(), { folder });
  const before = Date.now();
  await vi.waitFor(
    async () => expect((await samplesOf(monitor.url, Date.now() / 1000)).size).toBeGreaterThan(50),
    PATIENCE,
  );
  await monitor.stop();
  monitor = await startMonitor(configuration(), { folder });
  first.mode = 'pass';
  second.mode = 'pass';
  await expectEqual(monitor, 1000);
  expect(Date.now()).toBeGreaterThan(before);
  const refused = second.requests.filter(({ status }) => status === 400);
  expect(refused).toEqual([]);
  await monitor.kill();
});

test('a reload adds, changes and takes out receivers; secrets are shown nowhere', {
  timeout: 120_000,
}, async () => {
  const gate = await new Gate().listen();
  const secret = 'very-secret-7';
  const remote = (more: object) => ({
    remote_write: [
      {
        ...{ name: 'added', url: gate.url.replace('//', `//me:${secret}@`), queue_config: QUEUE },
        ...{ headers: { 'X-Token': secret }, ...more },
      },
    ],
  });
  const { remote_write: _, ...plain } = configuration();
  await using monitor = await startMonitor(plain);
  const reload = async (changed: object, times: number) => {
    writeConfiguration(monitor.folder, { ...plain, ...changed });
    monitor.signal('SIGHUP');
    await vi.waitFor(() => expect(monitor.logged('Configuration reloaded').length).toBe(times), PATIENCE);
  };
  const labels = () =>
    new Set(gate.requests.flatMap(written).flatMap(series => series.labels.map(each => each.join('='))));
  await reload(remote({}), 1);
  await vi.waitFor(() => expect(labels()).toContain('cluster=lab'), PATIENCE);
  expect(gate.requests[0]?.headers['x-token']).toBe(secret);
  await reload(remote({ write_relabel_configs: [{ target_label: 'changed', replacement: 'yes' }] }), 2);
  await vi.waitFor(() => expect(labels()).toContain('changed=yes'), PATIENCE);
  const paths = ['/metrics', '/health', '/api/v1/status/config', '/api/v1/status/flags'];
  const shown = await Promise.all(paths.map(async path => (await monitor.get(path)).text()));
  expect(shown[0]).toContain(`remote_name="added",url="${gate.url}"`);
  expect(JSON.parse(shown[1] as string)).toMatchObject({ remote_write: { added: 'ok' } });
  expect(shown[2]).toContain('remote_write:');
  expect(shown.join() + monitor.output).not.toContain(secret);
  await reload({}, 3);
  await vi.waitFor(async () => {
    expect(await monitor.json('/health')).not.toHaveProperty('remote_write');
    expect(await (await monitor.get('/metrics')).text()).not.toContain('samples_pending{');
  }, PATIENCE);
  await gate.close();
});
