// One HTTP/1.1 connection, one request at a time. A library's client is not used here: their parsers refuse
// answers that curl and Go's client take, and do not say which bytes were wrong.

import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Millis } from '../../model/time.js';
import { ProbeFailure } from '../probe.js';
import { type ResponseHeaders, ResponseReader } from './response-reader.js';

/** What is sent. */
interface ClientRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Flat list of lower-case names and values. */
  readonly headers: readonly string[];
  readonly body: string | undefined;
}

/** Ends a request and the connection with it. */
export interface RequestController {
  abort(reason: Error): void;
}

/** Gets what becomes of a request; nothing follows `onResponseEnd` or `onResponseError`. */
export interface ResponseHandler {
  /** The connection is ready, and nothing has been sent yet. */
  onRequestStart(controller: RequestController): void;
  onResponseStart(statusCode: number, headers: ResponseHeaders, version: string): void;
  onResponseData(chunk: Buffer): void;
  onResponseEnd(): void;
  onResponseError(error: Error): void;
}

interface ClientOptions {
  /** How long an unused connection is kept; less where the server says so. */
  readonly keepAlive: Millis;
  /** Makes the connection, with the first request. */
  readonly connect: () => Promise<Socket>;
}

/** The connection ended before any byte of an answer. */
export class ClosedEarly extends ProbeFailure {
  constructor() {
    super('protocol', 'Connection closed before an answer came');
  }
}

interface Exchange {
  readonly request: ClientRequest;
  readonly handler: ResponseHandler;
  readonly reader: ResponseReader;
}

/** Emits `disconnect` once, when it can carry no further request. {@link destroy} closes it. */
export class Client extends EventEmitter<{ disconnect: [] }> {
  /** Whether any byte of the answer to the last request has come. */
  hasAnswerBegun = false;
  /** Monotonic moment at which something came last, taken before anything is done with it. */
  receivedAt: Millis = 0;
  readonly #authority: string;
  readonly #options: ClientOptions;
  #socket: Socket | undefined;
  #current: Exchange | undefined;
  /** Closes it when it is not used; runs on during a request, which is cheaper than a new one for each. */
  #idle: NodeJS.Timeout | undefined;
  /** How long {@link #idle} runs. */
  #idleFor: Millis = 0;
  /** Why the socket failed, which is known before it is closed. */
  #error: Error | undefined;
  #isOver = false;

  /** @param authority host and port, as a request names them */
  constructor(authority: string, options: ClientOptions) {
    super();
    this.#authority = authority;
    this.#options = options;
  }

