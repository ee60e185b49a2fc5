// What to do about a test notification that was not accepted. Comes in: the error; goes out: one sentence.

import { formatDuration } from '../../model/duration.js';
import type { DeliveryError } from '../receivers/receiver.js';

/** By status code of HTTP or SMTP. */
const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'The server understands the request but not its contents: check the fields of this entry and its templates.',
  401: 'The credentials are refused: check the token, password or key, and the file it is read from.',
  403: 'The credentials are valid but not allowed to do this: check their rights and whether the channel admits them.',
  404: 'There is nothing at this address: the webhook was deleted or its URL is incomplete. Make a new one.',
  405: 'The server accepts no POST here: check the URL.',
  407: 'A proxy on the way asks for credentials, which is not supported: let this machine connect to the server directly.',
  410: 'The webhook was deleted. Make a new one.',
  413: 'The message is too large for the server: shorten the template.',
  530: 'The mail server requires authentication: set auth_username and auth_password.',
  534: 'The mail server requires another authentication mechanism.',
  535: 'The mail server refuses user name or password: check auth_username and auth_password.',
  550: 'The mail server does not know the recipient or refuses the sender: check "to" and "from".',
  553: 'The mail server refuses the sender: check "from".',
  554: 'The mail server refuses the mail: check "from" and whether this machine may send there.',
};

/** By text of the error, the most specific first. */
const BY_TEXT: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [
    /offers no STARTTLS/,
    'Set require_tls: false if the network to the server is trusted, or use another port.',
  ],
  [
    /certificate|self.signed|issuer|hostname.*match|TLS|SSL|wrong version number/i,
    'TLS fails: name the CA in tls_config.ca_file, the right name in tls_config.server_name, or check the port.',
  ],
  [/refused/i, 'Nothing listens on that port: check host and port, and whether the server runs.'],
  [
    /no such host|not be resolved|ENOTFOUND|EAI_AGAIN|DNS/i,
    'The host name cannot be resolved: check it and the DNS.',
  ],
  [/unreachable|no route/i, 'There is no route to this address: check the network and firewalls.'],
  [/template/i, 'A template fails: check it with `langgraph-monitor check-config`.'],
  [/its URL is none/, 'Write the whole URL, with https:// or http://.'],
  [/redirect/i, 'Write the URL the server redirects to.'],
  [
    /ENOENT|EACCES|cannot be read|no such file/i,
    'Check that the file is there and that this user may read it.',
  ],
];

/** What to do about an error. */
export function adviceFor({ message, status, reason, retryAfter }: DeliveryError): string {
  if (retryAfter !== undefined || status === 429)
    return `The server asks to wait${retryAfter === undefined ? '' : ` ${formatDuration(retryAfter)}`}: try again then. Notifications are retried automatically.`;
  const known = status === undefined ? undefined : BY_STATUS[status];
  if (known) return known;
  if (status !== undefined && status >= 500 && !/^email/.test(message))
    return 'The server has an internal error: try again later. Notifications are retried automatically.';
  const match = BY_TEXT.find(([pattern]) => pattern.test(message));
  if (match) return match[1];
  if (reason === 'contextDeadlineExceeded')
    return 'No answer in time: check host and port, a firewall between, and whether the server speaks this protocol.';
  return 'Check the fields of this entry; --log.level=debug of the monitor shows every attempt.';
}
