// The monitor's own data in Prometheus' API: targets, metadata, status.

import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import type { OwnTarget, PrometheusFacts } from '../../../src/http/prometheus/facts.js';
import { Labels } from '../../../src/model/labels.js';
import type { ApiQuery } from '../../../src/query/engine.js';
import { NOTHING_SCRAPED, NOTHING_SENT, START, startMonitor } from '../monitor.js';
import { answerOf, NotingEngine } from './engines.js';

const LABELS = { instance: '127.0.0.1:8083', job: 'langgraph-monitor' };
const TARGET: OwnTarget = {
  labels: Labels.of(LABELS),
  url: 'http://127.0.0.1:8083/metrics',
  interval: 30_000,
  timeout: 10_000,
  last: { at: Date.UTC(2024, 0, 15, 10, 30, 45, 123), duration: 3.5, error: '' },
};
const FACTS: PrometheusFacts = {
  target: () => TARGET,
  samples: () => ({
    series: 3,
    samplesAppended: 9,
    bytes: 100,
    errors: 0,
    oldest: 5000,
    problem: undefined,
    damage: { rows: 0, at: undefined },
  }),
  runtime: () => ({
    startedAt: Date.UTC(2024, 0, 15),
    reloadedAt: Date.UTC(2024, 0, 16),
    reloadSucceeded: false,
    retention: '30d or 2GB',
  }),
  scraped: NOTHING_SCRAPED,
  remoteWrite: NOTHING_SENT,
  flags: () => ({ 'config.file': 'monitor.yml', 'query.timeout': '2m' }),
};

const METADATA = {
  up: [{ type: 'gauge', help: 'h', unit: '' }],
  x: [{ type: 'counter', help: 'i', unit: 's' }],
};

async function dataOf(path: string, facts: Partial<PrometheusFacts> = {}): Promise<unknown> {
  const query = new NotingEngine();
  query.answer = async (question: ApiQuery) => {
    if (question.type !== 'metadata') throw new Error(`${question.type} is not asked here`);
    const { metric } = question;
    const known = Object.entries(METADATA).filter(([name]) => !metric || name === metric);
    return answerOf(JSON.stringify(Object.fromEntries(known)));
  };
  await using monitor = await startMonitor({ query, facts: { ...FACTS, ...facts } });
  const response = await fetch(`${monitor.url}/api/v1/${path}`);
  const { status, data } = (await response.json()) as { status: string; data: unknown };
  expect([response.status, status]).toEqual([200, 'success']);
  return data;
}

const ACTIVE = {
  discoveredLabels: {
    __address__: '127.0.0.1:8083',
    __metrics_path__: '/metrics',
    __scheme__: 'http',
    __scrape_interval__: '30s',
    __scrape_timeout__: '10s',
    job: 'langgraph-monitor',
  },
  labels: LABELS,
  scrapePool: 'langgraph-monitor',
  scrapeUrl: 'http://127.0.0.1:8083/metrics',
  globalUrl: 'http://monitor.example/cluster/metrics',
  lastError: '',
  lastScrape: '2024-01-15T10:30:45.123Z',
  lastScrapeDuration: 0.0035,
  health: 'up',
  scrapeInterval: '30s',
  scrapeTimeout: '10s',
};
const POOLS = { droppedTargets: [], droppedTargetCounts: { 'langgraph-monitor': 0 } };
const NO_POOLS = { droppedTargets: [], droppedTargetCounts: {} };
const UP = { target: LABELS, type: 'gauge', help: 'h', unit: '' };
const X = { target: LABELS, type: 'counter', help: 'i', unit: 's' };
const REMOTE = { target: () => undefined, samples: () => undefined };

describe('targets and metadata', () => {
  test.each<[path: string, want: unknown, facts?: Partial<PrometheusFacts>]>([
    ['targets', { activeTargets: [ACTIVE], ...POOLS }],
    ['targets?state=active', { activeTargets: [ACTIVE], ...POOLS }],
    ['targets?state=ANY', { activeTargets: [ACTIVE], ...POOLS }],
    ['targets?state=dropped', { activeTargets: [], ...POOLS }],
    ['targets?scrapePool=langgraph-monitor', { activeTargets: [ACTIVE], ...POOLS }],
    ['targets?scrapePool=other', { activeTargets: [], ...NO_POOLS }],
    ['targets', { activeTargets: [], ...NO_POOLS }, REMOTE],
    [
      'targets',
      {
        activeTargets: [
          { ...ACTIVE, lastScrape: '0001-01-01T00:00:00Z', lastScrapeDuration: 0, health: 'unknown' },
        ],
        ...POOLS,
      },
      { target: () => ({ ...TARGET, last: undefined }) },
    ],
    [
      'targets',
      {
        activeTargets: [
          {
            ...ACTIVE,
            discoveredLabels: { ...ACTIVE.discoveredLabels, __scheme__: 'https' },
            scrapeUrl: 'https://[::1]:8083/metrics',
            lastError: 'disk full',
            lastScrape: '1970-01-01T00:00:01.000Z',
            lastScrapeDuration: 0.001,
            health: 'down',
          },
        ],
        ...POOLS,
      },
      {
        target: () => ({
          ...TARGET,
          url: 'https://[::1]:8083/metrics',
          last: { at: 1000, duration: 1, error: 'disk full' },
        }),
      },
    ],
    ['scrape_pools', { scrapePools: ['langgraph-monitor'] }],
    ['scrape_pools', { scrapePools: [] }, REMOTE],
    [
      'targets/metadata',
      [
        { ...UP, metric: 'up' },
        { ...X, metric: 'x' },
      ],
    ],
    ['targets/metadata?limit=1', [{ ...UP, metric: 'up' }]],
    ['targets/metadata?metric=x', [X]],
    ['targets/metadata?metric=nothing', []],
    ['targets/metadata?match_target={job="langgraph-monitor"}&metric=up', [UP]],
    ['targets/metadata?match_target={job="other"}', []],
    ['targets/metadata', [], REMOTE],
  ])('%s', async (path, want, facts) => {
    expect(await dataOf(path, facts)).toEqual(want);
  });
});

