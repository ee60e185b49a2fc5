// The same requests to our HTTP API and to a real Prometheus over the same samples, and programs that use the API.
// The engine behind our API is the embedded one, or that Prometheus. It is 2.42, which words some errors otherwise than
// 3.x, whose API ours is: those differences are listed.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PrometheusDriver } from 'prometheus-query';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EmbeddedEngine } from '../../../src/query/embedded.js';
import type { QueryEngine } from '../../../src/query/engine.js';
import { RemoteEngine } from '../../../src/query/remote/engine.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { DIST } from '../../support/monitor.js';
import { type PrometheusServer, startPrometheus } from '../../support/prometheus.js';
import { startMonitor, type TestMonitor } from '../monitor.js';

const JOB = 'langgraph-monitor';
const INSTANCE = '127.0.0.1:8083';
/** Of the last sample, Unix seconds. */
const NOW = 1_700_000_000;
/** Unix seconds of the samples. */
const TIMES = Array.from({ length: 11 }, (_, i) => NOW - 300 + i * 30);
const VALUES: Readonly<Record<string, number>> = { up: 1, scrape_duration_seconds: 0.25 };

const folder = makeFolder('side-by-side');
const engines: QueryEngine[] = [];
let prometheus: PrometheusServer;

beforeAll(async () => {
  const families = Object.entries(VALUES).flatMap(([name, value]) => [
    `# TYPE ${name} gauge`,
    ...TIMES.map(at => `${name}{instance="${INSTANCE}",job="${JOB}"} ${value} ${at}`),
  ]);
  prometheus = await startPrometheus('scrape_configs: []', `${families.join('\n')}\n# EOF\n`);
});
afterAll(async () => {
  for (const engine of engines) await engine.close();
  await prometheus?.close();
  removeFolder(folder);
});

/** Our own engine with the samples in it. */
async function ownEngine(): Promise<QueryEngine> {
  const engine = new EmbeddedEngine({
    file: join(folder, `${engines.length}.db`),
    retention: 100 * 365 * 86_400_000,
    maxBytes: 0,
    timeout: 60_000,
    limits: { maxSamples: 1_000_000, maxWaiting: 20, lookback: 300_000, defaultInterval: 60_000 },
    metadata: () => [],
    log: () => {},
    threadFile: new URL('query/thread/thread.js', DIST),
  });
  const series = Object.keys(VALUES).map(name => ['__name__', name, 'instance', INSTANCE, 'job', JOB]);
  const values = Float64Array.from(Object.values(VALUES));
  for (const at of TIMES)
    await engine.append({ at: at * 1000, gone: [], parts: [{ source: 's', layout: { series }, values }] });
  return engine;
}

/** The Prometheus as an engine. */
function theirEngine(): QueryEngine {
  return new RemoteEngine({ url: prometheus.url, timeout: 30_000, follow_redirects: true });
}

interface Request {
  readonly method?: string;
  readonly type?: string;
  readonly body?: string;
}

