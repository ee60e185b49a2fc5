// Answers: the envelope around an engine's bytes, statuses, headers, compression, and clients that disconnect.

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import bcrypt from 'bcrypt';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CancelSignal } from '../../../src/concurrency/cancel-signal.js';
import { loadWebConfig } from '../../../src/http/web-config.js';
import { type ErrorType, QueryError } from '../../../src/query/engine.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { startMonitor, type TestMonitor } from '../monitor.js';
import { request, send } from '../wire.js';
import { answerOf, NotedStream, NotingEngine } from './engines.js';

const engine = new NotingEngine();
let monitor: TestMonitor;
beforeAll(async () => {
  monitor = await startMonitor({ query: engine });
});
afterAll(() => monitor[Symbol.asyncDispose]());
beforeEach(() => {
  engine.reply = async () => answerOf('[]');
  monitor.answered.length = 0;
});

const QUERY = '/api/v1/query?query=up';

describe('the envelope', () => {
  test.each<[name: string, data: string, notes: { warnings?: string[]; infos?: string[] }, text: string]>([
    ['data alone', '{"a":1}', {}, '{"status":"success","data":{"a":1}}'],
    [
      'warnings',
      '[]',
      { warnings: ['results truncated due to limit', 'a "b"'] },
      '{"status":"success","data":[],"warnings":["results truncated due to limit","a \\"b\\""]}',
    ],
    ['infos', '[]', { infos: ['x'] }, '{"status":"success","data":[],"infos":["x"]}'],
    [
      'both',
      'null',
      { warnings: ['w'], infos: ['i'] },
      '{"status":"success","data":null,"warnings":["w"],"infos":["i"]}',
    ],
    ['bytes that are not looked at', 'nonsense', {}, '{"status":"success","data":nonsense}'],
  ])('%s', async (_, data, notes, text) => {
    engine.reply = async () => answerOf(data, notes);
    const response = await fetch(monitor.url + QUERY);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect([response.status, await response.text()]).toEqual([200, text]);
    expect(response.headers.get('content-length')).toBe(String(text.length));
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(monitor.answered).toEqual(['/api/v1/query 200']);
  });

  test('data that is text', async () => {
    engine.reply = async () => ({ data: '{"a":1}', warnings: ['w'], infos: [] });
    const response = await fetch(monitor.url + QUERY);
    const text = '{"status":"success","data":{"a":1},"warnings":["w"]}';
    expect([response.status, await response.text()]).toEqual([200, text]);
    expect(response.headers.get('content-length')).toBe(String(text.length));
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  test('data that is text, zipped', async () => {
    const data = JSON.stringify('x'.repeat(2000));
    engine.reply = async () => ({ data, warnings: [], infos: [] });
    const response = await fetch(monitor.url + QUERY, { headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toBe(`{"status":"success","data":${data}}`);
  });

  // A target in absolute form finds its way through the router, the other one past it.
  test.each([
    ['GET', '/api/v1/query?query=up', []],
    ['GET', '/api/v1/query_range?query=up&start=1&end=2&step=1', ['origin: http://elsewhere.example']],
    ['GET', '/api/v1/query_range?query=up&start=2&end=1&step=1', []],
    ['GET', '/api/v1/labels', ['accept-encoding: gzip']],
    ['HEAD', '/api/v1/query?query=up', []],
    ['OPTIONS', '/api/v1/query', ['origin: http://elsewhere.example']],
    ['DELETE', '/api/v1/query', []],
  ] as const)('%s %s is the same whichever way it took', async (method, target, headers) => {
    engine.reply = async () => ({ data: '"text"', warnings: [], infos: [] });
    const past = await send(monitor.port, request(method, target, ...headers));
    const through = await send(monitor.port, request(method, `http://monitor${target}`, ...headers));
    const { date: _, ...own } = past.headers;
    const { date: __, ...other } = through.headers;
    expect({ ...past, headers: own }).toEqual({ ...through, headers: other });
    expect(monitor.answered.at(0)).toBe(monitor.answered.at(1));
  });

  test.each<[type: ErrorType, status: number]>([
    ['bad_data', 400],
    ['execution', 422],
    ['canceled', 499],
    ['timeout', 503],
    ['unavailable', 503],
    ['internal', 500],
    ['not_found', 404],
    ['not_acceptable', 406],
  ])('an error of type %s is %i', async (errorType, status) => {
    engine.reply = () => Promise.reject(new QueryError(errorType, 'a "reason"'));
    const response = await fetch(monitor.url + QUERY);
    expect([response.status, await response.json()]).toEqual([
      status,
      { status: 'error', errorType, error: 'a "reason"' },
    ]);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(monitor.answered).toEqual([`/api/v1/query ${status}`]);
  });

  test('an unexpected error is in the log only', async () => {
    engine.reply = () => Promise.reject(new Error('a detail of ours'));
    const response = await fetch(monitor.url + QUERY);
    expect([response.status, await response.json()]).toEqual([
      500,
      { status: 'error', errorType: 'internal', error: 'internal error; the log tells more' },
    ]);
    expect(monitor.logged.join()).toContain('a detail of ours');
  });
});

describe('paths and methods', () => {
  const long = 'x'.repeat(300);
  test.each<[method: string, path: string, status: number, error: string, allow?: string]>([
    ['GET', '/api/v1', 404, 'no such path /api/v1; see /docs'],
    ['GET', '/api/v1/', 404, 'no such path /api/v1/; see /docs'],
    ['GET', '/api/v1/nothing', 404, 'no such path /api/v1/nothing; see /docs'],
    ['GET', '/api/v1/query/x', 404, 'no such path /api/v1/query/x; see /docs'],
    ['GET', '/api/v1/Query', 404, 'no such path /api/v1/Query; see /docs'],
    ['GET', '/api/v1/label//values', 404, 'no such path /api/v1/label//values; see /docs'],
    ['GET', `/api/v1/${long}`, 404, `no such path /api/v1/${long.slice(0, 92)}...; see /docs`],
    [
      'DELETE',
      '/api/v1/series',
      405,
      '/api/v1/series takes GET, HEAD, POST, OPTIONS, not DELETE',
      'GET, HEAD, POST, OPTIONS',
    ],
    [
      'PUT',
      '/api/v1/query',
      405,
      '/api/v1/query takes GET, HEAD, POST, OPTIONS, not PUT',
      'GET, HEAD, POST, OPTIONS',
    ],
    [
      'POST',
      '/api/v1/label/job/values',
      405,
      '/api/v1/label/:name/values takes GET, HEAD, OPTIONS, not POST',
      'GET, HEAD, OPTIONS',
    ],
    [
      'POST',
      '/api/v1/targets',
      405,
      '/api/v1/targets takes GET, HEAD, OPTIONS, not POST',
      'GET, HEAD, OPTIONS',
    ],
  ])('%s %s is %i', async (method, path, status, error, allow) => {
    const answer = await send(monitor.port, request(method, path));
    const errorType = status === 404 ? 'not_found' : 'bad_data';
    expect([answer.status, JSON.parse(answer.body)]).toEqual([status, { status: 'error', errorType, error }]);
    expect(answer.headers.allow).toBe(allow);
    expect(answer.headers['content-type']).toBe('application/json');
  });

  test('a path that only begins like the API is unknown', async () => {
    const response = await fetch(`${monitor.url}/api/v10/query`);
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: 'no such path /api/v10/query; see /docs' },
    ]);
  });

  test('HEAD has no body', async () => {
    const answer = await send(monitor.port, request('HEAD', QUERY));
    expect([answer.status, answer.headers['content-length'], answer.body]).toEqual([200, '30', '']);
  });
});

describe('basic auth', () => {
  test('refuses an unknown user in the form of the API', async () => {
    const folder = makeFolder('api-auth');
    const file = join(folder, 'web.yml');
    writeFileSync(file, `basic_auth_users: { alice: ${bcrypt.hashSync('secret', 4)} }\n`);
    await using guarded = await startMonitor({ query: engine, web: loadWebConfig(file) });
    removeFolder(folder);
    const error = 'a user name and password are needed';
    const answers = [QUERY, '/stats'].map(async path => (await fetch(guarded.url + path)).json());
    expect(await Promise.all(answers)).toEqual([
      { status: 'error', errorType: 'bad_data', error },
      { error },
    ]);
    const headers = { authorization: `Basic ${Buffer.from('alice:secret').toString('base64')}` };
    expect((await fetch(guarded.url + QUERY, { headers })).status).toBe(200);
  });
});

describe('other origins', () => {
  const allowed = {
    'access-control-allow-headers': 'Accept, Authorization, Content-Type, Origin',
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'Date',
    vary: 'origin',
  };
  const origin = 'origin: http://a';
  test.each<[name: string, bytes: string, status: number, isAllowed: boolean]>([
    ['a page that asks', request('GET', QUERY, origin), 200, true],
    ['a page that asks beforehand', request('OPTIONS', QUERY, origin), 204, true],
    ['an error', request('GET', '/api/v1/nothing', origin), 404, true],
    ['no origin', request('GET', QUERY), 200, false],
    ['a path beside the API', request('GET', '/stats', origin), 200, false],
  ])('%s', async (_, bytes, status, isAllowed) => {
    const answer = await send(monitor.port, bytes);
    expect(answer.status).toBe(status);
    const found = Object.keys(allowed).map(name => [name, answer.headers[name]]);
    expect(Object.fromEntries(found)).toEqual(isAllowed ? allowed : {});
  });
});

describe('compression', () => {
  const wire = async (...headers: string[]) => {
    const response = await send(monitor.port, request('GET', QUERY, ...headers));
    return [response.headers['content-encoding'], response.headers.vary];
  };
  const BOTH = 'accept-encoding, origin';

  test.each<[name: string, length: number, headers: string[], want: unknown]>([
    ['a long answer', 1100, ['accept-encoding: gzip, deflate'], ['gzip', BOTH]],
    ['a long answer to a client that takes anything', 1100, ['accept-encoding: *'], ['gzip', BOTH]],
    ['a long answer to a client that takes none', 1100, ['accept-encoding: gzip;q=0'], [undefined, BOTH]],
    ['a long answer to a client that says nothing', 1100, [], [undefined, BOTH]],
    ['a short answer', 900, ['accept-encoding: gzip'], [undefined, undefined]],
  ])('%s', async (_, length, headers, want) => {
    engine.reply = async () => answerOf(JSON.stringify('x'.repeat(length)));
    expect(await wire(...headers)).toEqual(want);
  });

  test('decompresses to the answer', async () => {
    const text = JSON.stringify(Array.from({ length: 100_000 }, (_, i) => ({ i })));
    engine.reply = async () => answerOf(text, { warnings: ['w'] });
    const want = `{"status":"success","data":${text},"warnings":["w"]}`;
    const response = await fetch(monitor.url + QUERY, { headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toBe(want);
    const plain = await fetch(monitor.url + QUERY, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.headers.get('content-length')).toBe(String(want.length));
    expect(await plain.text()).toBe(want);
  });

  test('HEAD is answered without the compressed body', async () => {
    engine.reply = async () => answerOf(JSON.stringify('x'.repeat(5000)));
    const answer = await send(monitor.port, request('HEAD', QUERY, 'accept-encoding: gzip'));
    expect([answer.status, answer.body]).toEqual([200, '']);
  });

  test('is a gzip stream', async () => {
    engine.reply = async () => answerOf(JSON.stringify('x'.repeat(2000)));
    const chunks: Buffer[] = [];
    await new Promise<void>(resolve =>
      get(monitor.url + QUERY, { headers: { 'accept-encoding': 'gzip' } }, response =>
        response.on('data', chunk => chunks.push(chunk)).once('end', () => resolve()),
      ),
    );
    expect(JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()).data).toHaveLength(2000);
  });
});

describe('a streamed answer', () => {
  // More than sockets buffer, compressed too: repetitions are too far apart for gzip.
  const TEXTS = Array.from({ length: 10 }, (_, i) =>
    Array.from({ length: 20_000 }, (_, k) => ((i * 7919 + k) * 2654435761) % 1_000_000_007).join(' '),
  );
  const PIECES = Array.from({ length: 16 }, () => TEXTS).flat();
  const TEXT = `{"status":"success","data":${PIECES.join('')},"warnings":["w"]}`;
  const encodings = ['identity', 'gzip'];
  const stream = (breaksAt?: number): NotedStream => {
    const data = new NotedStream(PIECES, breaksAt);
    engine.reply = async () => answerOf(data, { warnings: ['w'] });
    return data;
  };
  const ask = (encoding: string) => fetch(monitor.url + QUERY, { headers: { 'accept-encoding': encoding } });

  test.each(encodings)('arrives whole (%s)', async encoding => {
    const data = stream();
    const response = await ask(encoding);
    expect(response.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null);
    expect(response.headers.get('content-length')).toBe(encoding === 'gzip' ? null : String(TEXT.length));
    expect((await response.text()) === TEXT).toBe(true);
    expect(data).toMatchObject({ asked: PIECES.length, isOver: true });
  });

  test.each(encodings.flatMap(encoding => [0, 1, 159].map((at): [string, number] => [encoding, at])))(
    'that breaks off is an error for the client (%s, chunk %i)',
    async (encoding, at) => {
      const data = stream(at);
      const answer = ask(encoding).then(response => response.text());
      await expect(answer).rejects.toThrow();
      expect(data).toMatchObject({ asked: at + 1, isOver: true });
    },
  );

  test.each(encodings)(
    'is read from the engine no faster than by the client, and closed when the client disconnects (%s)',
    async encoding => {
      const data = stream();
      const socket = connect(monitor.port, '127.0.0.1');
      socket.write(request('GET', QUERY, `accept-encoding: ${encoding}`));
      await once(socket, 'readable');
      // The sockets' buffers are full when no more chunks are requested.
      let asked = -1;
      while (asked !== data.asked) {
        asked = data.asked;
        await new Promise(resolve => setTimeout(resolve, 200));
      }
      expect(asked).toBeLessThan(PIECES.length);
      expect(data.isOver).toBe(false);
      socket.destroy();
      await vi.waitFor(() => expect(data.isOver).toBe(true), { timeout: 60_000 });
      expect(data.asked).toBeLessThan(PIECES.length);
    },
  );

  test('is not read for HEAD', async () => {
    const data = stream();
    const answer = await send(monitor.port, request('HEAD', QUERY));
    expect([answer.status, answer.headers['content-length'], answer.body]).toEqual([
      200,
      String(TEXT.length),
      '',
    ]);
    expect(data.asked).toBe(0);
  });
});

describe('a client that disconnects', () => {
  test.each<[name: string, init: RequestInit]>([
    ['GET', {}],
    ['POST', { method: 'POST', body: new URLSearchParams({ query: 'up' }) }],
  ])('cancels its query (%s)', async (_, init) => {
    const client = new AbortController();
    const statuses: boolean[] = [];
    const over = new Promise<void>(resolve => {
      engine.reply = async ({ signal }) => {
        statuses.push((signal as AbortSignal).aborted);
        client.abort();
        await once(signal as AbortSignal, 'abort');
        resolve();
        throw new QueryError('canceled', 'query was canceled in query execution');
      };
    });
    const response = fetch(monitor.url + QUERY, { ...init, signal: client.signal });
    await expect(response).rejects.toThrow('aborted');
    await over;
    await new Promise(resolve => setImmediate(resolve));
    expect(statuses).toEqual([false]);
    expect(monitor.answered).toEqual(['/api/v1/query 499']);
  });

  test('after its answer has no effect', async () => {
    let signal: CancelSignal | undefined;
    engine.reply = async options => {
      signal = options.signal;
      return answerOf('[]');
    };
    await (await fetch(monitor.url + QUERY)).text();
    expect(signal).toBeDefined();
    expect(monitor.answered).toEqual(['/api/v1/query 200']);
  });

  test('in the middle of its form has no effect on others', async () => {
    const head = request(
      'POST',
      '/api/v1/query',
      'content-type: application/x-www-form-urlencoded',
      'content-length: 99',
    );
    const gone = connect(monitor.port, '127.0.0.1');
    gone.write(`${head}query=`);
    await new Promise(resolve => gone.once('connect', resolve));
    gone.resetAndDestroy();
    expect((await fetch(monitor.url + QUERY)).status).toBe(200);
  });
});
