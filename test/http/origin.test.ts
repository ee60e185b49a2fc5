import { BlockList } from 'node:net';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/model/time.js';
import { startMonitor, type TestMonitor } from './monitor.js';
import { send } from './wire.js';

const local = new BlockList();
local.addAddress('127.0.0.1');

let reloads = 0;
let monitor: TestMonitor;
let behindProxy: TestMonitor;
beforeAll(async () => {
  const options = { clock: systemClock, reload: async () => void reloads++ };
  monitor = await startMonitor({
    ...options,
    access: { allowedHosts: ['status.example.org', '*.lan.example'], names: ['worker-node4'] },
  });
  behindProxy = await startMonitor({
    ...options,
    access: { allowedHosts: ['status.example.org'], trustedProxies: local },
  });
});
afterAll(async () => {
  await monitor[Symbol.asyncDispose]();
  await behindProxy[Symbol.asyncDispose]();
});

/** PORT in a header stands for the monitor's. */
function ask(to: TestMonitor, line: string, host: string, ...headers: string[]) {
  const lines = [`${line} HTTP/1.1`, `host: ${host}`, 'connection: close', ...headers];
  return send(to.port, `${lines.join('\r\n').replaceAll('PORT', String(to.port))}\r\n\r\n`);
}

const reload = (host: string, ...headers: string[]) => ask(monitor, 'POST /-/reload', host, ...headers);

describe('a browser changes something', () => {
  test.each<[name: string, host: string, headers: string[]]>([
    ['at an address', '127.0.0.1:PORT', ['origin: http://127.0.0.1:PORT']],
    ['at any address, which no name can be made to', '192.0.2.7:80', ['origin: http://192.0.2.7']],
    ['at an IPv6 address', '[::1]:PORT', ['origin: http://[::1]:PORT']],
    ['at localhost', 'localhost:PORT', ['origin: http://localhost:PORT']],
    ['at a name below localhost', 'monitor.localhost', ['origin: http://monitor.localhost']],
    ["at the machine's name", `${hostname()}:PORT`, [`origin: http://${hostname()}:PORT`]],
    ["at the node's name", 'worker-node4', ['origin: http://worker-node4']],
    ['at the external address', 'monitor.example', ['origin: http://monitor.example']],
    ['at a configured name', 'status.example.org', ['origin: https://status.example.org']],
    ['at a name below a configured one', 'a.b.lan.example', ['origin: http://a.b.lan.example']],
    ['at a name in capitals with a dot', 'STATUS.example.org.', ['origin: http://status.example.org.']],
    [
      'over TLS that ends before us, with the port written',
      'status.example.org:443',
      ['origin: https://status.example.org'],
    ],
    ['and keeps its origin to itself', 'localhost', ['sec-fetch-site: same-origin']],
    ['by hand', 'localhost', ['sec-fetch-site: none']],
    ['and names the page alone', 'localhost:1', ['referer: http://localhost:1/ui/alerts?x']],
  ])('%s', async (_, host, headers) => {
    const before = reloads;
    const answer = await reload(host, ...headers);
    expect([answer.status, reloads]).toEqual([200, before + 1]);
  });
});

