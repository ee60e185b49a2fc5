// Kept-alive connections to the services. One client is one connection, so that a probe knows whether it got
// a fresh one, what making it cost, and may try again where a kept one had died unnoticed.

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ProtocolPreference } from '../../net/address.js';
import { DialTrace, dial } from '../../net/dial.js';
import type { Resolver } from '../../net/resolver.js';
import { type ConnectionLimits, ProbeFailure } from '../probe.js';
import { waitedFor } from '../waited-for.js';
import { Client } from './client.js';
import { type TlsOptions, type TlsTrace, traceTls } from './tls.js';

/** Where connections lead: an origin and how its TLS is done. Equal keys share connections. */
export interface ConnectionTarget {
  readonly key: string;
  readonly origin: string;
  /** Called for each handshake. @throws ProbeFailure */
  readonly tls: (() => TlsOptions) | undefined;
  /** The same for where redirects lead from an origin without TLS. @throws ProbeFailure */
  readonly redirectTls?: (() => TlsOptions) | undefined;
  readonly protocol: ProtocolPreference;
  /** Shows a client certificate. */
  readonly hasCertificate?: boolean;
}

/** What making a connection cost, and what it showed. */
class ConnectTrace extends DialTrace {
  tls: TlsTrace | undefined;
}

export class Connection {
  readonly endpoint: ConnectionTarget;
  readonly client: Client;
  readonly trace = new ConnectTrace();
  /** Requests it has carried; the first one paid for making it. */
  served = 0;
  alive = true;
  readonly #dialing = new AbortController();
  readonly #resolver: Resolver | undefined;

