// Answers byte by byte: what comes of each, and in which words it is refused.

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { HttpClient } from '../../src/http-client/client.js';
import { explainError } from '../../src/http-client/errors.js';

const CRLF = '\r\n';
const OK = `HTTP/1.1 200 OK${CRLF}`;
const END = `Content-Length: 2${CRLF}${CRLF}{}`;
const CHUNKED = `${OK}Transfer-Encoding: chunked${CRLF}${CRLF}`;
const CONTINUE = `HTTP/1.1 100 Continue${CRLF}${CRLF}`;
const LONG = 'x'.repeat(3_000_000);
const ZIPPED = gzipSync(LONG);
const zip = (length = ZIPPED.length) =>
  `${OK}Content-Encoding: gzip${CRLF}Content-Length: ${length}${CRLF}${CRLF}`;

/** Ends or resets the connection instead of writing something. */
const CLOSE = Symbol('close');
const RESET = Symbol('reset');
type Part = string | Buffer | typeof CLOSE | typeof RESET;

const WAS_RESET = 'connection reset before the answer was complete';
const noHttp = (reason: string) => `not an HTTP answer (${reason})`;
const parse = (reason: string) => noHttp(`Parse Error: ${reason}`);
const LENGTH = noHttp('Content-Length is invalid, repeated or wrong');

const TABLE: readonly (readonly [name: string, answer: readonly Part[], want: string])[] = [
  ['as it should be', [OK + END], '200 {}'],
  ['no reason phrase', [`HTTP/1.1 200${CRLF}${END}`], '200 {}'],
  ['byte by byte', [...`${CHUNKED}1${CRLF}{${CRLF}1${CRLF}}${CRLF}0${CRLF}${CRLF}`], '200 {}'],
  [
    'chunks with extensions and trailers',
    [`${CHUNKED}2;a=b${CRLF}{}${CRLF}0${CRLF}X: y${CRLF}${CRLF}`],
    '200 {}',
  ],
  ['until the connection ends', [`${OK}${CRLF}{}`, CLOSE], '200 {}'],
  ['HTTP/1.0', [`HTTP/1.0 200 OK${CRLF}${CRLF}{}`, CLOSE], '200 {}'],
  ['100 Continue that was not asked for', [CONTINUE + OK + END], '200 {}'],
  [
    '100 Continue twice, with a header',
    [CONTINUE, `HTTP/1.1 100${CRLF}X: y${CRLF}${CRLF}`, OK + END],
    '200 {}',
  ],
  ['100 Continue byte by byte', [...(CONTINUE + OK + END)], '200 {}'],
  ['103 Early Hints', [`HTTP/1.1 103 Early Hints${CRLF}Link: </x>${CRLF}${CRLF}`, OK + END], '200 {}'],
  ['204 with a length', [`HTTP/1.1 204 No Content${CRLF}Content-Length: 5${CRLF}${CRLF}`], '204 '],
  ['more than was announced', [`${OK}${END}{}`], '200 {}'],
  ['compressed', [zip(), ZIPPED], `200 ${LONG}`],
  ['compressed, in capitals', [zip().replace('gzip', 'GZIP'), ZIPPED], `200 ${LONG}`],
  ['compressed, and empty', [zip(0)], '200 '],
  ['compressed, in part', [zip(20), ZIPPED.subarray(0, 20)], 'unexpected end of file'],
  ['not compressed, though it says so', [zip(5), 'hello'], 'incorrect header check'],

  ['closed at once', [CLOSE], WAS_RESET],
  ['reset at once', [RESET], WAS_RESET],
  ['closed in the status line', ['HTTP/1.1 20', CLOSE], WAS_RESET],
  ['closed in 100 Continue', ['HTTP/1.1 100 Cont', CLOSE], WAS_RESET],
  ['closed in the headers', [`${OK}Content-Le`, CLOSE], WAS_RESET],
  ['closed in the body', [`${OK}Content-Length: 9${CRLF}${CRLF}abc`, CLOSE], WAS_RESET],
  [
    'closed in the body, as announced',
    [`${OK}Connection: close${CRLF}Content-Length: 9${CRLF}${CRLF}abc`, CLOSE],
    WAS_RESET,
  ],
  ['reset in the body', [`${OK}Content-Length: 9${CRLF}${CRLF}abc`, RESET], WAS_RESET],
  ['closed in a chunk', [`${CHUNKED}5${CRLF}ab`, CLOSE], WAS_RESET],
  [
    'closed in a chunk, as announced',
    [CHUNKED.replace(OK, `${OK}Connection: close${CRLF}`), `5${CRLF}ab`, CLOSE],
    WAS_RESET,
  ],

  ['another protocol', ['SSH-2.0-OpenSSH_9.2\r\n'], parse('Expected HTTP/, RTSP/ or ICE/')],
  ['bytes', [Buffer.from([0, 1, 2, 255])], parse('Expected HTTP/, RTSP/ or ICE/')],
  ['HTTP/2 in words', [`HTTP/2 200${CRLF}${CRLF}`], parse('Expected dot')],
  ['a status that is none', [`HTTP/1.1 99 No${CRLF}${CRLF}`], parse('Invalid status code')],
  [
    'a change of protocol',
    [`HTTP/1.1 101 Switching Protocols${CRLF}Upgrade: x${CRLF}Connection: upgrade${CRLF}${CRLF}`],
    noHttp('it changes the protocol, which was not asked for'),
  ],
  ['a header without a colon', [`${OK}Foo${CRLF}${END}`], parse('Invalid header token')],
  [
    'headers of 60 KB',
    [`${OK}${`X: ${'y'.repeat(2000)}${CRLF}`.repeat(30)}${END}`],
    noHttp('its headers are longer than 16 KiB'),
  ],
  ['a size of a chunk that is none', [`${CHUNKED}xy${CRLF}`], parse('Invalid character in chunk size')],
  [
    'a length that is none',
    [`${OK}Content-Length: two${CRLF}${CRLF}{}`],
    parse('Invalid character in Content-Length'),
  ],
  ['two lengths', [`${OK}Content-Length: 2${CRLF}Content-Length: 3${CRLF}${CRLF}{}`], LENGTH],
  [
    'a length and chunks',
    [`${OK}Content-Length: 5${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}2${CRLF}{}${CRLF}0${CRLF}${CRLF}`],
    LENGTH,
  ],
];

let server: Server | undefined;
afterEach(() => server?.close());

test.each(TABLE)('%s', async (_, parts, want) => {
  server = createServer(socket => {
    socket.on('error', () => {}).setNoDelay(true);
    socket.once('data', () => void write(socket, parts));
  });
  await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const caller = new HttpClient(url, { follow_redirects: true });
  let body = '';
  const sink = () => (chunk: Buffer) => {
    body += chunk;
  };
  const call = caller.call(
    { method: 'POST', url, body: '{}' },
    { signal: AbortSignal.timeout(20_000), sink },
  );
  expect(await call.then(({ status }) => `${status} ${body}`, explainError)).toBe(want);
  caller.close();
});

/** Each part in a packet of its own. */
async function write(socket: Socket, parts: readonly Part[]): Promise<void> {
  for (const part of parts) {
    if (part === CLOSE) socket.end();
    else if (part === RESET) socket.resetAndDestroy();
    else socket.write(part);
    await new Promise(setImmediate);
  }
}
