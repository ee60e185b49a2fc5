import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { result, startMonitor, type TestMonitor } from './monitor.js';
import { request, send, untilClosed } from './wire.js';

const LIMIT = 'limit: expected a whole number from 1 to 10000';
const MAX_AGE = 'max_age: expected a number of seconds from 0 to 86400';
const TIMESTAMP = 'expected a timestamp such as 2024-01-15T10:30:45.123456';

let monitor: TestMonitor;
beforeAll(async () => {
  monitor = await startMonitor();
  for (const { id } of monitor.cluster.services) monitor.feed(result(id));
});
afterAll(() => monitor[Symbol.asyncDispose]());

describe('bad parameters', () => {
  test.each([
    ['/history?limit=0', LIMIT],
    ['/history?limit=10001', LIMIT],
    ['/history?limit=-1', LIMIT],
    ['/history?limit=1.5', LIMIT],
    ['/history?limit=1e3', LIMIT],
    ['/history?limit=abc', LIMIT],
    ['/history?limit=', LIMIT],
    ['/history?limit=99999999999999999999', LIMIT],
    ['/history?limit=%zz', LIMIT],
    ['/history?limit=1&limit=2', LIMIT],
    ['/history?before=garbage', `before: ${TIMESTAMP}`],
    ['/history?after=2024-13-01', `after: ${TIMESTAMP}`],
    ['/history?after=2024-01-01&after=2024-01-02', 'after: expected one timestamp'],
    ['/history?limit=0&before=x', `${LIMIT}; before: ${TIMESTAMP}`],
    ['/cluster_health?max_age=-1', MAX_AGE],
    ['/cluster_health?max_age=NaN', MAX_AGE],
    ['/cluster_health?max_age=1e9', MAX_AGE],
    ['/cluster_health?max_age=1000000000', MAX_AGE],
    ['/cluster_health?max_age=86401', MAX_AGE],
    ['/cluster_health?max_age=', MAX_AGE],
    ['/cluster_health?max_age=1&max_age=2', MAX_AGE],
    ['/alerts?detail=yes', 'detail: expected true or false'],
    ['/alerts?detail=true&detail=true', 'detail: expected true or false'],
  ])('%s', async (path, error) => {
    const response = await fetch(monitor.url + path);
    expect([response.status, await response.json()]).toEqual([400, { error }]);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  test.each([
    '/history?limit=1',
    '/history?limit=10000',
    '/history?before=2024-01-15',
    '/history?before=2024-01-15T10:30:45Z',
    '/history?before=2024-01-15T10:30:45+01:00',
    '/history?after=2024-01-15T10:30:45%2B0100',
    '/history?__proto__=1&constructor=2',
    '/history?%zz',
    '/cluster_health?max_age=86400',
    '/cluster_health?max_age=0.000000001&max_age[]=3',
    '/alerts?detail=1',
  ])('%s is well', async path => {
    for (const { id } of monitor.cluster.services) monitor.feed(result(id, { at: monitor.clock.now() }));
    expect((await fetch(monitor.url + path)).status).toBe(200);
  });
});

describe('paths and methods', () => {
  const long = 'x'.repeat(300);
  test.each([
    ['GET', '/nothing', 404, 'no such path /nothing; see /docs', undefined],
    ['POST', '/nothing', 404, 'no such path /nothing; see /docs', undefined],
    ['GET', `/${long}`, 404, `no such path /${long.slice(0, 99)}...; see /docs`, undefined],
    ['GET', '//nothing', 404, 'no such path //nothing; see /docs', undefined],
    ['GET', '/%zz', 404, 'no such path /%zz; see /docs', undefined],
    ['GET', '/<script>', 404, 'no such path /<script>; see /docs', undefined],
    ['GET', '/Stats', 404, 'no such path /Stats; see /docs', undefined],
    ['GET', '/constructor', 404, 'no such path /constructor; see /docs', undefined],
    ['POST', '/cluster_health', 405, '/cluster_health takes GET, HEAD, not POST', 'GET, HEAD'],
    ['DELETE', '/history?limit=5', 405, '/history takes GET, HEAD, not DELETE', 'GET, HEAD'],
    ['OPTIONS', '/alerts', 405, '/alerts takes GET, HEAD, not OPTIONS', 'GET, HEAD'],
    ['GET', '/-/reload', 405, '/-/reload takes POST, not GET', 'POST'],
    ['PUT', '/-/reload', 405, '/-/reload takes POST, not PUT', 'POST'],
    ['POST', '/', 405, '/ takes GET, HEAD, not POST', 'GET, HEAD'],
  ])('%s %s is %i', async (method, path, status, error, allow) => {
    const answer = await send(monitor.port, request(method, path));
    expect([answer.status, JSON.parse(answer.body)]).toEqual([status, { error }]);
    expect(answer.headers.allow).toBe(allow);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  test.each([
    ['an absolute URL', request('GET', 'http://monitor/cluster_health')],
    ['an absolute URL of another host', request('GET', 'http://elsewhere.example/cluster_health')],
    [
      'a host that is not ours',
      request('GET', '/cluster_health').replace('host: monitor', 'host: elsewhere.example'),
    ],
    ['HTTP/1.0 without a host', 'GET /cluster_health HTTP/1.0\r\n\r\n'],
  ])('%s is answered', async (_, bytes) => {
    const answer = await send(monitor.port, bytes);
    expect([answer.status, JSON.parse(answer.body).overall_status]).toEqual([200, 'healthy']);
  });

  test.each([
    ['GET', '/docs/', '../docs'],
    ['GET', '/cluster_health/?max_age=5', '../cluster_health?max_age=5'],
    ['GET', '/-/healthy/', '../../-/healthy'],
    ['POST', '/-/reload/', '../../-/reload'],
    ['GET', '//health', '../health'],
    ['GET', '/stats//', '../../stats'],
    ['GET', '/-//healthy', '../../-/healthy'],
    ['GET', '/x/../health?a=1', '../../health?a=1'],
    ['GET', '/.//health/', '../../../health'],
    ['GET', '/api/v1/query/?query=1', '../../../api/v1/query?query=1'],
    ['POST', '//api/v1/query', '../../../api/v1/query'],
    ['GET', '/api/v1/label/job/values/', '../../../../../api/v1/label/job/values'],
    ['GET', '/api//v2/status', '../../../api/v2/status'],
  ])('%s %s is sent on', async (method, path, location) => {
    const answer = await send(monitor.port, request(method, path));
    expect([answer.status, answer.headers.location]).toEqual([308, location]);
  });

  test.each([
    '/%68ealth',
    '/h%65%61lth',
    '/%2D/healthy',
    '/api/v1/status/buildinfo?a=%41',
    '/api/v%31/status/buildinfo',
  ])('%s is answered as in Go', async path => {
    const answer = await send(monitor.port, request('GET', path));
    expect([answer.status, answer.headers.location]).toEqual([200, undefined]);
  });

  test.each(['/%2Fhealth', '//elsewhere.example/health', '//nothing', '/api/v1/nothing/', '/health%2F'])(
    '%s is no path',
    async path => {
      const answer = await send(monitor.port, request('GET', path));
      expect([answer.status, answer.headers.location]).toEqual([404, undefined]);
    },
  );

  test('a slash too many leads to the same answer', async () => {
    const response = await fetch(`${monitor.url}/alerts/?detail=true`);
    expect([response.status, new URL(response.url).pathname]).toEqual([200, '/alerts']);
  });

  test('an unexpected body is ignored', async () => {
    const answer = await send(
      monitor.port,
      `${request('GET', '/stats', 'content-length: 100000')}${'x'.repeat(100_000)}`,
    );
    expect(answer.status).toBe(200);
  });

  test('counts answers by endpoint, and those of unknown paths under one name', async () => {
    monitor.answered.length = 0;
    for (const path of ['/cluster_health', '/stats', '/history?limit=0', '/a', '/b']) {
      await (await fetch(monitor.url + path)).text();
    }
    expect(monitor.answered).toEqual([
      '/cluster_health 200',
      '/stats 200',
      '/history 400',
      'other 404',
      'other 404',
    ]);
  });
});

describe('broken HTTP', () => {
  const ERROR = { status: 'error', errorType: 'bad_data' };
  const HEAD = 'the request line and headers are larger than 1114112 bytes';
  const MALFORMED = 'malformed HTTP request';
  const CHUNKED = 'transfer-encoding: chunked';
  const tooLong = (bytes: number) => `the request target is larger than ${bytes} bytes`;
  test.each<[name: string, bytes: string, status: number, body: unknown]>([
    [
      'a long target of a page',
      request('GET', `/history?${'y'.repeat(20_000)}`),
      431,
      { error: tooLong(16_384) },
    ],
    [
      'a long target of /api/v1',
      request('GET', `/api/v1/labels?${'y'.repeat(1_048_570)}`),
      431,
      { ...ERROR, error: tooLong(1_048_576) },
    ],
    [
      'a long target of /api/v2',
      request('GET', `/api/v2/alerts?${'y'.repeat(1_048_570)}`),
      431,
      { code: 431, message: tooLong(1_048_576) },
    ],
    [
      'long headers at /api/v1',
      request('GET', '/api/v1/labels', `x: ${'y'.repeat(20_000)}`),
      431,
      { ...ERROR, error: 'the headers are larger than 16384 bytes' },
    ],
    [
      'more than is read, where the path came long before',
      request('GET', `/api/v1/labels?${'y'.repeat(2_000_000)}`),
      431,
      { ...ERROR, error: HEAD, code: 431, message: HEAD },
    ],
    ['a mistake at /api/v1', 'GET /api/v1/labels?a\nb HTTP/1.1\r\n\r\n', 400, { ...ERROR, error: MALFORMED }],
    ['a mistake at /api/v2', 'GET /api/v2/alerts HTTP/9.9\r\n\r\n', 400, { code: 400, message: MALFORMED }],
    [
      'a mistake in a body of /api/v1',
      `${request('POST', '/api/v1/query', CHUNKED, 'content-type: application/x-www-form-urlencoded')}zz\r\n`,
      400,
      { ...ERROR, error: MALFORMED },
    ],
    [
      'too large a body of /api/v2',
      `${request('POST', '/api/v2/silences', 'content-type: application/json', 'content-length: 99999999')}${'x'.repeat(3_000_000)}`,
      413,
      { code: 413, message: expect.stringMatching(/^the .* is larger than \d+ bytes$/) },
    ],
  ])('%s has the answer of its path', async (_, bytes, status, body) => {
    const answer = await send(monitor.port, bytes);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([status, body]);
    expect(answer.headers['content-length']).toBe(String(answer.body.length));
  });

  test.each(['/api/v1/format_query?query=1&x=', '/api/v2/alerts?x='])(
    '%s of a mebibyte is answered',
    async path => {
      const answer = await send(monitor.port, request('GET', path.padEnd(1024 * 1024, 'y')));
      expect(answer.status).toBe(200);
    },
  );

  test.each([
    ['a huge header', request('GET', '/stats', `x: ${'y'.repeat(20_000)}`), 431, 'larger than 16384 bytes'],
    ['two hosts', request('GET', '/stats', 'host: other'), 400, 'more than one Host header'],
    ['a huge path', request('GET', `/${'y'.repeat(20_000)}`), 431, 'larger than 16384 bytes'],
    ['no HTTP at all', 'hello\r\n\r\n', 400, 'malformed HTTP request'],
    [
      'two lengths',
      request('GET', '/', 'content-length: 1', 'content-length: 2'),
      400,
      'malformed HTTP request',
    ],
    [
      'a length and chunks',
      request('POST', '/', 'content-length: 1', 'transfer-encoding: chunked'),
      400,
      'malformed',
    ],
    ['a line feed in the path', 'GET /a\nb HTTP/1.1\r\n\r\n', 400, 'malformed HTTP request'],
  ])('%s', async (_, bytes, status, error) => {
    const answer = await send(monitor.port, bytes);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error).toContain(error);
    expect(answer.headers['content-length']).toBe(String(answer.body.length));
  });

  test('a request that does not arrive in time is answered 408, and delays no other', async () => {
    await using patient = await startMonitor({ requestTimeout: 200 });
    const slow = [
      'GET /stats HTTP/1.1\r\nhost: monitor\r\n',
      'GET /st',
      'POST /-/reload HTTP/1.1\r\nhost: m\r\ncontent-length: 9\r\n\r\nx',
    ].map(bytes => {
      const socket = connect(patient.port, '127.0.0.1');
      socket.write(bytes);
      return untilClosed(socket);
    });
    expect((await fetch(`${patient.url}/stats`)).status).toBe(200);
    const [headers, line, body] = await Promise.all(slow);
    expect(headers).toMatch(/^HTTP\/1\.1 408 .*"the request did not arrive in time"\}$/s);
    expect(line).toMatch(/^HTTP\/1\.1 408 /);
    // Answered before its body came, which is not waited for.
    expect(body).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('a client that disconnects has no effect on others', async () => {
    const gone = connect(monitor.port, '127.0.0.1');
    gone.write('GET /sta');
    await new Promise(resolve => gone.once('connect', resolve));
    gone.resetAndDestroy();
    expect((await fetch(`${monitor.url}/stats`)).status).toBe(200);
  });
});
