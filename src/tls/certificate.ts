// The message for a server's certificate that was not accepted; it names the certificate to replace. Comes in: OpenSSL's code of
// the failed verification, what the server sent, what is trusted here. Goes out: one line without a prefix.

import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { hasSigned, type TrustAnchors } from './trust.js';

/** Names of a certificate in a message. */
const MAX_NAMES = 5;
/** Characters of a name in a message: a server chooses them. */
const MAX_NAME = 100;

/** What was looked at, and by whose eyes. */
interface Verification {
  /** Node's code: `CERT_HAS_EXPIRED`. */
  readonly code: string;
  /** The server's certificate first; see {@link presentedChain}. */
  readonly chain: readonly X509Certificate[];
  readonly anchors: TrustAnchors;
  /** The name or address that was asked for. */
  readonly host: string;
}

/**
 * The chain a server sent, each certificate before that of its issuer, with a trusted root at its end where Node knows it.
 * Certificates that sign nothing in it are left out. Empty when the connection has been closed.
 */
export function presentedChain(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  // `getPeerX509Certificate` would have them all, and leaks each of them at each call (Node 20).
  let at: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // A root names itself as its issuer, which would go round for ever.
  while (at?.raw && !seen.has(at.fingerprint256)) {
    seen.add(at.fingerprint256);
    chain.push(new X509Certificate(at.raw));
    at = at.issuerCertificate;
  }
  return chain;
}

/** One line about a certificate that was not accepted. */
export function explainCertificate(verification: Verification): string {
  const { code, chain } = verification;
  const leaf = chain[0];
  if (!leaf) return certificateWords(code);
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return otherName(leaf, verification.host);
    case 'CERT_HAS_EXPIRED':
      return dated(verification, each => Date.parse(each.validTo) < Date.now(), 'has expired', 'validTo');
    case 'CERT_NOT_YET_VALID':
      return `${dated(verification, each => Date.parse(each.validFrom) > Date.now(), 'is not valid yet', 'validFrom', 'from ')}; if that date is past, the clock of this machine is wrong`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return untrusted(verification);
    case 'INVALID_PURPOSE':
      return purpose(chain);
    case 'UNSPECIFIED':
      return weakSignature(verification) ?? certificateWords(code) + weakness(leaf);
    default:
      return certificateWords(code) + weakness(leaf);
  }
}

/** For a certificate that cannot be looked at any more. */
const WORDS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate is self-signed; name its CA in tls_config.ca_file',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate is signed by an unknown CA; name it in tls_config.ca_file',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate is signed by an unknown CA; name it in tls_config.ca_file',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate is signed by an unknown CA; name it in tls_config.ca_file',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'certificate is signed by an unknown CA; name it in tls_config.ca_file, or let the server send it if it is an intermediate one',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate is for another name; set tls_config.server_name',
  CERT_SIGNATURE_FAILURE: 'signature of a certificate in the chain is wrong',
  CERT_REVOKED: 'certificate has been revoked',
  INVALID_CA: 'certificate is signed by one that is no CA',
  PATH_LENGTH_EXCEEDED: 'certificate is signed by a CA that may not sign it (path length)',
  // Node has no code of its own for these.
  UNSPECIFIED:
    "certificate breaks a rule of its CA or of its own (the CA's name constraints, or a critical extension that is not known)",
  CERT_CHAIN_TOO_LONG: 'chain of certificates is too long',
};

/** The line for a code alone, where the certificates cannot be looked at. */
export function certificateWords(code: string): string {
  return WORDS[code] ?? `certificate was not accepted (${code})`;
}

/** Whether a code of an error is about the other side's certificate. */
export function isCertificateCode(code: string): boolean {
  return (
    code in WORDS || code === 'INVALID_PURPOSE' || /^(CERT_|UNABLE_TO_(GET|VERIFY|DECODE)|CRL_)/.test(code)
  );
}

/** OpenSSL says the same of a server's certificate that is none and of one that signed it though it is no CA. */
function purpose(chain: readonly X509Certificate[]): string {
  const signer = chain.slice(1).find(each => !each.ca);
  return signer
    ? `certificate is signed by ${nameOf(signer.subject)}, which is no CA (its basicConstraints)`
    : 'certificate is not made for servers (its extendedKeyUsage lacks serverAuth)';
}

