// System and TLS errors of a connection, as a reason for rules and a line for people.

import { DnsError } from '../../net/error.js';
import { type SystemError, systemErrorWords } from '../../net/system-errors.js';
import { explainHandshake, type HandshakeFacts } from '../../tls/handshake.js';
import { ProbeFailure } from '../probe.js';

const KNOWN: Record<string, ProbeFailure> = Object.fromEntries(
  (
    [
      ['ECONNREFUSED', 'refused', 'Connection refused'],
      ['EHOSTUNREACH', 'refused', 'No route to host'],
      ['ENETUNREACH', 'refused', 'Network unreachable'],
      ['EACCES', 'refused', 'Permission denied'],
      ['ENOENT', 'refused', 'No such socket'],
      ['ETIMEDOUT', 'timeout', 'Request timed out'],
      ['ECONNRESET', 'protocol', 'Connection reset'],
      ['EPIPE', 'protocol', 'Connection reset'],
    ] as const
  ).map(([code, reason, message]) => [code, new ProbeFailure(reason, message)]),
);

/** What any thrown thing means for a service. A {@link ProbeFailure} is what it says it is. */
export function failureOf(error: unknown, tls: HandshakeFacts = {}): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  if (error instanceof DnsError) return new ProbeFailure('dns', error.message);
  const { code, message, errors, address } = error as SystemError;
  // Several addresses were tried; the first one's error is reported.
  if (Array.isArray(errors) && errors.length > 0) return failureOf(errors[0], tls);
  const handshake = explainHandshake({ code, message }, tls);
  if (handshake) return new ProbeFailure('tls', `TLS: ${handshake}`);
  const known = code ? KNOWN[code] : undefined;
  if (known) return known;
  const words = systemErrorWords(code, address);
  if (words) return new ProbeFailure('refused', words.charAt(0).toUpperCase() + words.slice(1));
  if (code?.startsWith('ERR_TLS')) return new ProbeFailure('tls', `TLS: ${firstLine(message)}`);
  return new ProbeFailure('protocol', firstLine(message) || String(code ?? error));
}

function firstLine(message: string | undefined): string {
  return (message ?? '').split('\n')[0]?.slice(0, 200) ?? '';
}
