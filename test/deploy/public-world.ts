// A monitor with a public page behind a real HAProxy, with a mark in everything that must not be public.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { json } from '../../src/demo/fault.js';
import { startServer } from '../../src/demo/server.js';
import { certificate } from '../support/certificate.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { startHaproxy } from '../support/haproxy.js';
import { listen, portOf, stop } from '../support/http.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { ROOT } from './tool.js';

export const PATIENCE = { timeout: 60_000, interval: 100 };
/** Is in every text that must not be public. */
export const MARK = 'xq7marker';

export interface PublicWorld {
  readonly monitor: RunningMonitor;
  /** The page's address behind the proxy. */
  readonly outside: string;
  close(): Promise<void>;
}

/** Resolves when every service was checked, alerts are sent, and maintenance is planned. The caller must close it. */
export async function startPublicWorld(): Promise<PublicWorld> {
  const folder = makeFolder('public-page');
  const server = await startServer({
    answer: ({ path }) =>
      path.startsWith('/down')
        ? json({ [MARK]: MARK }, 503)
        : json({ status: 'healthy', model: MARK, models: [MARK] }),
  });
  const secure = await listen((_, response) => response.end(MARK), certificate);
  const balanced = await startBalanced(new URL(server.url).port, 'pool');
  const hidden = await startBalanced(new URL(server.url).port, `${MARK}-pool`);
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route: { receiver: ${MARK}-receiver, group_wait: 0s }
receivers:
  - name: ${MARK}-receiver
    webhook_configs: [{ url: "${server.url}/${MARK}-hook" }]
`,
  );
  const service = (path: string, over: object) => ({
    url: `${server.url}/${path}?${MARK}`,
    headers: { 'x-test': MARK },
    timeout: '1s',
    confirm: { failures: 1, successes: 1, every: '100ms' },
    ...over,
  });
  const statistics = (port: number | undefined, over: object) => ({
    ...{ kind: 'haproxy', stats_url: `http://127.0.0.1:${port}/stats?${MARK}`, timeout: '1s' },
    ...over,
  });
  const monitor = await startMonitor(
    {
      node: `${MARK}-node`,
      scan: { intervals: { critical: '500ms', other: '500ms' } },
      query: { scrape_interval: '1s' },
      alerting: { config_file: join(folder, 'alertmanager.yml') },
      links: { grafana: `http://${MARK}.example`, runbook: `http://${MARK}.example/runbook` },
      web: { trusted_proxies: ['127.0.0.1'] },
      page: {
        title: 'Lab status',
        description: 'What runs',
        read_only: true,
        hide: [`${MARK}-hidden`, `${MARK}-balancer`],
        announcements: [{ title: 'Upgrade', message: 'Soon' }],
      },
      services: {
        up: service('up', {
          name: 'Chat',
          critical: true,
          group: 'Models',
          depends_on: [`${MARK}-balancer`],
        }),
        down: service('down', { name: 'Search', critical: true, body: MARK, method: 'POST' }),
        lost: service('', { name: 'Lost', url: `http://${MARK}.invalid:1/`, critical: false }),
        refused: service('', { name: 'Closed', url: `http://127.0.0.1:${await freePort()}/${MARK}` }),
        secure: service('', {
          ...{ name: 'Secure', url: `https://127.0.0.1:${portOf(secure)}/${MARK}`, depends_on: ['up'] },
          tls_config: { ca_file: certificate.file },
        }),
        balancer: statistics(balanced.ports[0], { name: 'Balancer' }),
        [`${MARK}-hidden`]: service('down', { name: `${MARK} hidden`, critical: true, depends_on: ['up'] }),
        [`${MARK}-balancer`]: statistics(hidden.ports[0], { name: `${MARK} balancer` }),
      },
    },
    { folder },
  );
  const port = await freePort();
  const config = readFileSync(join(ROOT, 'deploy/haproxy-public.cfg'), 'utf8')
    .replace(':8090"', `:${port}"`)
    .replace(':8083"', `:${new URL(monitor.url).port}"`);
  writeFileSync(join(folder, 'haproxy.cfg'), config);
  const haproxy = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], {
    env: { ...process.env, PUBLIC_BIND: '127.0.0.1' },
    stdio: 'ignore',
  });
  const outside = `http://127.0.0.1:${port}`;
  const close = async () => {
    if (haproxy.exitCode === null) {
      haproxy.kill('SIGTERM');
      await once(haproxy, 'exit');
    }
    await monitor[Symbol.asyncDispose]();
    await Promise.all([server.close(), stop(secure), balanced.close(), hidden.close()]);
    removeFolder(folder);
  };
  await vi.waitFor(async () => expect((await fetch(outside)).status).toBe(200), PATIENCE);
  await fired(monitor);
  return { monitor, outside, close };
}

/** An HAProxy with statistics and a backend of three servers: one up, one down, one in maintenance. */
async function startBalanced(target: string, backend: string) {
  const nothing = await freePort();
  return startHaproxy(
    1,
    stats => `frontend ${MARK}-in
  bind 127.0.0.1:${stats}
  stats enable
  stats uri /stats
  default_backend ${backend}
backend ${backend}
  option httpchk GET /up
  server ${MARK}-a 127.0.0.1:${target} check inter 500ms
  server ${MARK}-b 127.0.0.1:${nothing} check inter 500ms fall 1
  server ${MARK}-c 127.0.0.1:${target} check disabled`,
  );
}

/** Waits until every service was checked, alerts are sent, and maintenance is planned. */
async function fired(monitor: RunningMonitor): Promise<void> {
  const firing = async () => (await monitor.json<{ count: number }>('/alerts')).count;
  await vi.waitFor(async () => expect(await firing()).toBeGreaterThan(2), PATIENCE);
  const soon = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  const silence = {
    matchers: [{ name: 'target', value: 'up', isRegex: false }],
    ...{ startsAt: soon(1), endsAt: soon(2), createdBy: MARK, comment: `maintenance: ${MARK}` },
  };
  const { status } = await monitor.get('/api/v2/silences', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(silence),
  });
  expect(status).toBe(200);
  const alertHistory = async () => JSON.stringify(await monitor.json('/alert_history'));
  await vi.waitFor(async () => expect(await alertHistory()).toContain(`${MARK}-receiver`), PATIENCE);
}
