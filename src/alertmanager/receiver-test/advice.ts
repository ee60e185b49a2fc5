// What to do about a test notification that was not taken. Comes in: the error; goes out: one sentence.

import { formatDuration } from '../../model/time.js';
import type { DeliveryError } from '../receivers/receiver.js';

/** HTTP's and SMTP's answers that say what is wrong. */
const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'The server understands the request but not its contents: check the fields of this entry and its templates.',
  401: 'The credentials are refused: check the token, password or key, and the file it is read from.',
  403: 'The credentials are known but may not do this: check their rights and whether the channel admits them.',
  404: 'There is nothing at this address: the webhook was deleted or its URL is incomplete. Make a new one.',
  405: 'The server takes no POST here: check the URL.',
  407: 'The proxy wants credentials: check http_config.proxy_url.',
  410: 'The webhook was deleted. Make a new one.',
  413: 'The message is too large for the server: shorten the template.',
  530: 'The mail server wants a sign-in: set auth_username and auth_password.',
  534: 'The mail server wants another way to sign in.',
  535: 'The mail server refuses user name or password: check auth_username and auth_password.',
  550: 'The mail server does not know the recipient or refuses the sender: check "to" and "from".',
  553: 'The mail server refuses the sender: check "from".',
  554: 'The mail server refuses the mail: check "from" and whether this machine may send there.',
};

/** Words of the system and of TLS, the most telling first. */
const BY_WORDS: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/offers no STARTTLS/, 'Set require_tls: false if the way to the server is trusted, or use another port.'],
  [
    /certificate|self.signed|issuer|hostname.*match|TLS|SSL|wrong version number/i,
    'TLS fails: name the CA in tls_config.ca_file, the right name in tls_config.server_name, or check the port.',
  ],
  [/refused/i, 'Nothing listens there: check host and port, and whether the server runs.'],
  [
    /no such host|not be resolved|ENOTFOUND|EAI_AGAIN|DNS/i,
    'The name is not known here: check it and the DNS.',
  ],
  [/unreachable|no route/i, 'There is no way to this address: check the network, a firewall or a proxy.'],
  [/template/i, 'A template fails: check it; `langgraph-monitor check-config` reads it, too.'],
  [/its URL is none/, 'Write the whole URL, with https:// or http://.'],
  [/redirect/i, 'Write the address the server leads to.'],
  [
    /ENOENT|EACCES|cannot be read|no such file/i,
    'Check that the file is there and that this user may read it.',
  ],
];

/** What to do about an error. */
export function adviceOn({ message, status, reason, retryAfter }: DeliveryError): string {
  if (retryAfter !== undefined || status === 429)
    return `The server asks to wait${retryAfter === undefined ? '' : ` ${formatDuration(retryAfter)}`}: try again then. Notifications are tried again by themselves.`;
  const known = status === undefined ? undefined : BY_STATUS[status];
  if (known) return known;
  if (status !== undefined && status >= 500 && !/^email/.test(message))
    return 'The server has trouble of its own: try again later. Notifications are tried again by themselves.';
  const words = BY_WORDS.find(([pattern]) => pattern.test(message));
  if (words) return words[1];
  if (reason === 'contextDeadlineExceeded')
    return 'No answer in time: check host and port, a firewall between, and whether the server speaks this protocol.';
  return 'Check the fields of this entry; --log.level=debug of the monitor shows every attempt.';
}