async function ask(url: string, path: string, { method = 'GET', type, body }: Request = {}) {
  const headers: Record<string, string> = type ? { 'content-type': type } : {};
  const response = await fetch(`${url}/api/v1/${path}`, { method, headers, body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const FORM = 'application/x-www-form-urlencoded';

/** A POST of a multipart form with these parameters. */
function multipart(...parameters: [name: string, value: string][]): Request {
  const parts = parameters.map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return { method: 'POST', type: 'multipart/form-data; boundary=b', body: `${parts.join('')}--b--\r\n` };
}

const BEHIND: [name: string, make: () => QueryEngine | Promise<QueryEngine>][] = [
  ['our own engine', ownEngine],
  ['a Prometheus', theirEngine],
];

describe('what 2.42 has not, with the embedded engine', () => {
  let monitor: TestMonitor;
  beforeAll(async () => {
    const query = await ownEngine();
    engines.push(query);
    const status = {
      series: 2,
      samplesAppended: 22,
      bytes: 1,
      errors: 0,
      problem: undefined,
      damage: { rows: 0, at: undefined },
    };
    monitor = await startMonitor({ query, facts: { samples: () => ({ ...status, oldest: 1000 }) } });
    // Some seconds after the last scrape, as it is at nearly every moment.
    monitor.clock.advance(NOW * 1000 + 7000 - monitor.clock.now());
  });
  afterAll(() => monitor?.[Symbol.asyncDispose]());

  const CUT = { status: 'success', warnings: ['results truncated due to limit'] };
  const up = { __name__: 'up', instance: INSTANCE, job: JOB };
  const duration = { ...up, __name__: 'scrape_duration_seconds' };
  const all = encodeURIComponent(`{job="${JOB}"}`);
  test.each<[path: string, want: Record<string, unknown>]>([
    [`series?match[]=${all}&limit=1`, { ...CUT, data: [duration] }],
    [`series?match[]=${all}&limit=2`, { status: 'success', data: [duration, up] }],
    ['labels?limit=2', { ...CUT, data: ['__name__', 'instance'] }],
    ['label/__name__/values?limit=1', { ...CUT, data: ['scrape_duration_seconds'] }],
    [
      `query?query=${all}&time=${NOW}&limit=1`,
      {
        ...CUT,
        data: { resultType: 'vector', result: [{ metric: duration, value: [NOW, '0.25'] }] },
      },
    ],
    [
      'query?query=rate(up[2m])&time=1700000000',
      {
        status: 'success',
        infos: [expect.stringContaining('metric might not be a counter')],
        data: {
          resultType: 'vector',
          result: [{ metric: { instance: INSTANCE, job: JOB }, value: [NOW, '0'] }],
        },
      },
    ],
    ['label/U__a_2e_b/values', { status: 'success', data: [] }],
    ...[NOW + 7, NOW + 299.999].flatMap((at): [string, Record<string, unknown>][] => {
      const moment = `start=${at}&end=${at}`;
      return [
        [`labels?${moment}`, { status: 'success', data: ['__name__', 'instance', 'job'] }],
        [`label/job/values?${moment}`, { status: 'success', data: [JOB] }],
        [`series?match[]=up&${moment}`, { status: 'success', data: [up] }],
      ];
    }),
    [`labels?start=${NOW + 300}&end=${NOW + 400}`, { status: 'success', data: [] }],
    [
      'status/tsdb?limit=2',
      {
        status: 'success',
        data: {
          headStats: {
            numSeries: 2,
            numLabelPairs: 4,
            chunkCount: 0,
            minTime: 1000,
            maxTime: NOW * 1000 + 7000,
          },
          seriesCountByMetricName: [
            { name: 'scrape_duration_seconds', value: 1 },
            { name: 'up', value: 1 },
          ],
          labelValueCountByLabelName: [
            { name: '__name__', value: 2 },
            { name: 'instance', value: 1 },
          ],
          memoryInBytesByLabelName: [
            { name: 'job', value: 34 },
            { name: 'instance', value: 28 },
          ],
          seriesCountByLabelValuePair: [
            { name: `instance=${INSTANCE}`, value: 2 },
            { name: `job=${JOB}`, value: 2 },
          ],
        },
      },
    ],
    [
      'parse_query?query=up > 1',
      {
        status: 'success',
        data: expect.objectContaining({
          type: 'binaryExpr',
          op: '>',
          rhs: { type: 'numberLiteral', val: '1' },
        }),
      },
    ],
  ])('%s', async (path, want) => {
    expect(await ask(monitor.url, path)).toEqual({ status: 200, body: want });
  });
});

describe.each(BEHIND)('with %s behind the doors', (_, makeEngine) => {
  let monitor: TestMonitor;
  beforeAll(async () => {
    const query = await makeEngine();
    engines.push(query);
    // The Prometheus beside it has no Alertmanagers either.
    monitor = await startMonitor({ query, alertmanager: { by: 'prometheus', url: prometheus.url } });
  });
  afterAll(() => monitor?.[Symbol.asyncDispose]());

  describe('the same answer as Prometheus', () => {
    const range = (query: string, more = '') => `query_range?query=${encodeURIComponent(query)}${more}`;
    test.each<[path: string, request?: Request]>([
      ['query'],
      ['query?query=%zz'],
      ['query?query=rate(up)'],
      ['query?query=sum('],
      ['query?query=up&timeout=x'],
      ['query?query=up&timeout=1m1h'],
      ['query?query=1%2B1&time=1'],
      ['query?query=1&time=1.0005'],
      ['query?query=1&time=1.00051'],
      ['query?query=1&time=-1.5'],
      ['query?query=1&time=1_0'],
      ['query?query=1&time=%2B5e3'],
      ['query?query=1&time=2015-07-01T20:10:51.7819Z'],
      ['query?query=1&time=2015-07-01T20:10:51%2B02:00'],
      ['query?query="x"&time=7'],
      ['query?query=vector(NaN)&time=7'],
      ['query?query=1&query=2&time=1'],
      ['query?query=1;query=2&query=3&time=1'],
      ['query?query=2&time=1', { method: 'POST', type: FORM, body: 'query=1' }],
      ['query?query=2&time=1', { method: 'POST', type: `${FORM}; charset=utf-8`, body: 'query=1' }],
      ['query?query=2&time=1', { method: 'POST', type: 'text/plain', body: 'query=1' }],
      ['query?time=1', multipart(['query', '1+1'])],
      ['query?time=1&query=2', multipart(['query', '1'])],
      [
        'query_range',
        multipart(['query', 'up'], ['start', `${NOW - 60}`], ['end', `${NOW}`], ['step', '30']),
      ],
      ['labels', multipart(['match[]', 'up'], ['start', `${NOW}`], ['end', `${NOW}`])],
      ['format_query', multipart(['query', 'a+b'])],
      ['query_exemplars', multipart(['query', 'up'], ['start', '1'], ['end', '2'])],
      [`labels?start=${NOW}&end=${NOW}`],
      [`label/job/values?match[]={instance=~"${'127.0.0.1:8083|'.repeat(5000)}x"}`],
      [`query?time=${NOW}`, multipart(['query', `up{instance=~"${'127.0.0.1:8083|'.repeat(15_000)}x"}`])],
      [range('1')],
      [range('1', '&start=x')],
      [range('1', '&start=1&end=x')],
      [range('1', '&start=1&end=0&step=1')],
      [range('1', '&start=1&end=2')],
      [range('1', '&start=1&end=2&step=x')],
      [range('1', '&start=1&end=2&step=0')],
      [range('1', '&start=1&end=2&step=-5')],
      [range('1', '&start=1&end=2&step=1e30')],
      [range('1', '&start=0&end=1&step=0.00000001')],
      [range('1', '&start=0&end=11001&step=1')],
      [range('1', '&start=0&end=11000.5&step=1')],
      [range('1', '&start=0.0004&end=0.0016&step=0.001')],
      [range('1', '&start=0&end=7200&step=1h')],
      [range('1', '&start=0&end=1&step=1&timeout=x')],
      ['series'],
      ['series?match=up'],
      ['series?match[]=x{'],
      ['series?match[]={x=""}'],
      ['series?match[]=up;a'],
      ['series', { method: 'POST', type: FORM, body: 'match[]=up&start=%zz' }],
      ['series?match[]=up'],
      ['series?match[]=up&match[]=scrape_samples_scraped&start=1&end=2'],
      ['series?match[]=up', { method: 'POST', type: FORM, body: 'match[]=scrape_duration_seconds' }],
      ['labels'],
      ['labels?match[]=up'],
      ['label/job/values'],
      ['label/__name__/values?match[]=up'],
      ['label/nothing/values'],
      ['metadata?limit=x'],
      ['metadata?limit=0'],
      ['metadata?metric=nothing'],
      ['targets/metadata?limit=x'],
      ['query_exemplars?query=up&start=1&end=2'],
      ['query_exemplars?query=up&start=2&end=1'],
      ['query_exemplars'],
      ['query_exemplars?query=sum('],
      ['query_exemplars?query=rate(up)&start=1&end=2'],
      ['query_exemplars?query=rate(up[5m])'],
      ['query_exemplars?query=up&start=-292273086-05-16T16:47:06Z&end=292277025-08-18T07:12:54.999999999Z'],
      ['query_exemplars?query=up&start=292277025-08-18T07:12:54.999999999Z&end=0'],
      ['labels?start=-292273086-05-16T16:47:06Z&end=292277025-08-18T07:12:54.999999999Z'],
      ['labels?start=292277025-08-18T07:12:54.999999999Z'],
      ['label/job/values?end=-292273086-05-16T16:47:06Z'],
      ['label/job/values?start=0001-01-01T00:00:00Z'],
      ['series?match[]=up&start=-292273086-05-16T16:47:06Z'],
      ['series?match[]=up&end=0099-12-31T23:59:59Z'],
      ['targets/metadata?match_target=x{'],
      ['rules'],
      ['alerts'],
      ['alertmanagers'],
      ['status/walreplay'],
      ['format_query?query=sum by(job)(  up )'],
      ['format_query'],
      ['format_query', { method: 'POST', type: FORM, body: 'query=a%2Bb' }],
    ])('%s %j', async (path, request) => {
      expect(await ask(monitor.url, path, request)).toEqual(await ask(prometheus.url, path, request));
    });

    test('of some megabytes', async () => {
      const copies = Array.from({ length: 20 }, (_, i) => `label_replace(up * time(), "i", "${i}", "", "")`);
      const times = `&start=${NOW - 290}&end=${NOW - 40}&step=0.1`;
      const response = await fetch(`${monitor.url}/api/v1/${range(copies.join(' or '), times)}`);
      const text = await response.text();
      expect(text.length, text.slice(0, 300)).toBeGreaterThan(1_000_000);
      expect(JSON.parse(text)).toEqual((await ask(prometheus.url, range(copies.join(' or '), times))).body);
    });

    test('where an expression has no answer', async () => {
      const path = `query?query=${encodeURIComponent('up + on(job) group_left up + on() scrape_duration_seconds * 0 or label_replace(up, "a", "$1", "job", "(")')}&time=${NOW}`;
      const found = await ask(monitor.url, path);
      expect(found.body).toMatchObject({ status: 'error' });
      expect(found).toEqual(await ask(prometheus.url, path));
    });

    /** The answers of 2.42, and those of 3.x and ours. */
    const time = (name: string, word: string) =>
      `invalid parameter "${name}": ${word}nvalid time value for '${name}': cannot parse "x" to a valid timestamp`;
    test.each<[name: string, path: string, theirs: string | undefined, ours: string]>([
      ['a small letter', 'query?query=1&time=x', time('time', 'I'), time('time', 'i')],
      ['a small letter', 'labels?start=x', time('start', 'I'), time('start', 'i')],
      ['a small letter', 'query_exemplars?query=up&end=x', time('end', 'I'), time('end', 'i')],
      [
        'the parameter is named',
        'labels?match[]={',
        '1:2: parse error: unexpected end of input inside braces',
        'invalid parameter "match[]": 1:2: parse error: unexpected end of input inside braces',
      ],
      [
        'the parameter is named',
        'label/job/values?match[]={a=""}',
        'match[] must contain at least one non-empty matcher',
        'invalid parameter "match[]": match[] must contain at least one non-empty matcher',
      ],
      [
        'limits are new',
        'query?query=1&time=1&limit=x',
        undefined,
        'invalid parameter "limit": strconv.Atoi: parsing "x": invalid syntax',
      ],
      [
        'lookback_delta is new',
        'query?query=1&time=1&lookback_delta=x',
        undefined,
        'error parsing lookback delta duration: cannot parse "x" to a valid duration',
      ],
      [
        'the parameter is named',
        'query_range?query=sum(&start=0&end=1&step=1',
        '1:5: parse error: unclosed left parenthesis',
        'invalid parameter "query": 1:5: parse error: unclosed left parenthesis',
      ],
      [
        'the parameter is named',
        'query_range?query=up[5m]&start=0&end=1&step=1',
        'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
        'invalid parameter "query": invalid expression type "range vector" for range query, must be Scalar or instant Vector',
      ],
      [
        'steps below a millisecond are refused',
        'query_range?query=1&start=0&end=1&step=0.0005',
        'unexpected error: runtime error: integer divide by zero',
        'invalid parameter "step": query resolution step widths below 1ms are not accepted. Try a longer one',
      ],
    ])('apart from this: %s (%s)', async (_, path, theirs, ours) => {
      expect((await ask(prometheus.url, path)).body.error).toBe(theirs);
      expect((await ask(monitor.url, path)).body.error).toBe(ours);
    });
  });

  describe('promtool', () => {
    const promtool = async (...args: string[]) => {
      const { stdout } = await promisify(execFile)('promtool', ['query', ...args]);
      return stdout.trim().split('\n');
    };

    test('query instant', async () => {
      const lines = await promtool('instant', monitor.url, 'count(up)', `--time=${NOW}`);
      expect(lines).toEqual([`{} => 1 @[${NOW}]`]);
    });

    test('query instant, of nonsense', async () => {
      await expect(promtool('instant', monitor.url, 'sum(')).rejects.toMatchObject({
        stderr: expect.stringContaining(
          'invalid parameter "query": 1:5: parse error: unclosed left parenthesis',
        ),
      });
    });

    test('query range', async () => {
      const lines = await promtool(
        'range',
        monitor.url,
        'vector(time())',
        `--start=${NOW}`,
        `--end=${NOW + 2}`,
        '--step=1s',
      );
      expect(lines).toEqual(['{} =>', ...[0, 1, 2].map(i => `${NOW + i} @[${NOW + i}]`)]);
    });

    test('query series', async () => {
      const lines = await promtool(
        'series',
        monitor.url,
        '--match=up',
        `--start=${NOW - 60}`,
        `--end=${NOW}`,
      );
      expect(lines).toEqual([`{__name__="up", instance="${INSTANCE}", job="${JOB}"}`]);
    });

    test('query labels', async () => {
      expect(await promtool('labels', monitor.url, 'job', `--start=${NOW}`, `--end=${NOW}`)).toEqual([JOB]);
    });
  });

  describe('prometheus-query', () => {
    const driver = () => new PrometheusDriver({ endpoint: monitor.url });
    /** It takes milliseconds. */
    const at = (seconds: number) => (NOW + seconds) * 1000;

    test('asks for one moment', async () => {
      const { resultType, result } = await driver().instantQuery('up', at(0));
      expect(resultType).toBe('vector');
      expect(result).toMatchObject([{ metric: { name: 'up', labels: { job: JOB } }, value: { value: 1 } }]);
    });

    test('asks for a range', async () => {
      const { resultType, result } = await driver().rangeQuery('vector(1)', at(0), at(10), 5);
      expect(resultType).toBe('matrix');
      expect(result[0]?.values).toHaveLength(3);
    });

    test('asks for series, names and values', async () => {
      const names = await driver().labelNames(['up'], at(-60), at(0));
      expect(names).toEqual(expect.arrayContaining(['__name__', 'instance', 'job']));
      expect(await driver().labelValues('job', ['up'], at(-60), at(0))).toEqual([JOB]);
      const series = await driver().series('up', at(-60), at(0));
      expect(series).toMatchObject([{ name: 'up', labels: { job: JOB } }]);
    });

    test('asks about the server', async () => {
      expect(await driver().targets()).toMatchObject({ activeTargets: [] });
      expect(await driver().rules()).toEqual([]);
      expect(await driver().alerts()).toEqual([]);
      expect(await driver().alertmanagers()).toMatchObject({ activeAlertmanagers: [] });
      expect(await driver().status()).toEqual({ yaml: 'scrape_configs: []\n' });
      expect(await driver().statusFlags()).toEqual({});
      expect(await driver().statusBuildinfo()).toMatchObject({ version: '3.5.0' });
      expect(await driver().statusRuntimeInfo()).toMatchObject({ storageRetention: '30d' });
      expect(await driver().statusTSDB()).toMatchObject({ headStats: { numSeries: 0 } });
      expect(await driver().metadata('nothing')).toEqual({});
    });

    test('gets the errors', async () => {
      await expect(driver().instantQuery('sum(')).rejects.toMatchObject({
        prometheus: { errorType: 'bad_data' },
        error: expect.stringContaining('parse error: unclosed left parenthesis'),
      });
    });
  });
});
