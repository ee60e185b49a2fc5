// Connections to hosts by name or address, with or without TLS. Comes in: where to and a deadline; goes out: a socket
// that is ready, and what making it took.

import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Millis } from '../model/time.js';
import {
  ANY_PROTOCOL,
  type Family,
  literalAddress,
  onlyFamily,
  type ProtocolPreference,
  sortAddresses,
} from './address.js';
import { connectFirst } from './happy-eyeballs.js';
import { type Resolver, systemResolver } from './resolver.js';

interface Destination {
  /** A name or an address, an IPv6 one without brackets. */
  readonly host: string;
  readonly port: number;
  readonly protocol?: ProtocolPreference | undefined;
  /** Undefined: no TLS. Called for each handshake, so that renewed files are the ones shown. */
  readonly tls?: (() => ConnectionOptions) | undefined;
  /** Called when a handshake begins, before anything is verified. */
  readonly onTls?: (socket: TLSSocket, options: ConnectionOptions) => void;
}

/** What a connection is waiting for, and what was done took, in milliseconds; what was not done is undefined. */
export class DialTrace {
  stage: 'resolve' | 'connect' | 'handshake' | 'ready' = 'resolve';
  resolve: Millis | undefined;
  connect: Millis | undefined;
  handshake: Millis | undefined;
  /** Monotonic moment at which the connection was ready. */
  ready: Millis = 0;
  address: string | undefined;
}

interface DialOptions {
  readonly signal?: AbortSignal | undefined;
  readonly trace?: DialTrace;
  readonly resolver?: Resolver | undefined;
  /** How old an address may be that is used when no name server answers; 0: none is. */
  readonly maxStale?: Millis;
}

/**
 * How old an address may be that a notification is still sent to when no name server answers: people want to know of
 * an outage of DNS too. Source: RFC 8767, 5 (a maximum stale timer of 1 to 3 days).
 */
export const MAX_STALE: Millis = 86_400_000;

/** Families that connected last, by host: one that does not answer costs its 250 ms once. */
const likely = new Map<string, Family>();
const MAX_HOSTS = 4096;

/**
 * Connects. The socket is the caller's to close.
 * @throws DnsError, the system's error, that of a TLS file, or the signal's reason
 */
export async function dial(to: Destination, options: DialOptions = {}): Promise<Socket | TLSSocket> {
  const { signal, trace = new DialTrace(), resolver = systemResolver(), maxStale } = options;
  const protocol = to.protocol ?? ANY_PROTOCOL;
  const begun = performance.now();
  const isLiteral = literalAddress(to.host) !== undefined;
  const lookup = {
    signal,
    maxStale,
    only: onlyFamily(protocol),
    isPreferred: protocol.preferred !== undefined,
  };
  let addresses = await resolver.lookup(to.host, lookup).finally(() => {
    if (!isLiteral) trace.resolve = performance.now() - begun;
  });
  addresses = sortAddresses(to.host, addresses, protocol, likely.get(to.host));
  const looked = performance.now();
  trace.stage = 'connect';
  const socket = await connectFirst(addresses, to.port, signal);
  const connected = performance.now();
  trace.connect = connected - looked;
  trace.address = socket.remoteAddress;
  if (addresses.length > 1) rememberFamily(to.host, socket);
  socket.setNoDelay(true);
  if (!to.tls) return done(socket, trace);
  trace.stage = 'handshake';
  try {
    const secure = await handshake(socket, to, to.tls(), signal);
    trace.handshake = performance.now() - connected;
    return done(secure, trace);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/**
 * Begins TLS on a connection that was in use without it, as STARTTLS does. Both sockets are the caller's to close.
 * @throws the system's error, that of a TLS file, or the signal's reason
 */
export async function beginTls(
  socket: Socket,
  to: Destination & { readonly tls: () => ConnectionOptions },
  signal?: AbortSignal,
): Promise<TLSSocket> {
  return handshake(socket, to, to.tls(), signal);
}

function done<S extends Socket>(socket: S, trace: DialTrace): S {
  trace.stage = 'ready';
  trace.ready = performance.now();
  return socket;
}

function rememberFamily(host: string, { remoteFamily }: Socket): void {
  if (likely.size >= MAX_HOSTS) likely.clear();
  likely.set(host, remoteFamily === 'IPv6' ? 6 : 4);
}

function handshake(
  socket: Socket,
  { host, onTls }: Destination,
  options: ConnectionOptions,
  signal: AbortSignal | undefined,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const servername = options.servername ?? (isIP(host) ? '' : host.replace(/\.$/, ''));
    const secure = connectTls({ ...options, socket, host, servername });
    onTls?.(secure, options);
    const abort = () => secure.destroy(signal?.reason as Error);
    const failed = (error: Error) => {
      signal?.removeEventListener('abort', abort);
      reject(error);
    };
    secure.once('error', failed);
    secure.once('secureConnect', () => {
      secure.off('error', failed);
      signal?.removeEventListener('abort', abort);
      resolve(secure);
    });
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
  });
}
