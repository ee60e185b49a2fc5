// The kind tcp: what is said of servers that answer, do not, or answer without end, and that blackbox_exporter has the same verdict
// of the same server.

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tcp } from '../../../src/probes/kinds/tcp.js';
import { freePort, makeFolder, removeFolder } from '../../support/child.js';
import { type Exporter, startBlackbox } from '../../support/exporters.js';
import { type Pair, Pki } from '../../support/pki.js';
import { type RedisServer, startRedis } from '../../support/redis.js';
import { type SmtpEndpoint, startSmtp } from '../../support/smtp.js';
import { bothSides, probeByBlackbox } from './blackbox.js';
import { checkedBy, problemOf } from './checked.js';
import { Bench, type Run, run } from './recording.js';

const folder = makeFolder('tcp');
const bench = new Bench();
const servers: Server[] = [];
const sockets = new Set<Socket>();
let authority: Pair;
let leaf: Pair;
let smtp: SmtpEndpoint;
let redis: RedisServer;
let exporter: Exporter;

type Serve = (socket: Socket) => void;

async function served(serve: Serve, tls?: Pair): Promise<string> {
  const connected = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  };
  const server = tls ? createTlsServer({ cert: tls.cert, key: tls.key }, connected) : createServer(connected);
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const says =
  (...texts: string[]): Serve =>
  socket => {
    for (const text of texts) socket.write(text);
  };
const saysAndEnds =
  (text: string): Serve =>
  socket =>
    socket.end(text);
/** Answers each line with what a function makes of it. */
const answers =
  (answer: (line: string) => string): Serve =>
  socket =>
    socket.on('data', chunk => {
      for (const line of chunk.toString().split('\n').slice(0, -1)) socket.write(answer(line));
    });

const places = {
  silent: () => served(() => {}),
  greeting: () => served(says('220 mail.example.org ESMTP ready\r\n')),
  'two lines': () => served(says('hello\n', 'world\n')),
  'a line in pieces': () =>
    served(socket => {
      socket.write('hel');
      setTimeout(() => socket.write('lo\n'), 30);
    }),
  'an unended line': () => served(saysAndEnds('hello')),
  'another greeting': () => served(saysAndEnds('554 no service today\r\n')),
  closing: () => served(socket => socket.end()),
  echo: () => served(answers(line => `you said ${line}\n`)),
  'a long line': () => served(socket => socket.write(`${'x'.repeat(200_000)}\n`)),
  refused: async () => `127.0.0.1:${await freePort()}`,
  smtp: async () => `127.0.0.1:${smtp.port}`,
  redis: async () => `127.0.0.1:${redis.port}`,
  tls: () => served(says('hello\n'), leaf),
};
type Place = keyof typeof places;
const addresses = new Map<Place, string>();

const asks = (...steps: object[]) => ({ query_response: steps });
const STARTTLS = asks(
  { expect: '^220 ([^ ]+) ESMTP' },
  { send: 'EHLO prober' },
  { expect: '^250[ -]STARTTLS' },
  { send: 'STARTTLS' },
  { expect: '^220' },
  { starttls: true },
  { send: 'EHLO prober' },
  { expect: '^250[ -]AUTH' },
  { send: 'QUIT' },
);

