// Cookies that an answer sets when it redirects: sent back within the check, as blackbox_exporter and browsers do.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { http } from '../../../../src/probes/kinds/http.js';
import { listen, portOf, stop } from '../../../support/http.js';
import { Bench, run, verdict } from '../recording.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A probe of a server that is there as long as the test. */
async function probe(
  path: string,
  serve: (request: IncomingMessage, response: ServerResponse) => void,
  config: object = {},
) {
  const server = await listen(serve);
  const bench = new Bench();
  closing.push(
    () => stop(server),
    () => bench.close(),
  );
  return bench.open(http, { url: `http://127.0.0.1:${portOf(server)}${path}`, ...config });
}

/** Redirects until the cookie that was set last comes back. */
const steps: readonly [name: string, path: string, set: readonly string[], want: string][] = [
  ['a plain one', '/health', ['sid=abc123'], 'sid=abc123'],
  [
    'several, with attributes',
    '/health',
    ['a=1; Path=/; HttpOnly', 'b=2; path=/health; SameSite=Lax'],
    'b=2; a=1',
  ],
  ['one that replaces another', '/health', ['a=1', 'a=2'], 'a=2'],
  [
    'one that is deleted',
    '/health',
    ['a=1', 'b=2', 'a=; Max-Age=0', 'b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
    '',
  ],
  ['of another path', '/health', ['a=1; Path=/healthy', 'b=2; Path=/login'], ''],
  ['below its path', '/a/b', ['a=1', 'b=2; Path=/a', 'c=3; Path=/'], 'a=1; b=2; c=3'],
  ['for TLS alone', '/health', ['a=1; Secure'], ''],
  [
    'of another domain',
    '/health',
    ['a=1; Domain=example.com', 'b=2; Domain=.1', 'c=3; Domain=127.0.0.1'],
    'c=3',
  ],
  ['none', '/health', ['', '=x', 'novalue', `big=${'x'.repeat(5000)}`], ''],
];
test.each(steps)('%s', async (_, path, set, want) => {
  const got: (string | undefined)[] = [];
  const asked = await probe(path, ({ headers }, response) => {
    got.push(headers.cookie);
    if (got.length > 1) response.end('{}');
    else response.writeHead(302, { location: path, 'set-cookie': [...set] }).end();
  });
  expect(verdict(await run(asked))).toBe('ok');
  expect(got).toEqual([undefined, want || undefined]);
});

test('beside one that is configured, hidden where a page repeats it, not kept for the next check', async () => {
  const got: (string | undefined)[] = [];
  const serve = ({ headers }: IncomingMessage, response: ServerResponse) => {
    got.push(headers.cookie);
    if (headers.cookie?.includes('sid')) response.writeHead(503).end(`no session ${headers.cookie}`);
    else response.writeHead(307, { location: '?', 'set-cookie': 'sid=s3cr3t-1' }).end();
  };
  const asked = await probe('/', serve, { headers: { Cookie: 'tenant=blue' } });
  for (let i = 0; i < 2; i++) expect((await run(asked)).failure?.message).not.toContain('s3cr3t-1');
  expect(got).toEqual([
    'tenant=blue',
    'tenant=blue; sid=s3cr3t-1',
    'tenant=blue',
    'tenant=blue; sid=s3cr3t-1',
  ]);
});
