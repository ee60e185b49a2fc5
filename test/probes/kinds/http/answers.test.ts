// What a health URL answers beside plain JSON and 200, and what is said of it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { schemaKit } from '../../../../src/config/schema-kit.js';
import { type HttpOptions, http } from '../../../../src/probes/kinds/http.js';
import { listen, portOf, stop } from '../../../support/http.js';
import { Bench, type Run, run, verdict } from '../recording.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

async function served(serve: Serve): Promise<string> {
  const server = await listen(serve);
  closing.push(() => stop(server));
  return `http://127.0.0.1:${portOf(server)}`;
}

async function ask(serve: Serve, config: object = {}): Promise<Run> {
  const bench = new Bench();
  closing.push(() => bench.close());
  return run(await bench.open(http, { url: `${await served(serve)}/health`, ...config }));
}

const answer =
  (status: number, body: string | Buffer, headers: Record<string, string> = {}): Serve =>
  (_, response) =>
    response.writeHead(status, headers).end(body);
const JSON_TYPE = { 'content-type': 'application/json' };
const HTML = { 'content-type': 'text/html; charset=utf-8' };

describe('the words of a server that fails', () => {
  const json = (value: unknown, status = 503) => answer(status, JSON.stringify(value), JSON_TYPE);
  const cases: readonly [name: string, serve: Serve, want: string][] = [
    ['Ollama', json({ error: "model 'x' not found" }, 404), "HTTP 404 (model 'x' not found)"],
    [
      'OpenAI',
      json({ error: { message: 'The engine is overloaded', type: 'server_error', param: null } }),
      'HTTP 503 (The engine is overloaded)',
    ],
    ['vLLM', json({ object: 'error', message: 'bad thing', type: 'X', code: 40001 }), 'HTTP 503 (bad thing)'],
    [
      'text-embeddings-inference',
      json({ error: 'unhealthy', error_type: 'unhealthy' }),
      'HTTP 503 (unhealthy)',
    ],
    ['an older llama.cpp', json({ status: 'loading model' }), 'HTTP 503 (loading model)'],
    ['FastAPI', json({ detail: 'redis connection lost' }), 'HTTP 503 (redis connection lost)'],
    [
      'FastAPI, of a request',
      json(
        {
          detail: [
            { loc: ['body', 'model'], msg: 'Field required', type: 'missing' },
            { loc: ['query', 'n'], msg: 'Not a number' },
          ],
        },
        422,
      ),
      'HTTP 422 (body.model: Field required; query.n: Not a number)',
    ],
    [
      'FastAPI, an object',
      json({ detail: { code: 'E1', message: 'queue is full' } }),
      'HTTP 503 (queue is full)',
    ],
    ['FastAPI, a pair', json([{ detail: 'no database' }, 503], 500), 'HTTP 500 (no database)'],
    [
      'problem details',
      answer(503, '{"type":"about:blank","title":"Database down","status":503,"detail":"primary lost"}', {
        'content-type': 'application/problem+json',
      }),
      'HTTP 503 (Database down: primary lost)',
    ],
    [
      'Spring Boot',
      json({ timestamp: 'x', status: 500, error: 'Internal Server Error', message: 'pool exhausted' }, 500),
      'HTTP 500 (Internal Server Error: pool exhausted)',
    ],
    [
      'OAuth',
      json({ error: 'invalid_token', error_description: 'it has expired' }, 401),
      'HTTP 401 (invalid_token: it has expired)',
    ],
    ['JSON:API', json({ errors: [{ title: 'A', detail: 'b' }, { message: 'c' }] }), 'HTTP 503 (A: b; c)'],
    ['a flag and a message', json({ error: true, message: 'out of memory' }), 'HTTP 503 (out of memory)'],
    ['AWS Lambda', json({ errorMessage: 'out of memory', errorType: 'E' }), 'HTTP 503 (out of memory)'],
    ['Werkzeug', json({ code: 418, name: 'x', description: 'a teapot' }, 418), 'HTTP 418 (a teapot)'],
    [
      'Spring Boot, its parts',
      json({
        status: 'DOWN',
        components: {
          db: { status: 'DOWN', details: { error: 'pool exhausted' } },
          disk: { status: 'UP', details: { error: 'none' } },
          redis: { status: 'OUT_OF_SERVICE' },
        },
      }),
      'HTTP 503 (DOWN: db (pool exhausted), redis)',
    ],
    [
      'MicroProfile Health',
      json({ status: 'DOWN', checks: [{ name: 'db', status: 'DOWN', data: { error: 'no route' } }] }),
      'HTTP 503 (DOWN: db (no route))',
    ],
    [
      'health+json',
      json({ status: 'fail', checks: { 'db:time': [{ status: 'fail', output: 'took 3 s' }] } }),
      'HTTP 503 (fail: db:time (took 3 s))',
    ],
    [
      'ASP.NET, and more parts than are shown',
      json({
        status: 'Unhealthy',
        entries: { a: { status: 'Unhealthy', description: 'x' }, b: false, c: 'no', d: 'no' },
      }),
      'HTTP 503 (Unhealthy: a (x), b, c and 1 more)',
    ],
    ['parts that are well', json({ status: 'error', checks: { db: 'ok', cache: true } }), 'HTTP 503 (error)'],
    [
      'a stream of events',
      answer(500, 'event: error\ndata: {"error":{"message":"out of memory"}}\n\ndata: [DONE]\n\n', {
        'content-type': 'text/event-stream',
      }),
      'HTTP 500 (out of memory)',
    ],
    ['a status that says it is well', json({ status: 'ok' }), 'HTTP 503'],
    ['a JSON text', json('not ready'), 'HTTP 503 (not ready)'],
    ['a number', json({ error: 42 }), 'HTTP 503 (error 42)'],
    ['a number in an object', json({ error: { code: 5 } }), 'HTTP 503 (code 5)'],
    [
      'a list of numbered errors',
      json([{ errors: [{ code: 5 }, { code: 6 }] }]),
      'HTTP 503 (code 5; code 6)',
    ],
    ['the status code as a number', json({ error: { code: 503, status: null } }), 'HTTP 503'],
    ['no error, as a number', json({ error: 0, code: 0 }), 'HTTP 503'],
    ['a flag alone', json({ error: true }), 'HTTP 503'],
    ['a flag in a list', json([true, [null, [42]]]), 'HTTP 503'],
    ['JSON that says nothing', json({ error: null, ok: false, took: 3 }), 'HTTP 503'],
    [
      'plain text',
      answer(503, 'model still loading\n', { 'content-type': 'text/plain' }),
      'HTTP 503 (model still loading)',
    ],
    ['text without a type', answer(500, 'Traceback:\r\n\tboom\u001b[31m'), 'HTTP 500 (Traceback: boom [31m)'],
    ['what the status says already', answer(503, '503 Service Unavailable'), 'HTTP 503'],
    [
      'a page',
      answer(502, '<html><head><title>502 Bad Gateway &amp; more</title></head><body>x</body></html>', HTML),
      'HTTP 502 (Bad Gateway & more)',
    ],
    [
      "HAProxy's page",
      answer(
        503,
        '<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n',
        HTML,
      ),
      'HTTP 503 (No server is available to handle this request.)',
    ],
    [
      "nginx' page",
      answer(
        502,
        '<html>\r\n<head><title>502 Bad Gateway</title><style>h1{}</style></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center><!-- padding -->\r\n</body>\r\n</html>',
        HTML,
      ),
      'HTTP 502 (nginx/1.22.1)',
    ],
    [
      'XML with a message',
      answer(
        403,
        '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code><Message>Not &quot;yours&quot;</Message></Error>',
        {
          'content-type': 'application/xml',
        },
      ),
      'HTTP 403 (Not "yours")',
    ],
    [
      'XML without one',
      answer(500, '<health><db>down</db><disk>full</disk></health>', { 'content-type': 'text/xml' }),
      'HTTP 500 (down full)',
    ],
    ['a redirect to nowhere', answer(302, ''), 'HTTP 302 (redirects without a Location)'],
    [
      'a token that is refused',
      answer(401, '', {
        'www-authenticate':
          'Bearer realm="api", error="invalid_token", error_description="The token expired"',
      }),
      'HTTP 401 (The token expired)',
    ],
    ['a password that is wanted', answer(401, '', { 'www-authenticate': 'Basic realm="api"' }), 'HTTP 401'],
    [
      'a page without a title',
      answer(500, '<!DOCTYPE html><h1>It <b>broke</b></h1>', HTML),
      'HTTP 500 (It broke)',
    ],
    [
      'bytes',
      answer(500, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1]), { 'content-type': 'image/png' }),
      'HTTP 500',
    ],
    [
      'a compressed answer',
      answer(503, gzipSync('{"error":"packed"}'), { ...JSON_TYPE, 'content-encoding': 'gzip' }),
      'HTTP 503 (packed)',
    ],
    ['a long story', json({ error: 'word '.repeat(100) }), `HTTP 503 (${'word '.repeat(39)}word…)`],
    [
      'a list without end',
      json({ detail: Array.from({ length: 9 }, () => 'x') }),
      'HTTP 503 (x; x; x; and 6 more)',
    ],
    ['a body of nested lists', json(JSON.parse(`${'['.repeat(500)}"deep"${']'.repeat(500)}`)), 'HTTP 503'],
    [
      'a redirect that is not followed',
      answer(302, '', { location: '/login?next=%2Fhealth&token=abc' }),
      'HTTP 302 (redirects to /login)',
    ],
  ];
  test.each(cases)('%s', async (_, serve, want) => {
    const ran = await ask(serve, { follow_redirects: false });
    expect(ran.failure?.message).toBe(want);
  });

  test('what is secret is not repeated', async () => {
    const words = [
      'key my-t0ken refused',
      `pair ${Buffer.from('me:a-Secret').toString('base64')}`,
      'header tenant-key-1',
      'query from-the-url',
      'connecting to postgres://app:hunter2@db.internal:5432/x',
      'api_key=0123456789 password: hunter2',
      'Incorrect API key provided: sk-abcdef***ghij',
      'Authorization: Bearer 0a1b2c3d4e5f',
    ];
    for (const said of words) {
      const ran = await ask(answer(401, JSON.stringify({ error: said, echo: said })), {
        url: `${await served(answer(401, JSON.stringify({ error: said, echo: said })))}/?token=from-the-url`,
        headers: { 'X-Api-Key': 'tenant-key-1', 'X-Tenant': 'key' },
        ...(said.startsWith('pair')
          ? { basic_auth: { username: 'me', password: 'a-Secret' } }
          : { authorization: { credentials: 'my-t0ken' } }),
      });
      expect(ran.failure?.message).toContain('<secret>');
      expect(ran.failure?.message).not.toMatch(
        /my-t0ken|bWU6|tenant-key-1|from-the-url|hunter2|0123456789|abcdef|0a1b/,
      );
      expect(ran.attempt.data).not.toMatch(/my-t0ken|bWU6|tenant-key-1|from-the-url/);
      // A header that is no secret is a word like any other.
      if (said.startsWith('key')) expect(ran.failure?.message).toBe('HTTP 401 (key <secret> refused)');
    }
  });

  test('prose about keys is left as it is', async () => {
    const said = 'Token expired; basic authentication required, api key missing; token: none given';
    expect((await ask(answer(403, said))).failure?.message).toBe(`HTTP 403 (${said})`);
  });
});

