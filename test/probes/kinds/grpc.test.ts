// The kind grpc: what is said of servers with and without the health service and of other servers, and that blackbox_exporter has
// the same verdict of the same server.

import { createServer as createHttp } from 'node:http';
import { createServer as createHttp2, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grpc } from '../../../src/probes/kinds/grpc.js';
import { freePort, makeFolder, removeFolder } from '../../support/child.js';
import { type Exporter, startBlackbox } from '../../support/exporters.js';
import { type GrpcServer, startGrpc } from '../../support/grpc.js';
import { type Pair, Pki } from '../../support/pki.js';
import { bothSides, probeByBlackbox } from './blackbox.js';
import { checkedBy, problemOf } from './checked.js';
import { Bench, run } from './recording.js';

const folder = makeFolder('grpc');
const bench = new Bench();
const servers: GrpcServer[] = [];
const closing: (() => unknown)[] = [];
let authority: Pair;
let leaf: Pair;
let exporter: Exporter;

const STATUSES = { '': 'SERVING', well: 'SERVING', ill: 'NOT_SERVING', unsure: 'UNKNOWN' } as const;
const places = { plain: '', tls: '', 'no health service': '', refused: '' };
type Place = keyof typeof places;

const shared: readonly [name: string, place: Place, options: object, want: string][] = [
  ['the server as a whole', 'plain', {}, 'ok'],
  ['a service that is well', 'plain', { service: 'well' }, 'ok'],
  ['a service that is not', 'plain', { service: 'ill' }, 'status: The service "ill" is NOT_SERVING'],
  [
    'a service of which nothing is known',
    'plain',
    { service: 'unsure' },
    'status: The service "unsure" is UNKNOWN',
  ],
  [
    'no such service',
    'plain',
    { service: 'none' },
    'status: gRPC NOT_FOUND (Health status unknown for service none)',
  ],
  [
    'no health service',
    'no health service',
    {},
    'status: gRPC UNIMPLEMENTED (The server does not implement the method /grpc.health.v1.Health/Check)',
  ],
  ['TLS', 'tls', { tls: true, service: 'well' }, 'ok'],
  ['no server', 'refused', {}, 'refused: Connection refused'],
];
const moduleName = (name: string) => name.replaceAll(/\W+/g, '_');
const withAuthority = (options: object) =>
  'tls' in options ? { tls_config: { ca_file: authority.file }, ...options } : options;

beforeAll(async () => {
  const pki = new Pki(folder);
  authority = pki.authority('authority');
  leaf = pki.leaf('leaf', { issuer: authority, to: 10 });
  servers.push(await startGrpc(STATUSES), await startGrpc(STATUSES, leaf), await startGrpc(undefined));
  [places.plain, places.tls, places['no health service']] = servers.map(each => each.address) as [
    string,
    string,
    string,
  ];
  places.refused = `127.0.0.1:${await freePort()}`;
  const modules = shared.map(([name, , options]) => [
    moduleName(name),
    { prober: 'grpc', timeout: '5s', grpc: { preferred_ip_protocol: 'ip4', ...withAuthority(options) } },
  ]);
  exporter = await startBlackbox(Object.fromEntries(modules));
});
afterAll(async () => {
  await bench.close();
  await exporter?.close();
  for (const server of servers) server.close();
  for (const close of closing) await close();
  removeFolder(folder);
});

const open = (address: string, options: object) => bench.open(grpc, { address, ...withAuthority(options) });
const said = async (address: string, options: object = {}, timeout = 5000) =>
  checkedBy(await open(address, options), timeout);

test.each(shared)('%s', async (_, place, options, want) => {
  expect(await said(places[place], options)).toBe(want);
});

const SERVING = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'].map(
  status => `probe_grpc_healthcheck_response{serving_status="${status}"}`,
);
const SERIES = ['probe_grpc_status_code', 'probe_grpc_ssl', ...SERVING];

