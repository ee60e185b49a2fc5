// What never became a request: broken HTTP, headers without end, clients that stop in the middle. Answered on the
// bare socket, in the JSON of the path that was meant.

import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { MAX_HEAD } from './head-limits.js';
import { HttpError } from './http-error.js';
import { failure } from './prometheus/envelope.js';
import { surfaceOf } from './surfaces.js';

const ANSWERS: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, `the request line and headers are larger than ${MAX_HEAD} bytes`],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'the chunk extensions are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not arrive in time'],
};

/** Node's errors of its HTTP parser bring what was read last. */
interface Malformed extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

/** Bytes of a packet in which its first path is looked for. */
const FIRST_LINE = 200;

/** Answers and closes. @returns the status, or undefined where no answer is possible. */
export function answerMalformed(
  error: Malformed,
  socket: Duplex,
  headers: readonly (readonly [string, string])[],
): number | undefined {
  const known =
    ANSWERS[error.code ?? ''] ??
    (error.code?.startsWith('HPE_') && ([400, 'malformed HTTP request'] as const));
  // A reset connection and a failed TLS handshake have no client at the other end; an answer under way must not get a
  // second one in its middle.
  const answering = (socket as { _httpMessage?: ServerResponse })._httpMessage;
  if (!known || !socket.writable || answering?.headersSent) {
    socket.destroy();
    return undefined;
  }
  const [status, message] = known;
  const body = bodyOf(answering?.req.url?.split('?', 1)[0] ?? pathOf(error), status, message);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  return status;
}

/** The path of the request, as far as it was read; undefined where it cannot be known. */
function pathOf({ rawPacket, bytesParsed }: Malformed): string | undefined {
  const text = rawPacket?.toString('latin1', 0, Math.max(bytesParsed ?? 0, FIRST_LINE)) ?? '';
  const lines = [...text.matchAll(/(?:^|\n)[A-Z]+ ([^\s?]*)/g)];
  // Of several requests in one packet, or in the midst of a long one, it is not known which is meant.
  return lines.length === 1 && lines[0]?.index === 0 ? lines[0][1] : undefined;
}

/** An error of the path's kind; of an unknown path one that the readers of every kind understand. */
function bodyOf(path: string | undefined, status: number, message: string): string {
  if (path === undefined || !path.startsWith('/')) {
    const { body } = failure(status, message);
    return JSON.stringify({ ...(body as object), code: status, message });
  }
  const { body } = surfaceOf(path).failure(new HttpError(status, message));
  return typeof body === 'string' ? body : JSON.stringify(body);
}
