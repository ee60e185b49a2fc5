import { writeFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { schemaKit } from '../../../src/config/schema-kit.js';
import { type HaproxyOptions, haproxy } from '../../../src/probes/kinds/haproxy.js';
import { Child, freePort, makeFolder, removeFolder } from '../../support/child.js';
import { type HaproxyServer, startHaproxy } from '../../support/haproxy.js';
import { listen, portOf, stop } from '../../support/http.js';
import { Bench, run, verdict } from './recording.js';

let bench = new Bench();
afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

describe('haproxy options', () => {
  const cases: readonly [name: string, config: object, want: string | undefined][] = [
    ['health alone', { url: 'http://127.0.0.1:8888/health' }, undefined],
    ['statistics alone', { stats_url: 'http://127.0.0.1:9000/haproxy_stats' }, undefined],
    ['a socket', { stats_url: 'unix:/run/haproxy/admin.sock' }, undefined],
    ['neither', {}, 'has neither url (health) nor stats_url (statistics); give at least one'],
    [
      'no address',
      { stats_url: 'haproxy_stats' },
      'not an address of statistics; write http://HOST:PORT/haproxy_stats or unix:/PATH',
    ],
    [
      'a path alone',
      { stats_url: '/run/haproxy/admin.sock' },
      'not an address of statistics; write unix:/run/haproxy/admin.sock',
    ],
    ...['unix:run/haproxy.sock', 'unix:./haproxy.sock', './admin.sock'].map(
      (path): [string, object, string] => [
        `the path ${path}`,
        { stats_url: path },
        'not an address of statistics; write the absolute path of a socket, such as unix:/run/haproxy/admin.sock',
      ],
    ),
    ...['tcp://127.0.0.1:9999', 'ipv4@127.0.0.1:9999'].map((address): [string, object, string] => [
      address,
      { stats_url: address },
      'a stats socket over TCP is not supported; write http://HOST:PORT/haproxy_stats or unix:/PATH',
    ]),
    [
      'a password in it',
      { stats_url: 'http://admin:word@127.0.0.1:9000/' },
      'has a user or password in it; use basic_auth instead',
    ],
    [
      'two ways to sign in',
      { url: 'http://127.0.0.1/', basic_auth: {}, authorization: {} },
      'at most one of basic_auth and authorization may be set',
    ],
  ];
  test('a line end behind the path of a socket, as a variable may bring it', () => {
    const { data } = haproxy.options(schemaKit).safeParse({ stats_url: 'unix:/run/haproxy.sock\n' });
    expect((data as HaproxyOptions).stats_url).toEqual({ socket: '/run/haproxy.sock' });
  });

  test.each(cases)('%s', (_, config, want) => {
    const result = haproxy.options(schemaKit).safeParse(config);
    const message = result.success
      ? haproxy.check?.(result.data as HaproxyOptions)
      : result.error.issues[0]?.message;
    expect(message).toBe(want);
  });
});

describe('a real HAProxy', () => {
  let server: HaproxyServer;
  let upstream: Server;
  beforeAll(async () => {
    upstream = await listen((_, response) => response.end('hello'));
    server = await startHaproxy(
      3,
      (health, stats, tcp) => `
frontend api
  bind 127.0.0.1:${health}
  http-request return status 200 content-type application/json string '{"status":"up"}' if { path /health }
  http-request deny deny_status 503 if { path /broken }
  default_backend llm
frontend stats
  bind 127.0.0.1:${stats}
  stats enable
  stats uri /haproxy_stats
  stats auth admin:a-Secret-w0rd
frontend database
  mode tcp
  bind 127.0.0.1:${tcp}
  default_backend database
backend llm
  server up 127.0.0.1:${portOf(upstream)} check inter 100ms
  server down 127.0.0.1:1 check inter 100ms rise 1 fall 1
  server idle 127.0.0.1:${portOf(upstream)}
backend database
  mode tcp
  server db 127.0.0.1:${portOf(upstream)}
`,
    );
  });
  afterAll(async () => {
    await server.close();
    await stop(upstream);
  });

  const healthUrl = (path = '/health') => `http://127.0.0.1:${server.ports[0]}${path}`;
  const statsUrl = () => `http://127.0.0.1:${server.ports[1]}/haproxy_stats`;
  const signIn = { basic_auth: { username: 'admin', password: 'a-Secret-w0rd' } };

  test('health and statistics, given the page', async () => {
    const probe = await bench.open(haproxy, {
      url: healthUrl(),
      stats_url: statsUrl(),
      stats_basic_auth: signIn.basic_auth,
    });
    await expect
      .poll(async () =>
        (await run(probe)).attempt.value('haproxy_server_status{proxy="llm",server="down",state="DOWN"}'),
      )
      .toBe(1);
    const ran = await run(probe);
    const { attempt } = ran;
    expect(verdict(ran)).toBe('ok');
    expect(attempt.statusCode).toBe(200);
    expect(attempt.data).toBe('{"status":"up"}');
    expect(attempt.value('haproxy_up')).toBe(1);
    expect(attempt.value('probe_http_uncompressed_body_length')).toBe('{"status":"up"}'.length);
    expect(attempt.value('haproxy_server_status{proxy="llm",server="up",state="UP"}')).toBe(1);
    expect(attempt.value('haproxy_server_status{proxy="llm",server="idle",state="UP"}')).toBe(1);
    expect(attempt.value('haproxy_backend_agg_server_status{proxy="llm",state="UP"}')).toBe(2);
    expect(attempt.value('haproxy_exporter_scrapes_total')).toBeGreaterThan(1);
    // A TCP proxy has no HTTP responses at all, rather than none.
    expect(attempt.value('haproxy_frontend_http_responses_total{proxy="api",code="2xx"}')).toBeGreaterThan(0);
    expect(
      attempt.value('haproxy_frontend_http_responses_total{proxy="database",code="2xx"}'),
    ).toBeUndefined();
    expect(attempt.facts).toMatchObject({
      haproxy: { backends: { llm: { status: 'UP' }, database: { status: 'UP' } } },
    });
  });

  const outcomes: readonly [
    name: string,
    config: () => Record<string, unknown>,
    want: string | RegExp,
    up?: number,
  ][] = [
    ['health alone', () => ({ url: healthUrl() }), 'ok'],
    ['statistics alone', () => ({ stats_url: statsUrl(), ...signIn }), 'ok', 1],
    ['the CSV itself', () => ({ stats_url: `${statsUrl()};csv`, ...signIn }), 'ok', 1],
    ['the socket', () => ({ stats_url: `unix:${server.socket}` }), 'ok', 1],
    ['one way to sign in for both', () => ({ url: healthUrl(), stats_url: statsUrl(), ...signIn }), 'ok', 1],
    [
      'no password',
      () => ({ url: healthUrl(), stats_url: statsUrl() }),
      'auth: Statistics: HTTP 401 (wrong or no user and password; set stats_basic_auth)',
      0,
    ],
    [
      'wrong password',
      () => ({ stats_url: statsUrl(), basic_auth: { username: 'admin', password: 'x' } }),
      'auth: HTTP 401 (wrong or no user and password; set stats_basic_auth)',
      0,
    ],
    [
      'a page another backend answers',
      () => ({ stats_url: healthUrl('/haproxy_stats') }),
      /^body: http:\/\/127\.0\.0\.1:\d+\/haproxy_stats answered 200 without a content type \(hello\), not HAProxy statistics; another backend seems to answer there: add `stats enable` and `stats uri` to a frontend and point stats_url to it$/,
      0,
    ],
    [
      'a health that fails, with statistics',
      () => ({ url: healthUrl('/broken'), stats_url: statsUrl(), ...signIn }),
      'status: HTTP 503 (No server is available to handle this request.)',
      1,
    ],
    [
      'a health that fails, and statistics that do',
      () => ({ url: healthUrl('/broken'), stats_url: 'unix:/nowhere.sock' }),
      'status: HTTP 503 (No server is available to handle this request.)',
      0,
    ],
    [
      'no socket there',
      () => ({ url: healthUrl(), stats_url: 'unix:/nowhere.sock' }),
      'refused: Statistics: No such socket',
      0,
    ],
    [
      'connection refused',
      () => ({ stats_url: 'http://127.0.0.1:1/stats' }),
      'refused: Connection refused',
      0,
    ],
  ];
  test.each(outcomes)('%s', async (_, config, want, up) => {
    const ran = await run(await bench.open(haproxy, config()));
    expect(verdict(ran)).toEqual(want instanceof RegExp ? expect.stringMatching(want) : want);
    expect(ran.attempt.value('haproxy_up')).toBe(up);
  });
});

test("the error names the socket of HAProxy's master process", async () => {
  const folder = makeFolder('haproxy-master');
  const file = join(folder, 'haproxy.cfg');
  const master = join(folder, 'master.sock');
  const port = await freePort();
  writeFileSync(
    file,
    `defaults\n  mode http\n  timeout connect 1s\n  timeout client 5s\n  timeout server 5s\nfrontend f\n  bind 127.0.0.1:${port}\n`,
  );
  const child = new Child('haproxy', ['-W', '-S', master, '-f', file]);
  try {
    await child.until(async () => (await fetch(`http://127.0.0.1:${port}/`)).status > 0);
    const probe = await bench.open(haproxy, { stats_url: `unix:${master}` });
    // The master's socket answers a little later than its workers.
    await expect
      .poll(async () => verdict(await run(probe)))
      .toBe(
        `body: ${master} is the socket of HAProxy's master process (-S), which has no statistics; point stats_url to a \`stats socket\` of the global section`,
      );
  } finally {
    await child.kill();
    removeFolder(folder);
  }
});

test('the error names a login page and its address', async () => {
  const server = await listen((request, response) => {
    if (request.url?.startsWith('/login')) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Sign in</title>');
    } else response.writeHead(302, { location: '/login?rd=%2Fstats' }).end();
  });
  const origin = `http://127.0.0.1:${portOf(server)}`;
  const probe = await bench.open(haproxy, { stats_url: `${origin}/stats` });
  expect(verdict(await run(probe))).toBe(
    `body: ${origin}/stats redirected to ${origin}/login answered 200 text/html (Sign in), not HAProxy statistics; ` +
      'point stats_url to where the statistics are without signing in by a page, such as a frontend on 127.0.0.1',
  );
  await stop(server);
});

