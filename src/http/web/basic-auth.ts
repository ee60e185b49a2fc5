// `basic_auth_users`: users with name and password.
// Sources: Prometheus' exporter-toolkit, "Web configuration"; RFC 7617.

import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { text } from '../../config/fields.js';
import { HttpError } from '../http-error.js';
import { PasswordCheck } from './password-check.js';

const HASH = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;
const MISMADE = 'not a bcrypt hash; make one with: htpasswd -nBC 10 USER';

const hash = text().refine(value => HASH.test(value), MISMADE);

/** The section's schema: hashes by user. */
export const basicAuthUsers = z.record(z.string(), hash, {
  error: 'expected users, each with a bcrypt hash',
});

const CHALLENGE = { 'www-authenticate': 'Basic realm="langgraph-monitor", charset="UTF-8"' };

/** Lets a request pass or throws HttpError: 401, or 503 in a flood of guesses. */
export function basicAuthGuard(
  users: Readonly<Record<string, string>>,
): (request: IncomingMessage) => Promise<void> {
  // $2y$ is PHP's name for $2b$.
  const hashes = Object.entries(users).map(([user, made]) => [user, made.replace(/^\$2y/, '$2b')] as const);
  const passwords = new PasswordCheck(new Map(hashes));
  return async request => {
    const given = credentials(request.headers.authorization);
    if (!given) throw new HttpError(401, 'a user name and password are needed', CHALLENGE);
    const { socket } = request;
    const allowed = await passwords.verify({
      ...given,
      address: socket.remoteAddress ?? '',
      isGone: () => socket.destroyed,
    });
    if (!allowed) throw new HttpError(401, 'wrong user name or password', CHALLENGE);
  };
}

function credentials(header: string | undefined): { user: string; password: Buffer } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  const colon = bytes.indexOf(':');
  if (colon < 0) return undefined;
  return { user: bytes.toString('utf8', 0, colon), password: bytes.subarray(colon + 1) };
}
