// Answers other than a body with 200: HEAD, HTTP/2, endless bodies, redirects.

import { createServer as createHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { schemaKit } from '../../../../src/config/schema-kit.js';
import { type HttpOptions, http } from '../../../../src/probes/kinds/http.js';
import { Bench, run, verdict } from '../recording.js';
import { answer, ask, closeAfterEach, closeLater, HTML, type Serve, served } from './serving.js';

closeAfterEach();

describe('HEAD', () => {
  test('is healthy without a body', async () => {
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
        'a HEAD is answered without a body; condition, expect_body and fail_if_body_... need method GET',
      );
    },
  );
});

test('a server with HTTP/2 only', async () => {
  const bench = new Bench();
  const server = createHttp2().listen(0, '127.0.0.1');
  closeLater(
    () => bench.close(),
    () => server.close(),
  );
  await new Promise(resolve => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { failure } = await run(await bench.open(http, { url }));
  expect(failure?.message).toMatch(/^The server speaks HTTP\/2 without HTTP\/1.1 on this port/);
});

test('an endless body: readings before the timeout are kept', async () => {
  const bench = new Bench();
  closeLater(() => bench.close());
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

  test('to another host, without the credentials', async () => {
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

  test('an empty Location is no redirect', async () => {
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

  test('without credentials no note about them', async () => {
    const target = await served(answer(401, ''));
    expect((await ask(moved(`${target}/health`))).failure?.message).toBe('HTTP 401');
  });

  test('to a login page', async () => {
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
