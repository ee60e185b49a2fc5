// Calls of an HTTP API over kept-alive connections: who signs in how, redirects, time and size limits, and what an
// answer or its absence means.

import { readFileSync } from 'node:fs';
import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { HttpClientConfig, TlsConfig } from '../../config/http-client.js';
import { formatDuration, type Millis } from '../../model/time.js';
import { type ApiAnswer, type ErrorType, QueryError } from '../engine.js';
import { Envelope } from './envelope.js';
import type { ApiRequest } from './request.js';
import { explainAnswer, explainError } from './trouble.js';

/** Bytes of an answer; a longer one is an error. */
const MAX_ANSWER = 64 * 1024 * 1024;
const MAX_REDIRECTS = 5;
/** What an API may call its errors, Prometheus' way. */
const ERROR_TYPES: ReadonlySet<string> = new Set<ErrorType>([
  'bad_data',
  'execution',
  'timeout',
  'canceled',
  'internal',
  'unavailable',
  'not_found',
  'not_acceptable',
]);

/** An answer with all its bytes. */
export interface WholeAnswer extends ApiAnswer {
  readonly data: Uint8Array;
}

interface Received {
  readonly status: number;
  readonly type: string | undefined;
  readonly location: string | undefined;
  readonly envelope: Envelope;
}

/** One attempt that has an end: by its answer, its deadline, or whoever asked. */
interface Call {
  readonly request: ApiRequest;
  readonly signal: AbortSignal;
}

/** Calls one API. Closed by {@link close}. */
export class Caller {
  /** For messages: without a user, a password or parameters. */
  readonly address: string;
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent: HttpAgent;
  readonly #followRedirects: boolean;
  #closed = false;

  /** @throws the file system's error when a file of `tls_config` cannot be read */
  constructor(config: HttpClientConfig & { readonly url: string }) {
    this.#base = new URL(config.url);
    this.address = this.#base.origin + this.#base.pathname.replace(/\/+$/, '');
    this.#headers = headersOf(config);
    this.#agent =
      this.#base.protocol === 'https:'
        ? new HttpsAgent({ keepAlive: true, ...tlsOptions(config.tls_config) })
        : new HttpAgent({ keepAlive: true });
    this.#followRedirects = config.follow_redirects;
  }

  /** Sends a request and answers what came back. @throws QueryError */
  async call(request: ApiRequest, timeout: Millis, signal?: AbortSignal): Promise<WholeAnswer> {
    const end = new AbortController();
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      end.abort();
    }, timeout);
    const leave = () => end.abort();
    signal?.addEventListener('abort', leave);
    if (signal?.aborted) leave();
    try {
      return this.#read(await this.#follow({ request, signal: end.signal }));
    } catch (error) {
      if (error instanceof QueryError) throw error;
      if (this.#closed) throw this.#trouble('unavailable', 'the monitor does not ask there any more');
      if (signal?.aborted) throw new QueryError('canceled', 'query was canceled in expression evaluation');
      if (isLate)
        throw this.#trouble('timeout', `no answer within ${formatDuration(timeout)} (query.timeout)`);
      throw this.#trouble('unavailable', explainError(error));
    } finally {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', leave);
    }
  }

  /** Closes the connections, those in use too. */
  close(): void {
    this.#closed = true;
    this.#agent.destroy();
  }

  #trouble(type: ErrorType, what: string): QueryError {
    return new QueryError(type, `query.url ${this.address}: ${what}`);
  }

  async #follow(call: Call): Promise<Received> {
    let url = this.#urlOf(call.request);
    for (let hops = 0; ; hops++) {
      const received = await this.#send(call, url);
      const { status, location } = received;
      if (status < 300 || status >= 400 || location === undefined) return received;
      if (!this.#followRedirects || hops >= MAX_REDIRECTS || !URL.canParse(location, url.href))
        throw this.#trouble(
          'unavailable',
          `answered HTTP ${status}, a redirect that was not followed; check query.url`,
        );
      // Every request only reads, so it is the same one there, whatever the status wants it to become.
      url = new URL(location, url);
      if (url.protocol !== 'http:' && url.protocol !== 'https:')
        throw this.#trouble('unavailable', `redirects to ${url.protocol}, which is not HTTP`);
    }
  }

  #urlOf({ method, path, parameters }: ApiRequest): URL {
    const url = new URL(this.#base);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/${path}`;
    if (method === 'GET') for (const [name, value] of parameters) url.searchParams.append(name, value);
    return url;
  }

  /** Kept connections that had died unnoticed are passed over, down to a new one. */
  async #send(call: Call, url: URL): Promise<Received> {
    for (;;) {
      if (this.#closed) throw new Error('closed');
      const request = this.#open(call, url);
      try {
        return await receive(request);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const hadDied = request.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
        if (!hadDied || call.signal.aborted) throw error;
      }
    }
  }

  #open({ request: { method, parameters }, signal }: Call, url: URL): ClientRequest {
    const isOurs = url.origin === this.#base.origin;
    const body = method === 'POST' ? parameters.toString() : undefined;
    const headers = {
      'user-agent': 'langgraph-monitor',
      accept: 'application/json',
      'accept-encoding': 'gzip',
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      // What was meant for one host is not told to another, and its agent has the certificates for this one.
      ...(isOurs ? this.#headers : {}),
    };
    const agent = isOurs ? this.#agent : undefined;
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, { method, headers, signal, agent });
    request.end(body);
    return request;
  }

  #read({ status, type, envelope }: Received): WholeAnswer {
    const members = envelope.members();
    const text = (name: string): unknown => parsed(members?.get(name));
    const state = text('status');
    if (state === 'error') throw errorOf(status, text('errorType'), text('error'));
    const data = members?.get('data');
    if (state !== 'success' || !data || status >= 300)
      throw this.#trouble('unavailable', explainAnswer(status, type));
    return { data, warnings: textsOf(text('warnings')), infos: textsOf(text('infos')) };
  }
}

