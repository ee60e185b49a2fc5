// Kept-alive connections to the services. One undici client is one connection, so that a probe knows whether it got
// a fresh one, what making it cost, and may try again where a kept one had died unnoticed.

import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import type { Millis } from '../../model/time.js';
import type { ConnectionLimits } from '../probe.js';
import { Client } from './client.js';
import { type TlsOptions, type TlsTrace, traceTls } from './tls.js';

/** Where connections lead: an origin and how its TLS is done. Equal keys share connections. */
export interface Endpoint {
  readonly key: string;
  readonly origin: string;
  readonly tls: TlsOptions | undefined;
}

/** What making a connection cost, in milliseconds; what did not happen is undefined. */
export interface ConnectTrace {
  resolve: Millis | undefined;
  connect: Millis | undefined;
  handshake: Millis | undefined;
  /** Monotonic moment at which the connection was ready. */
  ready: Millis;
  address: string | undefined;
  tls: TlsTrace | undefined;
}

export class Connection {
  readonly endpoint: Endpoint;
  readonly client: Client;
  readonly trace: ConnectTrace = {
    resolve: undefined,
    connect: undefined,
    handshake: undefined,
    ready: 0,
    address: undefined,
    tls: undefined,
  };
  /** Requests it has carried; the first one paid for making it. */
  served = 0;
  alive = true;

  constructor(endpoint: Endpoint, keepAlive: Millis, onGone: (connection: Connection) => void) {
    this.endpoint = endpoint;
    this.client = new Client(endpoint.origin, {
      pipelining: 1,
      keepAliveTimeout: keepAlive,
      keepAliveMaxTimeout: keepAlive,
      // The attempt has one deadline for everything.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) => dial(options, endpoint.tls, this.trace, callback),
    });
    this.client.on('disconnect', () => {
      this.alive = false;
      onGone(this);
    });
  }

  destroy(): void {
    this.alive = false;
    this.client.destroy().catch(() => {});
  }
}

function dial(
  options: buildConnector.Options,
  tls: TlsOptions | undefined,
  trace: ConnectTrace,
  callback: buildConnector.Callback,
): Socket {
  const begun = performance.now();
  const host = options.hostname.replace(/^\[|\]$/g, '');
  const port = Number(options.port) || (tls ? 443 : 80);
  let looked = begun;
  let connected = begun;
  const socket: Socket | TLSSocket = tls
    ? connectTls({ ...tls, host, port, servername: tls.servername ?? (isIP(host) ? '' : host) })
    : connectTcp({ host, port });
  socket.setNoDelay(true);
  socket.once('lookup', () => {
    looked = performance.now();
    trace.resolve = looked - begun;
  });
  socket.once('connect', () => {
    connected = performance.now();
    trace.connect = connected - looked;
    trace.address = socket.remoteAddress;
  });
  const failed = (error: Error) => callback(error, null);
  socket.once('error', failed);
  socket.once(tls ? 'secureConnect' : 'connect', () => {
    socket.off('error', failed);
    trace.ready = performance.now();
    if (tls) {
      trace.handshake = trace.ready - connected;
      trace.tls = traceTls(socket as TLSSocket, tls, tls.servername ?? host);
    }
    callback(null, socket);
  });
  return socket;
}

interface Host {
  readonly idle: Connection[];
  busy: number;
  readonly waiting: (() => void)[];
}

/** The pool: at most `total` open connections, `perHost` to one endpoint, closed after `keepAlive` without use. */
export class Connections {
  #limits: ConnectionLimits = { total: 50, perHost: 10, keepAlive: 60_000 };
  readonly #hosts = new Map<string, Host>();
  #open = 0;
  /** Who waits for the total to allow another connection, oldest first. */
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  /** New bounds for connections made from now on. */
  setLimits(limits: ConnectionLimits): void {
    this.#limits = limits;
  }

  /** Open connections, idle ones included. */
  get open(): number {
    return this.#open;
  }

  /** A connection to use for one request, kept or new; waits where the limits are reached. */
  async take(endpoint: Endpoint, fresh = false): Promise<Connection> {
    for (;;) {
      // Looked up anew after every wait: a host nobody uses is forgotten.
      const host = this.#host(endpoint.key);
      if (host.busy >= this.#limits.perHost) {
        await new Promise<void>(resolve => host.waiting.push(resolve));
        continue;
      }
      host.busy++;
      const kept = fresh ? undefined : host.idle.pop();
      if (kept) return kept;
      if (this.#open < this.#limits.total || this.#dropIdle()) {
        this.#open++;
        return new Connection(endpoint, this.#limits.keepAlive, connection => this.#forget(connection));
      }
      host.busy--;
      this.#tidy(endpoint.key, host);
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
  }

  /** Gives a connection back; one that cannot be used again is closed. */
  give(connection: Connection, reusable: boolean): void {
    const host = this.#host(connection.endpoint.key);
    host.busy--;
    if (reusable && connection.alive && !this.#closed) {
      host.idle.push(connection);
      // Last used, last in the map: the order in which idle connections are given up.
      this.#hosts.delete(connection.endpoint.key);
      this.#hosts.set(connection.endpoint.key, host);
    } else {
      connection.destroy();
      this.#open--;
    }
    host.waiting.shift()?.();
    this.#waiting.shift()?.();
    this.#tidy(connection.endpoint.key, host);
  }

  /** Closes every idle connection; those in use close when they are given back. */
  close(): void {
    this.#closed = true;
    while (this.#dropIdle());
  }

  #host(key: string): Host {
    let host = this.#hosts.get(key);
    if (!host) {
      host = { idle: [], busy: 0, waiting: [] };
      this.#hosts.set(key, host);
    }
    return host;
  }

  #tidy(key: string, host: Host): void {
    if (host.busy === 0 && host.idle.length === 0 && host.waiting.length === 0) this.#hosts.delete(key);
  }

  /** Closes the connection that has been idle longest, of the host used longest ago; false when none is idle. */
  #dropIdle(): boolean {
    for (const [key, host] of this.#hosts) {
      const oldest = host.idle.shift();
      if (!oldest) continue;
      oldest.destroy();
      this.#open--;
      this.#tidy(key, host);
      return true;
    }
    return false;
  }

  /** The other side hung up on an idle connection. One in use is told by its request. */
  #forget(connection: Connection): void {
    const host = this.#hosts.get(connection.endpoint.key);
    const at = host?.idle.indexOf(connection) ?? -1;
    if (!host || at < 0) return;
    host.idle.splice(at, 1);
    this.#open--;
    this.#tidy(connection.endpoint.key, host);
  }
}
