// What never became a request: broken HTTP, headers without end, clients that stop in the middle. Answered on the
// bare socket, in the same JSON as every other error.

import { maxHeaderSize, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

const ANSWERS: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, `the request line and headers are larger than ${maxHeaderSize} bytes`],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'the chunk extensions are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not arrive in time'],
};

/** Answers and closes. @returns the status, or undefined where there is nobody to answer. */
export function answerMalformed(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  headers: readonly (readonly [string, string])[],
): number | undefined {
  const known =
    ANSWERS[error.code ?? ''] ??
    (error.code?.startsWith('HPE_') && ([400, 'malformed HTTP request'] as const));
  // A reset connection and a failed TLS handshake have nobody at the other end; an answer under way must not get a
  // second one in its middle.
  const underWay = (socket as { _httpMessage?: { headersSent: boolean } })._httpMessage?.headersSent ?? false;
  if (!known || !socket.writable || underWay) {
    socket.destroy();
    return undefined;
  }
  const [status, message] = known;
  const body = JSON.stringify({ error: message });
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