  constructor(
    endpoint: ConnectionTarget,
    keepAlive: number,
    { onGone, resolver }: { onGone: (connection: Connection) => void; resolver: Resolver | undefined },
  ) {
    this.endpoint = endpoint;
    this.#resolver = resolver;
    this.client = new Client(addressOf(endpoint).authority, { keepAlive, connect: () => this.#dial() });
    this.client.on('disconnect', () => {
      this.alive = false;
      onGone(this);
    });
  }

  /** What it means if the deadline passes now. */
  get waitedFor(): ProbeFailure {
    return waitedFor(this.trace, addressOf(this.endpoint).host);
  }

  /** Milliseconds since it was ready, or 0. */
  get age(): number {
    return this.trace.ready > 0 ? performance.now() - this.trace.ready : 0;
  }

  /** Closes it, also while it is being made; a request on it fails with the reason. */
  destroy(reason?: Error): void {
    this.alive = false;
    if (this.trace.ready === 0)
      this.#dialing.abort(reason ?? new ProbeFailure('protocol', 'Connection closed'));
    this.client.destroy(reason);
  }

  async #dial(): Promise<Socket> {
    const { tls, protocol } = this.endpoint;
    const { host, port } = addressOf(this.endpoint);
    let options: TlsOptions | undefined;
    const readTls = () => {
      options = tls?.();
      return options as TlsOptions;
    };
    const socket = await dial(
      { host, port, protocol, tls: tls && readTls },
      { signal: this.#dialing.signal, trace: this.trace, resolver: this.#resolver },
    );
    if (options) this.trace.tls = traceTls(socket as TLSSocket, options, options.servername ?? host);
    return socket;
  }
}

interface EndpointAddress {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly authority: string;
}

const addresses = new WeakMap<ConnectionTarget, EndpointAddress>();

/** Where an endpoint is: its origin is read once, and not for each of its connections. */
function addressOf(endpoint: ConnectionTarget): EndpointAddress {
  const known = addresses.get(endpoint);
  if (known) return known;
  const { host: authority, hostname, port } = new URL(endpoint.origin);
  const address = {
    authority,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (endpoint.tls ? 443 : 80),
  };
  addresses.set(endpoint, address);
  return address;
}

interface Host {
  readonly idle: Connection[];
  busy: number;
  readonly waiting: (() => void)[];
}

export const DEFAULT_LIMITS: ConnectionLimits = {
  total: 50,
  perHost: 10,
  keepAlive: 60_000,
  maxAge: 45_000,
  maxRequests: 5,
};

/**
 * The pool: at most `total` open connections, `perHost` to one endpoint, closed after `keepAlive` without use. A
 * connection is kept for no longer than `maxAge` and no more than `maxRequests`, and none at all to an endpoint that
 * does not take new ones: a service is healthy when a client that connects now is served.
 */
export class Connections {
  #limits = DEFAULT_LIMITS;
  readonly #resolver: Resolver | undefined;
  readonly #hosts = new Map<string, Host>();
  #open = 0;
  /** Requests that wait for a free connection, oldest first. */
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  /** @param resolver the thread's own unless another is given */
  constructor(resolver?: Resolver) {
    this.#resolver = resolver;
  }

  /** The bounds of every connection. */
  get limits(): ConnectionLimits {
    return this.#limits;
  }

  /** The resolver of connections made beside the pool. */
  get resolver(): Resolver | undefined {
    return this.#resolver;
  }

  /** New bounds for connections made from now on. */
  setLimits(limits: ConnectionLimits): void {
    this.#limits = limits;
  }

  /** Open connections, idle ones included. */
  get open(): number {
    return this.#open;
  }

  /** A connection to use for one request, kept or new; waits where the limits are reached. */
  async acquire(endpoint: ConnectionTarget, fresh = false): Promise<Connection> {
    for (;;) {
      const connection = this.take(endpoint, fresh);
      if (connection) return connection;
      // Looked up again after every wait: a host without users is removed.
      const host = this.#hosts.get(endpoint.key);
      const isHostFull = host !== undefined && host.busy >= this.#limits.perHost;
      const waiting = isHostFull ? host.waiting : this.#waiting;
      await new Promise<void>(resolve => waiting.push(resolve));
    }
  }

  /** The same, at once; undefined where the limits are reached. */
  take(endpoint: ConnectionTarget, fresh = false): Connection | undefined {
    const host = this.#host(endpoint.key);
    if (host.busy >= this.#limits.perHost) return undefined;
    host.busy++;
    const idle = fresh ? undefined : this.#idleConnection(host);
    if (idle) return idle;
    if (this.#open < this.#limits.total || this.#dropIdle()) {
      this.#open++;
      return new Connection(endpoint, this.#limits.keepAlive, {
        onGone: connection => this.#remove(connection),
        resolver: this.#resolver,
      });
    }
    host.busy--;
    this.#tidy(endpoint.key, host);
    return undefined;
  }

  /** Gives a connection back; one that cannot be used again is closed. */
  release(connection: Connection, reusable: boolean): void {
    const host = this.#host(connection.endpoint.key);
    host.busy--;
    if (!reusable && connection.served <= 1) this.#dropAll(host);
    if (reusable && connection.alive && !this.#isSpent(connection) && !this.#closed) {
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

  /** The connection used last that may be used once more. */
  #idleConnection(host: Host): Connection | undefined {
    for (;;) {
      const idle = host.idle.pop();
      if (!idle || !this.#isSpent(idle)) return idle;
      idle.destroy();
      this.#open--;
    }
  }

  #isSpent({ age, served }: Connection): boolean {
    return age >= this.#limits.maxAge || served >= this.#limits.maxRequests;
  }

  /** A new connection did not serve: what older ones would say is not what a new client sees. */
  #dropAll(host: Host): void {
    for (const connection of host.idle.splice(0)) {
      connection.destroy();
      this.#open--;
    }
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

  /** The other side hung up on an idle connection. One in use learns it from its request. */
  #remove(connection: Connection): void {
    const host = this.#hosts.get(connection.endpoint.key);
    const at = host?.idle.indexOf(connection) ?? -1;
    if (!host || at < 0) return;
    host.idle.splice(at, 1);
    this.#open--;
    this.#tidy(connection.endpoint.key, host);
  }
}