const shared: readonly [name: string, place: Place, options: object, want: string][] = [
  ['a connection', 'silent', {}, 'ok'],
  ['no server', 'refused', {}, 'refused: Connection refused'],
  ['a greeting', 'greeting', asks({ expect: '^220 ' }), 'ok'],
  ['a line that is not the first', 'two lines', asks({ expect: '^world$' }), 'ok'],
  [
    'a line that came before',
    'two lines',
    asks({ expect: 'world' }, { expect: 'hello' }),
    'timeout: Request timed out waiting for a line that matches "hello"; none came',
  ],
  ['a line in pieces', 'a line in pieces', asks({ expect: '^hello$' }), 'ok'],
  ['a line without an end', 'an unended line', asks({ expect: '^hello$' }), 'ok'],
  [
    'no greeting',
    'silent',
    asks({ expect: '^220 ' }),
    'timeout: Request timed out waiting for a line that matches "^220 "; none came',
  ],
  [
    'another greeting',
    'another greeting',
    asks({ expect: '^220 ' }),
    'body: Connection closed before a line matched "^220 "; the last one was "554 no service today"',
  ],
  [
    'a line that is not there',
    'two lines',
    asks({ expect: '^220 ' }),
    'timeout: Request timed out waiting for a line that matches "^220 "; the last one was "world"',
  ],
  [
    'closed at once',
    'closing',
    asks({ expect: '^220 ' }),
    'protocol: Connection closed before a line matched "^220 "; none came',
  ],
  ['a line is answered', 'echo', asks({ send: 'ping' }, { expect: '^you said ping$' }), 'ok'],
  [
    'a group is sent',
    'echo',
    asks(
      { send: 'a=1 b=2' },
      { expect: 'a=(\\d) b=(?P<two>\\d)', send: `got $1 and $${'{two}'}` },
      { expect: '^you said got 1 and 2$' },
    ),
    'ok',
  ],
  ['no group without an expression', 'echo', asks({ send: 'x$1' }, { expect: '^you said x\\$1$' }), 'ok'],
  ['a line that is too long', 'a long line', asks({ expect: 'y' }), 'body: A line is longer than 64 KiB'],
  ['STARTTLS', 'smtp', STARTTLS, 'ok'],
  ['a Redis', 'redis', asks({ send: 'PING' }, { expect: '^\\+PONG' }), 'ok'],
  ['TLS', 'tls', { tls: true, ...asks({ expect: '^hello' }) }, 'ok'],
  [
    'TLS to a server without',
    'greeting',
    { tls: true },
    'tls: TLS: the server does not speak TLS on this port; remove tls',
  ],
  [
    'no TLS to a server with',
    'tls',
    asks({ expect: '^hello' }),
    'timeout: Request timed out waiting for a line that matches "^hello"; none came',
  ],
];
const moduleName = (name: string) => name.replaceAll(/\W+/g, '_');
const usesTls = (options: object) => 'tls' in options || JSON.stringify(options).includes('starttls');

beforeAll(async () => {
  const pki = new Pki(folder);
  authority = pki.authority('authority');
  leaf = pki.leaf('leaf', { issuer: authority, to: 10 });
  smtp = await startSmtp({ tls: { cert: leaf.file, key: leaf.keyFile } });
  redis = await startRedis();
  for (const place of Object.keys(places) as Place[]) addresses.set(place, await places[place]());
  const modules = shared.map(([name, , options]) => [
    moduleName(name),
    {
      prober: 'tcp',
      timeout: '1s',
      tcp: { preferred_ip_protocol: 'ip4', ...withAuthority(options) },
    },
  ]);
  exporter = await startBlackbox(Object.fromEntries(modules));
});
afterAll(async () => {
  await bench.close();
  await exporter?.close();
  await redis?.close();
  await smtp?.close();
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  removeFolder(folder);
});

const withAuthority = (options: object) => ({
  ...(usesTls(options) ? { tls_config: { ca_file: authority.file } } : {}),
  ...options,
});

async function ask(address: string, options: object, timeout = 1000): Promise<Run> {
  return run(await bench.open(tcp, { address, ...withAuthority(options) }), timeout);
}

const at = (place: Place) => addresses.get(place) as string;

const said = async (address: string, options: object, timeout = 1000) =>
  checkedBy(await bench.open(tcp, { address, ...withAuthority(options) }), timeout);

test.each(shared)('%s', async (_, place, options, want) => {
  expect(await said(at(place), options)).toBe(want);
});

