// A mail server for a test: keeps what it got.

import { readFileSync } from 'node:fs';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Certificate } from './certificates.js';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  /** Of the connection it came over. */
  readonly isEncrypted: boolean;
  readonly hello: string;
}

export interface SmtpEndpoint {
  readonly port: number;
  readonly mails: ReceivedMail[];
  /** Who signed in, and how: `PLAIN me secret`. */
  readonly signedIn: string[];
  close(): Promise<void>;
}

/** Starts one on 127.0.0.1, on a free port unless one is named. Without a certificate it offers no STARTTLS. */
export async function startSmtp(
  options: SMTPServerOptions & { tls?: Certificate; port?: number } = {},
): Promise<SmtpEndpoint> {
  const mails: ReceivedMail[] = [];
  const signedIn: string[] = [];
  const { tls, port = 0, ...rest } = options;
  const keys = tls ? { cert: readFileSync(tls.cert), key: readFileSync(tls.key) } : { hideSTARTTLS: true };
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    logger: false,
    ...keys,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(each => each.address),
          raw: Buffer.concat(chunks).toString(),
          isEncrypted: session.secure,
          hello: session.hostNameAppearsAs,
        });
        done();
      });
    },
    onAuth({ method, username = '', password = '', validatePassword }, _session, done) {
      const isRight = method === 'CRAM-MD5' ? validatePassword('s3cret') : password === 's3cret';
      if (!isRight) return done(new Error(`Invalid credentials ${username} ${password}`));
      signedIn.push(`${method} ${username}`);
      return done(null, { user: username });
    },
    ...rest,
  });
  // A client that goes away in the middle is part of the tests.
  server.on('error', () => {});
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', () => resolve()));
  const address = server.server.address();
  if (typeof address !== 'object' || !address) throw new Error('not listening');
  return {
    port: address.port,
    mails,
    signedIn,
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}

export interface Mime {
  /** By name in small letters, unfolded, encoded words decoded. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded, of every part by its type: `text/html`. */
  readonly parts: Readonly<Record<string, string>>;
}

/** A mail taken apart. */
export function parseMail(raw: string): Mime {
  const { headers, body } = split(raw);
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return { headers, parts: { [typeOf(headers)]: decoded(headers, body) } };
  const pieces = body.split(`--${boundary}`).slice(1, -1);
  const parts = pieces.map(piece => split(piece.replace(/^\r\n/, '').replace(/\r\n$/, '')));
  return {
    headers,
    parts: Object.fromEntries(parts.map(part => [typeOf(part.headers), decoded(part.headers, part.body)])),
  };
}

function split(text: string) {
  const end = text.indexOf('\r\n\r\n');
  const lines = text
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = lines.map(line => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), words(line.slice(colon + 1).trim())];
  });
  return { headers: Object.fromEntries(headers) as Record<string, string>, body: text.slice(end + 4) };
}

function typeOf(headers: Readonly<Record<string, string>>): string {
  return (headers['content-type'] ?? 'text/plain').split(';')[0] as string;
}

function decoded(headers: Readonly<Record<string, string>>, body: string): string {
  const encoding = headers['content-transfer-encoding']?.toLowerCase();
  const text =
    encoding === 'base64'
      ? Buffer.from(body, 'base64').toString()
      : encoding === 'quoted-printable'
        ? quoted(body.replace(/=\r\n/g, ''))
        : body;
  return text.replaceAll('\r\n', '\n');
}

function quoted(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}

/** RFC 2047; white space between two encoded words is none. */
function words(text: string): string {
  return text
    .replace(/(\?=)\s+(=\?)/g, '$1$2')
    .replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind: string, body: string) =>
      kind.toLowerCase() === 'b' ? Buffer.from(body, 'base64').toString() : quoted(body.replaceAll('_', ' ')),
    );
}
