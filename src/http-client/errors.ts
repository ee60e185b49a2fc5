// Error messages of failed calls.

import { type SystemError, systemErrorWords } from '../net/system-errors.js';
import { certificateWords, isCertificateCode } from '../tls/certificate.js';
import { explainHandshake } from '../tls/handshake.js';

const KNOWN: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset before the answer was complete',
  EPIPE: 'connection reset before the answer was complete',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
};

/** A connection's error in one line, of any length: secrets are hidden before it is cut. */
export function explainError(error: unknown): string {
  const { code = '', message = '', errors, address } = error as SystemError;
  // Several addresses were tried; the first one's error is reported.
  if (Array.isArray(errors) && errors.length > 0) return explainError(errors[0]);
  const { explanation } = error as { explanation?: string };
  if (explanation) return explanation;
  const handshake = explainHandshake({ code, message });
  if (handshake) return `TLS: ${handshake}`;
  if (isCertificateCode(code)) return `TLS: its ${certificateWords(code)}`;
  const known = KNOWN[code] ?? systemErrorWords(code, address);
  if (known) return known;
  const line = message.split('\n')[0] as string;
  if (/^HPE_/.test(code)) return `not an HTTP answer (${line})`;
  return code.startsWith('ERR_TLS') ? `TLS: ${line}` : line || code || 'the call failed';
}
