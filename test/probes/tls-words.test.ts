// Error messages of failed TLS connections, and the expiry of certificate chains: real servers, compared with
// blackbox_exporter.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HttpClient } from '../../src/http-client/client.js';
import { explainError } from '../../src/http-client/errors.js';
import { http } from '../../src/probes/kinds/http.js';
import { redis } from '../../src/probes/kinds/redis.js';
import { freePort } from '../support/child.js';
import { startBlackbox } from '../support/exporters.js';
import { dayIn, type Pair, Pki } from '../support/pki.js';
import { startRedis } from '../support/redis.js';
import { Checked } from './checks.js';

const folder = mkdtempSync(join(tmpdir(), 'tls-words-'));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const made = {} as Record<
  | 'root'
  | 'int'
  | 'oldInt'
  | 'crossed'
  | 'oldRoot'
  | 'namesake'
  | 'other'
  | 'leaf'
  | 'direct'
  | 'soon'
  | 'expired'
  | 'early'
  | 'alone'
  | 'named'
  | 'nameless'
  | 'client'
  | 'clientOnly'
  | 'narrow'
  | 'outside'
  | 'critical'
  | 'noCa'
  | 'byLeaf'
  | 'sha1'
  | 'sha1Int'
  | 'underSha1'
  | 'shortRoot'
  | 'underShort',
  Pair
>;
beforeAll(() => {
  const pki = new Pki(folder);
  made.root = pki.authority('root', { subject: 'Root R', to: 3000 });
  made.oldRoot = pki.authority('oldRoot', { subject: 'Root O', from: -900, to: -30 });
  made.crossed = pki.authority('crossed', {
    subject: 'Root R',
    keyOf: made.root,
    issuer: made.oldRoot,
    from: -800,
    to: -40,
  });
  made.int = pki.authority('int', { subject: 'Middle', issuer: made.root, to: 900 });
  made.oldInt = pki.authority('oldInt', {
    subject: 'Middle',
    keyOf: made.int,
    issuer: made.root,
    from: -400,
    to: -2,
  });
  made.namesake = pki.authority('namesake', { subject: 'Root R' });
  made.narrow = pki.authority('narrow', {
    issuer: made.root,
    extension: 'nameConstraints=critical,permitted;DNS:.corp.test',
  });
  made.outside = pki.leaf('outside', { issuer: made.narrow, san: 'IP:127.0.0.1,DNS:a.test' });
  made.critical = pki.leaf('critical', {
    issuer: made.root,
    extension: '1.2.3.4.5=critical,ASN1:UTF8String:x',
  });
  made.sha1 = pki.leaf('sha1', { issuer: made.root, digest: 'sha1' });
  made.sha1Int = pki.authority('sha1Int', { issuer: made.root, digest: 'sha1' });
  made.underSha1 = pki.leaf('underSha1', { issuer: made.sha1Int });
  made.noCa = pki.leaf('noCa', { issuer: made.root });
  made.byLeaf = pki.leaf('byLeaf', { issuer: made.noCa });
  made.other = pki.authority('other', { subject: 'Root X' });
  made.shortRoot = pki.authority('shortRoot', { subject: 'Root S', to: 7 });
  made.underShort = pki.leaf('underShort', { issuer: made.shortRoot, to: 50 });
  made.leaf = pki.leaf('leaf', { issuer: made.int, to: 60 });
  made.soon = pki.leaf('soon', { issuer: made.int, to: 5 });
  made.direct = pki.leaf('direct', { issuer: made.root, to: 60 });
  made.expired = pki.leaf('expired', { issuer: made.int, from: -90, to: -3 });
  made.early = pki.leaf('early', { issuer: made.int, from: 4 });
  made.alone = pki.leaf('alone', {});
  made.named = pki.leaf('named', { issuer: made.root, san: 'DNS:a.test,DNS:b.test,IP:127.0.0.9' });
  made.nameless = pki.leaf('nameless', { issuer: made.root, san: '' });
  made.client = pki.leaf('client', { issuer: made.root, san: 'DNS:client' });
  made.clientOnly = pki.leaf('clientOnly', { issuer: made.root, usage: 'clientAuth' });
});

const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function listening(server: Server): Promise<number> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', socket => sockets.add(socket));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise(resolve => server.close(resolve));
  });
  return portOf(server);
}