describe('words in another encoding than UTF-8', () => {
  const latin = Buffer.from('d\xe9faut d\x27acc\xe8s', 'latin1');
  const page = Buffer.from('<html><meta charset="iso-8859-1"><title>Acc\xe8s refus\xe9</title>', 'latin1');
  test.each<[name: string, body: Buffer, type: string, want: string]>([
    ['its type names it', latin, 'text/plain; charset=ISO-8859-1', "HTTP 500 (défaut d'accès)"],
    ['in quotes', latin, 'text/plain; charset="latin1"', "HTTP 500 (défaut d'accès)"],
    ['the page names it', page, 'text/html', 'HTTP 500 (Accès refusé)'],
    [
      'of two bytes',
      Buffer.from([0x83, 0x47, 0x83, 0x89, 0x81, 0x5b]),
      'text/plain;charset=Shift_JIS',
      'HTTP 500 (エラー)',
    ],
    ['one that does not exist', Buffer.from('été'), 'text/plain; charset=utf8mb4', 'HTTP 500 (été)'],
  ])('%s', async (_, body, type, want) => {
    expect((await ask(answer(500, body, { 'content-type': type }))).failure?.message).toBe(want);
  });
});

describe('JSON as it comes', () => {
  const condition = { path: 'status', value: 'ok' };
  const good = '{"status":"ok"}';
  const cases: readonly [
    name: string,
    serve: Serve,
    condition: object | undefined,
    want: string,
    data?: string,
  ][] = [
    ['a text', answer(200, '"healthy"', JSON_TYPE), { path: '$', value: 'healthy' }, 'ok', '"healthy"'],
    ['a number', answer(200, ' 7\n', JSON_TYPE), { path: '$', operator: '>', value: 6 }, 'ok', ' 7\n'],
    ['a boolean', answer(200, 'true', JSON_TYPE), { path: '$', value: true }, 'ok', 'true'],
    ['null', answer(200, 'null', JSON_TYPE), { path: '$', value: null }, 'ok', 'null'],
    ['a byte order mark', answer(200, `\ufeff${good}`, JSON_TYPE), condition, 'ok', good],
    ['gzip', answer(200, gzipSync(good), { 'content-encoding': 'gzip' }), condition, 'ok', good],
    ['x-gzip', answer(200, gzipSync(good), { 'content-encoding': 'X-GZIP' }), condition, 'ok', good],
    ['deflate', answer(200, deflateSync(good), { 'content-encoding': 'deflate' }), condition, 'ok', good],
    [
      'deflate without a header',
      answer(200, deflateRawSync(good), { 'content-encoding': 'deflate' }),
      condition,
      'ok',
      good,
    ],
    ['br', answer(200, brotliCompressSync(good), { 'content-encoding': 'br' }), condition, 'ok', good],
    [
      'one in another',
      answer(200, gzipSync(deflateSync(good)), { 'content-encoding': 'deflate, gzip' }),
      condition,
      'ok',
      good,
    ],
    ['identity', answer(200, good, { 'content-encoding': 'identity' }), condition, 'ok', good],
    [
      'zstd',
      answer(200, 'x', { 'content-encoding': 'zstd' }),
      condition,
      'body: Condition failed: the body is compressed (zstd), which was not asked for and is not decoded',
    ],
    [
      'what is not gzip',
      answer(200, 'gzip?', { 'content-encoding': 'gzip' }),
      condition,
      'body: Condition failed: the body is compressed (broken gzip), which was not asked for and is not decoded',
    ],
    [
      'a bomb',
      answer(200, gzipSync(Buffer.alloc(3_000_000)), { 'content-encoding': 'gzip' }),
      undefined,
      'body: Body is longer than 1048576 bytes when unpacked (body_limit)',
    ],
    [
      'NaN',
      answer(200, '{"status":"ok","a":"NaN","util":NaN}', JSON_TYPE),
      condition,
      'body: Condition failed: the body is not JSON: it holds NaN, which JSON has no number for',
    ],
    [
      '-Infinity',
      answer(200, '[-Infinity]', JSON_TYPE),
      condition,
      'body: Condition failed: the body is not JSON: it holds -Infinity, which JSON has no number for',
    ],
    [
      'UTF-16',
      answer(200, Buffer.from(`\ufeff${good}`, 'utf16le'), JSON_TYPE),
      condition,
      'body: Condition failed: the body is UTF-16; JSON is UTF-8',
    ],
    [
      'UTF-16 without a mark',
      answer(200, Buffer.from(good, 'utf16le').swap16(), JSON_TYPE),
      condition,
      'body: Condition failed: the body is UTF-16; JSON is UTF-8',
    ],
    ['nothing', answer(200, ''), condition, 'body: Condition failed: the body is empty'],
    [
      'a page',
      answer(200, '<html><title>Sign in</title>', HTML),
      condition,
      'body: Condition failed: the body is HTML (Sign in), not JSON',
    ],
    ['a word', answer(200, 'OK'), condition, 'body: Condition failed: the body is not JSON'],
    ['a word, with no condition', answer(200, 'OK'), undefined, 'ok'],
    [
      'a pair',
      answer(200, '[{"status":"DOWN"},503]'),
      condition,
      'body: Condition failed: status is missing: the body is a list; write $[0].status',
    ],
    [
      'a list',
      answer(200, '[1]'),
      condition,
      'body: Condition failed: status is missing: the body is a list',
    ],
    [
      'a number that is a text',
      answer(200, '{"status":"45.2%"}'),
      { path: 'status', operator: '<', value: 80 },
      'body: Condition failed: status is "45.2%", which is not a number, wanted < 80',
    ],
  ];
  test.each(cases)('%s', async (_, serve, wanted, want, data) => {
    const ran = await ask(serve, wanted ? { condition: wanted } : {});
    expect(verdict(ran)).toBe(want);
    if (data !== undefined) expect(ran.attempt.data).toBe(data);
  });

  test('the length is that of the body unpacked, as blackbox_exporter has it', async () => {
    const packed = gzipSync(good);
    const { attempt } = await ask(
      answer(200, packed, { 'content-encoding': 'gzip', 'content-length': String(packed.length) }),
    );
    expect(attempt.value('probe_http_uncompressed_body_length')).toBe(good.length);
    expect(attempt.value('probe_http_content_length')).toBe(packed.length);
  });

  test('a path that /metrics shows is a path of a condition', async () => {
    const body = '{"models":{"llama3.2:3b":{"queue":3}},"a.b":1,"c d":true}';
    const { attempt } = await ask(answer(200, body));
    const paths = [...attempt.measuredSamples].flatMap(([name, value]) => {
      const label = /^probe_http_json_value\{field=(".*")\}$/.exec(name)?.[1];
      return label ? [{ path: JSON.parse(label) as string, value }] : [];
    });
    expect(paths.map(({ path }) => path)).toEqual(["models['llama3.2:3b'].queue", "$['a.b']", "$['c d']"]);
    const conditions = paths.map(({ path, value }) => ({ path, operator: '>=', value }));
    expect(verdict(await ask(answer(200, body), { condition: conditions }))).toBe('ok');
  });
});

