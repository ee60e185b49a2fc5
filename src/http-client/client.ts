// Calls over HTTP as an `<http_config>` says: credentials, TLS, redirects. Comes in: requests; goes out: answers. Kept-alive
// connections. Probes have a client of their own, which measures.

import type { HttpClientConfig } from '../config/http-client/config.js';
import { configuredHeaders, isInFiles, userInfoOf, writtenHeaders } from '../config/http-client/headers.js';
import { tlsOptions } from '../config/http-client/tls-options.js';
import type { Millis } from '../model/time.js';
import { DnsError } from '../net/error.js';
import type { Resolver } from '../net/resolver.js';
import { Connections } from './connections.js';
import { abortedError } from './error-reasons.js';
import { type AnswerOptions, type CallAnswer, Exchange, type Sink, type WireRequest } from './exchange.js';

const MAX_REDIRECTS = 5;

/** What is sent. */
interface CallRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** The body has a secret in it: a redirect to another host is not followed. */
  readonly isSecret?: boolean;
}

interface CallOptions extends AnswerOptions {
  /** Ends the call: by its deadline or by the caller. */
  readonly signal: AbortSignal;
  /** Called for every answer, those that redirect included. */
  readonly sink: () => Sink;
}

interface CallerOptions {
  /** The thread's own unless another is given. */
  readonly resolver?: Resolver;
  /** How long after it was made a connection may begin another request; a minute by default. */
  readonly maxAge?: Millis;
  /** Redirects that are followed, one after the other; 5 by default. */
  readonly maxRedirects?: number;
}

/** What the headers of a request were made of, and those. */
interface LastHeaders {
  readonly headers: CallRequest['headers'];
  readonly isOurs: boolean;
  readonly userInfo: string | undefined;
  readonly written: WireRequest['headers'];
}

/** A redirect that must not or cannot be followed. */
export class RedirectError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'RedirectError';
    this.status = status;
  }
}

/** The same server, or what it asks for instead of plain HTTP. */
function isSameHost(from: URL, to: URL): boolean {
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:' && to.port === '';
  return to.origin === from.origin || (isUpgrade && to.hostname === from.hostname);
}

/** Calls one origin. Closed by {@link close}. */
export class HttpClient {
  readonly #origin: string;
  readonly #config: HttpClientConfig;
  readonly #options: CallerOptions;
  readonly #connections: Connections;
  /** Of redirects to other origins. */
  readonly #others = new Set<Connections>();
  #closed = false;
  #lastHeaders: LastHeaders | undefined;

  /**
   * @param base whose origin gets the credentials and is shown the certificates
   * @throws a line that names the file of `tls_config` that cannot be used
   */
  constructor(base: URL, config: HttpClientConfig, options: CallerOptions = {}) {
    this.#origin = base.origin;
    this.#config = config;
    this.#options = options;
    const tls = base.protocol === 'https:' ? () => tlsOptions(config.tls_config) : undefined;
    // A file that cannot be read is a mistake to be seen now, not with the first call.
    tls?.();
    this.#connections = new Connections({ url: base, tls, resolver: options.resolver }, options.maxAge);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Sends a request; a redirect gets the same request again, so that a POST stays one.
   * @throws RedirectError, DnsError, or the system's error or that of a secret's file, for which `explainError` has words
   */
  async call(request: CallRequest, options: CallOptions): Promise<CallAnswer> {
    let { url } = request;
    for (let hops = 0; ; hops++) {
      const answer = await this.#send({ ...request, url }, options);
      const { status } = answer;
      const { location } = answer.headers;
      if (status < 300 || status >= 400 || location === undefined) return answer;
      if (
        !this.#config.follow_redirects ||
        hops >= (this.#options.maxRedirects ?? MAX_REDIRECTS) ||
        !URL.canParse(location, url.href)
      )
        throw new RedirectError(status, `answered HTTP ${status}, a redirect that was not followed`);
      const next = new URL(location, url);
      if (next.protocol !== 'http:' && next.protocol !== 'https:')
        throw new RedirectError(status, `redirects to ${next.protocol}, which is not HTTP`);
      if (request.isSecret && !isSameHost(url, next))
        throw new RedirectError(
          status,
          `redirects to ${next.host}, which must not get the secret in the message`,
        );
      url = next;
    }
  }

  /** Closes the connections, those in use too. */
  close(): void {
    this.#closed = true;
    this.#connections.close();
    for (const connections of this.#others) connections.close();
  }

  async #send({ method, url, headers, body }: CallRequest, options: CallOptions): Promise<CallAnswer> {
    const isOurs = url.origin === this.#origin;
    const request = {
      method,
      path: url.pathname + url.search,
      headers: this.#headers(url, headers, isOurs),
      body,
    };
    if (isOurs) return this.#sendOver(this.#connections, request, options);
    const tls = url.protocol === 'https:' ? () => tlsOptions(undefined) : undefined;
    const connections = new Connections({ url, tls, resolver: this.#options.resolver });
    this.#others.add(connections);
    try {
      return await this.#sendOver(connections, request, options);
    } finally {
      this.#others.delete(connections);
      connections.close();
    }
  }

  /** Those of the request before where nothing in them can be another: they are checked and written for each request. */
  #headers(url: URL, headers: CallRequest['headers'], isOurs: boolean): WireRequest['headers'] {
    const userInfo = userInfoOf(url)?.header;
    const last = this.#lastHeaders;
    if (last?.headers === headers && last?.isOurs === isOurs && last.userInfo === userInfo)
      return last.written;
    const written = writtenHeaders({
      'user-agent': 'langgraph-monitor',
      'accept-encoding': 'gzip',
      ...(userInfo === undefined ? {} : { authorization: userInfo }),
      ...headers,
      // What was meant for one host is not sent to another, which is not shown its certificates either.
      ...(isOurs ? configuredHeaders(this.#config) : {}),
    });
    if (!isInFiles(this.#config)) this.#lastHeaders = { headers, isOurs, userInfo, written };
    return written;
  }

  /** A kept connection that had died before it carried a byte of the answer is replaced by a new one, once. */
  async #sendOver(connections: Connections, request: WireRequest, options: CallOptions): Promise<CallAnswer> {
    for (let fresh = false; ; fresh = true) {
      if (this.#closed) throw new Error('closed');
      if (options.signal.aborted) throw abortedError(options.signal);
      const connection = connections.acquire({ fresh });
      const isKept = connection.served++ > 0;
      const exchange = new Exchange(connection, options.sink(), options);
      try {
        return await exchange.send(request, options.signal);
      } catch (error) {
        if (options.signal.aborted)
          throw connection.waitsForName ? DnsError.noAnswer(connection.host) : error;
        if (!isKept || !exchange.wasLost(error as Error)) throw error;
      } finally {
        connections.release(connection);
      }
    }
  }
}
