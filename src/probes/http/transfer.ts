// One request on one connection, as undici's handler: collects the answer and when each part of it came.

import type { Dispatcher } from 'undici';
import type { Millis } from '../../model/time.js';
import { ProbeFailure } from '../probe.js';
import type { Connection } from './connections.js';
import type { HttpRequest, Received } from './request.js';

/** Codes of errors that say no more than that the connection has ended. */
const CLOSED: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Sends a request and gathers its answer; used once. */
export class Transfer implements Dispatcher.DispatchHandler {
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
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #headers: Received['headers'] = {};
  #controller: Dispatcher.DispatchController | undefined;
  #resolve: (answer: Received) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(request: HttpRequest, connection: Connection) {
    this.#request = request;
    this.#connection = connection;
  }

  /** @throws ProbeFailure or the connection's own error. */
  send(): Promise<Received> {
    const { url, method, headers, body } = this.#request;
    this.begun = performance.now();
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#connection.client.dispatch(
        {
          path: url.pathname + url.search,
          method: method as Dispatcher.HttpMethod,
          headers: headers as string[],
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
    const late = this.#connection.waitedFor;
    this.#reject(late);
    if (this.#controller) this.#controller.abort(late);
    else this.#connection.destroy(late);
    return late;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The certificate is looked at before anything is said: a password must not go to a stranger.
    const { tls } = this.#connection.trace;
    if (tls?.problem && !this.#request.skipVerify)
      controller.abort(new ProbeFailure('tls', `TLS: ${tls.problem}`));
  }

  onResponseStart(_: Dispatcher.DispatchController, statusCode: number, headers: Received['headers']): void {
    if (statusCode < 200) return;
    this.firstByte = performance.now();
    this.answered = true;
    this.statusCode = statusCode;
    this.#headers = headers;
    // The length a HEAD is answered with is that of a body which does not come (RFC 9110, 9.3.2).
    const comes = this.#request.method !== 'HEAD';
    if (comes && Number(headers['content-length']) > this.#request.bodyLimit) this.#tooLong();
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > this.#request.bodyLimit) this.#tooLong();
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.ended = performance.now();
    this.reusable = true;
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    const answer = { statusCode: this.statusCode, headers: this.#headers, body, url: this.#request.url };
    // What follows from an answer waits until all that came with it have been read: services that are asked together
    // answer together, and the last one's time must not contain the others' work.
    setImmediate(this.#resolve, answer);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const closed = this.answered ? undefined : this.#connection.trace.tls?.closedBecause;
    const isClosed = CLOSED.has((error as NodeJS.ErrnoException).code ?? '');
    this.#reject(closed && isClosed ? new ProbeFailure('tls', `TLS: ${closed}`) : error);
  }

  #tooLong(): void {
    const { bodyLimit, limitKey } = this.#request;
    this.#controller?.abort(new ProbeFailure('body', `Body is longer than ${bodyLimit} bytes (${limitKey})`));
  }
}