describe('HEAD', () => {
  test('is not judged by a body that does not come', async () => {
    const ran = await ask(
      (_, response) => response.writeHead(200, { 'content-length': '4700000000' }).end(),
      {
        method: 'HEAD',
      },
    );
    expect(verdict(ran)).toBe('ok');
    expect(ran.attempt.value('probe_http_content_length')).toBe(4_700_000_000);
    expect(ran.attempt.value('probe_http_uncompressed_body_length')).toBe(0);
  });

  test.each([{ condition: { path: 'a', value: 1 } }, { fail_if_body_matches_regexp: ['x'] }])(
    'with %j',
    config => {
      const options = http.options(schemaKit).parse({ url: 'http://127.0.0.1/', method: 'HEAD', ...config });
      expect(http.check?.(options as HttpOptions)).toBe(
        'a HEAD is answered without a body; condition and fail_if_body_... need method GET',
      );
    },
  );
});

describe('regular expressions on a body', () => {
  const cases: readonly [name: string, config: object, want: string, failed: number][] = [
    ['none', {}, 'ok', 0],
    ['an unwanted one does not match', { fail_if_body_matches_regexp: ['ERROR', '^x'] }, 'ok', 0],
    [
      'an unwanted one matches',
      { fail_if_body_matches_regexp: ['x', '(?i)ERROR'] },
      'body: Body matches "(?i)ERROR"',
      1,
    ],
    ['a wanted one matches', { fail_if_body_not_matches_regexp: 'queue=\\d+' }, 'ok', 0],
    [
      'a wanted one does not',
      { fail_if_body_not_matches_regexp: ['queue', '^all well$'] },
      'body: Body does not match "^all well$"',
      1,
    ],
    [
      'a wrong status comes first',
      { fail_if_body_matches_regexp: ['error'], valid_status_codes: [204] },
      'status: HTTP 200 (queue=3 error)',
      0,
    ],
  ];
  test.each(cases)('%s', async (_, config, want, failed) => {
    const ran = await ask(answer(200, 'queue=3 error'), config);
    expect(verdict(ran)).toBe(want);
    expect(ran.attempt.value('probe_failed_due_to_regex')).toBe(failed);
  });

  test('without an answer none has failed', async () => {
    const bench = new Bench();
    closing.push(() => bench.close());
    const refused = await run(await bench.open(http, { url: 'http://127.0.0.1:1/' }));
    expect(refused.attempt.value('probe_failed_due_to_regex')).toBe(0);
    const hung = await run(await bench.open(http, { url: await served(() => {}) }), 200);
    expect(hung.attempt.value('probe_failed_due_to_regex')).toBe(0);
  });

  test('one that is none', () => {
    const options = http
      .options(schemaKit)
      .safeParse({ url: 'http://127.0.0.1/', fail_if_body_matches_regexp: ['(a'] });
    expect(options.error?.issues[0]?.message).toMatch(/missing closing \)/);
  });
});

