// What can go wrong with a simulated server, and how a client comes to see it. In: a fault and the answer the server
// would have given. Out: bytes on the connection, or none.

import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import type { Millis } from '../model/time.js';

/** A way to misbehave; `ok` is none. It acts on the next request, also on connections kept from before. */
export type Fault =
  | { readonly kind: 'ok' }
  /** Answers as usual, `ms` later. */
  | { readonly kind: 'slow'; readonly ms: Millis }
  /** Answers `code` (200 to 599) with `body`, or with a JSON body naming the status. */
  | { readonly kind: 'status'; readonly code: number; readonly body?: string }
  /** Accepts and never answers: the client's own timeout ends it. */
  | { readonly kind: 'hang' }
  /** Nothing listens on the port, and kept connections are closed. */
  | { readonly kind: 'refused' }
  /** The connection is reset (RST) in the middle of the body. */
  | { readonly kind: 'reset' }
  /** Speaks something that is not HTTP, or says JSON and is not. */
  | { readonly kind: 'garbage'; readonly not: 'http' | 'json' }
  /** 200 with a valid JSON body of `bytes` (at least 14); `chunked` hides its length from the headers. */
  | { readonly kind: 'big'; readonly bytes: number; readonly chunked?: boolean }
  /** The connection ends in the middle of the body, as if it were complete. */
  | { readonly kind: 'truncated' };

/** Nothing wrong. */
export const OK: Fault = { kind: 'ok' };

/** What a server says when nothing is wrong with it. */
export interface FaultyResponse {
  readonly status: number;
  /** The content type. */
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer of JSON, 200 unless said. */
export function json(value: unknown, status = 200): FaultyResponse {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

/** An answer of plain text, 200 unless said. */
export function plain(body: string, status = 200): FaultyResponse {
  return { status, type: 'text/plain; charset=utf-8', body };
}

/** The fault itself. @throws RangeError when no server could do that. */
export function checkFault(fault: Fault): Fault {
  if (fault.kind === 'status' && !(Number.isInteger(fault.code) && fault.code >= 200 && fault.code <= 599)) {
    throw new RangeError(`a status fault has a code from 200 to 599, not ${fault.code}`);
  }
  if (fault.kind === 'big' && !(Number.isInteger(fault.bytes) && fault.bytes >= FRAME.length)) {
    throw new RangeError(`a big fault has at least ${FRAME.length} bytes, not ${fault.bytes}`);
  }
  if (fault.kind === 'slow' && !(fault.ms >= 0 && fault.ms < 2 ** 31)) {
    throw new RangeError(`a slow fault has ms from 0 to 2^31, not ${fault.ms}`);
  }
  return fault;
}

/**
 * Answers one request as the fault has it. `answer` is asked at the moment of sending; `latency` in milliseconds
 * is what the server takes when nothing is wrong.
 */
export function respond(
  fault: Fault,
  response: ServerResponse,
  answer: () => FaultyResponse,
  latency: Millis = 0,
): void {
  switch (fault.kind) {
    case 'ok':
      after(latency, response, () => send(response, answer()));
      break;
    case 'slow':
      after(latency + fault.ms, response, () => send(response, answer()));
      break;
    case 'status':
      send(response, statusAnswer(fault.code, fault.body));
      break;
    case 'hang':
      break;
    case 'refused':
      // The port is closed already; this request was read in the moment before.
      response.socket?.resetAndDestroy();
      break;
    case 'reset':
      sendHalf(response, answer(), () => response.socket?.resetAndDestroy());
      break;
    case 'truncated':
      sendHalf(response, answer(), () => response.socket?.destroySoon());
      break;
    case 'garbage':
      if (fault.not === 'json') send(response, NOT_JSON);
      else response.socket?.end('SSH-2.0-OpenSSH_9.2p1\r\n');
      break;
    case 'big':
      sendBig(response, fault.bytes, fault.chunked ?? false);
      break;
  }
}

const NOT_JSON: FaultyResponse = { ...json(null), body: '{"status": <html>oops</html>' };

function after(wait: Millis, response: ServerResponse, then: () => void): void {
  if (wait <= 0) {
    then();
    return;
  }
  const timer = setTimeout(then, wait);
  response.once('close', () => clearTimeout(timer));
}

function head(answer: FaultyResponse): Record<string, string | number> {
  return { 'content-type': answer.type, 'content-length': Buffer.byteLength(answer.body), ...answer.headers };
}

function send(response: ServerResponse, answer: FaultyResponse): void {
  response.writeHead(answer.status, head(answer));
  response.end(answer.body);
}

/** The phrase of a status code: `Service Unavailable`. */
export function statusText(code: number): string {
  return STATUS_CODES[code] ?? `Status ${code}`;
}

function sendHalf(response: ServerResponse, answer: FaultyResponse, cut: () => void): void {
  const half = Buffer.from(answer.body).subarray(0, Math.floor(Buffer.byteLength(answer.body) / 2));
  response.writeHead(answer.status, head(answer));
  response.flushHeaders();
  response.write(half, cut);
}

function statusAnswer(code: number, body: string | undefined): FaultyResponse {
  if (body === undefined) return json({ error: statusText(code) }, code);
  return body.startsWith('{') ? { ...json(null, code), body } : plain(body, code);
}

const FRAME = '{"padding":""}';
const CHUNK = 64 * 1024;

function* padding(bytes: number): Generator<string> {
  yield FRAME.slice(0, -2);
  for (let left = bytes - FRAME.length; left > 0; left -= CHUNK) yield 'x'.repeat(Math.min(left, CHUNK));
  yield FRAME.slice(-2);
}

function sendBig(response: ServerResponse, bytes: number, chunked: boolean): void {
  const headers: Record<string, string | number> = { 'content-type': 'application/json; charset=utf-8' };
  if (!chunked) headers['content-length'] = bytes;
  response.writeHead(200, headers);
  // A client that stops reading at its limit ends the pipeline with an error; that is its right.
  pipeline(Readable.from(padding(bytes)), response, () => {});
}
