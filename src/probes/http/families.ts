// blackbox_exporter's families of an HTTP probe, under its names and types.
// Source: blackbox_exporter, prober/http.go and prober/tls.go.

import { family } from '../../model/family.js';

export const duration = family(
  'probe_http_duration_seconds',
  'Duration of the HTTP request by phase, summed over redirects; a phase that was not reached is absent',
  'gauge',
  ['phase'],
);
export const dnsLookup = family(
  'probe_dns_lookup_time_seconds',
  'Time taken for the DNS lookup in seconds; 0 without one',
);
export const connectionReused = family(
  'probe_connection_reused',
  'Whether the probe used a kept connection (1) or a new one (0)',
);
export const ipProtocol = family('probe_ip_protocol', 'Whether the connection used IPv4 or IPv6 (4 or 6)');
export const ipHash = family(
  'probe_ip_addr_hash',
  'Hash of the IP address (FNV-1a); changes when the address does',
);
export const statusCode = family('probe_http_status_code', 'HTTP status code of the response');
export const contentLength = family(
  'probe_http_content_length',
  'Length of the HTTP content in the response header, -1 without one',
);
export const bodyLength = family(
  'probe_http_uncompressed_body_length',
  'Length of the response body in bytes',
);
export const redirects = family('probe_http_redirects', 'The number of redirects followed');
export const ssl = family('probe_http_ssl', 'Whether the final URL was fetched over TLS');
export const version = family('probe_http_version', 'HTTP version of the response');
export const lastModified = family(
  'probe_http_last_modified_timestamp_seconds',
  'Last-Modified header of the response as a Unix timestamp',
);
export const certExpiry = family(
  'probe_ssl_earliest_cert_expiry',
  'Earliest expiry in the certificate chain as a Unix timestamp; present also when verification failed',
);
export const chainExpiry = family(
  'probe_ssl_last_chain_expiry_timestamp_seconds',
  'Expiry of the verified certificate chain as a Unix timestamp; absent without one',
);
export const chainInfo = family(
  'probe_ssl_last_chain_info',
  'The leaf certificate that was presented; always 1',
  'gauge',
  ['fingerprint_sha256', 'issuer', 'subject', 'subjectalternative', 'serialnumber'],
);
export const tlsVersion = family('probe_tls_version_info', 'The TLS version in use; always 1', 'gauge', [
  'version',
]);
export const tlsCipher = family('probe_tls_cipher_info', 'The TLS cipher in use; always 1', 'gauge', [
  'cipher',
]);

/** Of kinds that have conditions with regular expressions. */
export const failedDueToRegex = family(
  'probe_failed_due_to_regex',
  'Whether the probe failed because of a regular expression on what was answered (1) or not (0)',
);

export const httpFamilies = [
  duration,
  dnsLookup,
  connectionReused,
  ipProtocol,
  ipHash,
  statusCode,
  contentLength,
  bodyLength,
  redirects,
  ssl,
  version,
  lastModified,
  certExpiry,
  chainExpiry,
  chainInfo,
  tlsVersion,
  tlsCipher,
];