/** An HTTPS server that sends these certificates. */
function serve(chain: readonly Pair[], options: ServerOptions = {}): Promise<number> {
  const [own] = chain as [Pair];
  const cert = chain.map(each => each.cert).join('');
  const answer = (_: unknown, response: { end(body: string): void }) => response.end('{"status":"ok"}');
  return listening(createServer({ cert, key: own.key, ...options }, answer));
}

/** OpenSSL's own server, which sends its reason as a TLS alert. */
async function opensslServer(...args: string[]): Promise<number> {
  const port = await freePort();
  const child = spawn(
    'openssl',
    [
      's_server',
      '-accept',
      `127.0.0.1:${port}`,
      '-cert',
      made.direct.file,
      '-key',
      made.direct.keyFile,
      '-www',
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  closing.push(() => child.kill());
  await new Promise<void>(resolve => child.stdout.on('data', data => /ACCEPT/.test(data) && resolve()));
  return port;
}

const MUTUAL = { requestCert: true, rejectUnauthorized: true };
/** A server that sends certificates that OpenSSL refuses by now. */
const OLD = { ciphers: 'DEFAULT@SECLEVEL=0' };
const ca = () => ({ ca_file: made.root.file });

const SERVERS: [
  name: string,
  start: () => Promise<number>,
  tls: () => object,
  want: string | RegExp | undefined,
][] = [
  ['a chain as it should be', () => serve([made.leaf, made.int]), ca, undefined],
  [
    'an expired certificate',
    () => serve([made.expired, made.int]),
    ca,
    `certificate has expired (${dayIn(-3)})`,
  ],
  [
    'an expired intermediate',
    () => serve([made.leaf, made.oldInt]),
    ca,
    `intermediate certificate "Middle" has expired (${dayIn(-2)})`,
  ],
  [
    'an expired root that is trusted',
    () => serve([made.leaf, made.int, made.crossed]),
    () => ({ ca_file: made.oldRoot.file }),
    /^(intermediate certificate "Root R" has expired|CA certificate "Root O" \(tls_config.ca_file\) has expired)/,
  ],
  [
    'an expired cross-signature nothing depends on',
    () => serve([made.leaf, made.int, made.crossed]),
    ca,
    undefined,
  ],
  [
    'a certificate of the future',
    () => serve([made.early, made.int]),
    ca,
    `certificate is not valid yet (from ${dayIn(4)}); if that date is past, the clock of this machine is wrong`,
  ],
  [
    'a missing intermediate',
    () => serve([made.leaf]),
    ca,
    'intermediate certificate "Middle" that signed the server\'s is missing: the server does not send it and tls_config.ca_file does not have it; complete the chain on the server',
  ],
  [
    'a missing intermediate that is trusted itself',
    () => serve([made.leaf]),
    () => ({ ca_file: made.int.file }),
    undefined,
  ],
  [
    'another CA',
    () => serve([made.leaf, made.int]),
    () => ({ ca_file: made.other.file }),
    'certificate is signed by a CA ("Root R") that tls_config.ca_file does not have',
  ],
  [
    'another CA of the same name',
    () => serve([made.leaf, made.int]),
    () => ({ ca_file: made.namesake.file }),
    'certificate is signed by another CA of the name "Root R" than tls_config.ca_file has',
  ],
  [
    'an unknown CA',
    () => serve([made.leaf, made.int]),
    () => ({}),
    'certificate is signed by an unknown CA ("Root R"); name it in tls_config.ca_file',
  ],
  [
    'an unknown CA, sent too',
    () => serve([made.leaf, made.int, made.root]),
    () => ({}),
    'certificate is signed by an unknown CA ("Root R"); name it in tls_config.ca_file',
  ],
  [
    'a self-signed certificate',
    () => serve([made.alone]),
    () => ({}),
    'certificate is self-signed; name its CA in tls_config.ca_file',
  ],
  [
    'a self-signed certificate that is trusted',
    () => serve([made.alone]),
    () => ({ ca_file: made.alone.file }),
    undefined,
  ],
  [
    'another self-signed certificate',
    () => serve([made.alone]),
    ca,
    'certificate is self-signed and not the one in tls_config.ca_file',
  ],
  [
    'a certificate for others',
    () => serve([made.named]),
    ca,
    'certificate is for DNS:a.test, DNS:b.test, IP:127.0.0.9, not for 127.0.0.1; set tls_config.server_name',
  ],
  [
    'a certificate for no host',
    () => serve([made.nameless]),
    ca,
    'certificate names no host (no subjectAltName), only "nameless"; it cannot be accepted for 127.0.0.1',
  ],
  [
    "a client's certificate",
    () => serve([made.clientOnly]),
    ca,
    'certificate is not made for servers (its extendedKeyUsage lacks serverAuth)',
  ],
  ['a name that the CA may not sign', () => serve([made.outside, made.narrow]), ca, /name constraints/],
  [
    'one that is no CA as issuer',
    () => serve([made.byLeaf, made.noCa]),
    ca,
    'certificate is signed by "noCa", which is no CA (its basicConstraints)',
  ],
  [
    'signed with SHA-1',
    () => serve([made.sha1], OLD),
    ca,
    'certificate is signed with SHA-1, which is not trusted any more',
  ],
  [
    'below an intermediate one signed with SHA-1',
    () => serve([made.underSha1, made.sha1Int], OLD),
    ca,
    'intermediate certificate "sha1Int" is signed with SHA-1, which is not trusted any more',
  ],
  ['a critical extension', () => serve([made.critical]), ca, /a critical extension that is not known/],
  ...(['TLSv1.2', 'TLSv1.3'] as const).map(
    version =>
      [
        `no client certificate, ${version}`,
        () =>
          serve([made.direct], { ...MUTUAL, ca: made.root.cert, minVersion: version, maxVersion: version }),
        ca,
        version === 'TLSv1.2'
          ? /client certificate/
          : /^the server wants a client certificate: set tls_config.cert_file and tls_config.key_file/,
      ] as [string, () => Promise<number>, () => object, string | RegExp],
  ),
  [
    'no client certificate, by an alert',
    () => opensslServer('-Verify', '1', '-verify_return_error'),
    ca,
    /^the server wants a client certificate: set tls_config.cert_file and tls_config.key_file/,
  ],
  [
    'a client certificate of another CA',
    () => opensslServer('-Verify', '1', '-verify_return_error', '-CAfile', made.other.file),
    () => ({ ...ca(), cert_file: made.client.file, key_file: made.client.keyFile }),
    /unknown_ca|the server asked for a client certificate and closed/,
  ],
  [
    'old versions only',
    () => opensslServer('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'),
    ca,
    /^the server (accepts no TLS version that is offered here|offers only TLS versions that are not accepted here)/,
  ],
  [
    'no cipher in common',
    () => opensslServer('-tls1_2', '-cipher', 'ADH-AES256-SHA256:@SECLEVEL=0'),
    ca,
    'the server refused: no cipher in common, or it wants a client certificate (tls_config.cert_file) (handshake_failure)',
  ],
  [
    'an HTTP port',
    () => listening(createHttp((_, response) => response.end())),
    ca,
    'the server does not speak TLS on this port; write http:// in its URL',
  ],
  [
    'a port that closes',
    () => listening(createTcp(socket => socket.once('data', () => socket.end()))),
    ca,
    'the server closed the connection during the handshake; does the port speak TLS?',
  ],
];

/** The message after `TLS: `, with which those of both clients begin. */
function expectWords(said: string | undefined, want: string | RegExp | undefined): void {
  if (want === undefined) expect(said).toBeUndefined();
  else if (typeof want === 'string') expect(said?.replace(/^TLS: (its )?/, '')).toBe(want);
  else expect(said?.replace(/^TLS: (its )?/, '')).toMatch(want);
}

describe.each(SERVERS)('%s', (_, start, tls, want) => {
  test('of a service', async () => {
    const service = new Checked(http, { url: `https://127.0.0.1:${await start()}/`, tls_config: tls() });
    closing.push(() => service.close());
    const { reason, error } = await service.run();
    expectWords(error, want);
    expect(reason).toBe(want === undefined ? undefined : 'tls');
  });

  test('of a receiver, a remote Prometheus or an Alertmanager', async () => {
    const url = new URL(`https://127.0.0.1:${await start()}/`);
    const tls_config = { insecure_skip_verify: false, ...tls() };
    const caller = new HttpClient(url, { tls_config, follow_redirects: true });
    closing.push(() => caller.close());
    const signal = AbortSignal.timeout(20_000);
    const call = caller.call({ method: 'GET', url }, { signal, sink: () => () => {} });
    expectWords(await call.then(() => undefined, explainError), want);
  });
});

describe('redis', () => {
  const answering = (chain: readonly Pair[], ...lines: string[]) => {
    const bundle = join(folder, `${chain.map(each => each.name).join('-')}.pem`);
    writeFileSync(bundle, chain.map(each => each.cert).join(''));
    const [own] = chain as [Pair];
    const files = [
      `tls-cert-file ${bundle}`,
      `tls-key-file ${own.keyFile}`,
      `tls-ca-cert-file ${made.root.file}`,
    ];
    return startRedis({ lines: [...files, ...lines] });
  };
  const TABLE: [name: string, chain: () => Pair[], lines: string[], want: string | RegExp | undefined][] = [
    ['a chain as it should be', () => [made.leaf, made.int], [], undefined],
    [
      'an expired intermediate',
      () => [made.leaf, made.oldInt],
      [],
      `intermediate certificate "Middle" has expired (${dayIn(-2)})`,
    ],
    [
      'a missing intermediate',
      () => [made.leaf],
      [],
      /^intermediate certificate "Middle" that signed the server's is missing/,
    ],
    [
      'no client certificate',
      () => [made.direct],
      ['tls-auth-clients yes'],
      /^the server wants a client certificate: set tls_config.cert_file/,
    ],
    [
      'no client certificate, TLS 1.2',
      () => [made.direct],
      ['tls-auth-clients yes', 'tls-protocols "TLSv1.2"'],
      /client certificate/,
    ],
  ];

  test.each(TABLE)('%s', async (_, chain, lines, want) => {
    const server = await answering(chain(), ...lines);
    closing.push(() => server.close());
    const service = new Checked(redis, { host: `127.0.0.1:${server.tlsPort}`, tls_config: ca() });
    closing.push(() => service.close());
    expectWords((await service.run()).error, want);
  });

  test('TLS on the plain port, and plain on the TLS port', async () => {
    const server = await answering([made.direct]);
    closing.push(() => server.close());
    const ask = async (port: number, options: object) => {
      const service = new Checked(redis, { host: `127.0.0.1:${port}`, ...options });
      closing.push(() => service.close());
      return (await service.run()).error;
    };
    expect(await ask(server.port, { tls_config: ca() })).toMatch(/TLS handshake|does not speak TLS/);
    expect(await ask(server.tlsPort, {})).toMatch(
      /^(The server speaks TLS on this port; set|Connection closed before any answer; if the port speaks TLS, set) tls_config$/,
    );
  });
});

describe('the expiry of a chain equals that of blackbox_exporter', () => {
  const TABLE: [name: string, chain: () => Pair[], trusted: () => Pair][] = [
    ['a chain as it should be', () => [made.leaf, made.int], () => made.root],
    ['a certificate that ends first', () => [made.soon, made.int], () => made.root],
    [
      'an expired cross-signature nothing depends on',
      () => [made.leaf, made.int, made.crossed],
      () => made.root,
    ],
    ['a root that ends first', () => [made.underShort], () => made.shortRoot],
    ['a trusted intermediate', () => [made.leaf], () => made.int],
    ['a trusted certificate', () => [made.alone], () => made.alone],
  ];
  const FAMILIES = ['probe_ssl_earliest_cert_expiry', 'probe_ssl_last_chain_expiry_timestamp_seconds'];

  test.each(TABLE)('%s', async (_, chain, trusted) => {
    const port = await serve(chain());
    const ca_file = trusted().file;
    const exporter = await startBlackbox({ tls: { prober: 'http', http: { tls_config: { ca_file } } } });
    closing.push(() => exporter.close());
    const url = `https://127.0.0.1:${port}/`;
    const service = new Checked(http, { url, tls_config: { ca_file } });
    closing.push(() => service.close());
    const { samples, error } = await service.run();
    expect(error).toBeUndefined();
    const response = await fetch(`${exporter.url}/probe?module=tls&target=${encodeURIComponent(url)}`);
    const theirs = await response.text();
    for (const family of FAMILIES) {
      const value = new RegExp(`^${family} (.*)$`, 'm').exec(theirs)?.[1];
      expect([family, samples.get(family)]).toEqual([family, Number(value)]);
    }
  });
});
