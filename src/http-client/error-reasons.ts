// undici's errors as the errors the system or Node's parser would have had, for which trouble.ts has words.

import type { Socket } from 'node:net';

const MISMATCH = 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';
/** Around the parser's own reason. */
const PARSER = /^Response does not match the HTTP\/1\.1 protocol \((.*)\)$/;
const REFUSED_HEADER =
  /^invalid (transfer-encoding|keep-alive|upgrade) header$|^(expect) header not supported$/;

/** The error of a request on a connection; one that is not undici's is returned as it is. */
export function systemError(error: Error, socket: Socket | undefined): Error {
  const { code = '', message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'UND_ERR_SOCKET':
      return socketError(error);
    case 'UND_ERR_HEADERS_OVERFLOW':
      return withCode('HPE_HEADER_OVERFLOW', 'its headers are longer than 16 KiB', error);
    case MISMATCH:
      if (hasEnded(socket)) return reset(error);
      return withCode('HPE_UNEXPECTED_CONTENT_LENGTH', 'Content-Length is invalid, repeated or wrong', error);
    case 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH':
      return ownHeader('content-length', error);
    case 'UND_ERR_INVALID_ARG':
    case 'UND_ERR_NOT_SUPPORTED':
      return headerError(error);
  }
  const reason = PARSER.exec(message)?.[1];
  if (reason === 'Invalid EOF state') return reset(error);
  return reason ? withCode('HPE_INVALID', `Parse Error: ${reason}`, error) : error;
}

/** The error of a call that its signal ended. */
export function abortedError(signal: AbortSignal): Error {
  const error = withCode('ABORT_ERR', 'the call was aborted', signal.reason as Error);
  error.name = 'AbortError';
  return error;
}

/** The other side closed the connection. */
export function isReset(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** The answer's length is not the one it names. */
export function isMismatch(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === MISMATCH;
}

function socketError(error: Error): Error {
  if (error.message === 'bad upgrade')
    return withCode('HPE_PAUSED_UPGRADE', 'it changes the protocol, which was not asked for', error);
  if (error.message === 'bad response')
    return withCode('HPE_INVALID_STATUS', 'HTTP 100, which was not asked for', error);
  return reset(error);
}

function reset(cause: Error): Error {
  return withCode('ECONNRESET', 'connection closed before the answer was complete', cause);
}

function headerError(error: Error): Error {
  const found = REFUSED_HEADER.exec(error.message);
  const name = found?.[1] ?? found?.[2];
  return name ? ownHeader(name, error) : error;
}

function ownHeader(name: string, cause: Error): Error {
  return new Error(`headers: "${name}" belongs to the connection and cannot be set`, { cause });
}

/** undici destroys a socket whose parser failed; its end is not reached then. */
function hasEnded(socket: Socket | undefined): boolean {
  return socket?.readableEnded === true || (socket?.errored as NodeJS.ErrnoException)?.code === 'ECONNRESET';
}

function withCode(code: string, message: string, cause: Error): Error {
  return Object.assign(new Error(message, { cause }), { code });
}