test('a server that speaks HTTP/2 alone', async () => {
  const bench = new Bench();
  const server = createHttp2().listen(0, '127.0.0.1');
  closing.push(
    () => bench.close(),
    () => server.close(),
  );
  await new Promise(resolve => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { failure } = await run(await bench.open(http, { url }));
  expect(failure?.message).toMatch(/^The server speaks HTTP\/2 without HTTP\/1.1 on this port/);
});

test('a body without an end: what came in time is shown', async () => {
  const bench = new Bench();
  closing.push(() => bench.close());
  const url = await served((_, response) => response.writeHead(200).write('data: 1\n\n'));
  const { attempt, failure } = await run(await bench.open(http, { url }), 300);
  expect(attempt.statusCode).toBe(200);
  expect(attempt.value('probe_http_status_code')).toBe(200);
  expect(attempt.value('probe_http_duration_seconds{phase="processing"}')).toBeGreaterThan(0);
  expect(failure?.reason).toBe('timeout');
});

describe('redirects', () => {
  const moved =
    (location: string): Serve =>
    (_, response) =>
      response.writeHead(302, { location }).end();

  test('to where the credentials are not sent', async () => {
    const target = await served(answer(401, '{"detail":"Not authenticated"}'));
    const from = await served(moved(`${target}/health?x=1`));
    const ran = await ask(moved(`${from}/health`), { authorization: { credentials: 'a-Secret' } });
    expect(ran.failure?.message).toMatch(
      /^HTTP 401 \(Not authenticated\): credentials are not sent on where http:\/\/127\.0\.0\.1:\d+ redirects to /,
    );
    expect(ran.failure?.message).toMatch(new RegExp(`redirects to .*; write ${target}/health as the URL$`));
  });

  const said: Serve = (request, response) =>
    response.writeHead(418).end(`${request.url} ${request.headers.authorization ?? ''}`);
  const basic = (pair: string) => Buffer.from(pair).toString('base64');

  test.each<[name: string, location: string | string[], config: object, want: string]>([
    ['UTF-8, as Go and browsers read it', Buffer.from('/grün').toString('latin1'), {}, '/gr%C3%BCn'],
    ['bytes that are no UTF-8', '/gr\xfcn', {}, '/gr%FCn'],
    ['of two the first', ['/one', '/two'], {}, '/one'],
  ])('a Location: %s', async (_, location, config, want) => {
    const ran = await ask(
      (request, response) =>
        request.url === '/health'
          ? response.setHeader('location', location).writeHead(302).end()
          : said(request, response),
      config,
    );
    expect(ran.failure?.message.toUpperCase()).toBe(`HTTP 418 (${want})`.toUpperCase());
  });

  test('an empty Location leads nowhere', async () => {
    expect((await ask(moved(''))).failure?.message).toBe('HTTP 302 (redirects without a Location)');
  });

  test.each([
    ['signs in, as with curl and Go', {}, basic('me:p@ss/1')],
    [
      'not instead of what the service is asked with',
      { basic_auth: { username: 'a', password: 'own-pass' } },
      basic('a:own-pass'),
    ],
  ])('a user and password in a Location: %s', async (_, config, want) => {
    const seen: unknown[] = [];
    const ran = await ask((request, response) => {
      if (request.url !== '/health') seen.push(request.headers.authorization);
      const here = `me:p%40ss%2F1@${request.headers.host}`;
      if (request.url === '/health') response.writeHead(302, { location: `http://${here}/next` }).end();
      else response.writeHead(401).end('not p@ss/1');
    }, config);
    expect(seen).toEqual([`Basic ${want}`]);
    if (!('basic_auth' in config)) expect(ran.failure?.message).toBe('HTTP 401 (not <secret>)');
  });

  test('without credentials nothing was dropped', async () => {
    const target = await served(answer(401, ''));
    expect((await ask(moved(`${target}/health`))).failure?.message).toBe('HTTP 401');
  });

  test('to a page to sign in', async () => {
    const ran = await ask(
      (request, response) =>
        request.url?.startsWith('/login')
          ? response.writeHead(200, HTML).end('<title>Sign in</title>')
          : response.writeHead(302, { location: '/login?next=/health' }).end(),
      { condition: { path: 'status', value: 'ok' } },
    );
    expect(ran.failure?.message).toMatch(
      /^Condition failed: the body is HTML \(Sign in\), not JSON \(redirected to http:\/\/127\.0\.0\.1:\d+\/login\)$/,
    );
  });
});
