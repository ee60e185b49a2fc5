// What a failed call means, in words for whoever reads the error.

const KNOWN: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset before the answer was complete',
  EPIPE: 'connection reset before the answer was complete',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name lookup failed (name server does not answer)',
  ETIMEDOUT: 'connection timed out',
  CERT_HAS_EXPIRED: 'TLS: its certificate has expired',
  CERT_NOT_YET_VALID: 'TLS: its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS: its certificate is self-signed; name its CA in tls_config.ca_file',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS: its certificate is signed by an unknown CA; name it in tls_config.ca_file',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'TLS: its certificate is signed by an unknown CA; name it in tls_config.ca_file',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'TLS: its certificate is signed by an unknown CA; name it in tls_config.ca_file',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS: its certificate is for another name; set tls_config.server_name',
};

/** A connection's error in words. */
export function explainError(error: unknown): string {
  const { code = '', message = '', errors } = error as NodeJS.ErrnoException & { errors?: unknown[] };
  // Several addresses were tried; the first one's error speaks for all.
  if (Array.isArray(errors) && errors.length > 0) return explainError(errors[0]);
  const known = KNOWN[code];
  if (known) return known;
  const line = (message.split('\n')[0] as string).slice(0, 200);
  if (/^HPE_/.test(code)) return `not an HTTP answer (${line})`;
  return /^(ERR_SSL|ERR_TLS|EPROTO)/.test(code) ? `TLS: ${line}` : line || code || 'the call failed';
}
