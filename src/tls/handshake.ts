// Messages for errors of OpenSSL and for TLS alerts of the other side. OpenSSL's own line names its source files and hides the
// cause in the middle of them.
// Source: RFC 8446, 6 (alerts); OpenSSL 3, ssl/ssl_err.c (reasons).

/** What is known of the connection beside the error. */
export interface HandshakeFacts {
  /** A client certificate is configured. */
  readonly hasCertificate?: boolean | undefined;
  /** What to write instead where the server has no TLS on this port. */
  readonly plain?: string | undefined;
  /** The protocol that was asked for by ALPN; HTTP/1.1 if it is not said. */
  readonly alpn?: string | undefined;
}

const CLIENT_CERTIFICATE =
  'the server wants a client certificate: set tls_config.cert_file and tls_config.key_file';
const NOT_TLS = 'the server does not speak TLS on this port';

/** The line for a deadline that passes after the connection was made and before TLS was ready. */
export const HANDSHAKE_TIMEOUT = 'Request timed out during the TLS handshake; does the port speak TLS?';

/** The line for a server that ended the connection after asking for a client certificate. */
export function certificateWanted(hasCertificate: boolean): string {
  return hasCertificate
    ? 'the server asked for a client certificate and closed the connection: it may not accept that of tls_config.cert_file'
    : CLIENT_CERTIFICATE;
}

/** RFC 8446's names of alerts, and what each means for a client. */
const ALERTS: Readonly<Record<number, [name: string, meaning: string]>> = {
  10: ['unexpected_message', 'the server did not expect what was sent'],
  20: ['bad_record_mac', 'the server received damaged data'],
  22: ['record_overflow', 'the server received a record that is too long'],
  40: [
    'handshake_failure',
    'the server refused: no cipher in common, or it wants a client certificate (tls_config.cert_file)',
  ],
  42: ['bad_certificate', 'the server does not accept the client certificate of tls_config.cert_file'],
  43: ['unsupported_certificate', 'the server cannot use the client certificate of tls_config.cert_file'],
  44: ['certificate_revoked', 'the client certificate of tls_config.cert_file has been revoked'],
  45: ['certificate_expired', 'the client certificate of tls_config.cert_file has expired'],
  46: ['certificate_unknown', 'the server does not accept the client certificate of tls_config.cert_file'],
  47: ['illegal_parameter', 'the server refused a parameter'],
  48: ['unknown_ca', 'the server does not know the CA of the client certificate of tls_config.cert_file'],
  49: ['access_denied', 'the server denies access'],
  50: ['decode_error', 'the server could not decode what was sent'],
  51: ['decrypt_error', 'the server could not verify a signature; do cert_file and key_file match?'],
  70: ['protocol_version', 'the server accepts no TLS version that is offered here'],
  71: ['insufficient_security', 'the server wants stronger ciphers than are offered here'],
  80: ['internal_error', 'the server had an error of its own'],
  86: ['inappropriate_fallback', 'the server refused an older TLS version'],
  112: ['unrecognized_name', 'the server has no certificate for this name; set tls_config.server_name'],
  116: ['certificate_required', CLIENT_CERTIFICATE],
  120: ['no_application_protocol', 'the server does not offer HTTP/1.1 over TLS (ALPN)'],
};

/** OpenSSL's names of alerts, in codes that carry no number. */
const BY_NAME = new Map(
  Object.entries(ALERTS).map(([number, [name]]) => [name.replaceAll('_', ' '), Number(number)]),
);

const REASONS: readonly (readonly [reason: RegExp, words: string])[] = [
  [/wrong version number|unknown protocol|packet length too long|http request|bad record type/, NOT_TLS],
  [
    /unsupported protocol|version too low|no protocols available/,
    'the server offers only TLS versions that are not accepted here (TLS 1.2 and 1.3 are)',
  ],
  [
    /no shared cipher|no ciphers available|wrong cipher returned|unknown cipher returned/,
    'no cipher in common with the server',
  ],
  [/(dh|ee|ca) key too small/, "a key of the server's is too short to be secure"],
  [
    /(ca|ee) md too weak|wrong signature type/,
    'a signature of the server uses an algorithm that is too weak',
  ],
  [
    /unsafe legacy renegotiation disabled/,
    'the server knows only unsafe renegotiation (RFC 5746 is missing)',
  ],
  [/unexpected eof/, 'the server closed the connection without ending TLS'],
  [/key values mismatch/, 'tls_config: key_file does not belong to cert_file'],
  [/no start line/, 'tls_config: a file is not PEM (it has no BEGIN line)'],
  [
    /bad decrypt|bad password read|interrupted or cancelled/,
    'tls_config: the key of key_file is encrypted; write it without a passphrase',
  ],
  [
    /bad base64 decode|wrong tag|asn1 encoding|nested asn1 error|bad end line/,
    'tls_config: a file is damaged PEM',
  ],
];

/**
 * One line, without a prefix, about an error of OpenSSL; undefined when the error is none of its.
 */
export function explainHandshake(
  error: { readonly code?: string | undefined; readonly message?: string | undefined },
  { hasCertificate = false, plain, alpn = 'HTTP/1.1' }: HandshakeFacts = {},
): string | undefined {
  const { code = '', message = '' } = error;
  if (code === 'ECONNRESET' && /before secure TLS connection was established/.test(message))
    return 'the server closed the connection during the handshake; does the port speak TLS?';
  const reason = reasonOf(code, message);
  if (reason === undefined) return undefined;
  const alert = alertOf(message, reason);
  if (alert !== undefined) {
    const [name, meaning] = ALERTS[alert] ?? [`alert ${alert}`, 'the server refused the handshake'];
    // Some servers call an absent certificate a bad one.
    if (!hasCertificate && alert >= 42 && alert <= 46) return `${CLIENT_CERTIFICATE} (${name})`;
    return `${meaning.replace('HTTP/1.1', alpn)} (${name})`;
  }
  const words = REASONS.find(([pattern]) => pattern.test(reason))?.[1];
  if (words === NOT_TLS && plain) return `${words}; ${plain}`;
  return words ?? reason;
}

/** OpenSSL's reason in lower case: of its whole line, which Node hands on as the message, or of Node's code. */
function reasonOf(code: string, message: string): string | undefined {
  const line = /\berror:[0-9A-F]{8}:[^:]*:[^:]*:([^:\n]+)/i.exec(message);
  if (line) return (line[1] as string).trim().toLowerCase().slice(0, 100);
  const coded = /^ERR_(?:SSL|OSSL(?:_[A-Z0-9]+?)?)_(.+)$/.exec(code);
  if (coded) return (coded[1] as string).replaceAll('_', ' ').toLowerCase();
  return code === 'EPROTO' ? 'protocol error' : undefined;
}

function alertOf(message: string, reason: string): number | undefined {
  const number = /SSL alert number (\d+)/.exec(message)?.[1];
  if (number) return Number(number);
  const name = /^(?:ssl|tls)v[\d.]+ (?:alert )?(.+)$/.exec(reason)?.[1];
  return name === undefined ? undefined : BY_NAME.get(name);
}
