// E-mail against a real server: TLS, authentication, recipients, errors of the server.

import { createServer, type Server, type Socket } from 'node:net';
import type { SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { email } from '../../../src/alertmanager/receivers/email.js';
import type { ReceiverKind } from '../../../src/alertmanager/receivers/receiver.js';
import { type Certificate, makeAuthority, makeCertificate } from '../../support/certificates.js';
import { freePort, makeFolder, removeFolder } from '../../support/child.js';
import { alert, mistakesIn, notification, open, storm } from '../../support/receivers.js';
import { parseMail, type SmtpEndpoint, startSmtp } from '../../support/smtp.js';

const kind = email as ReceiverKind;
const folder = makeFolder('email');
let authority: Certificate;
let certificate: Certificate;
const started: SmtpEndpoint[] = [];

beforeAll(() => {
  authority = makeAuthority(folder, 'ca');
  certificate = makeCertificate(folder, 'server', authority, 'IP:127.0.0.1');
});
afterEach(async () => {
  await Promise.all(started.splice(0).map(server => server.close()));
});
afterAll(() => removeFolder(folder));

async function smtp(options: Parameters<typeof startSmtp>[0] = {}): Promise<SmtpEndpoint> {
  const server = await startSmtp(options);
  started.push(server);
  return server;
}

/** An entry for a server, and more keys. */
function entry(port: number, more = '', to = 'ops@example.com'): string {
  return `{smarthost: '127.0.0.1:${port}', from: monitor@example.com, to: '${to}'${more === '' ? '' : `, ${more}`}}`;
}

const PLAIN = 'require_tls: false';
const trusted = () => `tls_config: {ca_file: ${authority.cert}}`;

describe('TLS', () => {
  test('STARTTLS, as require_tls wants by default', async () => {
    const server = await smtp({ tls: certificate });
    expect(await open(kind, entry(server.port, trusted())).deliver(notification())).toBeUndefined();
    expect(server.mails).toMatchObject([{ isEncrypted: true, to: ['ops@example.com'], hello: 'localhost' }]);
  });

  test('a server without STARTTLS gets nothing', async () => {
    const server = await smtp({ disabledCommands: ['STARTTLS'] });
    const error = await open(kind, entry(server.port)).deliver(notification());
    expect(error).toMatchObject({ permanent: true });
    expect(error?.message).toContain(
      `email: 127.0.0.1:${server.port}: offers no STARTTLS, which require_tls wants`,
    );
    expect(server.mails).toEqual([]);
  });

  test('a certificate of an unknown authority', async () => {
    const server = await smtp({ tls: certificate });
    const error = await open(kind, entry(server.port)).deliver(notification());
    expect(error).toMatchObject({ permanent: false });
    expect(error?.message).toMatch(
      /TLS: its certificate is signed by an unknown CA \("ca"\); name it in tls_config.ca_file, or let the server send it if it is an intermediate one$/,
    );
    const careless = entry(server.port, 'tls_config: {insecure_skip_verify: true}');
    expect(await open(kind, careless).deliver(notification())).toBeUndefined();
  });

  test('from the first byte', async () => {
    const server = await smtp({ tls: certificate, secure: true });
    const more = `force_implicit_tls: true, ${trusted()}`;
    expect(await open(kind, entry(server.port, more)).deliver(notification())).toBeUndefined();
    expect(server.mails).toMatchObject([{ isEncrypted: true }]);
  });

  test('none where require_tls is false, also when it is offered', async () => {
    const server = await smtp({ tls: certificate });
    expect(
      await open(kind, entry(server.port, `${PLAIN}, hello: me`)).deliver(notification()),
    ).toBeUndefined();
    expect(server.mails).toMatchObject([{ isEncrypted: false, hello: 'me' }]);
  });
});

describe('authentication', () => {
  const user = 'auth_username: me, auth_password: s3cret';
  test.each<[string, SMTPServerOptions, string, string[]]>([
    ['PLAIN', { authMethods: ['PLAIN'] }, user, ['PLAIN me']],
    ['LOGIN', { authMethods: ['LOGIN'] }, user, ['LOGIN me']],
    ['CRAM-MD5', { authMethods: ['CRAM-MD5'] }, 'auth_username: me, auth_secret: s3cret', ['CRAM-MD5 me']],
    ['PLAIN with an identity', { authMethods: ['PLAIN'] }, `${user}, auth_identity: boss`, ['PLAIN me']],
    ['none without a user', { authMethods: ['PLAIN'] }, 'auth_password: s3cret', []],
    ['none when the server does not offer it', { disabledCommands: ['AUTH'] }, user, []],
  ])('%s', async (_, options, more, want) => {
    const server = await smtp(options);
    expect(await open(kind, entry(server.port, `${PLAIN}, ${more}`)).deliver(notification())).toBeUndefined();
    expect(server.signedIn).toEqual(want);
    expect(server.mails).toHaveLength(1);
  });

  test.each(['PLAIN', 'LOGIN'])('a wrong password is final, and in no message (%s)', async method => {
    const server = await smtp({ authMethods: [method] });
    const more = `${PLAIN}, auth_username: me, auth_password: wr0ng`;
    const error = await open(kind, entry(server.port, more)).deliver(notification());
    expect(error).toMatchObject({ permanent: true, reason: 'clientError' });
    expect(error?.message).toMatch(/535/);
    expect(`${error?.message} ${error?.stack}`).not.toContain('wr0ng');
  });
});

/** A server that refuses recipients with these codes. */
function refusing(codes: Record<string, number>): SMTPServerOptions {
  return {
    onRcptTo({ address }, _session, done) {
      const responseCode = codes[address];
      if (responseCode === undefined) return done();
      return done(Object.assign(new Error(`no ${address}`), { responseCode }));
    },
  };
}

describe('recipients', () => {
  const TO = 'A <a@example.com>, b@example.com, "C, D" <c@example.com>, a@example.com';
  const ALL = ['a@example.com', 'b@example.com', 'c@example.com'];

  test('several, each once', async () => {
    const server = await smtp();
    expect(await open(kind, entry(server.port, PLAIN, TO)).deliver(notification())).toBeUndefined();
    expect(server.mails.map(mail => mail.to)).toEqual([ALL]);
  });

  test('one that is refused permanently does not affect the others, and is logged once', async () => {
    const server = await smtp(refusing({ 'b@example.com': 550 }));
    const opened = open(kind, entry(server.port, PLAIN, TO));
    expect(await opened.deliver(notification())).toBeUndefined();
    expect(server.mails.map(mail => mail.to)).toEqual([['a@example.com', 'c@example.com']]);
    expect(opened.logged).toMatchObject([['warn', expect.any(String), { recipient: 'b@example.com' }]]);
  });

  test('one that is refused temporarily is retried alone', async () => {
    const codes: Record<string, number> = { 'b@example.com': 451 };
    const server = await smtp(refusing(codes));
    const opened = open(kind, entry(server.port, PLAIN, TO));
    expect(await opened.deliver(notification())).toMatchObject({ permanent: false, reason: 'serverError' });
    delete codes['b@example.com'];
    expect(await opened.deliver(notification())).toBeUndefined();
    expect(server.mails.map(mail => mail.to)).toEqual([
      ['a@example.com', 'c@example.com'],
      ['b@example.com'],
    ]);
    // The next message is for all of them again.
    expect(await opened.deliver(notification([alert({ isResolved: true })]))).toBeUndefined();
    expect(await opened.deliver(notification())).toBeUndefined();
    expect(server.mails.slice(2).map(mail => mail.to)).toEqual([ALL, ALL]);
  });

  test.each([
    [550, { permanent: true, reason: 'clientError' }],
    [452, { permanent: false, reason: 'serverError' }],
  ])('all of them are refused (%i)', async (code, want) => {
    const server = await smtp(refusing({ 'ops@example.com': code }));
    expect(await open(kind, entry(server.port, PLAIN)).deliver(notification())).toMatchObject(want);
    expect(server.mails).toEqual([]);
  });

  test.each([
    ['to: no-address', 'there is no address in "to"'],
    ['to: a@example.com, from: "a@example.com, b@example.com"', 'must be exactly one from address'],
  ])('%s', async (more, message) => {
    const whole = `{smarthost: '127.0.0.1:1', from: monitor@example.com, ${more}}`.replace(
      /from: \S+, (?=.*from)/,
      '',
    );
    expect(await open(kind, whole).deliver(notification())).toMatchObject({
      permanent: true,
      message: `email: ${message}`,
    });
  });
});

describe('errors of the server', () => {
  /** A server that sends this greeting, or none. */
  async function odd(greet: (socket: Socket) => void): Promise<Server> {
    const server = createServer(socket => {
      socket.on('error', () => {});
      greet(socket);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  test.each<[string, (socket: Socket) => void, RegExp]>([
    ['it hangs', () => {}, /has not answered in time$/],
    ['it drops', socket => socket.destroy(), /(reset|closed|ended)/i],
    ['it is no mail server', socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /greeting|response/i],
    ['it is busy', socket => socket.end('421 try later\r\n'), /421 try later/],
  ])('%s', async (_, greet, message) => {
    const server = await odd(greet);
    const { port } = server.address() as { port: number };
    const error = await open(kind, entry(port, PLAIN)).deliver(notification(), AbortSignal.timeout(400));
    server.close();
    expect(error).toMatchObject({ permanent: false });
    expect(error?.message).toMatch(message);
    expect(error?.message.startsWith(`email: 127.0.0.1:${port}`)).toBe(true);
  });

  test('connection refused', async () => {
    const error = await open(kind, entry(await freePort(), PLAIN)).deliver(notification());
    expect(error).toMatchObject({ permanent: false });
    expect(error?.message).toMatch(/connection refused$/);
  });
});

describe('the mail', () => {
  async function sent(more: string, message = notification()) {
    const server = await smtp();
    expect(await open(kind, entry(server.port, `${PLAIN}${more}`)).deliver(message)).toBeUndefined();
    return parseMail(server.mails[0]?.raw as string);
  }

  test('without a template: HTML and text', async () => {
    const { headers, parts } = await sent('');
    expect(headers).toMatchObject({
      from: 'monitor@example.com',
      to: 'ops@example.com',
      subject: '[FIRING:1] ServiceDown (critical tools)',
    });
    expect(Object.keys(parts)).toEqual(['text/plain', 'text/html']);
    for (const part of Object.values(parts)) {
      expect(part).toContain('Tools Server is timeout - Request timed out');
      expect(part).toContain('tools');
      expect(part).toContain('http://127.0.0.1:8000/');
    }
  });

  test('a hundred services are one mail', async () => {
    const { headers, parts } = await sent('', storm());
    expect(headers.subject).toBe('[FIRING:100] ServiceDown');
    expect(parts['text/plain']).toContain('service-99');
  });

  test('HTML of its own has no text beside it', async () => {
    const { parts } = await sent(`, html: '<b>{{ .Status }}</b>'`);
    expect(Object.entries(parts)).toEqual([['text/html', expect.stringContaining('<b>firing</b>')]]);
  });

  test('no value becomes a header', async () => {
    const hostile = alert({ annotations: { summary: 'x\r\nBcc: evil@example.com\r\n\r\n<script>' } });
    const more = `, headers: {Subject: '{{ .CommonAnnotations.summary }}', x-own: '{{ .CommonAnnotations.summary }}'}, html: '{{ .CommonAnnotations.summary }}'`;
    const { headers, parts } = await sent(more, notification([hostile]));
    expect(headers.bcc).toBeUndefined();
    expect(headers.subject).toContain('x Bcc: evil@example.com');
    expect(parts['text/html']).not.toContain('<script>');
  });

  test('threads', async () => {
    const first = await sent(', threading: {enabled: true}');
    const again = await sent(', threading: {enabled: true}', notification([alert({ isResolved: true })]));
    expect(first.headers.references).toMatch(/^<alert-[0-9a-f]{16}-2024-01-15@alertmanager>$/);
    expect(first.headers['in-reply-to']).toBe(first.headers.references);
    expect(again.headers.references).toBe(first.headers.references);
    expect(again.headers['message-id']).not.toBe(first.headers['message-id']);
  });
});

describe('mistakes', () => {
  const OK = 'to: a@b.c, from: d@e.f, smarthost: "h:25"';
  test.each([
    ['{}', ['missing to address in email config', 'no global SMTP smarthost set', 'no global SMTP from set']],
    [`{${OK}, headers: {Subject: x, subject: y}}`, ['duplicate header "Subject" in email config']],
    [`{${OK}, smarthost: h}`, ['mapping key "smarthost" already defined at line 1']],
    [
      `{${OK}, auth_password: a, auth_password_file: b}`,
      ['at most one of auth_password & auth_password_file must be configured'],
    ],
    [
      `{${OK}, threading: {enabled: true, thread_by_date: weekly}}`,
      ["threading.thread_by_date must be either 'none' or 'daily'"],
    ],
    [
      `{${OK}, headers: {references: x}, threading: {enabled: true}}`,
      ['conflicting configuration: threading.enabled conflicts with custom References header'],
    ],
    [`{${OK}, require_tls: maybe}`, ['cannot unmarshal !!str `maybe` into bool']],
    [`{${OK}, nope: 1}`, ['field nope not found in type config.plain']],
  ])('%s', (text, want) => expect(mistakesIn(kind, text)).toEqual(want.map(reason => `1: ${reason}`)));

  test('global settings are the defaults of an entry', () => {
    expect(mistakesIn(kind, 'to: a@b.c', '{smtp_from: d@e.f, smtp_smarthost: "h:25"}')).toEqual([]);
  });
});