test.each(shared)('blackbox_exporter agrees: %s', async (name, place, options) => {
  const theirs = await probeByBlackbox(exporter, moduleName(name), places[place]);
  const ours = await run(await open(places[place], options));
  const tls =
    'tls' in options ? ['probe_ssl_earliest_cert_expiry', 'probe_tls_version_info{version="TLS 1.3"}'] : [];
  const connection = place === 'refused' ? [] : ['probe_ip_protocol', 'probe_ip_addr_hash'];
  const both = bothSides(ours, theirs, [...SERIES, ...connection, ...tls]);
  expect(both.ours).toEqual(both.theirs);
});

test('a service that changes', async () => {
  const server = await startGrpc({ '': 'NOT_SERVING' });
  servers.push(server);
  expect(await said(server.address)).toBe('status: The server is NOT_SERVING');
  server.set('', 'SERVING');
  expect(await said(server.address)).toBe('ok');
});

test('certificates', async () => {
  expect(await said(places.tls, { tls: true, tls_config: {} })).toMatch(
    /^tls: TLS: certificate is signed by an unknown CA/,
  );
  expect(await said(places.tls, { tls: true, tls_config: { insecure_skip_verify: true } })).toBe('ok');
  expect(await said(places.tls, { tls: true, min_certificate_days: 11 })).toMatch(
    /^tls: TLS: a certificate expires on/,
  );
  expect(await said(places.plain, { tls: true })).toBe(
    'tls: TLS: the server does not speak TLS on this port; remove tls',
  );
});

