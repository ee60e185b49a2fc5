// Errors of a mail server's TLS: those of webhooks, with implicit TLS and with STARTTLS.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { email } from '../../../src/alertmanager/receivers/email.js';
import type { DeliveryError, ReceiverKind } from '../../../src/alertmanager/receivers/receiver.js';
import { dayIn, type Pair, Pki } from '../../support/pki.js';
import { notification, open } from '../../support/receivers.js';
import { startSmtp } from '../../support/smtp.js';

const kind = email as ReceiverKind;
const folder = mkdtempSync(join(tmpdir(), 'email-tls-'));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

type Name =
  | 'root'
  | 'int'
  | 'oldInt'
  | 'leaf'
  | 'expired'
  | 'early'
  | 'alone'
  | 'named'
  | 'noCa'
  | 'byLeaf'
  | 'client';
const made = {} as Record<Name, Pair>;
beforeAll(() => {
  const pki = new Pki(folder);
  made.root = pki.authority('root', { subject: 'Root R' });
  made.int = pki.authority('int', { subject: 'Middle', issuer: made.root });
  made.oldInt = pki.authority('oldInt', {
    subject: 'Middle',
    keyOf: made.int,
    issuer: made.root,
    from: -90,
    to: -2,
  });
  made.leaf = pki.leaf('leaf', { issuer: made.int });
  made.expired = pki.leaf('expired', { issuer: made.int, from: -90, to: -3 });
  made.early = pki.leaf('early', { issuer: made.int, from: 4 });
  made.alone = pki.leaf('alone', {});
  made.named = pki.leaf('named', { issuer: made.int, san: 'DNS:mail.test' });
  made.noCa = pki.leaf('noCa', { issuer: made.root });
  made.byLeaf = pki.leaf('byLeaf', { issuer: made.noCa });
  made.client = pki.leaf('client', { issuer: made.root, san: 'DNS:client' });
});

const ca = () => `ca_file: ${made.root.file}`;
const MUTUAL = () => ({ requestCert: true, rejectUnauthorized: true, ca: made.root.cert });
const WANTED =
  /^the server wants a client certificate: set tls_config.cert_file and tls_config.key_file( \(certificate_required\))?$/;

type Row = [
  name: string,
  chain: Name[],
  tls: () => string,
  want: string | RegExp | undefined,
  server?: () => SMTPServerOptions,
];
const ROWS: Row[] = [
  ['a chain as it should be', ['leaf', 'int'], ca, undefined],
  ['an expired certificate', ['expired', 'int'], ca, `certificate has expired (${dayIn(-3)})`],
  [
    'an expired intermediate',
    ['leaf', 'oldInt'],
    ca,
    `intermediate certificate "Middle" has expired (${dayIn(-2)})`,
  ],
  [
    'a certificate of tomorrow',
    ['early', 'int'],
    ca,
    new RegExp(`^certificate is not valid yet \\(from ${dayIn(4)}\\)`),
  ],
  [
    'a missing intermediate',
    ['leaf'],
    ca,
    /^intermediate certificate "Middle" that signed the server's is missing/,
  ],
  [
    'a certificate for others',
    ['named', 'int'],
    ca,
    'certificate is for DNS:mail.test, not for 127.0.0.1; set tls_config.server_name',
  ],
  [
    'a certificate for the name that is set',
    ['named', 'int'],
    () => `${ca()}, server_name: mail.test`,
    undefined,
  ],
  [
    'a self-signed certificate',
    ['alone'],
    () => '',
    'certificate is self-signed; name its CA in tls_config.ca_file',
  ],
  [
    'another self-signed certificate',
    ['alone'],
    ca,
    'certificate is self-signed and not the one in tls_config.ca_file',
  ],
  [
    'an unknown CA',
    ['leaf', 'int'],
    () => '',
    'certificate is signed by an unknown CA ("Root R"); name it in tls_config.ca_file',
  ],
  [
    'one that is no CA as issuer',
    ['byLeaf', 'noCa'],
    ca,
    'certificate is signed by "noCa", which is no CA (its basicConstraints)',
  ],
  ['what is not verified', ['expired'], () => 'insecure_skip_verify: true', undefined],
  ['no client certificate', ['leaf', 'int'], ca, WANTED, MUTUAL],
  [
    'no client certificate, TLS 1.2',
    ['leaf', 'int'],
    ca,
    /client certificate/,
    () => ({ ...MUTUAL(), maxVersion: 'TLSv1.2' }),
  ],
  [
    'a client certificate',
    ['leaf', 'int'],
    () => `${ca()}, cert_file: ${made.client.file}, key_file: ${made.client.keyFile}`,
    undefined,
    MUTUAL,
  ],
];

async function serve(chain: readonly Name[], secure: boolean, options: SMTPServerOptions = {}) {
  const bundle = join(folder, `${chain.join('-')}.bundle`);
  const pairs = chain.map(name => made[name]);
  writeFileSync(bundle, pairs.map(each => each.cert).join(''));
  const [own] = pairs as [Pair];
  let connections = 0;
  const onConnect: SMTPServerOptions['onConnect'] = (_, done) => {
    connections++;
    done();
  };
  const server = await startSmtp({ ...options, secure, onConnect, tls: { cert: bundle, key: own.keyFile } });
  closing.push(() => server.close());
  return { ...server, connections: () => connections };
}

