// A unary call of gRPC over one HTTP/2 connection. Comes in: a socket that is ready, a method and a message; goes out: the status and
// the message of the answer.
// Source: gRPC, doc/PROTOCOL-HTTP2.md.

import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { Millis } from '../../../model/time.js';
import { ProbeFailure } from '../../probe.js';
import { OK, statusOfHttp, UNKNOWN } from './status.js';

export interface GrpcCall {
  /** `HOST:PORT`. */
  readonly authority: string;
  readonly isTls: boolean;
  /** `/grpc.health.v1.Health/Check`. */
  readonly path: string;
  readonly message: Buffer;
  /** Sent as the call's deadline. */
  readonly timeout: Millis;
}

export interface GrpcReply {
  readonly status: number;
  /** The server's own words for a status that is not OK; '' without any. */
  readonly words: string;
  /** Undefined unless the status is OK. */
  readonly message: Buffer | undefined;
}

/** Longest answer that is read, in bytes; one of grpc.health.v1 has a few. */
const MAX_MESSAGE_LENGTH = 64 * 1024;
/** Memory of a session, in megabytes. */
const SESSION_MEMORY = 1;
const PREFIX_LENGTH = 5;
const USER_AGENT = 'langgraph-monitor';

/**
 * Makes one call. The caller must close the socket, which also ends a call under way.
 * @throws ProbeFailure, or an error of the connection
 */
export async function callGrpc(socket: Socket, call: GrpcCall): Promise<GrpcReply> {
  const session = connect(`${call.isTls ? 'https' : 'http'}://${call.authority}`, {
    createConnection: () => socket,
    settings: { enablePush: false },
    maxSessionMemory: SESSION_MEMORY,
  });
  try {
    return await exchange(session, call);
  } finally {
    session.destroy();
  }
}

function exchange(session: ClientHttp2Session, call: GrpcCall): Promise<GrpcReply> {
  return new Promise((resolve, reject) => {
    session.on('error', error => reject(http2Failure(error, call)));
    session.once('close', () => reject(closedEarly(call)));
    const stream = session.request({
      ':method': 'POST',
      ':path': call.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': USER_AGENT,
      'grpc-timeout': `${Math.max(1, Math.ceil(call.timeout))}m`,
    });
    let head: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    let length = 0;
    const chunks: Buffer[] = [];
    stream.on('response', headers => {
      head = headers;
    });
    stream.on('trailers', headers => {
      trailers = headers;
    });
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > MAX_MESSAGE_LENGTH)
        reject(new ProbeFailure('body', `The answer is longer than ${MAX_MESSAGE_LENGTH / 1024} KiB`));
    });
    stream.on('error', error => reject(http2Failure(error, call)));
    stream.on('end', () => {
      try {
        if (head[':status'] === undefined) throw closedEarly(call);
        resolve(readReply(head, trailers, Buffer.concat(chunks)));
      } catch (error) {
        reject(error);
      }
    });
    stream.once('close', () => reject(closedEarly(call)));
    stream.end(framed(call.message));
  });
}

/** A message behind "not compressed" and its length. */
function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(PREFIX_LENGTH);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function readReply(head: IncomingHttpHeaders, trailers: IncomingHttpHeaders, body: Buffer): GrpcReply {
  const http = Number(head[':status']);
  const type = String(head['content-type'] ?? 'nothing');
  // An answer without a message has its status in the headers.
  const from = trailers['grpc-status'] === undefined ? head : trailers;
  const code = from['grpc-status'];
  if (code === undefined) {
    const words = `HTTP ${http}, ${type.replace(/;.*/, '')}: not an answer of gRPC`;
    return { status: http === 200 ? UNKNOWN : statusOfHttp(http), words, message: undefined };
  }
  const status = /^\d{1,9}$/.test(String(code)) ? Number(code) : UNKNOWN;
  if (status !== OK)
    return { status, words: decodePercent(String(from['grpc-message'] ?? '')), message: undefined };
  return { status, words: '', message: messageIn(body) };
}

/** @throws ProbeFailure */
function messageIn(body: Buffer): Buffer {
  if (body.length < PREFIX_LENGTH) throw new ProbeFailure('protocol', 'The answer has no message');
  if (body[0] !== 0) throw new ProbeFailure('protocol', 'The answer is compressed, which was not asked for');
  const length = body.readUInt32BE(1);
  if (body.length !== PREFIX_LENGTH + length)
    throw new ProbeFailure('protocol', 'The answer is not one message');
  return body.subarray(PREFIX_LENGTH);
}

/** Bytes of UTF-8 after `%`; what is none stays. */
function decodePercent(text: string): string {
  const bytes = text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function closedEarly({ isTls }: GrpcCall): ProbeFailure {
  const hint = isTls ? '' : '; if the port speaks TLS, set tls: true';
  return new ProbeFailure('protocol', `Connection closed before the answer was complete${hint}`);
}

/** What HTTP/2 says of bytes that are none of its own, or of a server that gives up a request. */
function http2Failure(error: Error, { isTls }: GrpcCall): Error {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!code.startsWith('ERR_HTTP2')) return error;
  const hint = isTls ? '' : '; if it speaks TLS, set tls: true';
  return code === 'ERR_HTTP2_ERROR'
    ? new ProbeFailure('protocol', `The server does not speak HTTP/2, which gRPC needs, on this port${hint}`)
    : new ProbeFailure('protocol', `HTTP/2: ${error.message}`);
}
