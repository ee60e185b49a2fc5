// The status page at / and the files it needs, as they come over the wire.

import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { result, SERVICES, startMonitor, type TestMonitor } from './monitor.js';

/** Bytes, not compressed: the editor's view is the largest. */
const MOST_OF_A_SCRIPT = 240 * 1024;
/** What a first view may weigh. */
const MOST_BYTES = 70 * 1024;
const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

let monitor: TestMonitor;
beforeAll(async () => {
  monitor = await startMonitor();
  for (const { id } of SERVICES) monitor.feed(result(id));
});
afterAll(() => monitor[Symbol.asyncDispose]());

/** An answer with its body as it came: fetch would unpack it. */
async function raw(path: string, encoding: string) {
  const headers = { accept: HTML, 'accept-encoding': encoding };
  const asked = get(monitor.url + path, { headers });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { headers: answer.headers, body: Buffer.concat(await answer.toArray()) };
}

async function assets(): Promise<string[]> {
  const text = await (await fetch(monitor.url, { headers: { accept: HTML } })).text();
  return [...text.matchAll(/(?:src|href)="\.\/(ui\/assets\/[^"]+)"/g)].map(([, path]) => `/${path}`);
}

test.each([
  ['a browser', HTML, true],
  ['curl', '*/*', false],
  ['a health check', 'application/json', false],
  ['HTML refused', 'text/html;q=0, */*', false],
])('%s gets the page it can use', async (_, accept, isStatusPage) => {
  const response = await fetch(monitor.url, { headers: { accept } });
  const text = await response.text();
  expect([response.status, text.includes('id="page-state"')]).toEqual([200, isStatusPage]);
  expect(response.headers.get('vary')).toBe('accept, accept-encoding');
  expect(response.headers.get('cache-control')).toBe('no-cache');
  expect(response.headers.get('content-security-policy')).not.toMatch(/unsafe|\*|https?:/);
});

test.each(['?q=a&q=b', '?sort[]=x', '?%00', '?state=%3Cscript%3E'])(
  'the address %s is no error',
  async query => {
    expect((await fetch(`${monitor.url}/${query}`, { headers: { accept: HTML } })).status).toBe(200);
  },
);

test('every asset comes compressed as the browser likes it and is kept for good', async () => {
  const paths = await assets();
  expect(paths).toHaveLength(4);
  for (const path of paths) {
    const plain = await fetch(monitor.url + path, { headers: { 'accept-encoding': 'identity' } });
    const text = await plain.text();
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(plain.headers.get('content-type')).toMatch(/^text\/(javascript|css); charset=utf-8$/);
    for (const [accepted, want, unpack] of [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['br;q=0, gzip', 'gzip', gunzipSync],
    ] as const) {
      const { headers, body } = await raw(path, accepted);
      expect([path, headers['content-encoding']]).toEqual([path, want]);
      expect(unpack(body).toString('utf8')).toBe(text);
    }
  }
});

test.each([
  '/ui/assets/nothing.js',
  '/ui/assets/..%2fserver.js',
  '/ui/assets/%2e%2e%2fmanifest.json',
  '/ui/assets/script.js.map',
  '/ui/assets/__proto__',
])('%s is not there', async path => {
  expect((await fetch(monitor.url + path)).status).toBe(404);
});

test('no script is so large that taking it in would hold up the page', () => {
  const folder = new URL('../../dist/page/assets/', import.meta.url);
  const sizes = readdirSync(folder)
    .filter(name => name.endsWith('.js'))
    .map(name => [name, statSync(new URL(name, folder)).size] as const);
  expect(sizes.length).toBeGreaterThan(10);
  expect(sizes.filter(([, size]) => size > MOST_OF_A_SCRIPT)).toEqual([]);
});

test('a first view weighs at most 70 KiB', async () => {
  const sizes = [await raw('/', 'gzip')].concat(
    await Promise.all((await assets()).map(path => raw(path, 'gzip'))),
  );
  const total = sizes.reduce((sum, { body }) => sum + body.length, 0);
  expect(sizes).toHaveLength(5);
  expect(sizes.map(({ headers }) => headers['content-encoding'])).toEqual(sizes.map(() => 'gzip'));
  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThan(MOST_BYTES);
});
