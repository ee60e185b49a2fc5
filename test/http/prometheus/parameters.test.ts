// How the text of a request becomes a question, and what is said of one that does not.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { endpoints } from '../../../src/http/prometheus/index.js';
import { MAX_TIME, MIN_TIME } from '../../../src/http/prometheus/parameters.js';
import { QueryError } from '../../../src/query/engine.js';
import { START, startMonitor, type TestMonitor } from '../monitor.js';
import { request, send } from '../wire.js';
import { answerOf, NotingEngine } from './engines.js';

const NOW = Math.floor(START);
const ALWAYS = { start: MIN_TIME, end: MAX_TIME };

const engine = new NotingEngine();
let monitor: TestMonitor;
beforeAll(async () => {
  monitor = await startMonitor({ query: engine });
});
afterAll(() => monitor[Symbol.asyncDispose]());
beforeEach(() => {
  engine.questions.length = 0;
  engine.options.length = 0;
  engine.reply = async () => answerOf('[]');
});

const get = (path: string) => fetch(`${monitor.url}/api/v1/${path}`);

describe('questions', () => {
  test.each<[path: string, question: object]>([
    ['query?query=up', { type: 'query', query: 'up', time: NOW }],
    ['query?query=1%2B1&time=1700000000', { type: 'query', query: '1+1', time: 1_700_000_000_000 }],
    ['query?time=1700000000.123', { type: 'query', query: '', time: 1_700_000_000_123 }],
    ['query?time=1700000000.1236', { type: 'query', query: '', time: 1_700_000_000_124 }],
    ['query?time=-1.5', { type: 'query', query: '', time: -1500 }],
    ['query?time=1.7e9', { type: 'query', query: '', time: 1_700_000_000_000 }],
    ['query?time=1_000', { type: 'query', query: '', time: 1_000_000 }],
    ['query?time=2015-07-01T20:10:51.781Z', { type: 'query', query: '', time: 1_435_781_451_781 }],
    ['query?time=2015-07-01T20:10:51.781999999Z', { type: 'query', query: '', time: 1_435_781_451_781 }],
    ['query?time=2015-07-01T22:10:51%2B02:00', { type: 'query', query: '', time: 1_435_781_451_000 }],
    ['query?time=2015-07-01T20:10:51.58Z', { type: 'query', query: '', time: 1_435_781_451_580 }],
    ['query?query=a&limit=0', { type: 'query', query: 'a', time: NOW }],
    ['query?query=a&limit=7', { type: 'query', query: 'a', time: NOW, limit: 7 }],
    ['query?query=a&lookback_delta=90', { type: 'query', query: 'a', time: NOW, lookback: 90_000 }],
    ['query?query=a&lookback_delta=1m30s', { type: 'query', query: 'a', time: NOW, lookback: 90_000 }],
    ['query?query=a&lookback_delta=-1', { type: 'query', query: 'a', time: NOW }],
    ['query?query=a&stats=all', { type: 'query', query: 'a', time: NOW, stats: 'all' }],
    ['query?query=a&stats=1', { type: 'query', query: 'a', time: NOW, stats: 'basic' }],
    ['query?query=a&query=b', { type: 'query', query: 'a', time: NOW }],
    [
      'query_range?query=up&start=0&end=10&step=5',
      { type: 'query_range', query: 'up', start: 0, end: 10_000, step: 5000 },
    ],
    [
      'query_range?query=up&start=0.0004&end=0.0016&step=0.0019',
      { type: 'query_range', query: 'up', start: 0, end: 2, step: 1 },
    ],
    [
      'query_range?query=up&start=1&end=1&step=1h&limit=3&stats=all&lookback_delta=1m',
      {
        type: 'query_range',
        query: 'up',
        start: 1000,
        end: 1000,
        step: 3_600_000,
        limit: 3,
        lookback: 60_000,
        stats: 'all',
      },
    ],
    [
      'query_range?query=up&start=0&end=11000.9&step=1',
      { type: 'query_range', query: 'up', start: 0, end: 11_000_900, step: 1000 },
    ],
    ['series?match[]=up', { type: 'series', match: ['up'], ...ALWAYS }],
    [
      'series?match[]=a&match[]={b="c"}&start=1&end=2&limit=3',
      { type: 'series', match: ['a', '{b="c"}'], start: 1000, end: 2000, limit: 3 },
    ],
    ['labels', { type: 'labels', match: [], ...ALWAYS }],
    [
      'query?query=1&time=-292273086-05-16T16:47:06Z',
      { type: 'query', query: '1', time: MIN_TIME, limit: undefined },
    ],
    [
      'query_range?query=1&start=292277025-08-18T07:12:54.999999999Z&end=292277025-08-18T07:12:54.999999999Z&step=1',
      { type: 'query_range', query: '1', start: MAX_TIME, end: MAX_TIME, step: 1000, limit: undefined },
    ],
    [
      'labels?start=0001-01-01T00:00:00Z',
      { type: 'labels', match: [], ...ALWAYS, start: -62_135_596_800_000 },
    ],
    ['labels?match[]=up&start=5', { type: 'labels', match: ['up'], ...ALWAYS, start: 5000 }],
    ['label/job/values', { type: 'label_values', label: 'job', match: [], ...ALWAYS }],
    ['label/a.b%20c/values', { type: 'label_values', label: 'a.b c', match: [], ...ALWAYS }],
    ['label/a%2Fb/values', { type: 'label_values', label: 'a/b', match: [], ...ALWAYS }],
    ['label/U__a_2e_b/values', { type: 'label_values', label: 'a.b', match: [], ...ALWAYS }],
    ['label/U__a__b_1F600_/values', { type: 'label_values', label: 'a_b😀', match: [], ...ALWAYS }],
    ['label/U__a_2e/values', { type: 'label_values', label: 'U__a_2e', match: [], ...ALWAYS }],
    ['label/U__a_d800_/values', { type: 'label_values', label: 'U__a_d800_', match: [], ...ALWAYS }],
    ['label/U__a_1234567_/values', { type: 'label_values', label: 'U__a_1234567_', match: [], ...ALWAYS }],
    ['metadata', { type: 'metadata' }],
    ['metadata?metric=up&limit=0', { type: 'metadata', metric: 'up', limit: 0 }],
    ['metadata?limit=-1&limit_per_metric=0', { type: 'metadata' }],
    ['metadata?limit_per_metric=2', { type: 'metadata', limitPerMetric: 2 }],
  ])('%s', async (path, question) => {
    expect((await get(path)).status).toBe(200);
    expect(engine.questions).toEqual([question]);
  });

  test.each<[name: string, type: string | undefined, body: string, match: string[]]>([
    ['a form', 'application/x-www-form-urlencoded', 'match[]=a&match%5B%5D=b', ['a', 'b', 'url']],
    ['a form with a charset', 'Application/x-www-form-urlencoded; charset=utf-8', 'match[]=a', ['a', 'url']],
    ['a multipart form', 'multipart/form-data; boundary=b', multipart('a', 'b'), ['url', 'a', 'b']],
    ['something else', 'text/plain', 'match[]=a', ['url']],
    ['nothing said', undefined, 'match[]=a', ['url']],
    ['nothing', 'application/x-www-form-urlencoded', '', ['url']],
  ])('a body that is %s', async (_, type, body, match) => {
    const headers = [`content-length: ${body.length}`, ...(type ? [`content-type: ${type}`] : [])];
    const bytes = request('POST', '/api/v1/series?match[]=url', ...headers);
    expect((await send(monitor.port, bytes + body)).status).toBe(200);
    expect(engine.questions).toEqual([{ type: 'series', match, ...ALWAYS }]);
  });

  test('a multipart form is read by every endpoint that takes a form', async () => {
    for (const { path } of endpoints.filter(each => each.form)) {
      const body = new FormData();
      for (const [name, value] of [
        ['query', 'a'],
        ['match[]', 'a'],
        ['start', '1'],
        ['end', '2'],
        ['step', '1'],
      ] as const)
        body.append(name, value);
      const response = await fetch(monitor.url + path, { method: 'POST', body });
      expect([path, response.status]).toEqual([path, 200]);
    }
    expect(engine.questions).toEqual([
      expect.objectContaining({ type: 'query', query: 'a' }),
      { type: 'query_range', query: 'a', start: 1000, end: 2000, step: 1000 },
      { type: 'series', match: ['a'], start: 1000, end: 2000 },
      { type: 'labels', match: ['a'], start: 1000, end: 2000 },
    ]);
  });

  test('a form is worth as much as the URL', async () => {
    const body = new URLSearchParams({ query: 'a', start: '1', end: '2', step: '1', timeout: '5s' });
    const response = await fetch(`${monitor.url}/api/v1/query_range`, { method: 'POST', body });
    expect(response.status).toBe(200);
    expect(engine.questions).toEqual([
      { type: 'query_range', query: 'a', start: 1000, end: 2000, step: 1000 },
    ]);
    expect(engine.options[0]).toMatchObject({ timeout: 5000 });
  });

  test('a form without end is refused and not read on', async () => {
    const body = `query=${'a'.repeat(4 * 1024 * 1024)}`;
    const headers = ['content-type: application/x-www-form-urlencoded', `content-length: ${body.length}`];
    const answer = await send(monitor.port, request('POST', '/api/v1/query', ...headers) + body);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      413,
      { status: 'error', errorType: 'bad_data', error: 'the form is larger than 4194304 bytes' },
    ]);
    expect(engine.questions).toEqual([]);
  });
});