describe('a browser changes nothing', () => {
  const NAME =
    /^\{"error":"a browser may not change anything here under the host name .*: if the name is this monitor's, add it to web\.allowed_hosts in monitor\.yml"\}$/;
  const PAGE =
    /^\{"error":"(a page of .*|another page) may not change anything here, only one of .*; behind a proxy that changes Host set --web\.external-url"\}$/;
  test.each<[name: string, host: string, headers: string[], error: RegExp]>([
    [
      'where a foreign name was made to lead here',
      'evil.example:PORT',
      ['origin: http://evil.example:PORT'],
      NAME,
    ],
    ['under such a name, from whatever page', 'evil.example', ['origin: http://127.0.0.1:PORT'], NAME],
    ['under such a name, by its metadata', 'evil.example', ['sec-fetch-site: same-origin'], NAME],
    ['under such a name, by the page it names', 'evil.example', ['referer: http://evil.example/'], NAME],
    [
      'under a name that begins like ours',
      'localhost.evil.example',
      ['origin: http://localhost.evil.example'],
      NAME,
    ],
    [
      'under a name that ends like ours',
      'evilstatus.example.org',
      ['origin: http://evilstatus.example.org'],
      NAME,
    ],
    ['under the name above those configured', 'lan.example', ['origin: http://lan.example'], NAME],
    [
      'under a name that looks like an address',
      '127.0.0.1.evil.example',
      ['origin: http://127.0.0.1.evil.example'],
      NAME,
    ],
    ['under a name in front of another', 'localhost@evil.example', ['origin: http://evil.example'], NAME],
    ['under no name', '', ['origin: http://localhost'], NAME],
    [
      'because of what a page writes into another header',
      'evil.example',
      ['origin: http://evil.example', 'x-forwarded-host: localhost'],
      NAME,
    ],
    ['for a foreign page', 'localhost:PORT', ['origin: http://evil.example'], PAGE],
    ['for a page without an origin', 'localhost:PORT', ['origin: null'], PAGE],
    ['for a page that says nothing', 'localhost:PORT', ['origin: '], PAGE],
    ['for a page of another port', 'localhost:PORT', ['origin: http://localhost:1'], PAGE],
    ['for a page of the default port', 'localhost:PORT', ['origin: http://localhost'], PAGE],
    [
      'for a page of the external name at another port',
      '127.0.0.1',
      ['origin: http://monitor.example:81'],
      PAGE,
    ],
    ['for an extension', 'localhost:PORT', ['origin: chrome-extension://localhost:PORT.x'], PAGE],
    ['for a page that is only named', 'localhost:PORT', ['referer: http://evil.example/'], PAGE],
    ['for a page that is named in nonsense', 'localhost:PORT', ['referer: evil'], PAGE],
    ['for a page of another site', 'localhost:PORT', ['sec-fetch-site: cross-site'], PAGE],
    ['for a page of a sibling', 'localhost:PORT', ['sec-fetch-site: same-site'], PAGE],
  ])('%s', async (_, host, headers, error) => {
    const before = reloads;
    const answer = await reload(host, ...headers);
    expect([answer.status, reloads]).toEqual([403, before]);
    expect(answer.body).toMatch(error);
  });

  test('and a long name is not repeated in full', async () => {
    const { body } = await reload(`${'a'.repeat(5000)}.example`, 'origin: null');
    expect(body.length).toBeLessThan(400);
  });
});

test.each<[name: string, line: string]>([
  ['a reload', 'POST /-/reload'],
  ['a silence', 'POST /api/v2/silences'],
  ['the end of a silence', 'DELETE /api/v2/silence/2b6e4b0c-5e5c-4b0d-9d0e-3c9d6f0d1f6a'],
  ['a change of an announcement', 'PUT /announcements/2b6e4b0c-5e5c-4b0d-9d0e-3c9d6f0d1f6a'],
  ['an alert', 'POST /api/v2/alerts'],
  ['a text message', 'POST /notify/sms'],
])('%s is refused under a foreign name, and for a program it is not', async (_, line) => {
  const foreign = await ask(monitor, line, 'evil.example', 'origin: http://evil.example');
  expect([foreign.status, foreign.body]).toEqual([403, expect.stringContaining('web.allowed_hosts')]);
  expect((await ask(monitor, line, 'monitor.internal:9093', 'content-length: 0')).status).not.toBe(403);
});

test.each<[name: string, headers: string[]]>([
  ['curl', ['user-agent: curl/8.0', 'accept: */*']],
  ['amtool', ['user-agent: amtool/0.27', 'content-type: application/json']],
  ["Node's fetch", ['sec-fetch-mode: cors', 'accept-language: *', 'user-agent: node']],
])('%s may use any name', async (_, headers) => {
  expect((await reload('any.internal.name', ...headers)).status).toBe(200);
});

test('reading is allowed under any name', async () => {
  const answer = await ask(monitor, 'GET /alerts', 'monitor.internal', 'sec-fetch-site: same-origin');
  expect(answer.status).toBe(200);
});

describe('behind a proxy', () => {
  const through = (host: string, ...headers: string[]) =>
    ask(behindProxy, 'POST /-/reload', host, ...headers);
  const page = 'origin: https://status.example.org';
  test.each<[name: string, forwarded: string, status: number]>([
    ['its name counts', 'status.example.org', 200],
    ['the last name counts, which the proxy wrote', 'localhost, status.example.org', 200],
    ['a name the page has put in front does not', 'status.example.org, evil.example', 403],
    ['a foreign name is none of ours', 'evil.example', 403],
  ])('that is configured %s', async (_, forwarded, status) => {
    const answer = await through('127.0.0.1:8083', page, `x-forwarded-host: ${forwarded}`);
    expect(answer.status).toBe(status);
  });

  test('that is not, it does not', async () => {
    const answer = await reload('127.0.0.1:8083', page, 'x-forwarded-host: status.example.org');
    expect(answer.status).toBe(403);
  });

  test('that keeps the name nothing is needed', async () => {
    expect((await reload('status.example.org', page)).status).toBe(200);
  });
});
