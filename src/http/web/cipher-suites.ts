// TLS cipher suites and curves by the names the web configuration has for them (Go's), and what OpenSSL calls them.
// Source: Go, crypto/tls: CipherSuites and CurveID.

/** Suites of TLS 1.2 by Go's name. */
const TLS12: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
};

/** Suites of TLS 1.3, which both call the same. */
const TLS13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

const CURVES: Readonly<Record<string, string>> = {
  X25519: 'X25519',
  CurveP256: 'prime256v1',
  CurveP384: 'secp384r1',
  CurveP521: 'secp521r1',
};

/** Every suite a configuration may name. */
export const CIPHER_SUITES = [...TLS13, ...Object.keys(TLS12)];

/** Every curve a configuration may name. */
export const CURVE_NAMES = Object.keys(CURVES);

/** OpenSSL's cipher list for suites in order of preference; undefined for its own choice. */
export function opensslCiphers(suites: readonly string[]): string | undefined {
  if (suites.length === 0) return undefined;
  // Go's TLS 1.3 always has all of its suites; leaving them out here would switch TLS 1.3 off.
  return [...TLS13, ...suites.flatMap(name => TLS12[name] ?? [])].join(':');
}

/** OpenSSL's curve list in order of preference; undefined for its own choice. */
export function opensslCurves(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : names.map(name => CURVES[name]).join(':');
}