describe('status', () => {
  test.each<[path: string, want: unknown]>([
    ['rules', { groups: [] }],
    ['alerts', { alerts: [] }],
    [
      'alertmanagers',
      {
        activeAlertmanagers: [{ url: 'http://monitor.example/cluster/api/v2/alerts' }],
        droppedAlertmanagers: [],
      },
    ],
    ['notifications', []],
    ['query_exemplars?query=up&start=1&end=2', []],
    ['status/flags', { 'config.file': 'monitor.yml', 'query.timeout': '2m' }],
    ['status/walreplay', { min: 0, max: 0, current: 0 }],
    [
      'status/buildinfo',
      {
        version: '3.5.0',
        revision: 'langgraph-monitor-1.2.3',
        branch: 'langgraph-monitor',
        buildUser: '',
        buildDate: '',
        goVersion: `node${process.versions.node}`,
      },
    ],
    [
      'status/runtimeinfo',
      {
        startTime: '2024-01-15T00:00:00.000Z',
        lastConfigTime: '2024-01-16T00:00:00.000Z',
        serverTime: new Date(Math.floor(START)).toISOString(),
        reloadConfigSuccess: false,
        storageRetention: '30d or 2GB',
        CWD: process.cwd(),
        hostname: expect.any(String),
        corruptionCount: 0,
        goroutineCount: 0,
        GOMAXPROCS: expect.any(Number),
        GOMEMLIMIT: expect.any(Number),
        GOGC: '',
        GODEBUG: '',
      },
    ],
  ])('%s', async (path, want) => {
    expect(await dataOf(path)).toEqual(want);
  });

  test('config is that of a Prometheus that scrapes the monitor', async () => {
    const { yaml } = (await dataOf('status/config')) as { yaml: string };
    expect(load(yaml)).toEqual({
      global: { scrape_interval: '30s', scrape_timeout: '10s', evaluation_interval: '30s' },
      scrape_configs: [
        {
          job_name: 'langgraph-monitor',
          metrics_path: '/metrics',
          scheme: 'http',
          static_configs: [{ targets: ['127.0.0.1:8083'] }],
        },
      ],
    });
    expect(await dataOf('status/config', REMOTE)).toEqual({ yaml: 'scrape_configs: []\n' });
  });
});

describe('status/tsdb', () => {
  /** Three series: a{job="x"}, a{job="y"}, b{job="x"}. */
  const COUNTS: Record<string, Record<string, number>> = { __name__: { a: 2, b: 1 }, job: { x: 2, y: 1 } };

  async function tsdb(path: string, facts: Partial<PrometheusFacts> = {}) {
    const query = new NotingEngine();
    query.answer = async question => {
      if (question.type === 'labels') return answerOf(JSON.stringify(Object.keys(COUNTS)));
      if (question.type !== 'query') throw new Error(`${question.type} is not asked here`);
      const label = /^count by \("(\w+)"\) \(\{__name__!="","\1"!=""\}\)$/.exec(question.query)?.[1] ?? '';
      const result = Object.entries(COUNTS[label] ?? {}).map(([value, count]) => ({
        metric: { [label]: value },
        value: [question.time / 1000, String(count)],
      }));
      return answerOf(JSON.stringify({ resultType: 'vector', result }));
    };
    await using monitor = await startMonitor({ query, facts: { ...FACTS, ...facts } });
    return ((await monitor.json(`/api/v1/${path}`)) as { data: unknown }).data;
  }

  test('counts series by their labels', async () => {
    expect(await tsdb('status/tsdb')).toEqual({
      headStats: { numSeries: 3, numLabelPairs: 4, chunkCount: 0, minTime: 5000, maxTime: Math.floor(START) },
      seriesCountByMetricName: [
        { name: 'a', value: 2 },
        { name: 'b', value: 1 },
      ],
      labelValueCountByLabelName: [
        { name: '__name__', value: 2 },
        { name: 'job', value: 2 },
      ],
      memoryInBytesByLabelName: [
        { name: '__name__', value: 3 },
        { name: 'job', value: 3 },
      ],
      seriesCountByLabelValuePair: [
        { name: '__name__=a', value: 2 },
        { name: 'job=x', value: 2 },
        { name: '__name__=b', value: 1 },
        { name: 'job=y', value: 1 },
      ],
    });
  });

  test('has no more entries than the limit', async () => {
    expect(await tsdb('status/tsdb?limit=1')).toMatchObject({
      seriesCountByMetricName: [{ name: 'a', value: 2 }],
      seriesCountByLabelValuePair: [{ name: '__name__=a', value: 2 }],
    });
  });

  test('does not count the series of a remote engine', async () => {
    expect(await tsdb('status/tsdb', REMOTE)).toEqual({
      headStats: {
        numSeries: 0,
        numLabelPairs: 0,
        chunkCount: 0,
        minTime: Math.floor(START),
        maxTime: Math.floor(START),
      },
      seriesCountByMetricName: [],
      labelValueCountByLabelName: [],
      memoryInBytesByLabelName: [],
      seriesCountByLabelValuePair: [],
    });
  });
});
