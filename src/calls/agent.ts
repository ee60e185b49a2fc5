// Connections of HTTP calls: made by net/dial.ts, kept for a while. Node's own would queue for the system's lookups,
// hold a name's first address for ever and take up TLS sessions of a certificate that is no longer the server's.

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { Millis } from '../model/time.js';
import { DialTrace, dial, MAX_STALE } from '../net/dial.js';
import type { Resolver } from '../net/resolver.js';
import { explained, watchTls } from './tls-watch.js';

/** A connection is not used longer than this, so that a moved name and a renewed certificate are noticed. */
const MAX_AGE: Millis = 60_000;

/** Handed through a request's options to the connection made for it. */
export interface Dialing {
  readonly signal: AbortSignal;
  /** Set when a connection is made. */
  trace?: DialTrace;
}

export interface AgentOptions {
  /** Present: HTTPS. Called for each handshake. @throws a line that names the file that cannot be used */
  readonly tls?: (() => ConnectionOptions) | undefined;
  readonly keepAlive: boolean;
  readonly maxAge?: Millis;
  /** The thread's own unless another is given. */
  readonly resolver?: Resolver | undefined;
}

/** What Node calls an agent with. */
interface CreateOptions {
  readonly host: string;
  readonly port: number | string;
  readonly dialing?: Dialing;
}

type Created = (error: Error | null, socket?: Socket) => void;

/** An agent for `node:http` or, with TLS, `node:https`. The caller must destroy it. */
export function makeAgent({ tls, keepAlive, maxAge = MAX_AGE, resolver }: AgentOptions): HttpAgent {
  const agent: HttpAgent = tls ? new HttpsAgent({ keepAlive }) : new HttpAgent({ keepAlive });
  const born = new WeakMap<object, Millis>();
  const keepSocketAlive = HttpAgent.prototype.keepSocketAlive as (socket: object) => boolean;
  const createConnection = ({ host, port, dialing }: CreateOptions, created: Created) => {
    const trace = new DialTrace();
    if (dialing) dialing.trace = trace;
    let watched: TLSSocket | null = null;
    const onTls = (socket: TLSSocket, options: ConnectionOptions) => {
      watched = socket;
      watchTls(socket, options, host);
    };
    const to = { host, port: Number(port), tls, onTls };
    dial(to, { signal: dialing?.signal, trace, resolver, maxStale: MAX_STALE }).then(
      socket => {
        born.set(socket, performance.now());
        created(null, socket);
      },
      (error: Error) => created(explained(error, watched)),
    );
  };
  return Object.assign(agent, {
    createConnection,
    keepSocketAlive(socket: Socket): boolean {
      const left = maxAge - (performance.now() - (born.get(socket) ?? 0));
      if (left <= 0 || !keepSocketAlive.call(agent, socket)) return false;
      // While it is idle the agent destroys it then.
      socket.setTimeout(left);
      return true;
    },
  });
}

/** For one request to an origin that credentials and certificates are not meant for. */
const strangers = {
  http: makeAgent({ keepAlive: false }),
  https: makeAgent({ keepAlive: false, tls: () => ({}) }),
};

/** The agent for an origin that is not the one a caller is for. */
export function strangerAgent(protocol: string): HttpAgent {
  return protocol === 'https:' ? strangers.https : strangers.http;
}