function deliver(port: number, more: string, signal?: AbortSignal): Promise<DeliveryError | undefined> {
  const own = `smarthost: '127.0.0.1:${port}', from: monitor@example.com, to: ops@example.com`;
  const user = 'auth_username: me, auth_password: s3cret';
  return open(kind, `{${own}, ${user}, ${more}}`).deliver(notification(), signal);
}

describe.each([
  ['TLS from the first byte', true],
  ['STARTTLS', false],
])('%s', (_, secure) => {
  const implicit = `force_implicit_tls: ${secure}`;

  test.each(ROWS)('%s', async (_name, chain, tls, want, options) => {
    const server = await serve(chain, secure, options?.());
    const error = await deliver(server.port, `${implicit}, tls_config: {${tls()}}`);
    if (want === undefined) {
      expect(error).toBeUndefined();
      expect(server.mails).toMatchObject([{ isEncrypted: true }]);
      expect(server.connections()).toBe(1);
      return;
    }
    const words = error?.message.replace(`email: 127.0.0.1:${server.port}: TLS: `, '').replace(/^its /, '');
    if (typeof want === 'string') expect(words).toBe(want);
    else expect(words).toMatch(want);
    expect(error).toMatchObject({ permanent: false });
    expect([server.mails, server.signedIn]).toEqual([[], []]);
  });
});

describe('a server that does not start TLS', () => {
  /** Answers each line with the next of these, and records requests. */
  async function scripted(...answers: (string | ((socket: Socket) => void))[]) {
    const got: string[] = [];
    const server = createServer(socket => {
      closing.push(() => socket.destroy());
      const rest = [...answers];
      const next = () => {
        const answer = rest.shift();
        if (typeof answer === 'string') socket.write(answer);
        else answer?.(socket);
      };
      socket.on('error', () => {});
      socket.on('data', chunk => {
        got.push(chunk.toString('latin1'));
        next();
      });
      next();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise(resolve => server.close(resolve)));
    return { port: (server.address() as AddressInfo).port, got };
  }

  const HELLO = '220 mail.test ESMTP\r\n';
  const OFFERED = '250-mail.test\r\n250-SIZE 1000\r\n250 STARTTLS\r\n';
  type Script = [name: string, answers: Parameters<typeof scripted>, want: RegExp, permanent?: boolean];
  test.each<Script>([
    ['it closes', [socket => socket.destroy()], /: connection (reset|closed) before/],
    ['it closes after its greeting', [HELLO, socket => socket.end()], /: connection (reset|closed) before/],
    [
      'it is no mail server',
      ['HTTP/1.1 400 Bad Request\r\n\r\n'],
      /: not an SMTP server \(HTTP\/1\.1 400 Bad Request\)$/,
    ],
    ['it is busy', ['421 try later\r\n'], /: 421 try later$/],
    ['it does not take any client', ['554-no\r\n554 not you\r\n'], /: 554-no 554 not you$/, true],
    ['it does not know EHLO', [HELLO, '502 what?\r\n'], /: 502 what\?$/, true],
    [
      'it does not offer STARTTLS',
      [HELLO, '250-mail.test\r\n250 XSTARTTLS\r\n'],
      /: offers no STARTTLS, which/,
      true,
    ],
    ['it cannot do it now', [HELLO, OFFERED, '454 no entropy\r\n'], /: 454 no entropy$/],
    [
      'it says more than was asked for',
      [HELLO, OFFERED, '220 go\r\n250 AUTH PLAIN\r\n'],
      /: more than an answer to STARTTLS \(220 go\)$/,
    ],
    [
      'it says no end of it',
      [HELLO, '250-more\r\n'.repeat(10_000)],
      /: its answer to EHLO is longer than 64 KiB/,
    ],
    [
      'it goes on without TLS',
      [HELLO, OFFERED, '220 go\r\n', HELLO],
      /: TLS: the server does not speak TLS on this port$/,
    ],
    [
      'it closes instead of TLS',
      [HELLO, OFFERED, '220 go\r\n', socket => socket.end()],
      /: TLS: the server closed the connection during the handshake/,
    ],
  ])('%s', async (_, answers, want, permanent = false) => {
    const server = await scripted(...answers);
    const error = await deliver(server.port, 'hello: "me\\r\\nMAIL FROM:<x>"');
    expect(error?.message).toMatch(want);
    expect(error).toMatchObject({ permanent });
    expect(server.got.slice(0, 2)).toEqual(
      ['EHLO meMAIL FROM:<x>\r\n', 'STARTTLS\r\n'].slice(0, server.got.length),
    );
  });

  test('a server that waits for implicit TLS', async () => {
    const server = await serve(['leaf', 'int'], true);
    const error = await deliver(server.port, `tls_config: {${ca()}}`, AbortSignal.timeout(500));
    expect(error?.message).toBe(
      `email: 127.0.0.1:${server.port} has not answered in time; if the port speaks TLS from the first byte, set force_implicit_tls: true`,
    );
    expect(error).toMatchObject({ reason: 'contextDeadlineExceeded' });
  });

  test('a plain server where implicit TLS is configured', async () => {
    const server = await serve(['leaf', 'int'], false);
    const error = await deliver(server.port, `force_implicit_tls: true, tls_config: {${ca()}}`);
    expect(error?.message).toMatch(
      /: TLS: the server does not speak TLS on this port; set force_implicit_tls: false if it offers STARTTLS$/,
    );
  });
});
