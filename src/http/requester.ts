// Who asked, for the audit trail: the user that was let in, and the address.

import type { IncomingMessage } from 'node:http';

/** Requests whose credentials were checked: in others anyone may have written a name. */
const checked = new WeakSet<IncomingMessage>();

/** Notes that a request passed the check of its credentials. */
export function markAuthenticated(request: IncomingMessage): void {
  checked.add(request);
}

/** `ann (192.0.2.1)`, or the address alone. */
export function requesterOf(request: IncomingMessage): string {
  const address = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown address';
  const user = checked.has(request) ? userOf(request.headers.authorization) : undefined;
  return user ? `${user} (${address})` : address;
}

function userOf(authorization = ''): string | undefined {
  const [, encoded] = /^basic +(\S+)$/i.exec(authorization) ?? [];
  const text = encoded && Buffer.from(encoded, 'base64').toString('utf8');
  return text?.includes(':') ? text.slice(0, text.indexOf(':')) : undefined;
}
