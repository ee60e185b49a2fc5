// The certificates a TLS client trusts, and which chains of a server's certificates end in one of them. OpenSSL decides
// whether a server is accepted; Node does not show the chain it found, so it is searched here again.
// Source: crypto/x509 of Go, Certificate.Verify; blackbox_exporter, prober/tls.go.

import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';

/** A chain of more certificates than this is not looked for, nor would OpenSSL's default depth help with one. */
const MAX_DEPTH = 10;

/** Trusted certificates by subject. Parsed when first asked for: most connections use none of Mozilla's 140. */
export class TrustAnchors {
  /** Whether the user named them (`ca_file`), so that a message can say where to add one. */
  readonly isNamed: boolean;
  readonly #pem: string | undefined;
  #bySubject: Map<string, X509Certificate[]> | undefined;

  /** @param pem what the user trusts; undefined for the certificates that come with Node */
  constructor(pem: string | Buffer | undefined) {
    this.isNamed = pem !== undefined;
    this.#pem = pem?.toString();
  }

  has(certificate: X509Certificate): boolean {
    return this.named(certificate.subject).some(each => each.fingerprint256 === certificate.fingerprint256);
  }

  /** The trusted certificates of a subject. */
  named(subject: string): readonly X509Certificate[] {
    this.#bySubject ??= this.#pem === undefined ? builtIn() : indexOf(certificatesIn(this.#pem));
    return this.#bySubject.get(subject) ?? [];
  }
}

let ofNode: Map<string, X509Certificate[]> | undefined;

function builtIn(): Map<string, X509Certificate[]> {
  ofNode ??= indexOf(rootCertificates);
  return ofNode;
}

function indexOf(pems: readonly string[]): Map<string, X509Certificate[]> {
  const index = new Map<string, X509Certificate[]>();
  for (const pem of pems) {
    const certificate = new X509Certificate(pem);
    index.set(certificate.subject, [...(index.get(certificate.subject) ?? []), certificate]);
  }
  return index;
}

/** The blocks of a PEM file that are certificates, as text; what lies between them is left out. */
export function certificatesIn(pem: string): string[] {
  return (
    pem.match(
      /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g,
    ) ?? []
  );
}

/**
 * Unix seconds until which a server stays trusted if nothing changes: of every valid chain from its certificate to a
 * trusted one the earliest expiry, and the latest of these. Undefined when there is no such chain.
 * @param presented the server's certificate first
 */
export function chainExpiry(
  presented: readonly X509Certificate[],
  anchors: TrustAnchors,
  now: number,
): number | undefined {
  const ends = chainEnds(presented[0], presented, anchors, now / 1000, MAX_DEPTH);
  return ends.length > 0 ? Math.max(...ends) : undefined;
}

/** For each valid chain that begins with a certificate: when its first certificate to expire does. */
function chainEnds(
  certificate: X509Certificate | undefined,
  presented: readonly X509Certificate[],
  anchors: TrustAnchors,
  now: number,
  depth: number,
): number[] {
  if (!certificate || depth === 0) return [];
  const end = seconds(certificate.validTo);
  if (end < now || seconds(certificate.validFrom) > now) return [];
  if (anchors.has(certificate)) return [end];
  const others = presented.filter(each => each !== certificate && each.subject === certificate.issuer);
  return [...anchors.named(certificate.issuer), ...others]
    .filter(issuer => hasSigned(issuer, certificate))
    .flatMap(issuer => chainEnds(issuer, presented, anchors, now, depth - 1))
    .map(rest => Math.min(end, rest));
}

/** Whether one certificate signed another: name, key identifier and signature. */
export function hasSigned(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function seconds(date: string): number {
  return Date.parse(date) / 1000;
}