const SERIES = [
  'probe_failed_due_to_regex',
  'probe_ip_protocol',
  'probe_ip_addr_hash',
  'probe_ssl_earliest_cert_expiry',
  'probe_ssl_last_chain_expiry_timestamp_seconds',
  'probe_tls_version_info{version="TLS 1.3"}',
];

test.each(shared)('blackbox_exporter agrees: %s', async (name, place, options) => {
  const theirs = await probeByBlackbox(exporter, moduleName(name), at(place));
  const both = bothSides(await ask(at(place), options), theirs, place === 'refused' ? [] : SERIES);
  expect(both.ours).toEqual(both.theirs);
});

test('what comes unencrypted behind the answer to STARTTLS is not read as an answer', async () => {
  const address = await served(says('220 go\n250 injected\n'));
  expect(await said(address, asks({ expect: '^220', starttls: true }, { expect: '^250' }))).toMatch(
    /^timeout: .*TLS handshake/,
  );
});

describe('secrets', () => {
  test.each([
    ['a password', 'PASS correct-horse', /the last one was "you said <secret>"/],
    ['a word of a line that signs in', 'AUTH horse', /the last one was "(you said )?.*<secret>"/],
  ])('%s', async (_, send, want) => {
    const words = await said(at('echo'), asks({ send }, { expect: '^OK' }));
    expect(words).toMatch(want);
    expect(words).not.toContain('horse');
  });
});

test('a certificate that expires soon', async () => {
  expect(await said(at('tls'), { tls: true, min_certificate_days: 9 })).toBe('ok');
  expect(await said(at('tls'), { tls: true, min_certificate_days: 11 })).toMatch(
    /^tls: TLS: a certificate expires on \d{4}-/,
  );
});

test('a certificate that is not accepted fails the check and shows when it expires', async () => {
  const { attempt, failure } = await ask(at('tls'), { tls: true, tls_config: {} });
  expect(failure?.message).toMatch(/^TLS: certificate is signed by an unknown CA/);
  expect(attempt.value('probe_ssl_earliest_cert_expiry')).toBeGreaterThan(Date.now() / 1000);
  expect(await said(at('tls'), { tls: true, tls_config: { insecure_skip_verify: true } })).toBe('ok');
});

describe('configuration', () => {
  const cases: readonly [options: object, want: RegExp | undefined][] = [
    [{ address: '127.0.0.1:5432' }, undefined],
    [{ address: '[::1]:5432' }, undefined],
    [{ address: '127.0.0.1' }, /^has no port; write 127\.0\.0\.1:PORT$/],
    [{ address: '::1' }, /^not an address with a port; write \[::1\]:PORT$/],
    [{ address: 'tcp://user:pw@127.0.0.1:1' }, /^is a URL; write HOST:PORT or \[IPV6\]:PORT$/],
    [{ address: '127.0.0.1:99999' }, /^not an address; write HOST:PORT/],
    [{ query_response: [{ expect: '(' }] }, /missing closing/],
    [
      { query_response: [{ expects: 'x' }] },
      /unknown key "expects" \(did you mean "expect"\?\)|unknown key "expects"/,
    ],
    [{ query_response: [{}] }, /^query_response\.0: says nothing; write expect, send or starttls$/],
    [{ query_response: [{ starttls: true }], tls: true }, /TLS can begin once; remove tls or starttls$/],
    [{ query_response: [{ starttls: true }, { starttls: true }] }, /remove all but one starttls$/],
    [{ tls_config: {} }, /^tls_config is not used; set tls: true, or starttls in query_response$/],
    [{ min_certificate_days: 3 }, /^min_certificate_days needs tls: true/],
    [{ tls: true, tls_config: { cert_file: 'a' } }, /cert_file and key_file go together/],
  ];
  test.each(cases)('%j', (options, want) => {
    const problem = problemOf(tcp, { address: '127.0.0.1:1', ...options });
    if (want) expect(problem).toMatch(want);
    else expect(problem).toBeUndefined();
  });
});
