// The mail library's SMTP session: whether and how it authenticates. TLS has begun before, see connection.ts.

import type { SMTPTransportOptions } from 'nodemailer';
import { reveal } from '../http/reveal.js';
import type { EmailAuth, EmailOptions } from './options.js';

const INTEGRATION = 'email';

/**
 * What the library is given beside a {@link MailConnection}.
 * @throws DeliveryError when a secret's file cannot be read
 */
export function transportOptions(options: EmailOptions): SMTPTransportOptions {
  const { smarthost, requireTls, isImplicitTls, hello } = options;
  const isSecure = isImplicitTls || requireTls;
  return {
    host: smarthost.host,
    port: smarthost.port,
    secure: isSecure,
    secured: isSecure,
    ignoreTLS: true,
    name: hello,
    disableFileAccess: true,
    disableUrlAccess: true,
    // The caller has the deadline.
    socketCloseTimeout: 0,
    ...(options.auth ? signIn(options.auth) : {}),
  };
}

function signIn({ username, identity, password, secret }: EmailAuth): SMTPTransportOptions {
  if (!password && secret)
    return { auth: { user: username, pass: reveal(INTEGRATION, secret), method: 'CRAM-MD5' } };
  const pass = password ? reveal(INTEGRATION, password) : '';
  if (identity === '') return { auth: { user: username, pass } };
  const response = Buffer.from(`${identity}\0${username}\0${pass}`).toString('base64');
  return {
    auth: { user: username, pass, method: 'PLAIN' },
    customAuth: {
      PLAIN: async context => {
        const { status, text } = await context.sendCommand(`AUTH PLAIN ${response}`);
        if (status >= 300) throw Object.assign(new Error(text), { responseCode: status });
      },
    },
  };
}

/** What must not be seen of it, as it goes over the wire. Secrets that cannot be read are none. */
export function secretsOf({ auth }: EmailOptions): string[] {
  if (!auth) return [];
  return [auth.password, auth.secret].flatMap(source => {
    try {
      const secret = source?.reveal() ?? '';
      const plain = [
        `\0${auth.username}\0${secret}`,
        `${auth.identity}\0${auth.username}\0${secret}`,
        secret,
      ];
      return secret === '' ? [] : [secret, ...plain.map(each => Buffer.from(each).toString('base64'))];
    } catch {
      return [];
    }
  });
}
