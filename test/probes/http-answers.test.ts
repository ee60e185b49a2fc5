// HTTP answers as bytes, each also sent to curl and blackbox_exporter: which are accepted, and the error of those refused.

import { execFile } from 'node:child_process';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { http } from '../../src/probes/kinds/http.js';
import { type Exporter, startBlackbox } from '../support/exporters.js';
import { Checked } from './checks.js';

const CRLF = '\r\n';
const OK = `HTTP/1.1 200 OK${CRLF}`;
const close = `Connection: close${CRLF}`;
const chunked = `Transfer-Encoding: chunked${CRLF}`;

/** Which of the two accepts an answer: `both`, `neither`, or the one. */
type Peers = 'both' | 'neither' | 'curl' | 'blackbox';
type Row = [name: string, answer: string | readonly string[], peers: Peers, want: number | string | RegExp];

/** A status code where the answer is accepted, else the error. */
const TABLE: Row[] = [
  ['as it should be', `${OK}Content-Length: 2${CRLF}${CRLF}{}`, 'both', 200],
  ['bare LF', 'HTTP/1.1 200 OK\nContent-Length: 2\nX: y\n\n{}', 'both', 200],
  ['CRLF and LF mixed', `HTTP/1.1 200 OK\nContent-Length: 2${CRLF}\n{}`, 'both', 200],
  ['a folded header', `${OK}X: a${CRLF} b${CRLF}\tc${CRLF}Content-Length: 2${CRLF}${CRLF}{}`, 'both', 200],
  ['two spaces before the status', `HTTP/1.1  200 OK${CRLF}Content-Length: 2${CRLF}${CRLF}{}`, 'both', 200],
  ['no reason phrase', `HTTP/1.1 200${CRLF}Content-Length: 2${CRLF}${CRLF}{}`, 'both', 200],
  [
    'interim answers without an Expect header',
    `HTTP/1.1 100 Continue${CRLF}${CRLF}HTTP/1.1 102 Processing${CRLF}${CRLF}HTTP/1.1 103 Early Hints${CRLF}Link: </x>${CRLF}${CRLF}${OK}Content-Length: 2${CRLF}${CRLF}{}`,
    'both',
    200,
  ],
  ['the length twice', `${OK}Content-Length: 2${CRLF}Content-Length: 2${CRLF}${CRLF}{}`, 'both', 200],
  ['204 with a length', `HTTP/1.1 204 No Content${CRLF}Content-Length: 5${CRLF}${CRLF}`, 'both', 204],
  [
    'headers of 60 KB',
    `${OK}${`X: ${'y'.repeat(2000)}${CRLF}`.repeat(30)}Content-Length: 2${CRLF}${CRLF}{}`,
    'both',
    200,
  ],
  [
    'one header of 60 KB',
    `${OK}X: ${'y'.repeat(60_000)}${CRLF}Content-Length: 2${CRLF}${CRLF}{}`,
    'both',
    200,
  ],
  ['HTTP/1.0 without a length', `HTTP/1.0 200 OK${CRLF}${CRLF}{}`, 'both', 200],
  ['HTTP/1.1 without a length', `${OK}${CRLF}{}`, 'both', 200],
  [
    'chunks with extensions and trailers',
    `${OK}${chunked}${CRLF}2;name=value${CRLF}{}${CRLF}0${CRLF}X: y${CRLF}${CRLF}`,
    'both',
    200,
  ],
  ['byte by byte', [...`${OK}${chunked}${CRLF}1${CRLF}{${CRLF}1${CRLF}}${CRLF}0${CRLF}${CRLF}`], 'both', 200],
  [
    'a length and chunks, of which the chunks count',
    `${OK}Content-Length: 5${CRLF}${chunked}${CRLF}2${CRLF}{}${CRLF}0${CRLF}${CRLF}`,
    'both',
    200,
  ],
  ['more than was announced', `${OK}Content-Length: 2${CRLF}${CRLF}{}{}`, 'both', 200],
  [
    'two lengths',
    `${OK}Content-Length: 2${CRLF}Content-Length: 3${CRLF}${CRLF}{} `,
    'curl',
    'Not HTTP: two Content-Lengths that differ ("2" and "3")',
  ],
  [
    'a length that is none',
    `${OK}Content-Length: two${CRLF}${CRLF}{}`,
    'neither',
    'Not HTTP: Content-Length "two" is no number',
  ],
  [
    'a size of a chunk that is none',
    `${OK}${chunked}${CRLF}xy${CRLF}{}${CRLF}`,
    'neither',
    'Not HTTP: "xy" is no size of a chunk (Transfer-Encoding: chunked)',
  ],
  [
    'another encoding',
    `${OK}Transfer-Encoding: rot13${CRLF}${CRLF}{}`,
    'neither',
    'Not supported: Transfer-Encoding "rot13" (only chunked was offered)',
  ],
  ['HTTP/0.9', '{}\n', 'neither', 'Not an HTTP answer (it begins with "{}")'],
  ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n', 'neither', 'Not an HTTP answer (it begins with "SSH-2.0-OpenSSH_9.2")'],
  ['no status', `HTTP/1.1 OK${CRLF}${CRLF}`, 'neither', 'Not an HTTP answer (status line "HTTP/1.1 OK")'],
  [
    'an alert of TLS',
    '\x15\x03\x01\x00\x02\x02\x46',
    'neither',
    'The server speaks TLS on this port; write https:// in its URL',
  ],
  [
    'nothing',
    '',
    'neither',
    'Connection closed before an answer came; if the port speaks TLS, write https:// in its URL',
  ],
  [
    'an end in the headers',
    `${OK}X: y${CRLF}`,
    'curl',
    'Connection closed before the answer was complete (in its headers)',
  ],
  [
    'an end in the body',
    `${OK}Content-Length: 10${CRLF}${CRLF}{}`,
    'neither',
    'Connection closed before the answer was complete (2 of 10 bytes of the body came)',
  ],
  [
    'an end before the last chunk',
    `${OK}${chunked}${CRLF}2${CRLF}{}${CRLF}`,
    'neither',
    'Connection closed before the answer was complete (the last chunk is missing)',
  ],
  [
    'an interim answer alone',
    `HTTP/1.1 100 Continue${CRLF}${CRLF}`,
    'neither',
    'Connection closed before the answer was complete (after an interim one)',
  ],
  ['headers without end', `${OK}X: ${'y'.repeat(1_100_000)}`, 'neither', 'Headers are longer than 1 MiB'],
  [
    'a header line without a colon',
    `${OK}nothing${CRLF}Content-Length: 2${CRLF}${CRLF}{}`,
    'neither',
    'Not HTTP: header line "nothing" has no colon',
  ],
];

