// Access by TLS client certificate. Comes in: a socket after its handshake; goes out: why it is turned
// away.

import type { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** Policies by Go's names, which the web configuration has. */
export const CLIENT_AUTH_TYPES = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'RequireClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;
type ClientAuthType = (typeof CLIENT_AUTH_TYPES)[number];

/** True for the policies no client passes without a certificate. `RequireClientCert` is the older name of `Any`. */
export function requiresCertificate(policy: ClientAuthType): boolean {
  return policy.startsWith('Require');
}

/** True for the policies that look at who signed a certificate. */
export function verifiesCertificate(policy: ClientAuthType): boolean {
  return policy === 'VerifyClientCertIfGiven' || policy === 'RequireAndVerifyClientCert';
}

/** Why a client is turned away; undefined for one that may come in. An empty list of names allows every name. */
export function clientProblem(
  socket: TLSSocket,
  policy: ClientAuthType,
  allowedNames: readonly string[],
): string | undefined {
  if (policy === 'NoClientCert') return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return requiresCertificate(policy) ? 'no client certificate' : undefined;
  if (verifiesCertificate(policy) && !socket.authorized) {
    return `client certificate not accepted: ${socket.authorizationError ?? 'not verified'}`;
  }
  if (allowedNames.length === 0) return undefined;
  const names = alternativeNames(certificate);
  const allowed = new Set(allowedNames.map(normal));
  if (names.some(name => allowed.has(name))) return undefined;
  return `client certificate has none of client_allowed_sans: ${names.join(', ') || 'no names at all'}`;
}

/** A certificate's DNS, IP, e-mail and URI names. */
function alternativeNames({ subjectAltName }: X509Certificate): string[] {
  // A name with a comma or quote in it is printed as JSON, so that it cannot pass for two.
  const entries = (subjectAltName ?? '').matchAll(
    /(DNS|IP Address|email|URI):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g,
  );
  return [...entries].map(([, , value = '']) => normal(value.startsWith('"') ? JSON.parse(value) : value));
}

/** One spelling for each IPv6 address. */
function normal(name: string): string {
  return isIPv6(name) ? new URL(`http://[${name}]`).hostname : name;
}
