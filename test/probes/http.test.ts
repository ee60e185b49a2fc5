import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { schemaKit } from '../../src/config/schema-kit.js';
import type { Fault } from '../../src/demo/fault.js';
import { json } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { http } from '../../src/probes/kinds/http.js';
import { listen, portOf, stop } from '../support/http.js';
import { Checked } from './checks.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function closeAfter<T>(thing: T, close: (thing: T) => unknown): T {
  closing.push(() => close(thing));
  return thing;
}

async function simulated(
  fault: Fault,
  body: unknown = { status: 'healthy', memory_usage_percent: 45.2 },
): Promise<SimulatedServer> {
  const server = closeAfter(await startServer({ answer: () => json(body) }), each => each.close());
  await server.setFault(fault);
  return server;
}

const checked = (options: object, bounds?: { timeout?: number; slowAfter?: number }) =>
  closeAfter(new Checked(http, options, bounds), each => each.close());

const served = async (answer: RequestListener): Promise<Server> => closeAfter(await listen(answer), stop);

type Want = { status: string; error?: string | RegExp; reason?: string; statusCode?: number };

const FAULTS: [name: string, fault: Fault, options: object, want: Want][] = [
  ['a healthy service', { kind: 'ok' }, {}, { status: 'healthy', statusCode: 200 }],
  [
    'an answer over the threshold',
    { kind: 'slow', ms: 150 },
    {},
    { status: 'degraded', statusCode: 200, error: /^Slow: [\d.]+ s, threshold 0\.1 s$/ },
  ],
  [
    'a wrong status code',
    { kind: 'status', code: 503, body: 'no' },
    {},
    { status: 'unhealthy', reason: 'status', statusCode: 503, error: 'HTTP 503 (no)' },
  ],
  [
    'a model being loaded',
    {
      kind: 'status',
      code: 503,
      body: '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
    },
    {},
    { status: 'unhealthy', reason: 'status', statusCode: 503, error: 'HTTP 503 (Loading model)' },
  ],
  [
    'a wrong password',
    { kind: 'status', code: 401 },
    {},
    { status: 'unhealthy', reason: 'auth', statusCode: 401, error: 'HTTP 401' },
  ],
  [
    'a wanted 404',
    { kind: 'status', code: 404 },
    { valid_status_codes: [200, 404] },
    { status: 'healthy', statusCode: 404 },
  ],
  [
    'a server that never answers',
    { kind: 'hang' },
    {},
    { status: 'timeout', reason: 'timeout', error: 'Request timed out' },
  ],
  [
    'a closed port',
    { kind: 'refused' },
    {},
    { status: 'error', reason: 'refused', error: 'Connection refused' },
  ],
  [
    'a reset in the middle of the body',
    { kind: 'reset' },
    {},
    { status: 'error', reason: 'protocol', statusCode: 200, error: /^Connection (reset|closed)/ },
  ],
  [
    'an end in the middle of the body',
    { kind: 'truncated' },
    {},
    { status: 'error', reason: 'protocol', statusCode: 200, error: /closed|reset|Not an HTTP/ },
  ],
  [
    'something that is not HTTP',
    { kind: 'garbage', not: 'http' },
    {},
    { status: 'error', reason: 'protocol', error: /^Not an HTTP answer/ },
  ],
  [
    'a body that is not JSON, not asked for',
    { kind: 'garbage', not: 'json' },
    {},
    { status: 'healthy', statusCode: 200 },
  ],
  [
    'a body that is not JSON, with a condition',
    { kind: 'garbage', not: 'json' },
    { condition: { path: 'status', value: 'healthy' } },
    { status: 'unhealthy', reason: 'body', statusCode: 200, error: 'Condition failed: the body is not JSON' },
  ],
  [
    'a body over the limit that says so',
    { kind: 'big', bytes: 2 * 1024 * 1024 },
    {},
    {
      status: 'unhealthy',
      reason: 'body',
      statusCode: 200,
      error: 'Body is longer than 1048576 bytes (body_limit)',
    },
  ],
  [
    'a body over the limit that does not say so',
    { kind: 'big', bytes: 2 * 1024 * 1024, chunked: true },
    {},
    {
      status: 'unhealthy',
      reason: 'body',
      statusCode: 200,
      error: 'Body is longer than 1048576 bytes (body_limit)',
    },
  ],
  [
    'a larger body where that is allowed',
    { kind: 'big', bytes: 2 * 1024 * 1024 },
    { body_limit: 4194304 },
    { status: 'healthy', statusCode: 200 },
  ],
];

