// One request on one connection and its answer, read piece by piece.

import { createGunzip, type Gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { Connection } from './connection.js';
import { abortedError, isMismatch, isReset, systemError } from './error-reasons.js';
import { explained } from './tls-watch.js';

/** What is sent, to the connection's origin. */
export interface WireRequest {
  readonly method: 'GET' | 'POST';
  /** With the parameters. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
}

/** What came back, headers first; the body went to the {@link Sink}. */
export interface CallAnswer {
  readonly status: number;
  /** By their names in lower case; of one that is repeated the first. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Takes an answer's body piece by piece; what it throws ends the call. */
export type Sink = (chunk: Buffer) => void;

/** How an answer is read. */
export interface AnswerOptions {
  /** A body in gzip is handed on as it is. */
  readonly isRaw?: boolean;
  /** Called with the headers before the body; what it throws ends the call. */
  readonly onHeaders?: (answer: CallAnswer) => void;
}

type Controller = Dispatcher.DispatchController;
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Compressed bytes that may wait to be unpacked; an honest answer of that size comes from no peer of ours. */
const MAX_WAITING = 64 * 1024 * 1024;

/** An exchange that begins. It may be sent once. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #connection: Connection;
  readonly #sink: Sink;
  readonly #options: AnswerOptions;
  readonly #outcome: Promise<CallAnswer>;
  #resolve!: (answer: CallAnswer) => void;
  #reject!: (error: Error) => void;
  #answer: CallAnswer | undefined;
  #gunzip: Gunzip | undefined;
  #isWritten = false;

  constructor(connection: Connection, sink: Sink, options: AnswerOptions = {}) {
    this.#connection = connection;
    this.#sink = sink;
    this.#options = options;
    this.#outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /**
   * Resolves when all of the answer came. The connection cannot be used again after an error.
   * @throws what ended it: the signal's abort, the sink's error, the system's or the parser's
   */
  async send({ method, path, headers, body = '' }: WireRequest, signal: AbortSignal): Promise<CallAnswer> {
    const abort = () => this.#fail(abortedError(signal));
    signal.addEventListener('abort', abort, { once: true });
    try {
      this.#connection.client.dispatch({ method, path, headers, body }, this);
      return await this.#outcome;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /**
   * The connection had ended before it carried the request or a byte of its answer, so that the request may be sent
   * again, whatever its method. @param error what it failed with
   */
  wasLost(error: Error): boolean {
    return !this.#isWritten || (isReset(error) && !this.#connection.bytes?.hasBegun);
  }

  onRequestStart(): void {
    this.#isWritten = true;
    this.#connection.bytes?.expect();
  }

  onResponseStart(_: Controller, status: number, headers: Headers): void {
    if (status < 200) return;
    this.#answer = { status, headers: firstOf(headers) };
    try {
      this.#options.onHeaders?.(this.#answer);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  onResponseData(_: Controller, chunk: Buffer): void {
    const isGzip = this.#answer?.headers['content-encoding']?.toLowerCase() === 'gzip';
    if (!isGzip || this.#options.isRaw) {
      this.#sink(chunk);
      return;
    }
    this.#gunzip ??= this.#unzip();
    // Not paused and resumed: undici's parser then loses its place in a chunked answer now and then.
    this.#gunzip.write(chunk);
    if (this.#gunzip.writableLength > MAX_WAITING)
      this.#fail(new Error(`the answer comes faster than it can be unpacked (${MAX_WAITING} bytes wait)`));
  }

  onResponseEnd(): void {
    if (this.#gunzip) this.#gunzip.end();
    else this.#done();
  }

  onResponseError(_: Controller, error: Error): void {
    const { status } = this.#answer ?? {};
    // Such an answer has no body, whatever length it names. Source: RFC 9112, 6.3.
    if (isMismatch(error) && (status === 204 || status === 304)) {
      this.#done();
      return;
    }
    const { socket } = this.#connection;
    const own = systemError(error, socket);
    this.#fail(this.#answer ? own : explained(own, socket ?? null));
  }

  #unzip(): Gunzip {
    const gunzip = createGunzip();
    gunzip.on('error', error => this.#fail(error));
    gunzip.once('end', () => this.#done());
    gunzip.on('data', (chunk: Buffer) => {
      try {
        this.#sink(chunk);
      } catch (error) {
        this.#fail(error as Error);
      }
    });
    return gunzip;
  }

  #done(): void {
    this.#resolve(this.#answer as CallAnswer);
  }

  #fail(error: Error): void {
    this.#reject(error);
    this.#connection.destroy(error);
    this.#gunzip?.destroy();
  }
}

/** Of a header that is repeated the first. */
function firstOf(headers: Headers): CallAnswer['headers'] {
  const first: Record<string, string | undefined> = {};
  for (const name in headers) {
    const value = headers[name];
    first[name] = Array.isArray(value) ? value[0] : value;
  }
  return first;
}
