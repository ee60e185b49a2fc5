// What ioredis throws, as a reason for rules and a line for people. Errors of ioredis carry the command with its
// arguments, a password among them: only their message goes on.

import type { Reason } from '../../../model/result.js';
import { failureOf } from '../../http/trouble.js';
import { ProbeFailure } from '../../probe.js';

/** First words of Redis' error replies that mean the server does not let this user in. */
const AUTH = /^(NOAUTH|WRONGPASS|NOPERM|DENIED|ERR invalid password|ERR AUTH|ERR Client sent AUTH)/;

/** A server's error reply; undefined when the error is not one. */
export function replyFailure(error: unknown): ProbeFailure | undefined {
  const { name, message } = error as Error;
  if (name !== 'ReplyError') return undefined;
  const reason: Reason = AUTH.test(message) ? 'auth' : 'status';
  return new ProbeFailure(reason, message.replace(/\p{Cc}+/gu, ' ').slice(0, 200));
}

/** Any other error: of the connection, if one is known, since what a command rejects with only says that it ended. */
export function redisFailure(error: unknown, lost: Error | undefined): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  const cause = lost ?? (error as Error);
  const reply = replyFailure(cause);
  if (reply) return reply;
  if ('code' in cause) return failureOf(cause);
  if (/RESP|[Pp]rotocol error/.test(cause.message)) {
    const detail = cause.message.replace('. Please report this.', '');
    return new ProbeFailure('protocol', `Not a Redis answer (${detail.slice(0, 120)})`);
  }
  return new ProbeFailure('protocol', 'Connection closed before the answer was complete');
}
