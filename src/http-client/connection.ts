// One connection to an origin: a client of undici that connects once, by net/dial.ts. undici's own connections would
// queue for the system's lookups and resume TLS sessions of a certificate that is no longer the server's.

import type { Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { Millis } from '../model/time.js';
import { DialTrace, dial, MAX_STALE } from '../net/dial.js';
import type { Resolver } from '../net/resolver.js';
import { AnswerBytes } from './answer-bytes.js';
import { explained, watchTls } from './tls-watch.js';
import { type Client, clientClass } from './undici.js';

const NEVER: Millis = 2 ** 31 - 1;

export interface ConnectionOrigin {
  readonly url: URL;
  /** Present: HTTPS. Called for each handshake. @throws a line that names the file that cannot be used */
  readonly tls?: (() => ConnectionOptions) | undefined;
  /** The thread's own unless another is given. */
  readonly resolver?: Resolver | undefined;
}

/** A connection, made by its first request. The caller must destroy it. */
export class Connection {
  readonly client: Client;
  /** Set when it is ready, before the first request is written. */
  socket: Socket | undefined;
  bytes: AnswerBytes | undefined;
  /** Requests it was used for. */
  served = 0;
  readonly #origin: ConnectionOrigin;
  readonly #trace = new DialTrace();
  readonly #dialing = new AbortController();
  #gone: Error | undefined;

  /** @param onGone called when the other side closed it, also while no request uses it */
  constructor(origin: ConnectionOrigin, onGone: () => void) {
    this.#origin = origin;
    let hasBegun = false;
    this.client = new (clientClass())(origin.url.origin, {
      pipelining: 1,
      allowH2: false,
      // The caller's deadline is for all of a call.
      headersTimeout: 0,
      bodyTimeout: 0,
      // Its age ends it, or a `Keep-Alive: timeout=` of the server's.
      keepAliveTimeout: NEVER,
      keepAliveMaxTimeout: NEVER,
      connect: (_, connected) => {
        // A client whose connection was lost connects again by itself, and its user would not know that it is a new one.
        if (hasBegun) return connected(this.#gone ?? new Error('connection closed'), null);
        hasBegun = true;
        this.#dial().then(
          socket => connected(null, socket),
          (error: Error) => connected(error, null),
        );
      },
    });
    this.client.on('disconnect', (_url, _targets, error) => {
      this.destroy(error);
      onGone();
    });
  }

  /** It is ready and can carry another request. */
  get isUsable(): boolean {
    return this.#gone === undefined && this.socket?.destroyed === false;
  }

  /** A name or an address, an IPv6 one without brackets. */
  get host(): string {
    return this.#origin.url.hostname.replace(/^\[|\]$/g, '');
  }

  /** It is not being made yet, for want of an address. */
  get waitsForName(): boolean {
    return this.#trace.stage === 'resolve';
  }

  /** Milliseconds since it was ready, or 0. */
  get age(): Millis {
    return this.#trace.ready > 0 ? performance.now() - this.#trace.ready : 0;
  }

  /** Closes it, also while it is being made; a request on it fails with the reason. */
  destroy(reason: Error = new Error('closed')): void {
    this.#gone ??= reason;
    this.#dialing.abort(reason);
    this.client.destroy(reason).catch(() => {});
  }

  async #dial(): Promise<Socket> {
    const { host } = this;
    const { url, tls, resolver } = this.#origin;
    let watched: TLSSocket | null = null;
    const onTls = (socket: TLSSocket, options: ConnectionOptions) => {
      watched = socket;
      watchTls(socket, options, host);
    };
    const { signal } = this.#dialing;
    try {
      const to = { host, port: Number(url.port) || (tls ? 443 : 80), tls, onTls };
      this.socket = await dial(to, { signal, trace: this.#trace, resolver, maxStale: MAX_STALE });
    } catch (error) {
      throw explained(error as Error, watched);
    }
    this.bytes = new AnswerBytes(this.socket);
    return this.socket;
  }
}
