// What a TLS connection showed, taken down once when it was made and repeated by every probe that uses it.

import { readFileSync } from 'node:fs';
import type { ConnectionOptions, DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { TlsConfig } from '../../config/http-client.js';
import type { Attempt } from '../probe.js';
import * as families from './families.js';

/** What is remembered of a connection's TLS. */
export interface TlsTrace {
  readonly version: string;
  readonly cipher: string;
  /** Unix seconds; of the whole chain as presented. */
  readonly earliestExpiry: number;
  readonly leaf: readonly string[];
  /** Undefined when the chain was verified. */
  readonly problem: string | undefined;
}

const VERSIONS: Record<string, string> = {
  TLSv1: 'TLS 1.0',
  'TLSv1.1': 'TLS 1.1',
  'TLSv1.2': 'TLS 1.2',
  'TLSv1.3': 'TLS 1.3',
};

/** Node's options for a `<tls_config>`; reads its files. @throws the file system's error. */
export function tlsOptions(config: TlsConfig | undefined): ConnectionOptions {
  return {
    ALPNProtocols: ['http/1.1'],
    // Verified by hand afterwards: a connection refused inside the handshake would never show when its
    // certificate expired, and that is what one wants to know of a broken one.
    rejectUnauthorized: false,
    ca: config?.ca_file ? readFileSync(config.ca_file) : undefined,
    cert: config?.cert_file ? readFileSync(config.cert_file) : undefined,
    key: config?.key_file ? readFileSync(config.key_file) : undefined,
    servername: config?.server_name,
  };
}

/** Takes down what an established connection shows. */
export function traceTls(socket: TLSSocket): TlsTrace {
  const leaf = socket.getPeerCertificate(true);
  let earliest = Number.POSITIVE_INFINITY;
  for (const certificate of chain(leaf)) {
    const expiry = Date.parse(certificate.valid_to) / 1000;
    if (expiry < earliest) earliest = expiry;
  }
  return {
    version: VERSIONS[socket.getProtocol() ?? ''] ?? 'unknown',
    cipher: socket.getCipher()?.standardName ?? 'unknown',
    earliestExpiry: earliest,
    leaf: leafLabels(leaf),
    problem: socket.authorized ? undefined : explain(socket, leaf),
  };
}

function* chain(leaf: DetailedPeerCertificate): Generator<DetailedPeerCertificate> {
  const seen = new Set<string>();
  // A root names itself as its issuer, which would go round for ever.
  for (let at = leaf; at?.fingerprint256 && !seen.has(at.fingerprint256); at = at.issuerCertificate) {
    seen.add(at.fingerprint256);
    yield at;
  }
}

function leafLabels(leaf: DetailedPeerCertificate): string[] {
  const name = (parts: object | undefined) =>
    Object.entries(parts ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .reverse()
      .join(',');
  // blackbox_exporter shows the DNS names alone.
  const names = (leaf.subjectaltname ?? '').split(', ').filter(entry => entry.startsWith('DNS:'));
  return [
    (leaf.fingerprint256 ?? '').replaceAll(':', '').toLowerCase(),
    name(leaf.issuer),
    name(leaf.subject),
    names.map(entry => entry.slice('DNS:'.length)).join(','),
    (leaf.serialNumber ?? '').toLowerCase(),
  ];
}

const PROBLEMS: Record<string, string> = {
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate is self-signed; name its CA in tls_config.ca_file',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate is signed by an unknown CA; name it in tls_config.ca_file',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate is signed by an unknown CA; name it in tls_config.ca_file',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate is signed by an unknown CA; name it in tls_config.ca_file',
};

function explain(socket: TLSSocket, leaf: DetailedPeerCertificate): string {
  const code = String(socket.authorizationError ?? '');
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `certificate is for ${leaf.subjectaltname || 'another name'}; set tls_config.server_name`;
  }
  const expired =
    code === 'CERT_HAS_EXPIRED' ? ` (${new Date(leaf.valid_to).toISOString().slice(0, 10)})` : '';
  return (PROBLEMS[code] ?? `certificate not accepted: ${code}`) + expired;
}

/** Records the TLS families of a connection. */
export function recordTls(attempt: Attempt, trace: TlsTrace): void {
  attempt.record(families.certExpiry, [], trace.earliestExpiry);
  if (!trace.problem) attempt.record(families.chainExpiry, [], trace.earliestExpiry);
  attempt.record(families.chainInfo, trace.leaf, 1);
  attempt.record(families.tlsVersion, [trace.version], 1);
  attempt.record(families.tlsCipher, [trace.cipher], 1);
}
