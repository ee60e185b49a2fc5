// What ioredis throws, as a reason for rules and a line for people. Errors of ioredis carry the command with its
// arguments, a password among them: only their message goes on.

import type { Reason } from '../../../model/result.js';
import { oneLine, scrub } from '../../../model/scrub.js';
import { DnsError } from '../../../net/error.js';
import { failureOf } from '../../http/failure.js';
import { ProbeFailure } from '../../probe.js';

/** First words of Redis' error replies that mean the server does not let this user in. */
const AUTH = /^(NOAUTH|WRONGPASS|NOPERM|DENIED|ERR invalid password|ERR AUTH|ERR Client sent AUTH)/;

/** Redis' longest own reply, that it cannot save, has 330 characters. */
const MAX_REPLY_LENGTH = 500;

/** A command was answered and refused: the connection works, and other commands may be allowed. */
export class Refusal extends ProbeFailure {}

/** A server's error reply; undefined when the error is not one. A reply may quote a command with its arguments. */
export function refusalOf(error: unknown, secrets: readonly string[]): Refusal | undefined {
  const { name, message } = error as Error;
  if (name !== 'ReplyError') return undefined;
  const reason: Reason = AUTH.test(message) ? 'auth' : 'status';
  return new Refusal(reason, oneLine(scrub(message, secrets), MAX_REPLY_LENGTH));
}

const CLOSED_AT_ONCE = 'Connection closed before any answer; if the port speaks TLS, set tls_config';

/** What is known of a connection's TLS when it fails. */
export interface RedisTlsFacts {
  readonly hasCertificate?: boolean | undefined;
  /** What it means when the server just closes; undefined when that means nothing. */
  readonly closedBecause?: string | undefined;
  /** No TLS is used, and no byte has ever come from the server. */
  readonly mayNeedTls?: boolean | undefined;
}

/** Any other error: of the connection, if one is known, since what a command rejects with only says that it ended. */
export function redisFailure(
  error: unknown,
  lost: Error | undefined,
  secrets: readonly string[],
  { hasCertificate, closedBecause, mayNeedTls }: RedisTlsFacts = {},
): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  const cause = lost ?? (error as Error);
  if (cause instanceof ProbeFailure) return cause;
  if (cause instanceof DnsError) return failureOf(cause);
  const reply = refusalOf(cause, secrets);
  if (reply) return reply;
  const { code, message } = cause as NodeJS.ErrnoException;
  const isNoRedis = /RESP|[Pp]rotocol error/.test(message);
  const isClosed = code === undefined ? !isNoRedis : code === 'ECONNRESET' || code === 'EPIPE';
  if (closedBecause && isClosed) return new ProbeFailure('tls', `TLS: ${closedBecause}`);
  if (mayNeedTls && isClosed) return new ProbeFailure('protocol', CLOSED_AT_ONCE);
  if ('code' in cause) return failureOf(cause, { hasCertificate, plain: 'remove tls_config' });
  // A TLS alert begins with the byte 21.
  if (/RESP type 21\b/.test(message))
    return new ProbeFailure('protocol', 'The server speaks TLS on this port; set tls_config');
  if (isNoRedis) {
    const detail = message.replace('. Please report this.', '');
    return new ProbeFailure('protocol', `Not a Redis answer (${oneLine(scrub(detail, secrets), 120)})`);
  }
  return new ProbeFailure('protocol', 'Connection closed before the answer was complete');
}
