// A page for the public behind a real HAProxy: nothing of what is inside can be had through it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { json } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { ROOT } from './tool.js';

const PATIENCE = { timeout: 30_000, interval: 100 };
/** Stands in everything that the public must not see. */
const MARK = 'xq7marker';
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let folder: string;
let server: SimulatedServer;
let monitor: RunningMonitor;
let haproxy: ReturnType<typeof spawn>;
let outside: string;

beforeAll(async () => {
  folder = makeFolder('public-page');
  server = await startServer({
    answer: ({ path }) =>
      path.startsWith('/down')
        ? json({ [MARK]: MARK }, 503)
        : json({ status: 'healthy', model: MARK, models: [MARK] }),
  });
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
  monitor = await startMonitor(
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
        hide: [`${MARK}-hidden`],
        announcements: [{ title: 'Upgrade', message: 'Soon' }],
      },
      services: {
        up: service('up', { name: 'Chat', critical: true, group: 'Models' }),
        down: service('down', { name: 'Search', critical: true, body: MARK, method: 'POST' }),
        lost: service('', { name: 'Lost', url: `http://${MARK}.invalid:1/`, critical: false }),
        refused: service('', { name: 'Closed', url: `http://127.0.0.1:${await freePort()}/${MARK}` }),
        [`${MARK}-hidden`]: service('down', { name: `${MARK} hidden`, critical: true }),
      },
    },
    { folder },
  );
  const port = await freePort();
  const config = readFileSync(join(ROOT, 'deploy/haproxy-public.cfg'), 'utf8')
    .replace(':8090"', `:${port}"`)
    .replace(':8083"', `:${new URL(monitor.url).port}"`);
  writeFileSync(join(folder, 'haproxy.cfg'), config);
  haproxy = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], {
    env: { ...process.env, PUBLIC_BIND: '127.0.0.1' },
    stdio: 'ignore',
  });
  outside = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => expect((await fetch(outside)).status).toBe(200), PATIENCE);
  await fired();
}, 90_000);

afterAll(async () => {
  if (haproxy && haproxy.exitCode === null) {
    haproxy.kill('SIGTERM');
    await once(haproxy, 'exit');
  }
  await monitor?.[Symbol.asyncDispose]();
  await server?.close();
  removeFolder(folder);
});

/** Waits until every service was checked, alerts are sent, and maintenance is planned. */
async function fired(): Promise<void> {
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
  const told = async () => JSON.stringify(await monitor.json('/alert_history'));
  await vi.waitFor(async () => expect(await told()).toContain(`${MARK}-receiver`), PATIENCE);
}

async function ask(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${outside}${path}`, { headers, signal: AbortSignal.timeout(10_000) });
  const head = JSON.stringify([...response.headers]);
  return { status: response.status, text: head + (await response.text()) };
}

/** The first event of the stream. */
async function event(): Promise<string> {
  const over = new AbortController();
  const response = await fetch(`${outside}/ui/public/events`, { signal: over.signal });
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.includes('event: health')) break;
  }
  over.abort();
  return text;
}

const UP = encodeURIComponent('avg by (target) (avg_over_time(langgraph_monitor_service_up[5m]))');
const NOW = Math.floor(Date.now() / 1000);

describe('the mark is inside', () => {
  test.each([
    '/cluster_health',
    '/alerts?detail=true',
    '/alert_history',
    '/api/v2/silences',
    '/metrics',
    '/maintenance',
  ])('%s has it', async path => expect(await (await monitor.get(path)).text()).toContain(MARK));
});

describe('the mark is not outside', () => {
  test.each<[path: string, headers: Record<string, string>, want: string]>([
    ['/', HTML, 'Lab status'],
    ['/', {}, 'Lab status'],
    ['/?q=x&state=error', HTML, 'Lab status'],
    ['/ui/incidents', HTML, 'Lab status'],
    ['/ui/public/cluster_health', {}, '"Search"'],
    ['/ui/public/alerts?detail=true', {}, '"Service down"'],
    ['/ui/public/alert_history?limit=5', {}, '"down"'],
    ['/ui/public/announcements', {}, '"Upgrade"'],
    ['/ui/public/maintenance', {}, '"planned"'],
    ['/ui/public/-/healthy', {}, 'Healthy'],
    [`/ui/public/api/v1/query?query=${UP}`, {}, '"down"'],
    [`/ui/public/api/v1/query_range?query=${UP}&start=${NOW - 60}&end=${NOW + 60}&step=5`, {}, '"down"'],
    ['/badge/up/status.svg', {}, 'Chat: healthy'],
    ['/badge/down/uptime-24h.svg', {}, 'Search: uptime'],
    ['/badge/up/response-time.svg', {}, 'Chat: response time'],
    ['/incidents.atom', {}, 'Search: Service down'],
  ])('%s %j', async (path, headers, want) => {
    const { status, text } = await ask(path, headers);
    expect(status).toBe(200);
    expect(text).toContain(want);
    expect(text).not.toMatch(
      new RegExp(`${MARK}|127\\.0\\.0\\.1:(?!${new URL(outside).port})|langgraph-monitor/`),
    );
  });

  test('in the events', async () => {
    const text = await event();
    expect(text).toContain('"Search"');
    expect(text).not.toContain(MARK);
  });

  test('in the assets', async () => {
    const page = (await ask('/', HTML)).text;
    const assets = [...page.matchAll(/ui\/assets\/[\w.-]+/g)].map(([path]) => path);
    expect(assets.length).toBeGreaterThan(2);
    for (const path of assets) expect((await ask(`/${path}`)).status).toBe(200);
  });

  test('in a query for more', async () => {
    for (const query of [
      'up',
      'langgraph_monitor_service_info',
      '{__name__=~".+"}',
      'count_values("target", langgraph_monitor_service_up)',
      `avg by (instance) (langgraph_monitor_service_up)`,
      `avg(langgraph_monitor_service_up{instance=~"127.*"})`,
    ]) {
      const { status, text } = await ask(`/ui/public/api/v1/query?query=${encodeURIComponent(query)}`);
      expect([query, status]).toEqual([query, 400]);
      expect(text).not.toContain(MARK);
    }
  });
});

describe('the rest is not to be had through the proxy', () => {
  test.each([
    '/cluster_health',
    '/events',
    '/alerts',
    '/metrics',
    '/docs',
    '/openapi.json',
    '/api/v1/query?query=up',
    '/api/v2/alerts',
    '/ui',
    '//metrics',
    '/ui/../metrics',
    '/ui/%2e%2e/metrics',
    '/ui/silences',
    '/ui/explore',
    '/ui/service/up',
    `/badge/${MARK}-hidden/status.svg`,
  ])('%s', async path => {
    const { status, text } = await ask(path);
    expect(status).toBe(404);
    expect(text.replaceAll(`/badge/${MARK}-hidden`, '')).not.toContain(MARK);
  });

  test.each(['POST', 'DELETE', 'PUT'])('nothing by %s', async method => {
    const response = await fetch(`${outside}/ui/public/alerts`, { method });
    expect(response.status).toBe(405);
  });
});

test('a browser that reaches the monitor itself may change nothing; a program may', async () => {
  const post = (headers: Record<string, string>) =>
    monitor.get('/announcements', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"title":"t","message":"m"}',
    });
  const refused = await post({ origin: monitor.url });
  expect([refused.status, await refused.json()]).toEqual([
    403,
    { error: 'a browser may not change anything here: monitor.yml says page.read_only: true' },
  ]);
  expect((await post({})).status).toBe(200);
});
