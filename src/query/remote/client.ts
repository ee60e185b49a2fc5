// Calls of a Prometheus HTTP API: time and size limits, and what an answer or its absence means.

import type { CancelSignal } from '../../concurrency/cancel-signal.js';
import type { HttpClientConfig } from '../../config/http-client/config.js';
import { secretsOfHttp } from '../../config/http-client/secrets.js';
import { HttpClient as HttpCaller, RedirectError } from '../../http-client/client.js';
import { explainError } from '../../http-client/errors.js';
import { formatDuration } from '../../model/duration.js';
import { scrub } from '../../model/scrub.js';
import type { Millis } from '../../model/time.js';
import { DnsError } from '../../net/error.js';
import { type ApiAnswer, type ErrorType, QueryError } from '../engine.js';
import { Envelope } from './envelope.js';
import { explainAnswer } from './errors.js';
import type { ApiRequest } from './request.js';

/** Bytes of an answer; a longer one is an error. */
const MAX_ANSWER = 64 * 1024 * 1024;
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
  readonly envelope: Envelope;
}

/** Calls one API. Closed by {@link close}. */
export class ApiClient {
  /** For messages: without a user, a password or parameters. */
  readonly address: string;
  readonly #base: URL;
  readonly #config: HttpClientConfig;
  readonly #http: HttpCaller;

  /** @throws the file system's error when a file of `tls_config` cannot be read */
  constructor(config: HttpClientConfig & { readonly url: string }) {
    this.#base = new URL(config.url);
    this.#config = config;
    this.address = this.#base.origin + this.#base.pathname.replace(/\/+$/, '');
    this.#http = new HttpCaller(this.#base, config);
  }

  /**
   * Sends a request and answers what came back.
   * @param named the setting that the timeout is, for errors @throws QueryError
   */
  async call(
    request: ApiRequest,
    timeout: Millis,
    signal?: CancelSignal,
    named: string | undefined = 'query.timeout',
  ): Promise<WholeAnswer> {
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
      return this.#read(await this.#send(request, end.signal));
    } catch (error) {
      if (error instanceof QueryError) throw error;
      if (this.#http.closed) throw this.#trouble('unavailable', 'the monitor does not ask there any more');
      if (signal?.aborted) throw new QueryError('canceled', 'query was canceled in expression evaluation');
      if (isLate && !(error instanceof DnsError))
        throw this.#trouble(
          'timeout',
          `no answer within ${formatDuration(timeout)}${named ? ` (${named})` : ''}`,
        );
      if (error instanceof RedirectError)
        throw this.#trouble('unavailable', `${error.message}; check query.url`);
      throw this.#trouble('unavailable', explainError(error));
    } finally {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', leave);
    }
  }

  /** Closes the connections, those in use too. */
  close(): void {
    this.#http.close();
  }

  #trouble(type: ErrorType, what: string): QueryError {
    return new QueryError(type, `query.url ${this.address}: ${this.#scrubbed(what)}`);
  }

  /** What the other side wrote, which may repeat the request, without our credentials. */
  #scrubbed(text: string): string {
    return scrub(text, secretsOfHttp(this.#config));
  }

  #urlOf({ method, path, parameters }: ApiRequest): URL {
    const url = new URL(this.#base);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/${path}`;
    if (method === 'GET') for (const [name, value] of parameters) url.searchParams.append(name, value);
    return url;
  }

  async #send(request: ApiRequest, signal: AbortSignal): Promise<Received> {
    const { method, parameters } = request;
    // Every request only reads, so a redirect gets the same one, whatever its status wants it to become.
    const isForm = method === 'POST';
    let envelope = new Envelope();
    const sink = () => {
      envelope = new Envelope();
      return (chunk: Buffer) => {
        if (envelope.length + chunk.length > MAX_ANSWER)
          throw new Error(`the answer is longer than ${MAX_ANSWER / 1024 / 1024} MiB; ask for less`);
        envelope.push(chunk);
      };
    };
    const headers = {
      accept: 'application/json',
      ...(isForm ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    };
    const body = isForm ? parameters.toString() : undefined;
    const httpRequest = {
      method,
      url: this.#urlOf(request),
      headers,
      ...(body === undefined ? {} : { body }),
    };
    const answer = await this.#http.call(httpRequest, { signal, sink });
    return { status: answer.status, type: answer.headers['content-type'], envelope };
  }

  #read({ status, type, envelope }: Received): WholeAnswer {
    const members = envelope.members();
    const text = (name: string): unknown => parsed(members?.get(name));
    const state = text('status');
    if (state === 'error') throw this.#errorOf(status, text('errorType'), text('error'));
    const data = members?.get('data');
    if (state !== 'success' || !data || status >= 300)
      throw this.#trouble('unavailable', explainAnswer(status, type));
    const texts = (name: string) => textsOf(text(name)).map(each => this.#scrubbed(each));
    return { data, warnings: texts('warnings'), infos: texts('infos') };
  }

  /** The other side's own error. One that is not in Prometheus' words has a type by its status. */
  #errorOf(status: number, type: unknown, error: unknown): QueryError {
    const said = typeof error === 'string' && error !== '' ? error : `HTTP ${status} without a reason`;
    const message = this.#scrubbed(said);
    if (typeof type === 'string' && ERROR_TYPES.has(type)) return new QueryError(type as ErrorType, message);
    if (status === 400 || status === 404) return new QueryError('bad_data', message);
    if (status === 422) return new QueryError('execution', message);
    return new QueryError(status === 503 ? 'unavailable' : 'internal', message);
  }
}

function parsed(json: Buffer | undefined): unknown {
  try {
    return json && JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
