// Calls of somebody over HTTP, as an `<http_config>` says: who signs in how, TLS, redirects. Comes in: requests; goes out:
// answers, read by whoever asked. Kept-alive connections. Called by every room that speaks to others but the probes,
// whose own client measures.

import {
  type ClientRequest,
  type Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { HttpClientConfig, TlsConfig } from '../config/http-client.js';
import { readTlsFiles } from '../config/tls-files.js';
import { revealed } from '../model/secret.js';
import { DnsError } from '../net/error.js';
import type { Resolver } from '../net/resolver.js';
import { type Dialing, makeAgent, strangerAgent } from './agent.js';
import { explained } from './tls-watch.js';

const MAX_REDIRECTS = 5;

/** What is sent. */
export interface CallRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back, headers first; the body went to the {@link Sink}. */
export interface CallAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
}

/** Takes an answer's body piece by piece; what it throws ends the call. */
export type Sink = (chunk: Buffer) => void;

export interface CallOptions {
  /** Ends the call: by its deadline or by whoever asked. */
  readonly signal: AbortSignal;
  /** Called for every answer anew, those that redirect included. */
  readonly sink: () => Sink;
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

/** Calls one origin. Closed by {@link close}. */
export class Caller {
  readonly #origin: string;
  readonly #config: HttpClientConfig;
  readonly #agent: HttpAgent;
  readonly #followRedirects: boolean;
  #closed = false;

  /**
   * @param base whose origin is told the credentials and shown the certificates
   * @param resolver the thread's own unless another is given
   * @throws a line that names the file of `tls_config` that cannot be used
   */
  constructor(base: URL, config: HttpClientConfig, resolver?: Resolver) {
    this.#origin = base.origin;
    this.#config = config;
    const tls = base.protocol === 'https:' ? () => tlsOptions(config.tls_config) : undefined;
    // A file that cannot be read is a mistake to be seen now, not with the first call.
    tls?.();
    this.#agent = makeAgent({ tls, keepAlive: true, resolver });
    this.#followRedirects = config.follow_redirects;
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
      if (!this.#followRedirects || hops >= MAX_REDIRECTS || !URL.canParse(location, url.href))
        throw new RedirectError(status, `answered HTTP ${status}, a redirect that was not followed`);
      url = new URL(location, url);
      if (url.protocol !== 'http:' && url.protocol !== 'https:')
        throw new RedirectError(status, `redirects to ${url.protocol}, which is not HTTP`);
    }
  }

  /** Closes the connections, those in use too. */
  close(): void {
    this.#closed = true;
    this.#agent.destroy();
  }

  /** Kept connections that had died unnoticed are passed over, down to a new one. */
  async #send(request: CallRequest, options: CallOptions): Promise<CallAnswer> {
    for (;;) {
      if (this.#closed) throw new Error('closed');
      const dialing: Dialing = { signal: options.signal };
      const sent = this.#open(request, dialing);
      try {
        return await receive(sent, options.sink());
      } catch (error) {
        if (dialing.trace?.stage === 'resolve' && options.signal.aborted)
          throw DnsError.noAnswer(request.url.hostname);
        const { code } = error as NodeJS.ErrnoException;
        const hadDied = sent.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
        if (!hadDied || options.signal.aborted) throw error;
      }
    }
  }

  #open({ method, url, headers, body }: CallRequest, dialing: Dialing): ClientRequest {
    const isOurs = url.origin === this.#origin;
    const all = {
      'user-agent': 'langgraph-monitor',
      'accept-encoding': 'gzip',
      ...headers,
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      // What was meant for one host is not told to another, and its agent has the certificates for this one.
      ...(isOurs ? headersOf(this.#config) : {}),
    };
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const agent = isOurs ? this.#agent : strangerAgent(url.protocol);
    const options = { method, headers: all, signal: dialing.signal, agent, dialing };
    const request = send(url, options);
    request.end(body);
    return request;
  }
}

function receive(request: ClientRequest, sink: Sink): Promise<CallAnswer> {
  return new Promise((resolve, reject) => {
    let answered = false;
    request.on('error', error => reject(answered ? error : explained(error, request.socket)));
    request.once('response', response => {
      answered = true;
      const { statusCode: status = 0, headers } = response;
      const isZipped = headers['content-encoding'] === 'gzip';
      const body: Readable = isZipped ? response.pipe(createGunzip()) : response;
      response.on('error', reject);
      body.on('error', reject);
      body.on('data', (chunk: Buffer) => {
        try {
          sink(chunk);
        } catch (error) {
          request.destroy(error as Error);
        }
      });
      body.once('end', () => resolve({ status, headers }));
    });
  });
}

/** Made for every request: a secret in a file is the one that is there now. */
function headersOf({ basic_auth: basic, authorization, headers }: HttpClientConfig): Record<string, string> {
  const all: Record<string, string> = {};
  if (basic) {
    const pair = `${revealed(basic.username)}:${basic.password?.reveal() ?? ''}`;
    all.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  } else if (authorization?.credentials) {
    all.authorization = `${authorization.type} ${authorization.credentials.reveal()}`;
  }
  for (const [name, value] of Object.entries(headers ?? {})) all[name.toLowerCase()] = value.reveal();
  return all;
}

/** A `tls_config` as Node takes it. @throws a line that names the file that cannot be used */
export function tlsOptions(config: TlsConfig | undefined) {
  return {
    rejectUnauthorized: !config?.insecure_skip_verify,
    ...readTlsFiles(config),
    // As Go does: a certificate in ca_file is trusted, be it a root or not.
    allowPartialTrustChain: true,
    servername: config?.server_name,
    minVersion: config?.min_version,
    maxVersion: config?.max_version,
  };
}