  /** Sends a request; the one before must have ended. */
  dispatch(request: ClientRequest, handler: ResponseHandler): void {
    const keepsAlive = { milliseconds: this.#options.keepAlive };
    const sink = {
      onHead: (status: number, headers: ResponseHeaders, version: string) => {
        const hint = /\btimeout=(\d+)/i.exec(String(headers['keep-alive'] ?? ''))?.[1];
        // A second early: the server must not close it while a request is on its way.
        if (hint) keepsAlive.milliseconds = Math.min(keepsAlive.milliseconds, Number(hint) * 1000 - 1000);
        if (this.#current === exchange) handler.onResponseStart(status, headers, version);
      },
      onBody: (chunk: Buffer) => {
        if (this.#current === exchange) handler.onResponseData(chunk);
      },
      onEnd: (reusable: boolean) => {
        if (this.#current === exchange) this.#complete(reusable, keepsAlive.milliseconds);
      },
    };
    const exchange: Exchange = { request, handler, reader: new ResponseReader(sink, request.method) };
    this.#current = exchange;
    this.hasAnswerBegun = false;
    if (this.#isOver) queueMicrotask(() => this.#fail(this.#error ?? new ClosedEarly()));
    else if (this.#socket) this.#send(this.#socket);
    else void this.#open();
  }

  /** Closes it; a request that is under way fails with the reason. */
  destroy(reason?: Error): void {
    if (reason) this.#error ??= reason;
    if (this.#current) this.#fail(reason ?? new ClosedEarly());
    this.#end();
  }

  async #open(): Promise<void> {
    let socket: Socket;
    try {
      socket = await this.#options.connect();
    } catch (error) {
      this.#fail(error as Error);
      this.#end();
      return;
    }
    if (this.#isOver) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.on('error', error => {
      this.#error ??= error;
    });
    socket.on('data', chunk => this.#receive(chunk));
    socket.on('end', () => this.#hangUp());
    socket.on('close', () => {
      // An error has a stack, which takes a while to make: most connections are closed when nothing is asked.
      if (this.#current) this.#fail(this.#error ?? new ClosedEarly());
      this.#end();
    });
    this.#send(socket);
  }

  #send(socket: Socket): void {
    const exchange = this.#current;
    if (!exchange) return;
    exchange.handler.onRequestStart({ abort: reason => this.destroy(reason) });
    if (this.#current !== exchange) return;
    try {
      const head = headOf(exchange.request, this.#authority);
      socket.cork();
      socket.write(head, 'latin1');
      if (exchange.request.body) socket.write(exchange.request.body);
      socket.uncork();
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  #receive(chunk: Buffer): void {
    this.receivedAt = performance.now();
    const exchange = this.#current;
    // What comes when nothing was asked is no answer, and none that follows could be trusted.
    if (exchange) {
      this.hasAnswerBegun = true;
      this.#guard(() => exchange.reader.push(chunk));
    } else this.#end();
  }

  #hangUp(): void {
    this.receivedAt = performance.now();
    const exchange = this.#current;
    if (!exchange) {
      this.#end();
      return;
    }
    // An alert of TLS or a reset says more than the end, and comes right behind it.
    setImmediate(() => {
      if (this.#current !== exchange) return;
      if (this.#error) this.destroy(this.#error);
      else if (!this.hasAnswerBegun) this.destroy(new ClosedEarly());
      else this.#guard(() => exchange.reader.end());
    });
  }

  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  #complete(reusable: boolean, keepAlive: Millis): void {
    const handler = this.#current?.handler;
    this.#current = undefined;
    if (!reusable || keepAlive <= 0) this.#end();
    else this.#keep(keepAlive);
    handler?.onResponseEnd();
  }

  #keep(keepAlive: Millis): void {
    if (this.#idle && this.#idleFor === keepAlive) {
      this.#idle.refresh();
      return;
    }
    clearTimeout(this.#idle);
    this.#idleFor = keepAlive;
    this.#idle = setTimeout(() => {
      if (!this.#current) this.#end();
    }, keepAlive).unref();
  }

  #fail(error: Error): void {
    const handler = this.#current?.handler;
    this.#current = undefined;
    handler?.onResponseError(error);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#idle);
    this.#socket?.destroy();
    this.emit('disconnect');
  }
}

/** Methods that mean a body: without one, the length says so. */
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
/** The connection's own headers. */
const OWN: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);

interface WrittenHead {
  readonly request: ClientRequest;
  readonly authority: string;
  readonly text: string;
}

/** Heads by their lists of headers: a check that reads no secrets from files sends the same again and again. */
const written = new WeakMap<readonly string[], WrittenHead>();

/** The head of a request. @throws ProbeFailure for a header with a character that may not be in one */
function headOf(request: ClientRequest, authority: string): string {
  const known = written.get(request.headers);
  if (known?.authority === authority && isSameHead(known.request, request)) return known.text;
  const text = writeHead(request, authority);
  written.set(request.headers, { request, authority, text });
  return text;
}

function isSameHead(a: ClientRequest, b: ClientRequest): boolean {
  return a.method === b.method && a.path === b.path && a.body === b.body;
}

function writeHead({ method, path, headers, body }: ClientRequest, authority: string): string {
  const lines: string[] = [];
  let host = authority;
  for (let i = 0; i < headers.length; i += 2) {
    const [name, value] = [headers[i] as string, headers[i + 1] as string];
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value) || /[^!#$%&'*+.^_`|~0-9A-Za-z-]/.test(name))
      throw new ProbeFailure(
        'protocol',
        `The header ${JSON.stringify(name)} cannot be sent: it has a character that HTTP does not allow`,
      );
    if (name === 'host') host = value;
    else if (!OWN.has(name)) lines.push(`${name}: ${value}`);
  }
  if (body !== undefined) lines.push(`content-length: ${Buffer.byteLength(body)}`);
  else if (WITH_BODY.has(method)) lines.push('content-length: 0');
  const head = [`${method} ${path} HTTP/1.1`, `host: ${host}`, 'connection: keep-alive', ...lines];
  return `${head.join('\r\n')}\r\n\r\n`;
}
