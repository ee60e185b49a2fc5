// No secret of the configuration is ever printed: not in an answer, not in the log, whatever goes wrong.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCluster } from '../../src/demo/cluster.js';
import { monitorConfiguration } from '../../src/demo/configuration.js';
import { startServer } from '../../src/demo/server.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, runToEnd, startMonitor, writeConfiguration } from '../support/monitor.js';
import { clusterHealth } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const SECRETS = {
  basic: 'zebra-basic-password',
  bearer: 'zebra-bearer-token',
  header: 'zebra-header-value',
  redis: 'zebra-redis-password',
  statistics: 'zebra-statistics-password',
  file: 'zebra-out-of-a-file',
};
const PAGES = [
  '/',
  '/cluster_health',
  '/cluster_health?max_age=0',
  '/health',
  '/alerts?detail=true',
  '/history',
  '/history?limit=zebra',
  '/stats',
  '/haproxy_metrics',
  '/metrics',
  '/openapi.json',
  '/docs',
  '/nothing-here',
];

/** As they are, and as they look on the wire. */
const FORBIDDEN = Object.values(SECRETS).flatMap(secret => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(`watcher:${secret}`).toString('base64').replace(/=+$/, ''),
]);

function leaks(text: string): string[] {
  return FORBIDDEN.filter(secret => text.includes(secret));
}

/** Everything there is to read of a monitor. */
async function everything(monitor: RunningMonitor): Promise<Record<string, string>> {
  const read: Record<string, string> = {};
  for (const page of PAGES) read[page] = await (await monitor.get(page)).text();
  const reload = await monitor.get('/-/reload', { method: 'POST' });
  read['/-/reload'] = await reload.text();
  read.log = monitor.output;
  return read;
}

async function expectNoLeak(monitor: RunningMonitor): Promise<void> {
  const read = await everything(monitor);
  const found = Object.entries(read).map(([where, text]) => [where, leaks(text)]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(Object.keys(read).map(where => [where, []])));
}

test('services that refuse a secret, or fail in other ways, do not make the monitor print it', async () => {
  // The doors are shut: whatever is sent is wrong.
  await using cluster = await disposable(
    startCluster({ redisPassword: 'another', statsAuth: { username: 'watcher', password: 'another' } }),
  );
  const sent = new Set<string | string[] | undefined>();
  await using shut = await disposable(
    startServer({
      answer: ({ headers }) => {
        for (const header of [headers.authorization, headers['x-api-key']]) sent.add(header);
        return { status: 401, type: 'text/plain', body: 'no' };
      },
    }),
  );
  const folder = makeFolder('secrets');
  writeFileSync(join(folder, 'token'), `${SECRETS.file}\n`);
  const base = monitorConfiguration(cluster, { interval: '300ms', timeout: '1s', confirmEvery: '100ms' });
  const services = base.services as Record<string, Record<string, unknown>>;
  const url = `${shut.url}/health`;
  const fast = { timeout: '1s', confirm: { failures: 2, successes: 2, every: '100ms' } };
  const watched = {
    redis: { ...services.redis, password: SECRETS.redis },
    haproxy: {
      ...services.haproxy,
      stats_basic_auth: { username: 'watcher', password: SECRETS.statistics },
    },
    basic: { url, ...fast, basic_auth: { username: 'watcher', password: SECRETS.basic } },
    bearer: { url, ...fast, authorization: { credentials: SECRETS.bearer } },
    header: { url, ...fast, headers: { 'X-Api-Key': SECRETS.header } },
    file: { url, ...fast, authorization: { credentials_file: 'token' } },
    refused: {
      url: 'http://127.0.0.1:1/health',
      ...fast,
      basic_auth: { username: 'watcher', password: SECRETS.basic },
      headers: { 'X-Api-Key': SECRETS.header },
    },
  };
  // None of the demo's services is an endpoint here.
  const config = { ...base, services: watched, endpoints: {} };
  const flags = ['--log.level=debug', '--web.enable-lifecycle'];
  try {
    await using monitor = await startMonitor(config, { folder, flags });
    await expect
      .poll(async () => {
        const { services } = await clusterHealth(monitor);
        return Object.entries(services).filter(([, { health }]) => (health.consecutive_failures ?? 0) < 2);
      }, PATIENCE)
      .toEqual([]);
    expect(sent).toEqual(
      new Set([
        undefined,
        `Basic ${Buffer.from(`watcher:${SECRETS.basic}`).toString('base64')}`,
        `Bearer ${SECRETS.bearer}`,
        `Bearer ${SECRETS.file}`,
        SECRETS.header,
      ]),
    );
    await expectNoLeak(monitor);

    // A mistake beside a secret, and one in it.
    writeConfiguration(folder, {
      ...config,
      services: {
        ...watched,
        basic: { url, basic_auth: { username: 'watcher', password: { oops: SECRETS.basic } } },
        bearer: { url, authorization: { credentials: SECRETS.bearer, type: 'basic' } },
        header: { url, headers: { 'X-Api-Key': [SECRETS.header] } },
        redis: { ...watched.redis, pasword: SECRETS.redis },
      },
    });
    const refused = await monitor.get('/-/reload', { method: 'POST' });
    expect(refused.status).toBe(500);
    expect(leaks(await refused.text())).toEqual([]);
    await expectNoLeak(monitor);

    // A file that is no YAML in the very line of a secret.
    writeFileSync(monitor.configFile, `services:\n  tools:\n    password: [${SECRETS.basic}\n`);
    expect((await monitor.get('/-/reload', { method: 'POST' })).status).toBe(500);
    await expectNoLeak(monitor);
    const check = await runToEnd(['check-config', monitor.configFile]);
    expect(check.code).toBe(1);
    expect(leaks(check.stdout + check.stderr)).toEqual([]);
  } finally {
    removeFolder(folder);
  }
});

/** Something with a `close()`, closed at the end of the block. */
async function disposable<T extends { close(): Promise<void> }>(
  started: Promise<T>,
): Promise<T & AsyncDisposable> {
  const one = await started;
  return Object.assign(one, { [Symbol.asyncDispose]: () => one.close() });
}
