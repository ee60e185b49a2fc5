// The words of a failed answer, from its body.

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { answer, ask, closeAfterEach, HTML, JSON_TYPE, type Serve, served } from './serving.js';

closeAfterEach();

describe('the explanation of a server that fails', () => {
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

  test('secrets are masked', async () => {
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

  test('text about keys is not masked', async () => {
    const said = 'Token expired; basic authentication required, api key missing; token: none given';
    expect((await ask(answer(403, said))).failure?.message).toBe(`HTTP 403 (${said})`);
  });
});

describe('an explanation in another encoding than UTF-8', () => {
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
