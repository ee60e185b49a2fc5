// The remote engine: against a real Prometheus, and against servers that are none or fail.

import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Secret } from '../../../src/model/secret.js';
import { type ApiQuery, QueryError } from '../../../src/query/engine.js';
import { RemoteEngine, type RemoteOptions } from '../../../src/query/remote/engine.js';
import { certificate } from '../../support/certificate.js';
import { freePort } from '../../support/child.js';
import { listen, portOf, stop } from '../../support/http.js';
import { type PrometheusServer, startPrometheus } from '../../support/prometheus.js';

const ONE: ApiQuery = { type: 'query', query: '1', time: 1_700_000_000_000 };
const undo: (() => unknown)[] = [];

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

function engineAt(url: string, more: Partial<RemoteOptions> = {}): RemoteEngine {
  const engine = new RemoteEngine({ url, timeout: 10_000, follow_redirects: true, ...more });
  undo.push(() => engine.close());
  return engine;
}

async function serve(answer: RequestListener): Promise<string> {
  const server = await listen(answer);
  undo.push(() => stop(server));
  return `http://127.0.0.1:${portOf(server)}`;
}

async function refusalOf(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => new Error('it was answered'),
    thrown => thrown,
  );
  return error instanceof QueryError ? `${error.type}: ${error.message}` : `not a QueryError: ${error}`;
}

const text = (data: Uint8Array): string => Buffer.from(data).toString('utf8');

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

const json = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
};
const success = (data: string): string => `{"status":"success","data":${data}}`;

describe('the status of the rules', () => {
  const sample = (value: number, metric = {}) => ({
    metric: { job: 'j', ...metric },
    value: [1, String(value)],
  });
  test.each<[name: string, samples: unknown[], want: number | undefined]>([
    ['is that of the one monitor', [sample(2, { instance: 'm' })], 2],
    ['is the lowest of several', [sample(2, { instance: 'm' }), sample(0, { instance: 'n' })], 0],
    [
      'is that of all together where they share the services',
      [sample(2, { instance: 'm' }), sample(1, { shard: 'all' }), sample(0, { instance: 'n' })],
      1,
    ],
    ['is unknown where there is none', [], undefined],
  ])('%s', async (_, result, want) => {
    const url = await serve((request, response) =>
      json(
        response,
        200,
        success(
          JSON.stringify(
            request.url?.endsWith('/alerts') ? { alerts: [] } : { resultType: 'vector', result },
          ),
        ),
      ),
    );
    expect(await engineAt(url).evaluation('status', 1000)).toEqual({ status: want, alerts: [] });
  });
});

test.each([
  ['[]', 'Prometheus'],
  ['null', 'vmalert'],
])('alerts: %s is none, as %s says it', async alerts => {
  const url = await serve((request, response) =>
    json(
      response,
      200,
      success(
        request.url?.endsWith('/alerts') ? `{"alerts":${alerts}}` : '{"resultType":"vector","result":[]}',
      ),
    ),
  );
  expect(await engineAt(url).evaluation('status', 1000)).toEqual({ status: undefined, alerts: [] });
});

test("a question of the program's own is about this moment, one of a user is as it was asked", async () => {
  const forms: string[] = [];
  const url = await serve(async (request, response) => {
    forms.push(await bodyOf(request));
    json(response, 200, success('{"resultType":"vector","result":[]}'));
  });
  const engine = engineAt(url);
  await engine.instant('up', 1000);
  await engine.answer({ type: 'query', query: 'up', time: 1000 });
  expect(forms.map(form => new URLSearchParams(form).get('nocache'))).toEqual(['1', null]);
});