let server: Server;
let exporter: Exporter;
const sockets = new Set<Socket>();
const answers = new Map(TABLE.map(([, answer], i) => [`/${i}`, answer]));

beforeAll(async () => {
  server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', async data => {
      const path = /^\w+ (\S+)/.exec(data.toString())?.[1] ?? '';
      for (const part of [answers.get(path) ?? ''].flat()) {
        socket.write(part, 'latin1');
        await new Promise(resolve => setImmediate(resolve));
      }
      socket.end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const headers = { 'Accept-Encoding': 'identity' };
  const modules = { raw: { prober: 'http', timeout: '10s', http: { headers } } };
  exporter = await startBlackbox(modules);
});
afterAll(async () => {
  await exporter.close();
  for (const socket of sockets) socket.destroy();
  await new Promise(resolve => server.close(resolve));
});

const urlOf = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

/** Whether curl accepts an answer, that is exits with 0. */
function curlTakes(url: string): Promise<boolean> {
  return new Promise(resolve => {
    execFile('curl', ['-s', '-o', '/dev/null', '--max-time', '10', url], error => resolve(!error));
  });
}

async function blackboxTakes(url: string): Promise<boolean> {
  const response = await fetch(`${exporter.url}/probe?module=raw&target=${encodeURIComponent(url)}`);
  return /^probe_success 1$/m.test(await response.text());
}

describe('an answer', () => {
  test.each(TABLE.map(([name, , peers, want], i) => [name, `/${i}`, peers, want] as const))(
    '%s',
    async (_, path, peers, want) => {
      const service = new Checked(http, { url: urlOf(path) }, { timeout: 20_000, slowAfter: 20_000 });
      const { statusCode, error } = await service.run();
      await service.close();
      if (typeof want === 'number') expect([error, statusCode]).toEqual([undefined, want]);
      else expect(error).toMatch(want);
      if (typeof want === 'string') expect(error).toBe(want);
      const taken = { curl: await curlTakes(urlOf(path)), blackbox: await blackboxTakes(urlOf(path)) };
      expect(taken).toEqual({
        curl: peers === 'both' || peers === 'curl',
        blackbox: peers === 'both' || peers === 'blackbox',
      });
    },
  );
});

describe('a kept connection', () => {
  /** Answers the first request of a connection by `first`, and ends it at the second. */
  async function dying(first: string): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const once = createServer(socket => {
      let count = 0;
      socket.on('error', () => {});
      socket.on('data', data => {
        asked.push(data.toString().split(' ')[0] as string);
        if (count++ === 0) socket.write(first);
        else socket.destroy();
      });
    });
    await new Promise<void>(resolve => once.listen(0, '127.0.0.1', resolve));
    after.push(() => new Promise(resolve => once.close(resolve)));
    return { url: `http://127.0.0.1:${(once.address() as AddressInfo).port}/`, asked };
  }
  const after: (() => unknown)[] = [];
  afterAll(async () => {
    for (const each of after.reverse()) await each();
  });

  test.each(['GET', 'POST', 'PUT'])('that has died is replaced: %s', async method => {
    const { url, asked } = await dying(`${OK}Content-Length: 2${CRLF}${CRLF}{}`);
    const service = new Checked(http, { url, method });
    after.push(() => service.close());
    for (let i = 0; i < 3; i++) expect((await service.run()).error).toBeUndefined();
    // Each time the kept connection died, the request was sent over a new one.
    expect(asked).toEqual(Array(5).fill(method));
  });

  test.each([
    ['says it closes', `${OK}${close}Content-Length: 2${CRLF}${CRLF}{}`],
    ['sends more than it announced', `${OK}Content-Length: 2${CRLF}${CRLF}{} `],
    [
      'says its length in two ways',
      `${OK}Content-Length: 7${CRLF}${chunked}${CRLF}2${CRLF}{}${CRLF}0${CRLF}${CRLF}`,
    ],
  ])('is none when the server %s', async (_, first) => {
    const { url, asked } = await dying(first);
    const service = new Checked(http, { url });
    after.push(() => service.close());
    for (let i = 0; i < 3; i++) expect((await service.run()).error).toBeUndefined();
    expect(asked).toHaveLength(3);
  });
});

test('a header that HTTP does not allow is named and not sent', async () => {
  const service = new Checked(http, { url: urlOf('/0'), headers: { 'x-key': 'secret\nx: y' } });
  const { error } = await service.run();
  await service.close();
  expect(error).toBe('The header "x-key" cannot be sent: it has a character that HTTP does not allow');
});