function multipart(...match: string[]): string {
  const parts = match.map(each => `--b\r\ncontent-disposition: form-data; name="match[]"\r\n\r\n${each}\r\n`);
  return `${parts.join('')}--b--\r\n`;
}

const POINTS =
  'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)';
const ATOI = 'invalid parameter "limit": strconv.Atoi: parsing';
const noTime = (name: string, text: string) =>
  `invalid parameter "${name}": invalid time value for '${name}': cannot parse ${text} to a valid timestamp`;
const noStart = (text: string) => `invalid parameter "start": cannot parse ${text} to a valid timestamp`;
const noSpan = (name: string, text: string) =>
  `invalid parameter "${name}": cannot parse ${text} to a valid duration`;

describe('bad parameters', () => {
  test.each<[path: string, error: string]>([
    ['query?time=x', noTime('time', '"x"')],
    ['query?time=NaN', noTime('time', '"NaN"')],
    ['query?time=Inf', noTime('time', '"Inf"')],
    ['query?time=1e100', noTime('time', '"1e100"')],
    ['query?time=0x10', noTime('time', '"0x10"')],
    ['query?time=1__0', noTime('time', '"1__0"')],
    ['query?time=%205', noTime('time', '" 5"')],
    ['query?time=a%0Ab', noTime('time', '"a\\nb"')],
    ['query?time=2015-07-01', noTime('time', '"2015-07-01"')],
    ['query?time=2015-07-01T20:10:51', noTime('time', '"2015-07-01T20:10:51"')],
    ['query?time=2015-02-30T20:10:51Z', noTime('time', '"2015-02-30T20:10:51Z"')],
    ['query?time=2015-07-01T20:10:51+02:00', noTime('time', '"2015-07-01T20:10:51 02:00"')],
    [`query?time=${'9'.repeat(300)}`, noTime('time', `"${'9'.repeat(200)}..."`)],
    ['query?limit=x', `${ATOI} "x": invalid syntax`],
    ['query?limit=1.5', `${ATOI} "1.5": invalid syntax`],
    ['query?limit=99999999999999999999', `${ATOI} "99999999999999999999": value out of range`],
    ['query?limit=-1', 'invalid parameter "limit": limit must be non-negative'],
    ['query?limit=x&time=x', `${ATOI} "x": invalid syntax`],
    ['query?timeout=x', noSpan('timeout', '"x"')],
    ['query?timeout=1m1h', noSpan('timeout', '"1m1h"')],
    ['query?timeout=300y', noSpan('timeout', '"300y"')],
    ['query?lookback_delta=x', 'error parsing lookback delta duration: cannot parse "x" to a valid duration'],
    ['query_range?query=1', noStart('""')],
    ['query_range?start=x&end=y&step=z', noStart('"x"')],
    ['query_range?start=1&step=z', 'invalid parameter "end": cannot parse "" to a valid timestamp'],
    [
      'query_range?start=1&end=0&step=z',
      'invalid parameter "end": end timestamp must not be before start time',
    ],
    ['query_range?start=0&end=1', noSpan('step', '""')],
    ['query_range?start=0&end=1&step=%205m', noSpan('step', '" 5m"')],
    ['query_range?start=0&end=1&step=1e30', `${noSpan('step', '"1e30"')}. It overflows int64`],
    [
      'query_range?start=0&end=1&step=0',
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    ],
    ['query_range?start=0&end=1&step=-1m', noSpan('step', '"-1m"')],
    [
      'query_range?start=0&end=1&step=0.0005',
      'invalid parameter "step": query resolution step widths below 1ms are not accepted. Try a longer one',
    ],
    ['query_range?start=0&end=1&step=0.00000001', POINTS],
    ['query_range?start=0&end=11001&step=1', POINTS],
    ['query_range?start=0&end=11001&step=1&timeout=x', POINTS],
    ['series', 'no match[] parameter provided'],
    ['series?match=up', 'no match[] parameter provided'],
    ['series?match[]=up&start=%zz', 'error parsing form values: invalid URL escape "%zz"'],
    ['series?match[]=up;a', 'error parsing form values: invalid semicolon separator in query'],
    ['series?match[]=up&end=x', noTime('end', '"x"')],
    ['labels?start=x', noTime('start', '"x"')],
    ['labels?limit=-5', 'invalid parameter "limit": limit must be non-negative'],
    ['label/job/values?end=x', noTime('end', '"x"')],
    ['label/%zz/values', "Failed to decode param '%zz'"],
    ['metadata?limit=x', 'limit must be a number'],
    ['metadata?limit_per_metric=x', 'limit_per_metric must be a number'],
    ['query_exemplars?query=up&start=2&end=1', 'end timestamp must not be before start timestamp'],
    ['query_exemplars?query=up&start=x', noTime('start', '"x"')],
    ['status/tsdb?limit=0', 'limit must be a positive number'],
    ['status/tsdb?limit=10001', 'limit must not exceed 10000'],
    ['targets/metadata?limit=x', 'limit must be a number'],
  ])('%s', async (path, error) => {
    const response = await get(path);
    expect([response.status, await response.json()]).toEqual([
      400,
      { status: 'error', errorType: 'bad_data', error },
    ]);
    expect(engine.questions).toEqual([]);
  });

  test('a timeout that is over is one', async () => {
    const response = await get('query?query=up&timeout=-5');
    expect([response.status, await response.json()]).toEqual([
      503,
      { status: 'error', errorType: 'timeout', error: 'query timed out in query execution' },
    ]);
  });

  test.each<[path: string, said: string, error: string]>([
    ['query?query=a', '1:5: parse error: x', 'invalid parameter "query": 1:5: parse error: x'],
    [
      'query?query=a',
      'invalid parameter "query": 1:5: parse error: x',
      'invalid parameter "query": 1:5: parse error: x',
    ],
    [
      'query_range?start=0&end=1&step=1',
      '2:1: parse error: x',
      'invalid parameter "query": 2:1: parse error: x',
    ],
    ['series?match[]=a', '1:5: parse error: x', 'invalid parameter "match[]": 1:5: parse error: x'],
    [
      'series?match[]=a',
      'match[] must contain at least one non-empty matcher',
      'invalid parameter "match[]": match[] must contain at least one non-empty matcher',
    ],
    ['labels?match[]=a', '1:5: parse error: x', 'invalid parameter "match[]": 1:5: parse error: x'],
  ])('%s, of which the engine says %s', async (path, said, error) => {
    engine.reply = () => Promise.reject(new QueryError('bad_data', said));
    const response = await get(path);
    expect([response.status, await response.json()]).toEqual([
      400,
      { status: 'error', errorType: 'bad_data', error },
    ]);
  });
});