describe('a real Prometheus', () => {
  let prometheus: PrometheusServer;
  let engine: RemoteEngine;
  let at = 0;

  beforeAll(async () => {
    const port = await freePort();
    prometheus = await startPrometheus(
      JSON.stringify({
        scrape_configs: [
          {
            job_name: 'idle',
            scrape_interval: '100ms',
            scrape_timeout: '100ms',
            static_configs: [{ targets: [`127.0.0.1:${port}`] }],
          },
        ],
      }),
    );
    engine = new RemoteEngine({ url: prometheus.url, timeout: 10_000, follow_redirects: true });
    await vi.waitFor(
      async () => {
        const { samples } = await engine.instant('count_over_time(up[1m]) > 3', Date.now());
        expect(samples).toHaveLength(1);
      },
      { timeout: 60_000, interval: 50 },
    );
    at = Date.now();
  });
  afterAll(async () => {
    await engine.close();
    await prometheus.close();
  });

  test.each<[string, (at: number) => ApiQuery, RegExp]>([
    [
      'query',
      time => ({ type: 'query', query: 'up', time }),
      /^\{"resultType":"vector","result":\[\{"metric":/,
    ],
    [
      'query_range',
      end => ({ type: 'query_range', query: 'up * 2', start: end - 1000, end, step: 100 }),
      /^\{"resultType":"matrix","result":\[\{"metric":\{.*"values":\[\[/,
    ],
    [
      'series',
      end => ({ type: 'series', match: ['up'], start: end - 10_000, end }),
      /^\[\{"__name__":"up","instance":"127\.0\.0\.1:\d+","job":"idle"\}\]$/,
    ],
    [
      'labels',
      end => ({ type: 'labels', match: ['up'], start: end - 10_000, end }),
      /^\["__name__","instance","job"\]$/,
    ],
    [
      'label values',
      end => ({ type: 'label_values', label: 'job', match: [], start: end - 10_000, end }),
      /^\["idle"\]$/,
    ],
    ['metadata', () => ({ type: 'metadata', metric: 'up', limit: 1 }), /^\{.*\}$/],
  ])('answers %s', async (_, question, want) => {
    const answer = await engine.answer(question(at));
    expect(text(answer.data)).toMatch(want);
    expect(answer.warnings).toEqual([]);
  });

  test('answers values', async () => {
    const instant = await engine.instant('up{job="idle"} - 1', at);
    expect(instant.samples.map(({ labels, value }) => [labels.get('job'), value])).toEqual([['idle', -1]]);
    expect((await engine.instant('-1/0', at)).samples.map(({ value }) => value)).toEqual([
      Number.NEGATIVE_INFINITY,
    ]);
    const range = await engine.range('vector(7)', {
      from: 1_700_000_000_250,
      to: 1_700_000_001_250,
      step: 500,
    });
    expect(range.series.map(({ times, values }) => [[...times], [...values]])).toEqual([
      [
        [1_700_000_000_250, 1_700_000_000_750, 1_700_000_001_250],
        [7, 7, 7],
      ],
    ]);
  });

  test('a query longer than a URL', async () => {
    const query = `20 + 1 # ${'and nothing more '.repeat(10_000)}`;
    expect((await engine.instant(query, at)).samples[0]?.value).toBe(21);
  });

  test.each<[string, ApiQuery, string]>([
    [
      'a parse error',
      { type: 'query', query: 'sum(', time: 0 },
      'bad_data: invalid parameter "query": 1:5: parse error: unclosed left parenthesis',
    ],
    [
      'an evaluation error',
      { type: 'query', query: 'label_replace(vector(1), "a b", "x", "", "")', time: 0 },
      'execution: invalid destination label name in label_replace(): a b',
    ],
    [
      'too many points',
      { type: 'query_range', query: '1', start: 0, end: 20_000_000, step: 1000 },
      'bad_data: exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    ],
  ])('its own error for %s', async (_, question, want) => {
    expect(await refusalOf(engine.answer(question))).toBe(want);
  });

  test('values of another type than a rule can use', async () => {
    expect(await refusalOf(engine.instant('"text"', at))).toBe(
      `execution: query.url ${prometheus.url}: the answer is of another type than was asked for`,
    );
  });
});

describe('a server that answers', () => {
  const page = (status: number, type: string, body: string): RequestListener => {
    return (_, response) => response.writeHead(status, { 'content-type': type }).end(body);
  };
  test.each<[string, RequestListener, string]>([
    [
      'HTML',
      page(200, 'text/html; charset=utf-8', '<html></html>'),
      "unavailable: query.url URL: answered HTTP 200 with text/html content that is no answer of Prometheus' API; check query.url",
    ],
    [
      'nothing',
      (_, response) => response.end(),
      "unavailable: query.url URL: answered HTTP 200 with content that is no answer of Prometheus' API; check query.url",
    ],
    [
      'other JSON',
      page(200, 'application/json', '{"result":[]}'),
      "unavailable: query.url URL: answered HTTP 200 with application/json content that is no answer of Prometheus' API; check query.url",
    ],
    [
      'that there is nothing',
      page(404, 'text/plain', '404 page not found'),
      'unavailable: query.url URL: answered HTTP 404: there is no /api/v1 below it; check query.url',
    ],
    [
      'that the credentials are wrong',
      page(401, 'text/plain', 'Unauthorized'),
      'unavailable: query.url URL: answered HTTP 401: it refuses the credentials; check basic_auth, authorization or headers of query',
    ],
    [
      'that it is ill',
      page(502, 'text/html', '<h1>Bad Gateway</h1>'),
      'unavailable: query.url URL: answered HTTP 502; ask again later',
    ],
    [
      'an error in its own way',
      page(422, 'application/json', '{"status":"error","errorType":"422","error":"cannot parse"}'),
      'execution: cannot parse',
    ],
    [
      'half an answer',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('{"status":"success",', () => response.destroy());
      },
      'unavailable: query.url URL: connection reset before the answer was complete',
    ],
    [
      'by hanging up',
      (_, response) => void response.destroy(),
      'unavailable: query.url URL: connection reset before the answer was complete',
    ],
    [
      'with a redirect to itself',
      (request, response) => response.writeHead(302, { location: request.url }).end(),
      'unavailable: query.url URL: answered HTTP 302, a redirect that was not followed; check query.url',
    ],
    [
      'with a redirect to no web server',
      (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      'unavailable: query.url URL: redirects to file:, which is not HTTP; check query.url',
    ],
    [
      'without end',
      (_, response) => {
        const chunk = `"${'x'.repeat(1024 * 1024)}",`;
        const more = () => {
          while (!response.destroyed && response.write(chunk));
        };
        response.write('{"status":"success","data":[');
        response.on('drain', more);
        more();
      },
      'unavailable: query.url URL: the answer is longer than 64 MiB; ask for less',
    ],
  ])('%s', async (_, answer, want) => {
    const url = await serve(answer);
    expect(await refusalOf(engineAt(url).answer(ONE))).toBe(want.replace('URL', url));
  });

  test('something that is not HTTP', async () => {
    const sockets = new Set<Socket>();
    const server = createServer(socket => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.end('-ERR unknown command\r\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    undo.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const { port } = server.address() as { port: number };
    expect(await refusalOf(engineAt(`http://127.0.0.1:${port}`).answer(ONE))).toMatch(
      /^unavailable: query\.url http:\/\/127\.0\.0\.1:\d+: not an HTTP answer \(Parse Error: /,
    );
  });
});

test('connection refused', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const engine = engineAt(`${url}/prometheus?token=secret`);
  expect(await refusalOf(engine.answer(ONE))).toBe(
    `unavailable: query.url ${url}/prometheus: connection refused`,
  );
});

test('a server that never answers', async () => {
  const url = await serve(() => {});
  const engine = engineAt(url, { timeout: 300 });
  expect(await refusalOf(engine.answer(ONE))).toBe(
    `timeout: query.url ${url}: no answer within 300ms (query.timeout)`,
  );
  expect(await refusalOf(engine.answer(ONE, { timeout: 50 }))).toBe(
    `timeout: query.url ${url}: no answer within 50ms (query.timeout)`,
  );
});

test('a client that disconnects cancels its query', async () => {
  const gone: Promise<unknown>[] = [];
  const arrived = resolvers();
  const url = await serve((_, response) => {
    gone.push(once(response, 'close'));
    arrived.resolve();
  });
  const client = new AbortController();
  const asked = refusalOf(engineAt(url).answer(ONE, { signal: client.signal }));
  await arrived.promise;
  client.abort();
  expect(await asked).toBe('canceled: query was canceled in expression evaluation');
  expect(gone).toHaveLength(1);
  await gone[0];
});

test('a closed engine', async () => {
  const arrived = resolvers();
  const url = await serve(() => arrived.resolve());
  const engine = engineAt(url);
  const asked = refusalOf(engine.answer(ONE));
  await arrived.promise;
  await engine.close();
  const want = `unavailable: query.url ${url}: the monitor does not ask there any more`;
  expect(await asked).toBe(want);
  expect(await refusalOf(engine.answer(ONE))).toBe(want);
});

function resolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>(done => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('what is sent', () => {
  interface Seen {
    readonly method: string | undefined;
    readonly url: string | undefined;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }
  async function seen(question: ApiQuery, more: Partial<RemoteOptions> = {}, path = ''): Promise<Seen> {
    const requests: Seen[] = [];
    const url = await serve(async (request, response) => {
      const { method, url: asked, headers } = request;
      requests.push({ method, url: asked, headers, body: await bodyOf(request) });
      json(response, 200, success('[]'));
    });
    await engineAt(url + path, more).answer(question);
    return requests[0] as Seen;
  }

  test.each<[string, ApiQuery, string, string]>([
    [
      'query',
      { type: 'query', query: 'a + b', time: 1_700_000_000_123, limit: 5, lookback: 60_000, stats: 'all' },
      'POST /api/v1/query',
      'limit=5&time=1700000000.123&query=a+%2B+b&lookback_delta=60&stats=all&timeout=10000ms',
    ],
    [
      'query_range',
      { type: 'query_range', query: 'a', start: 0, end: 60_500, step: 15_000 },
      'POST /api/v1/query_range',
      'start=0&end=60.5&query=a&step=15&timeout=10000ms',
    ],
    [
      'series',
      { type: 'series', match: ['a', '{b="c"}'], start: 1000, end: 2000 },
      'POST /api/v1/series',
      'start=1&end=2&match%5B%5D=a&match%5B%5D=%7Bb%3D%22c%22%7D',
    ],
    [
      'label values',
      { type: 'label_values', label: 'my label', match: ['a'], start: 1000, end: 2000 },
      'GET /api/v1/label/my%20label/values?start=1&end=2&match%5B%5D=a',
      '',
    ],
    [
      'metadata',
      { type: 'metadata', metric: 'up', limit: 3, limitPerMetric: 1 },
      'GET /api/v1/metadata?limit=3&metric=up&limit_per_metric=1',
      '',
    ],
  ])('%s', async (_, question, line, body) => {
    const request = await seen(question);
    expect(`${request.method} ${request.url}`).toBe(line);
    expect(request.body).toBe(body);
  });

  test.each<[string, Partial<RemoteOptions>, Record<string, string>]>([
    [
      'a user and password',
      { basic_auth: { username: 'ann', password: new Secret('s3cret') } },
      { authorization: `Basic ${Buffer.from('ann:s3cret').toString('base64')}` },
    ],
    [
      'a token',
      { authorization: { type: 'Bearer', credentials: new Secret('t0ken') } },
      { authorization: 'Bearer t0ken' },
    ],
    ['headers', { headers: { 'X-Scope-OrgID': new Secret('team') } }, { 'x-scope-orgid': 'team' }],
  ])('%s', async (_, more, want) => {
    expect((await seen(ONE, more)).headers).toMatchObject(want);
  });

  test('a path before /api/v1', async () => {
    expect((await seen(ONE, {}, '/prometheus')).url).toBe('/prometheus/api/v1/query');
  });
});

test('warnings, infos and a compressed answer', async () => {
  const url = await serve((_, response) => {
    const body = `{"status":"success","warnings":["w"],"infos":["i"],"data":{"a":"ö"}}`;
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(body));
  });
  const { data, warnings, infos } = await engineAt(url).answer(ONE);
  expect([text(data), warnings, infos]).toEqual(['{"a":"ö"}', ['w'], ['i']]);
});

test('an error that repeats the request is shown without its credentials', async () => {
  const url = await serve(({ headers }, response) => {
    const said = JSON.stringify(`denied: ${headers.authorization}, ${headers['x-key']}`);
    const { method } = response.req;
    json(
      response,
      method === 'GET' ? 200 : 403,
      method === 'GET'
        ? `{"status":"success","warnings":[${said}],"infos":[${said}],"data":[]}`
        : `{"status":"error","errorType":"internal","error":${said}}`,
    );
  });
  const basic_auth = { username: 'me', password: new Secret('zebra-password') };
  const engine = engineAt(url, { basic_auth, headers: { 'x-key': new Secret('zebra-key') } });
  const want = 'denied: Basic <secret>, <secret>';
  expect(await refusalOf(engine.answer(ONE))).toBe(`internal: ${want}`);
  const { warnings, infos } = await engine.answer({ type: 'metadata' });
  expect([warnings, infos]).toEqual([[want], [want]]);
});

test('a redirect is followed with the same request, without credentials when it leads to another host', async () => {
  const requests: [string | undefined, string, string | undefined][] = [];
  const note = async (request: IncomingMessage): Promise<void> => {
    requests.push([request.method, (await bodyOf(request)).slice(0, 15), request.headers.authorization]);
  };
  const there = await serve(async (request, response) => {
    await note(request);
    json(response, 200, success('1'));
  });
  const here = await serve(async (request, response) => {
    await note(request);
    const location = request.url === '/moved' ? `${there}/x` : '/moved';
    response.writeHead(307, { location }).end();
  });
  const token = { type: 'Bearer', credentials: new Secret('t0ken') };
  expect(text((await engineAt(here, { authorization: token }).answer(ONE)).data)).toBe('1');
  expect(requests).toEqual([
    ['POST', 'time=1700000000', 'Bearer t0ken'],
    ['POST', 'time=1700000000', 'Bearer t0ken'],
    ['POST', 'time=1700000000', undefined],
  ]);
});

test('a connection is reused, and replaced when it has died unnoticed', async () => {
  const sockets = new Set<Socket>();
  const url = await serve((request, response) => {
    sockets.add(request.socket);
    json(response, 200, success('1'));
  });
  const engine = engineAt(url);
  await engine.answer(ONE);
  await engine.answer(ONE);
  expect(sockets.size).toBe(1);
  for (const socket of sockets) socket.destroy();
  expect(text((await engine.answer(ONE)).data)).toBe('1');
  expect(sockets.size).toBe(2);
});

describe('TLS', () => {
  const ca_file = certificate.file;
  test.each<[string, RemoteOptions['tls_config'], string | undefined]>([
    ['an unknown CA', undefined, 'TLS: its certificate is self-signed; name its CA in tls_config.ca_file'],
    ['no verification', { insecure_skip_verify: true }, undefined],
    ['a known CA', { insecure_skip_verify: false, ca_file }, undefined],
    [
      'another name',
      { insecure_skip_verify: false, ca_file, server_name: 'prometheus.test' },
      'TLS: its certificate is for DNS:localhost, IP:127.0.0.1, not for prometheus.test; set tls_config.server_name',
    ],
  ])('%s', async (_, tls_config, want) => {
    const server = await listen((__, response) => json(response, 200, success('1')), certificate);
    undo.push(() => stop(server));
    const url = `https://127.0.0.1:${portOf(server)}`;
    const asked = engineAt(url, { tls_config }).answer(ONE);
    if (want === undefined) expect(text((await asked).data)).toBe('1');
    else expect(await refusalOf(asked)).toBe(`unavailable: query.url ${url}: ${want}`);
  });

  test('a certificate that is not there', () => {
    const tls_config = { insecure_skip_verify: false, ca_file: '/nowhere/ca.pem' };
    const make = () =>
      new RemoteEngine({ url: 'https://127.0.0.1', timeout: 1000, follow_redirects: true, tls_config });
    expect(make).toThrow('tls_config: cannot read /nowhere/ca.pem: no such file');
  });
});