test('the error of each limit names its own key', async () => {
  const server = await listen((_, response) => response.end('x'.repeat(2000)));
  const url = `http://127.0.0.1:${portOf(server)}/`;
  const health = await bench.open(haproxy, { url, body_limit: 1000 });
  expect(verdict(await run(health))).toBe('body: Body is longer than 1000 bytes (body_limit)');
  const page = await bench.open(haproxy, { stats_url: url, stats_body_limit: 1000 });
  expect(verdict(await run(page))).toBe('body: Body is longer than 1000 bytes (stats_body_limit)');
  await stop(server);
});

describe('another server at the address', () => {
  const answers: readonly [name: string, answer: RequestListener, want: RegExp][] = [
    [
      'JSON of a model server',
      (_, response) =>
        response.setHeader('content-type', 'application/json; charset=utf-8').end('{"status":"ok"}'),
      /^body: .* answered 200 application\/json \(\{"status":"ok"\}\), not HAProxy statistics; another backend/,
    ],
    [
      'nothing',
      (_, response) => response.end(),
      /^body: .* answered 200 .*\(nothing\), not HAProxy statistics/,
    ],
    [
      'garbage',
      (_, response) => response.end(Buffer.from([0, 255, 1, 2])),
      /^body: .* not HAProxy statistics/,
    ],
    ['too much', (_, response) => response.end('x'.repeat(2000)), /^body: Body is longer than 1000 bytes/],
    ['an error', (_, response) => response.writeHead(404).end(), /^status: HTTP 404$/],
    ['silence', () => {}, /^timeout: Request timed out$/],
    ['a hang-up', request => request.socket.destroy(), /^protocol: /],
  ];
  test.each(answers)('%s', async (_, answer, want) => {
    const server = await listen(answer);
    const probe = await bench.open(haproxy, {
      stats_url: `http://127.0.0.1:${portOf(server)}/haproxy_stats`,
      stats_body_limit: 1000,
    });
    const ran = await run(probe, 300);
    expect(verdict(ran)).toMatch(want);
    expect(ran.attempt.value('haproxy_up')).toBe(0);
    await stop(server);
  });

  const sockets: readonly [name: string, answer: string, want: string][] = [
    ['whole', '# pxname,svname,stot,type,\nllm,BACKEND,12345,1,\n\n', 'ok'],
    [
      'that ends within a record',
      '# pxname,svname,stot,type,\nllm,BACKEND,123',
      'protocol: Connection closed before the statistics were complete',
    ],
    [
      'that ends between two records',
      '# pxname,svname,stot,type,\nllm,BACKEND,12345,1,\n',
      'protocol: Connection closed before the statistics were complete',
    ],
  ];
  test.each(sockets)('an answer of a stats socket %s', async (_, answer, want) => {
    const folder = makeFolder('haproxy-socket');
    const path = join(folder, 'stats.sock');
    const server = createSocketServer(socket => socket.once('data', () => socket.end(answer)));
    await new Promise<void>(resolve => server.listen(path, resolve));
    const ran = await run(await bench.open(haproxy, { stats_url: `unix:${path}` }));
    expect(verdict(ran)).toBe(want);
    const total = ran.attempt.value('haproxy_backend_sessions_total{proxy="llm"}');
    expect(total).toBe(want === 'ok' ? 12_345 : undefined);
    await new Promise(resolve => server.close(resolve));
    removeFolder(folder);
  });

  test('statistics hang while health answers: only health is timed and recorded', async () => {
    const server = await listen((request, response) => {
      if (request.url === '/health') response.end('ok');
    });
    const base = `http://127.0.0.1:${portOf(server)}`;
    const probe = await bench.open(haproxy, { url: `${base}/health`, stats_url: `${base}/stats` });
    const { attempt, failure } = await run(probe, 300);
    expect(failure?.reason).toBe('timeout');
    expect(attempt.elapsed).toBeGreaterThan(0);
    expect(attempt.value('probe_http_status_code')).toBe(200);
    expect(attempt.value('haproxy_up')).toBe(0);
    await stop(server);
  });
});