/** Short where they are reached; a busy machine reaches no others. */
const boundsFor = (status: string) => ({
  timeout: status === 'timeout' ? 400 : 20_000,
  slowAfter: status === 'degraded' ? 100 : 20_000,
});

describe('the kind http', () => {
  test.each(FAULTS)('%s', async (_, fault, options, want) => {
    const server = await simulated(fault);
    const outcome = await checked({ url: `${server.url}/health`, ...options }, boundsFor(want.status)).run();
    expect({ status: outcome.status, reason: outcome.reason, statusCode: outcome.statusCode }).toEqual({
      status: want.status,
      reason: want.reason,
      statusCode: want.statusCode,
    });
    if (want.error === undefined) expect(outcome.error).toBeUndefined();
    else expect(outcome.error).toMatch(want.error);
    expect(outcome.samples.get('probe_success')).toBe(want.reason ? 0 : 1);
    if (want.status === 'timeout') expect(outcome.responseTime).toBe(0.4);
  });

  test.each(FAULTS)('%s on a kept connection', async (_, fault, options, want) => {
    const server = await simulated({ kind: 'ok' });
    const service = checked({ url: `${server.url}/health`, ...options }, boundsFor(want.status));
    await service.run();
    await server.setFault(fault);
    const outcome = await service.run();
    expect({ status: outcome.status, reason: outcome.reason }).toEqual({
      status: want.status,
      reason: want.reason,
    });
    await server.setFault({ kind: 'ok' });
    expect(await service.run()).toMatchObject({ responseTime: expect.any(Number), statusCode: 200 });
  });

  test('keeps its connection, and measures what happened only where it happened', async () => {
    const server = await simulated({ kind: 'ok' });
    const service = checked({ url: `${server.url}/health` });
    const first = await service.run();
    const second = await service.run();
    const phase = (name: string) => `probe_http_duration_seconds{phase="${name}"}`;
    expect(server.connections).toBe(1);
    expect([...first.samples.keys()]).toEqual(
      expect.arrayContaining([phase('connect'), phase('processing'), phase('transfer')]),
    );
    expect(second.samples.has(phase('connect'))).toBe(false);
    expect(second.samples.has(phase('tls'))).toBe(false);
    expect(second.samples.get(phase('processing'))).toBeGreaterThan(0);
    expect(second.samples.get('probe_http_json_value{field="memory_usage_percent"}')).toBe(45.2);
    expect(second.data).toBe('{"status":"healthy","memory_usage_percent":45.2}');
  });

  test('asks again over a fresh connection when a kept one had died unnoticed, and only then', async () => {
    let seen = 0;
    const server = await served((request, response) => {
      // The second request on a connection finds it closed, as after a server's own keep-alive time.
      if (++seen === 2) request.socket.destroy();
      else response.end('{}');
    });
    const service = checked({ url: `http://127.0.0.1:${portOf(server)}/` });
    expect((await service.run()).status).toBe('healthy');
    expect((await service.run()).status).toBe('healthy');
    expect(seen).toBe(3);
  });

  test('does not try again where the first request of a connection is dropped', async () => {
    let seen = 0;
    const server = await served(request => {
      seen++;
      request.socket.destroy();
    });
    const outcome = await checked({ url: `http://127.0.0.1:${portOf(server)}/` }).run();
    expect(outcome).toMatchObject({ status: 'error', reason: 'protocol' });
    expect(seen).toBe(1);
  });

  test('sends method, headers and credentials, and no credentials to a stranger it is redirected to', async () => {
    const requests: { who: string; method: string | undefined; headers: IncomingHttpHeaders }[] = [];
    const stranger = await served((request, response) => {
      requests.push({ who: 'stranger', method: request.method, headers: request.headers });
      response.end('{}');
    });
    const server = await served((request, response) => {
      requests.push({ who: 'server', method: request.method, headers: request.headers });
      if (request.url === '/health') response.writeHead(302, { location: '/next' }).end();
      else response.writeHead(307, { location: `http://127.0.0.1:${portOf(stranger)}/` }).end();
    });
    const outcome = await checked({
      url: `http://127.0.0.1:${portOf(server)}/health`,
      basic_auth: { username: 'me', password: 'pass' },
      headers: { 'X-Tenant': 'a', Accept: 'application/json' },
    }).run();
    expect(outcome.status).toBe('healthy');
    const basic = `Basic ${Buffer.from('me:pass').toString('base64')}`;
    expect(requests.map(each => [each.who, each.headers.authorization, each.headers['x-tenant']])).toEqual([
      ['server', basic, 'a'],
      ['server', basic, 'a'],
      ['stranger', undefined, undefined],
    ]);
    expect(requests[0]?.headers.accept).toBe('application/json');
    expect(outcome.samples.get('probe_http_redirects')).toBe(2);
  });

  test.each([
    ['a bearer token', { authorization: { credentials: 'tok' } }, 'Bearer tok'],
    ['another scheme', { authorization: { type: 'Token', credentials: 'tok' } }, 'Token tok'],
  ])('%s', async (_, options, want) => {
    let got: string | undefined;
    const server = await served((request, response) => {
      got = request.headers.authorization;
      response.end('{}');
    });
    await checked({ url: `http://127.0.0.1:${portOf(server)}/`, ...options }).run();
    expect(got).toBe(want);
  });

  test.each([
    ['redirects not followed show themselves', { follow_redirects: false }, 'HTTP 302 (redirects to /)'],
    ['a circle of redirects ends', {}, 'More than 10 redirects'],
  ])('%s', async (_, options, error) => {
    const server = await served((_request, response) => response.writeHead(302, { location: '/' }).end());
    const outcome = await checked({ url: `http://127.0.0.1:${portOf(server)}/`, ...options }).run();
    expect(outcome.error).toBe(error);
  });

  test.each([
    ['equal', { path: 'a.b', value: 'x' }, undefined],
    ['a number against a text', { path: 'n', value: '3' }, undefined],
    ['unequal', { path: 'a.b', value: 'y' }, 'Condition failed: a.b is "x", wanted == "y"'],
    ['not equal', { path: 'a.b', operator: '!=', value: 'x' }, 'Condition failed: a.b is "x", wanted != "x"'],
    ['less', { path: 'n', operator: '<', value: 4 }, undefined],
    ['not less', { path: 'n', operator: '<', value: 3 }, 'Condition failed: n is 3, wanted < 3'],
    ['at least', { path: 'n', operator: '>=', value: 3 }, undefined],
    [
      'null is no number',
      { path: 'none', operator: '<', value: 4 },
      'Condition failed: none is null, which is not a number, wanted < 4',
    ],
    [
      'an empty text is no number',
      { path: 'empty', operator: '<=', value: 0 },
      'Condition failed: empty is "", which is not a number, wanted <= 0',
    ],
    [
      'a list is no number',
      { path: 'list', operator: '<', value: 4 },
      'Condition failed: list is ["a","b"], which is not a number, wanted < 4',
    ],
    ['a boolean is 0 or 1', { path: 'yes', operator: '>', value: 0 }, undefined],
    [
      'an object contains nothing',
      { path: 'a', operator: 'contains', value: 'object' },
      'Condition failed: a is {"b":"x"}, which is no text or list, wanted contains "object"',
    ],
    ['a list that contains', { path: 'list', operator: 'contains', value: 'b' }, undefined],
    ['an index', { path: 'list.1', value: 'b' }, undefined],
    ['a missing field', { path: 'a.c', operator: 'exists' }, 'Condition failed: a.c is missing'],
    [
      'an inherited name',
      { path: 'constructor', operator: 'exists' },
      'Condition failed: constructor is missing',
    ],
    [
      'several, one unmet',
      [
        { path: 'n', value: 3 },
        { path: 'n', value: 4 },
      ],
      'Condition failed: n is 3, wanted == 4',
    ],
  ])('condition: %s', async (_, condition, error) => {
    const server = await simulated(
      { kind: 'ok' },
      { a: { b: 'x' }, n: 3, list: ['a', 'b'], none: null, empty: '', yes: true },
    );
    expect((await checked({ url: server.url, condition }).run()).error).toBe(error);
  });

  test.each([
    [
      'one',
      { path: 'a', operator: '=' },
      [['condition.operator', 'expected one of == != < <= > >= contains exists']],
    ],
    [
      'a list',
      [{ path: 'a', value: 1 }, { path: 'a..b', value: 1 }, 'x'],
      [
        ['condition.1.path', expect.stringContaining('".." is not supported')],
        ['condition.2', expect.stringContaining('path, operator, value')],
      ],
    ],
    [
      'an order of words',
      [{ path: 'a', operator: '<', value: 'high' }],
      [['condition.0.value', 'expected a number: <, <=, > and >= compare numbers']],
    ],
  ])('names the mistakes of conditions by their place: %s', (_, condition, want) => {
    const { error } = http.options(schemaKit).safeParse({ url: 'http://127.0.0.1/', condition });
    expect(error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual(want);
  });

  test('leaves a body out of the data that would exhaust the stack of a reader', async () => {
    const deep = '['.repeat(30_000) + ']'.repeat(30_000);
    const server = await served((_, response) => response.end(deep));
    const url = `http://127.0.0.1:${portOf(server)}/`;
    expect(await checked({ url }).run()).toMatchObject({ status: 'healthy', data: undefined });
    const condition = { path: '$', value: 1 };
    expect((await checked({ url, condition }).run()).error).toBe(
      'Condition failed: $ is a deeply nested value, wanted == 1',
    );
  });

  test('bounds how many numbers of a body become series', async () => {
    const body = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`n${i}`, i]));
    const server = await simulated({ kind: 'ok' }, body);
    const { samples } = await checked({ url: server.url, json_values: 7 }).run();
    expect([...samples.keys()].filter(name => name.startsWith('probe_http_json_value'))).toHaveLength(7);
  });

  test('leaves a body over 64 KiB out of the data', async () => {
    const server = await simulated({ kind: 'ok' }, { text: 'x'.repeat(70_000) });
    const outcome = await checked({ url: server.url }).run();
    expect(outcome).toMatchObject({ status: 'healthy', data: undefined });
  });

  test('says which name was not found', async () => {
    const outcome = await checked({ url: 'http://nowhere.invalid/' }).run();
    expect(outcome).toMatchObject({
      status: 'error',
      reason: 'dns',
      error: 'DNS: no such name nowhere.invalid',
    });
  });

  test('lets go of a hung request at the deadline', async () => {
    const sockets = new Set<unknown>();
    const server = createServer(() => {});
    server.on('connection', socket => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => stop(server));
    const service = checked({ url: `http://127.0.0.1:${portOf(server)}/` }, { timeout: 100 });
    expect((await service.run()).status).toBe('timeout');
    await expect.poll(() => sockets.size).toBe(0);
    expect(service.connections.open).toBe(0);
  });
});