function dated(
  { chain, anchors }: Verification,
  isBad: (certificate: X509Certificate) => boolean,
  words: string,
  field: 'validFrom' | 'validTo',
  preposition = '',
): string {
  const bad = chain.find(isBad);
  if (!bad) return `certificate ${words}`;
  const date = new Date(bad[field]);
  const day = Number.isNaN(date.getTime()) ? bad[field] : date.toISOString().slice(0, 10);
  return `${roleOf(bad, chain, anchors)} ${words} (${preposition}${day})`;
}

/** What a certificate is in its chain; the server's own needs no name. */
function roleOf(
  certificate: X509Certificate,
  chain: readonly X509Certificate[],
  anchors: TrustAnchors,
): string {
  if (certificate === chain[0]) return 'certificate';
  const name = nameOf(certificate.subject);
  if (anchors.isNamed && anchors.has(certificate)) return `CA certificate ${name} (tls_config.ca_file)`;
  return isSelfSigned(certificate) ? `CA certificate ${name}` : `intermediate certificate ${name}`;
}

function untrusted({ chain, anchors }: Verification): string {
  const top = chain.at(-1) as X509Certificate;
  if (chain.length === 1 && isSelfSigned(top)) {
    return anchors.isNamed
      ? 'certificate is self-signed and not the one in tls_config.ca_file'
      : 'certificate is self-signed; name its CA in tls_config.ca_file';
  }
  const issuer = nameOf(top.issuer);
  const namesakes = anchors.named(top.issuer);
  if (anchors.isNamed && namesakes.length > 0 && !namesakes.some(each => hasSigned(each, top)))
    return `certificate is signed by another CA of the name ${issuer} than tls_config.ca_file has`;
  // Sent alone, it may be signed by an intermediate the server keeps to itself, or by a root that is not trusted here.
  if (chain.length === 1) {
    return anchors.isNamed
      ? `intermediate certificate ${issuer} that signed the server's is missing: the server does not send it and tls_config.ca_file does not have it; complete the chain on the server`
      : `certificate is signed by an unknown CA (${issuer}); name it in tls_config.ca_file, or let the server send it if it is an intermediate one`;
  }
  return anchors.isNamed
    ? `certificate is signed by a CA (${issuer}) that tls_config.ca_file does not have`
    : `certificate is signed by an unknown CA (${issuer}); name it in tls_config.ca_file`;
}

function otherName(leaf: X509Certificate, host: string): string {
  const names = (leaf.subjectAltName ?? '')
    .split(', ')
    .filter(Boolean)
    .map(each => clean(each.replace(/^IP Address:/, 'IP:')));
  const wanted = clean(host);
  if (names.length === 0)
    return `certificate names no host (no subjectAltName), only ${nameOf(leaf.subject)}; it cannot be accepted for ${wanted}`;
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  return `certificate is for ${names.slice(0, MAX_NAMES).join(', ')}${more}, not for ${wanted}; set tls_config.server_name`;
}

function weakness(leaf: X509Certificate): string {
  const bits = leaf.publicKey.asymmetricKeyDetails?.modulusLength;
  return bits !== undefined && bits < 2048 ? `; its key has ${bits} bits only` : '';
}

/** How signatures are named in a certificate that are no longer trusted. Source: RFC 3279, 2.2; RFC 5758, 3. */
const WEAK_SIGNATURES: readonly (readonly [name: string, identifier: Buffer])[] = [
  ['SHA-1', Buffer.from('06092a864886f70d010105', 'hex')],
  ['SHA-1', Buffer.from('06072a8648ce3d0401', 'hex')],
  ['MD5', Buffer.from('06092a864886f70d010104', 'hex')],
];

/** The first certificate that is signed in such a way; a root's own signature does not count. */
function weakSignature({ chain, anchors }: Verification): string | undefined {
  for (const certificate of chain) {
    if (isSelfSigned(certificate)) continue;
    const [name] = WEAK_SIGNATURES.find(([, identifier]) => certificate.raw.includes(identifier)) ?? [];
    if (name)
      return `${roleOf(certificate, chain, anchors)} is signed with ${name}, which is not trusted any more`;
  }
  return undefined;
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer;
}

/** The most telling part of a distinguished name, quoted. */
function nameOf(distinguished: string): string {
  const parts = distinguished.split('\n');
  const part = (key: string) => parts.find(each => each.startsWith(`${key}=`))?.slice(key.length + 1);
  return `"${clean(part('CN') ?? part('OU') ?? part('O') ?? parts.join(','))}"`;
}

function clean(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ');
  return line.length > MAX_NAME ? `${line.slice(0, MAX_NAME)}...` : line;
}