async function served(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const tcp = (serve: (socket: Socket) => unknown) => served(createServer(socket => void serve(socket)));
const http2 = (serve: (stream: ServerHttp2Stream) => unknown) => {
  const server = createHttp2();
  server.on('stream', stream => {
    stream.on('error', () => {});
    serve(stream);
  });
  server.on('sessionError', () => {});
  return served(server);
};

/** Empty frames of settings, a byte at a time. */
function dripSettings(socket: Socket): void {
  const frame = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  let at = 0;
  setInterval(() => socket.write(frame.subarray(at % 9, (at++ % 9) + 1)), 5).unref();
}

const GRPC = { 'content-type': 'application/grpc' };
/** An answer with a body and trailers. */
const answers = (body: Buffer, trailers: Record<string, string>) => (stream: ServerHttp2Stream) => {
  stream.respond({ ':status': 200, ...GRPC }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(body);
};
const OK = { 'grpc-status': '0' };

describe('other servers', () => {
  const cases: readonly [
    name: string,
    start: () => Promise<string>,
    options: object,
    want: string | RegExp,
  ][] = [
    ['nothing', () => tcp(() => {}), {}, 'timeout: Request timed out'],
    [
      'nothing of a handshake',
      () => tcp(() => {}),
      { tls: true },
      'timeout: Request timed out during the TLS handshake; does the port speak TLS?',
    ],
    [
      'closed at once',
      () => tcp(socket => socket.destroy()),
      {},
      /^protocol: Connection (closed before|reset)/,
    ],
    [
      'HTTP/1.1',
      () => served(createHttp((_, response) => void response.end('hello'))),
      {},
      /^protocol: The server does not speak HTTP\/2, which gRPC needs, on this port; if it speaks TLS, set tls: true$/,
    ],
    [
      'TLS',
      () => served(createTlsServer({ cert: leaf.cert, key: leaf.key })),
      {},
      /^protocol: (The server does not speak HTTP\/2|Connection closed before the answer was complete|Connection reset)/,
    ],
    [
      'TLS without HTTP/2',
      () => served(createTlsServer({ cert: leaf.cert, key: leaf.key, ALPNProtocols: ['http/1.1'] })),
      { tls: true },
      'tls: TLS: the server does not offer HTTP/2 over TLS (ALPN) (no_application_protocol)',
    ],
    ['garbage', () => tcp(socket => socket.write(Buffer.alloc(1000, 0xa5))), {}, /^protocol: /],
    ['one byte at a time', () => tcp(dripSettings), {}, 'timeout: Request timed out'],
    [
      'a page',
      () =>
        http2(
          stream =>
            stream.respond({ ':status': 404, 'content-type': 'text/html; charset=utf-8' }) ??
            stream.end('no'),
        ),
      {},
      'status: gRPC UNIMPLEMENTED (HTTP 404, text/html: not an answer of gRPC)',
    ],
    [
      'a page of a proxy',
      () => http2(stream => stream.respond({ ':status': 503 }) ?? stream.end('no')),
      {},
      'status: gRPC UNAVAILABLE (HTTP 503, nothing: not an answer of gRPC)',
    ],
    [
      'a refusal to sign in',
      () =>
        http2(stream =>
          stream.respond(
            { ':status': 200, ...GRPC, 'grpc-status': '16', 'grpc-message': 'no%20token %C3%A9' },
            { endStream: true },
          ),
        ),
      {},
      'auth: gRPC UNAUTHENTICATED (no token \u00e9)',
    ],
    [
      'a code without a name',
      () => http2(answers(Buffer.alloc(0), { 'grpc-status': '99' })),
      {},
      'status: gRPC 99',
    ],
    ['no message', () => http2(answers(Buffer.alloc(0), OK)), {}, 'protocol: The answer has no message'],
    [
      'half a message',
      () => http2(answers(Buffer.from([0, 0, 0, 0, 9, 8, 1]), OK)),
      {},
      'protocol: The answer is not one message',
    ],
    [
      'a compressed message',
      () => http2(answers(Buffer.from([1, 0, 0, 0, 0]), OK)),
      {},
      'protocol: The answer is compressed, which was not asked for',
    ],
    [
      'another message',
      () => http2(answers(Buffer.from([0, 0, 0, 0, 1, 0x0b]), OK)),
      {},
      'protocol: Not an answer of the health service: the message has a field of an unknown type',
    ],
    [
      'a status without a name',
      () => http2(answers(Buffer.from([0, 0, 0, 0, 2, 8, 77]), OK)),
      {},
      'status: The server is 77',
    ],
    ['serving, by hand', () => http2(answers(Buffer.from([0, 0, 0, 0, 2, 8, 1]), OK)), {}, 'ok'],
    [
      'a message without an end',
      () =>
        http2(stream => {
          stream.respond({ ':status': 200, ...GRPC });
          const more = () => {
            while (!stream.destroyed && stream.write(Buffer.alloc(10_000)));
          };
          stream.on('drain', more);
          more();
        }),
      {},
      'body: The answer is longer than 64 KiB',
    ],
    [
      'a request that is given up',
      () => http2(stream => stream.close(7)),
      {},
      /^protocol: HTTP\/2: .*REFUSED_STREAM/,
    ],
    [
      'headers alone',
      () => http2(stream => stream.respond({ ':status': 200, ...GRPC })),
      {},
      'timeout: Request timed out',
    ],
  ];
  test.each(cases)('%s', async (_, start, options, want) => {
    const words = await said(await start(), options, 1000);
    if (typeof want === 'string') expect(words).toBe(want);
    else expect(words).toMatch(want);
  });

  test('after a timeout the code is DEADLINE_EXCEEDED', async () => {
    const { attempt } = await run(await open(await tcp(() => {}), {}), 200);
    expect(attempt.value('probe_grpc_status_code')).toBe(4);
  });
});

describe('configuration', () => {
  const cases: readonly [options: object, want: RegExp | undefined][] = [
    [{}, undefined],
    [{ address: '127.0.0.1' }, /^has no port; write 127\.0\.0\.1:PORT$/],
    [{ address: 'https://127.0.0.1:1' }, /^is a URL; write HOST:PORT or \[IPV6\]:PORT$/],
    [{ tls_config: {} }, /^tls_config is not used; set tls: true$/],
    [{ min_certificate_days: 3 }, /^min_certificate_days needs tls: true$/],
    [{ tls: true, tls_config: { key_file: 'a' } }, /cert_file and key_file go together/],
  ];
  test.each(cases)('%j', (options, want) => {
    const problem = problemOf(grpc, { address: '127.0.0.1:1', ...options });
    if (want) expect(problem).toMatch(want);
    else expect(problem).toBeUndefined();
  });
});
