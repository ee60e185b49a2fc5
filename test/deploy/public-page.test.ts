// A page for the public behind a real HAProxy: nothing of what is inside can be had through it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningMonitor } from '../support/monitor.js';
import { MARK, type PublicWorld, startPublicWorld } from './public-world.js';

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let world: PublicWorld;
let monitor: RunningMonitor;
let outside: string;

beforeAll(async () => {
  world = await startPublicWorld();
  ({ monitor, outside } = world);
});

afterAll(() => world?.close());

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
    ['/ui/service/up', HTML, 'Chat'],
    ['/ui/service/down', {}, 'Search'],
    ['/ui/haproxy', HTML, 'Lab status'],
    ['/ui/public/cluster_health', {}, '"Search"'],
    ['/ui/public/alerts?detail=true', {}, '"Service down"'],
    ['/ui/public/alert_history?limit=5', {}, '"down"'],
    ['/ui/public/announcements', {}, '"Upgrade"'],
    ['/ui/public/maintenance', {}, '"planned"'],
    ['/ui/public/-/healthy', {}, 'Healthy'],
    [`/ui/public/api/v1/query?query=${UP}`, {}, '"down"'],
    [`/ui/public/api/v1/query_range?query=${UP}&start=${NOW - 60}&end=${NOW + 60}&step=5`, {}, '"down"'],
    ['/badge/up/status.svg', {}, 'Chat: '],
    ['/badge/down/uptime-24h.svg', {}, 'Search: uptime'],
    ['/badge/up/response-time.svg', {}, 'Chat: response time'],
    ['/incidents.atom', {}, 'Search: Service down'],
    ['/incidents.atom?severity=critical&service=down', {}, 'Search: Service down'],
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
    '/ui/alerts',
    '/ui/announcements',
    '/ui/node',
    '/ui/service/none',
    `/ui/service/${MARK}-hidden`,
    `/badge/${MARK}-balancer/uptime-24h.svg`,
    `/badge/${MARK}-hidden/status.svg`,
  ])('%s', async path => {
    const { status, text } = await ask(path);
    expect(status).toBe(404);
    // What was asked may be repeated.
    const asked = path.split('/').find(part => part.startsWith(MARK)) ?? MARK;
    expect(text.replaceAll(asked, '')).not.toContain(MARK);
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
