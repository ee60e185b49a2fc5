// What a PostgreSQL or its connection says, as a reason for rules and a line for people.
// Source: PostgreSQL's documentation, appendix A, "PostgreSQL Error Codes".

import type { Reason } from '../../../model/result.js';
import { oneLine, scrub } from '../../../model/scrub.js';
import type { Millis } from '../../../model/time.js';
import { DnsError } from '../../../net/error.js';
import { failureOf } from '../../http/failure.js';
import { ProbeFailure } from '../../probe.js';

/** cannot_connect_now: it starts up, recovers from a crash, or shuts down. */
const CANNOT_CONNECT_NOW = '57P03';
/** insufficient_privilege: the server works, and this user may not ask that. */
const INSUFFICIENT_PRIVILEGE = '42501';
const LONGEST_MESSAGE = 300;

interface ServerError extends Error {
  readonly code?: string;
  readonly severity?: string;
}

/** An error that the server sent: the connection works. */
export function isServerError(error: unknown): error is ServerError {
  const { code, severity } = error as ServerError;
  return typeof severity === 'string' && /^[0-9A-Z]{5}$/.test(code ?? '');
}

/** A refused query is no outage: a permission is missing, or the query took too long. */
export function isRefusal(error: unknown): boolean {
  return (
    isServerError(error) &&
    error.code !== CANNOT_CONNECT_NOW &&
    !/^(?:08|53|57P|58|XX)/.test(error.code ?? '')
  );
}

/** Whether it is {@link INSUFFICIENT_PRIVILEGE}. */
export function isForbidden(error: unknown): boolean {
  return isServerError(error) && error.code === INSUFFICIENT_PRIVILEGE;
}

/** @param starting how long the server may be starting up */
export function postgresFailure(error: unknown, secrets: readonly string[], starting: Millis): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  if (error instanceof DnsError) return failureOf(error);
  const { message, code } = error as ServerError;
  const said = oneLine(scrub(message, secrets), LONGEST_MESSAGE);
  if (isServerError(error)) {
    const patience = code === CANNOT_CONNECT_NOW && !message.includes('shutting down') ? starting : 0;
    return new ProbeFailure(reasonOf(code ?? ''), said, patience);
  }
  if (code !== undefined) return failureOf(error, { plain: 'remove tls_config' });
  if (/SASL|SCRAM/.test(message)) return new ProbeFailure('auth', said);
  if (/terminated|Connection ended|not queryable/i.test(message))
    return new ProbeFailure('protocol', 'Connection closed before the answer was complete');
  return new ProbeFailure('protocol', `Not a PostgreSQL answer (${said})`);
}

/** Class 28 is a refused login. */
function reasonOf(code: string): Reason {
  return code.startsWith('28') ? 'auth' : 'status';
}
