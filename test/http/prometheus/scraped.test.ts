// Targets and metadata of what is scraped beside the monitor itself.

import { expect, test } from 'vitest';
import type { PrometheusFacts } from '../../../src/http/prometheus/facts.js';
import { globalUrl } from '../../../src/http/prometheus/global-url.js';
import { Labels } from '../../../src/model/labels.js';
import type { TargetStatus } from '../../../src/scrape/status.js';
import type { ScrapePool } from '../../../src/scrape/target.js';
import { START, startMonitor } from '../monitor.js';
import { answerOf, NotingEngine } from './engines.js';

const target = (pool: string, address: string, more: Partial<TargetStatus> = {}): TargetStatus => ({
  pool,
  labels: { instance: address, job: pool },
  discoveredLabels: { __address__: address, job: pool },
  url: `http://${address}/metrics`,
  interval: 90_000,
  timeout: 10_000,
  health: 'up',
  lastScrape: START,
  lastDuration: 250,
  lastError: '',
  ...more,
});
const A = target('a', '127.0.0.1:1');
const B = target('b', 'node:2', { health: 'down', lastError: 'connection refused', lastScrape: undefined });
const pool = (name: string) => ({ name, targets: [], options: {} }) as unknown as ScrapePool;
const DROPPED = { __address__: '127.0.0.1:3', job: 'b' };
const UP = { type: 'gauge', help: 'h', unit: '' };

const FACTS: Partial<PrometheusFacts> = {
  target: () => ({
    labels: Labels.of({ instance: 'm:1', job: 'langgraph-monitor' }),
    url: 'http://127.0.0.1:8083/metrics',
    interval: 15_000,
    timeout: 15_000,
    last: undefined,
  }),
  remoteWrite: { masked: () => '', health: () => undefined },
  scraped: {
    targets: () => [B, A],
    pools: () => [
      { pool: pool('b'), dropped: [DROPPED], droppedCount: 7, problems: [] },
      { pool: pool('a'), dropped: [], droppedCount: 0, problems: [] },
    ],
    metadata: async () => [
      { target: B, metric: 'up', ...UP },
      { target: A, metric: 'up', ...UP, help: 'other' },
      { target: A, metric: 'x', type: 'unknown', help: '', unit: 's' },
    ],
    configuration: () => ({
      global: { scrapeInterval: 60_000, scrapeTimeout: 10_000, externalLabels: {} },
      masked: 'global:\n  scrape_interval: 1m\nscrape_configs:\n  - job_name: a\n',
    }),
  },
};

async function dataOf(path: string): Promise<unknown> {
  const query = new NotingEngine();
  query.answer = async () => answerOf(JSON.stringify({ up: [UP] }));
  await using monitor = await startMonitor({ query, facts: FACTS });
  return ((await (await fetch(`${monitor.url}/api/v1/${path}`)).json()) as { data: unknown }).data;
}

const pools = (data: unknown) =>
  (data as { activeTargets: { scrapePool: string }[] }).activeTargets.map(({ scrapePool }) => scrapePool);

test('targets are sorted by pool, each with its last scrape', async () => {
  const data = await dataOf('targets');
  expect(pools(data)).toEqual(['a', 'b', 'langgraph-monitor']);
  expect(data).toMatchObject({
    activeTargets: [
      {
        labels: A.labels,
        discoveredLabels: A.discoveredLabels,
        scrapeUrl: 'http://127.0.0.1:1/metrics',
        globalUrl: 'http://monitor.example:1/metrics',
        health: 'up',
        lastError: '',
        lastScrape: new Date(START).toISOString(),
        lastScrapeDuration: 0.25,
        scrapeInterval: '1m30s',
        scrapeTimeout: '10s',
      },
      {
        globalUrl: 'http://node:2/metrics',
        health: 'down',
        lastError: 'connection refused',
        lastScrape: '0001-01-01T00:00:00Z',
      },
      {},
    ],
    droppedTargets: [{ discoveredLabels: DROPPED }],
    droppedTargetCounts: { a: 0, b: 7, 'langgraph-monitor': 0 },
  });
});

test.each<[string, string[], number]>([
  ['state=active', ['a', 'b', 'langgraph-monitor'], 0],
  ['state=dropped', [], 1],
  ['state=any&scrapePool=b', ['b'], 1],
  ['scrapePool=a', ['a'], 0],
  ['scrapePool=none', [], 0],
])('targets?%s', async (query, active, dropped) => {
  const data = await dataOf(`targets?${query}`);
  expect(pools(data)).toEqual(active);
  expect((data as { droppedTargets: unknown[] }).droppedTargets).toHaveLength(dropped);
});

test.each<[string, unknown]>([
  ['scrape_pools', { scrapePools: ['a', 'b', 'langgraph-monitor'] }],
  ['metadata', { up: [UP, { ...UP, help: 'other' }], x: [{ type: 'unknown', help: '', unit: 's' }] }],
  ['metadata?limit_per_metric=1&limit=1', { up: [UP] }],
  ['metadata?metric=x', { up: [UP], x: [{ type: 'unknown', help: '', unit: 's' }] }],
  [
    'targets/metadata?match_target={job="a"}&metric=x',
    [{ target: A.labels, type: 'unknown', help: '', unit: 's' }],
  ],
  [
    'targets/metadata?match_target={job=~"a|b"}&limit=2',
    [
      { target: B.labels, metric: 'up', ...UP },
      { target: A.labels, metric: 'up', ...UP, help: 'other' },
    ],
  ],
  [
    'status/config',
    {
      yaml: 'global:\n  scrape_interval: 1m\nscrape_configs:\n  - job_name: a\n  - job_name: "langgraph-monitor"\n    metrics_path: /metrics\n    scheme: http\n    static_configs:\n    - targets:\n      - "m:1"\n',
    },
  ],
])('%s', async (path, want) => {
  expect(await dataOf(path)).toEqual(want);
});

test.each([
  ['http://127.0.0.1:9100/metrics', 'https://mon.example/path', 'http://mon.example:9100/metrics'],
  ['http://[::1]:9100/metrics?a=b', 'http://mon.example:8083', 'http://mon.example:9100/metrics?a=b'],
  ['http://localhost:8083/metrics', 'https://mon.example:8083', 'https://mon.example:8083/metrics'],
  ['http://node:9100/metrics', 'http://mon.example', 'http://node:9100/metrics'],
])('%s is at %s reached as %s', (url, external, want) => {
  expect(globalUrl(url, external)).toBe(want);
});
