// What each TLS connection of a call showed is remembered, so that an error of it can be explained: Node
// destroys a connection it does not accept before anyone can look at the certificates.

import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { explainCertificate, isCertificateCode, presentedChain } from '../tls/certificate.js';
import { certificateWanted, explainHandshake } from '../tls/handshake.js';
import { TrustAnchors } from '../tls/trust.js';

interface Seen {
  readonly anchors: TrustAnchors;
  readonly host: string;
  readonly hasCertificate: boolean;
  /** What to change in the configuration where the server has no TLS on this port. */
  readonly plain: string;
  chain: readonly X509Certificate[];
  /** The server has asked for a client certificate. */
  isAsked: boolean;
}

const seen = new WeakMap<Socket, Seen>();

/** An error with a line that explains it. */
interface ExplainedError extends Error {
  explanation?: string;
}

/**
 * Follows a connection whose handshake begins.
 * @param host the name or address that was asked for
 * @param plain what to change in the configuration where the server has no TLS on this port
 */
export function watchTls(
  socket: TLSSocket,
  { ca, cert, servername }: ConnectionOptions,
  host: string,
  plain = 'write http:// in its URL',
): void {
  const facts: Seen = {
    anchors: new TrustAnchors(ca as string | undefined),
    host: servername || host,
    hasCertificate: cert !== undefined,
    plain,
    chain: [],
    isAsked: false,
  };
  seen.set(socket, facts);
  // Before Node's own listener, which verifies and destroys. Were the event gone, the words would be less exact.
  socket.prependOnceListener('secure', () => {
    facts.chain = presentedChain(socket);
    facts.isAsked = socket.getSharedSigalgs().length > 0;
  });
}

/** Adds the explanation of a connection's error; only before the answer has begun. */
export function explained(error: ExplainedError, socket: Socket | null): Error {
  const facts = socket ? seen.get(socket) : undefined;
  if (!facts) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  const { hasCertificate, plain } = facts;
  if (isCertificateCode(code)) error.explanation = `TLS: its ${explainCertificate({ code, ...facts })}`;
  else if (facts.isAsked && (code === 'ECONNRESET' || code === 'EPIPE'))
    error.explanation = `TLS: ${certificateWanted(hasCertificate)}`;
  else {
    const words = explainHandshake({ code, message: error.message }, { hasCertificate, plain });
    if (words) error.explanation = `TLS: ${words}`;
  }
  return error;
}
