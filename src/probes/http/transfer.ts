// One request on one connection: collects the answer and when each part of it came.

import { onePerTurn } from '../../concurrency/one-per-turn.js';
import type { Millis } from '../../model/time.js';
import { ProbeFailure } from '../probe.js';
import { ClosedEarly, type RequestController, type ResponseHandler } from './client.js';
import type { Connection, ConnectionTarget } from './connections.js';
import { cookieHeader } from './cookies.js';
import type { HttpRequest, ReceivedResponse } from './request.js';

/** Codes of errors that say no more than that the connection has ended. */
const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** Endpoints that have answered once, so that what they do later is no mistake of the configuration. */
const ANSWERED = new WeakSet<ConnectionTarget>();
const CLOSED_AT_ONCE =
  'Connection closed before an answer came; if the port speaks TLS, write https:// in its URL';

/** Gets an answer as it comes. What it throws ends the transfer. */
interface TransferObserver {
  /** The connection is ready, and the request is written to it. */
  onSent(): void;
  onData(chunk: Buffer): void;
}

/** Sends a request and gathers its answer; used once. */
export class Transfer implements ResponseHandler {
  /** Monotonic moments. */
  begun: Millis = 0;
  firstByte: Millis = 0;
  ended: Millis = 0;
  /** Headers came. */
  answered = false;
  statusCode = 0;
  cancelled = false;
  /** The answer was complete, so the connection can carry another request. */
  reusable = false;
  readonly #request: HttpRequest;
  readonly #connection: Connection;
  readonly #observer: TransferObserver | undefined;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #version = '';
  #headers: ReceivedResponse['headers'] = {};
  #controller: RequestController | undefined;
  #resolve: (answer: ReceivedResponse) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(request: HttpRequest, connection: Connection, observer?: TransferObserver) {
    this.#request = request;
    this.#connection = connection;
    this.#observer = observer;
  }

  /** Whether any byte of an answer has come, so that the request may have been acted on. */
  get hasBegun(): boolean {
    return this.#connection.client.hasAnswerBegun;
  }

  /** @throws ProbeFailure or the connection's own error. */
  send(): Promise<ReceivedResponse> {
    const { url, method, body } = this.#request;
    this.begun = performance.now();
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#connection.client.dispatch(
        {
          path: url.pathname + url.search,
          method,
          headers: headersOf(this.#request),
          body,
        },
        this,
      );
    });
  }

  /** The deadline has passed: the connection goes with the request. Returns what was waited for. */
  cancel(): ProbeFailure | undefined {
    if (this.ended || this.cancelled) return undefined;
    this.cancelled = true;
    const late = this.answered ? this.#waitingForEnd() : this.#connection.waitedFor;
    this.#reject(late);
    if (this.#controller) this.#controller.abort(late);
    else this.#connection.destroy(late);
    return late;
  }

  onRequestStart(controller: RequestController): void {
    this.#controller = controller;
    // What this program did before is not the service's time. Making a connection is.
    if (this.#connection.served > 1) this.begun = performance.now();
    // The certificate is looked at before anything is said: a password must not go to an unknown server.
    const { tls } = this.#connection.trace;
    if (tls?.problem && !this.#request.skipVerify)
      controller.abort(new ProbeFailure('tls', `TLS: ${tls.problem}`));
    else this.#observer?.onSent();
  }

  onResponseStart(statusCode: number, headers: ReceivedResponse['headers'], version: string): void {
    this.#version = version;
    this.firstByte = this.#connection.client.receivedAt;
    ANSWERED.add(this.#connection.endpoint);
    this.answered = true;
    this.statusCode = statusCode;
    this.#headers = headers;
    // The length a HEAD is answered with is that of a body which does not come (RFC 9110, 9.3.2).
    const comes = this.#request.method !== 'HEAD';
    if (comes && Number(headers['content-length']) > this.#request.bodyLimit) this.#tooLong();
  }

  onResponseData(chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > this.#request.bodyLimit) this.#tooLong();
    else {
      this.#chunks.push(chunk);
      this.#observer?.onData(chunk);
    }
  }

  onResponseEnd(): void {
    this.ended = this.#connection.client.receivedAt;
    this.reusable = true;
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    const answer = {
      statusCode: this.statusCode,
      headers: this.#headers,
      version: this.#version,
      body,
      url: this.#request.url,
    };
    // What follows from an answer waits until all that came with it have been read, and is done for one at a time: services
    // that are asked together answer together, and the last one's time must not contain the others' work.
    onePerTurn(() => this.#resolve(answer));
  }

  onResponseError(error: Error): void {
    const closed = this.hasBegun ? undefined : this.#connection.trace.tls?.closedBecause;
    const { code = '' } = error as NodeJS.ErrnoException;
    const isClosed = CLOSED.has(code) || error instanceof ClosedEarly;
    const { endpoint } = this.#connection;
    if (closed && isClosed) this.#reject(new ProbeFailure('tls', `TLS: ${closed}`));
    else if (isClosed && !this.hasBegun && !endpoint.tls && !ANSWERED.has(endpoint))
      this.#reject(new ProbeFailure('protocol', CLOSED_AT_ONCE));
    else this.#reject(error);
  }

  #waitingForEnd(): ProbeFailure {
    const received = `${this.#length} ${this.#length === 1 ? 'byte' : 'bytes'} of the body came`;
    return new ProbeFailure('timeout', `Request timed out before the answer ended (${received})`);
  }

  #tooLong(): void {
    const { bodyLimit, limitKey } = this.#request;
    this.#controller?.abort(new ProbeFailure('body', `Body is longer than ${bodyLimit} bytes (${limitKey})`));
  }
}

/** A request's headers with the cookies that belong to its URL, behind those it was given. */
function headersOf({ headers, cookies, url }: HttpRequest): readonly string[] {
  const set = cookieHeader(cookies, url);
  if (set === undefined) return headers;
  const at = headers.findIndex((name, i) => i % 2 === 0 && name === 'cookie');
  return at < 0 ? [...headers, 'cookie', set] : headers.with(at + 1, `${headers[at + 1]}; ${set}`);
}
