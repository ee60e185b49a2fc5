// What a TLS connection showed, taken down once when it was made and repeated by every probe that uses it.

import type { X509Certificate } from 'node:crypto';
import type { ConnectionOptions, PeerCertificate, TLSSocket } from 'node:tls';
import type { TlsConfig } from '../../config/http-client/config.js';
import { tlsOptions } from '../../config/http-client/tls-options.js';
import { explainCertificate, presentedChain } from '../../tls/certificate.js';
import { certificateWanted } from '../../tls/handshake.js';
import { chainExpiry, TrustAnchors } from '../../tls/trust.js';
import { type Attempt, ProbeFailure } from '../probe.js';
import * as families from './families.js';

/** What is remembered of a connection's TLS. */
export interface TlsTrace {
  readonly version: string;
  readonly cipher: string;
  /** Unix seconds; of all certificates the server sent. */
  readonly earliestExpiry: number;
  /** Unix seconds until which the verified chain is valid; undefined when it was not verified. */
  readonly chainExpiry: number | undefined;
  readonly leaf: readonly string[];
  /** Undefined when the chain was verified. */
  readonly problem: string | undefined;
  /** What it means when the server closes this connection before it has answered; undefined when that means nothing. */
  readonly closedBecause: string | undefined;
}

const VERSIONS: Record<string, string> = {
  TLSv1: 'TLS 1.0',
  'TLSv1.1': 'TLS 1.1',
  'TLSv1.2': 'TLS 1.2',
  'TLSv1.3': 'TLS 1.3',
};

/** Node's options, and what a connection made with them is checked against. */
export interface TlsOptions extends ConnectionOptions {
  readonly anchors: TrustAnchors;
}

/** Node's options for a `<tls_config>`; reads its files. @throws a line that names the file that cannot be used */
export function probeTlsOptions(config: TlsConfig | undefined): TlsOptions {
  const options = tlsOptions(config);
  return {
    ...options,
    ALPNProtocols: ['http/1.1'],
    // Verified by hand afterwards: a connection refused inside the handshake would never show when its
    // certificate expired, and that is what one wants to know of a broken one.
    rejectUnauthorized: false,
    anchors: new TrustAnchors(options.ca),
  };
}

/** The same for a handshake, with the files as they are now. @throws ProbeFailure */
export function tlsOptionsNow(config: TlsConfig | undefined): TlsOptions {
  try {
    return probeTlsOptions(config);
  } catch (error) {
    throw new ProbeFailure('tls', `TLS: ${(error as Error).message}`);
  }
}

/** Takes down what an established connection shows. @param host the name or address that was asked for */
export function traceTls(socket: TLSSocket, { anchors, cert }: TlsOptions, host: string): TlsTrace {
  const chain = presentedChain(socket);
  const sent = chain.filter((each, i) => i === 0 || !isRootOf(anchors, each));
  const earliest = Math.min(...sent.map(each => Date.parse(each.validTo) / 1000));
  const { authorized } = socket;
  const code = String(socket.authorizationError ?? '');
  return {
    version: VERSIONS[socket.getProtocol() ?? ''] ?? 'unknown',
    cipher: socket.getCipher()?.standardName ?? 'unknown',
    earliestExpiry: earliest,
    // OpenSSL may trust more than is known here (NODE_EXTRA_CA_CERTS).
    chainExpiry: authorized ? (chainExpiry(chain, anchors, Date.now()) ?? earliest) : undefined,
    leaf: leafLabels(socket.getPeerCertificate()),
    problem: authorized ? undefined : explainCertificate({ code, chain, anchors, host }),
    // Only a server that asks for a certificate says which signatures it takes.
    closedBecause: socket.getSharedSigalgs().length > 0 ? certificateWanted(cert !== undefined) : undefined,
  };
}

/** Node puts the root a chain ends in behind it, though the server did not send it. */
function isRootOf(anchors: TrustAnchors, certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && anchors.has(certificate);
}

function leafLabels(leaf: PeerCertificate): string[] {
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

/** Records the TLS families of a connection. */
export function recordTls(attempt: Attempt, trace: TlsTrace): void {
  attempt.record(families.certExpiry, [], trace.earliestExpiry);
  if (trace.chainExpiry !== undefined) attempt.record(families.chainExpiry, [], trace.chainExpiry);
  attempt.record(families.chainInfo, trace.leaf, 1);
  attempt.record(families.tlsVersion, [trace.version], 1);
  attempt.record(families.tlsCipher, [trace.cipher], 1);
}