function receive(request: ClientRequest): Promise<Received> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.once('response', (response: IncomingMessage) => {
      const { statusCode: status = 0, headers } = response;
      const envelope = new Envelope();
      const isZipped = headers['content-encoding'] === 'gzip';
      const body: Readable = isZipped ? response.pipe(createGunzip()) : response;
      response.on('error', reject);
      body.on('error', reject);
      body.on('data', (chunk: Buffer) => {
        if (envelope.length + chunk.length <= MAX_ANSWER) return envelope.push(chunk);
        request.destroy(new Error(`the answer is longer than ${MAX_ANSWER / 1024 / 1024} MiB; ask for less`));
      });
      body.once('end', () =>
        resolve({ status, type: headers['content-type'], location: headers.location, envelope }),
      );
    });
  });
}

function parsed(json: Buffer | undefined): unknown {
  try {
    return json && JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The other side's own error. One that is not in Prometheus' words has a type by its status. */
function errorOf(status: number, type: unknown, error: unknown): QueryError {
  const message = typeof error === 'string' && error !== '' ? error : `HTTP ${status} without a reason`;
  if (typeof type === 'string' && ERROR_TYPES.has(type)) return new QueryError(type as ErrorType, message);
  if (status === 400 || status === 404) return new QueryError('bad_data', message);
  if (status === 422) return new QueryError('execution', message);
  return new QueryError(status === 503 ? 'unavailable' : 'internal', message);
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function headersOf({ basic_auth: basic, authorization, headers }: HttpClientConfig): Record<string, string> {
  const all: Record<string, string> = {};
  if (basic) {
    const pair = `${basic.username}:${basic.password?.reveal() ?? ''}`;
    all.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  } else if (authorization?.credentials) {
    all.authorization = `${authorization.type} ${authorization.credentials.reveal()}`;
  }
  for (const [name, value] of Object.entries(headers ?? {})) all[name.toLowerCase()] = value.reveal();
  return all;
}

function tlsOptions(config: TlsConfig | undefined) {
  return {
    rejectUnauthorized: !config?.insecure_skip_verify,
    ca: config?.ca_file ? readFileSync(config.ca_file) : undefined,
    cert: config?.cert_file ? readFileSync(config.cert_file) : undefined,
    key: config?.key_file ? readFileSync(config.key_file) : undefined,
    servername: config?.server_name,
  };
}
