// Short questions to one port: over HTTP and HTTPS, and the first bytes of Redis and PostgreSQL. Every wait and every answer is
// bounded. The connection is closed when the answer is there.

import { request } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { dial } from '../../net/dial.js';
import { hostPortText, type TlsPort } from './found.js';

/** In milliseconds. */
const CONNECT_TIMEOUT = 1000;
const ANSWER_TIMEOUT = 2000;
/** Bytes of an answer that are read; what is behind them is not needed to know a service. */
const MAX_ANSWER = 256 * 1024;

export interface Port {
  readonly host: string;
  readonly port: number;
  /** Present where it is asked with TLS. */
  readonly tls?: TlsPort;
}

export interface HttpAnswer {
  readonly status: number;
  /** Its beginning, when it is longer than 256 KiB. */
  readonly text: string;
  /** `WWW-Authenticate`. */
  readonly challenge: string;
}

/** Connects within a second. @throws when nothing answers there */
function connect({ host, port, tls }: Port): Promise<Socket> {
  // Nothing secret is sent: a server with any certificate may be asked what it is.
  const options = tls && (() => ({ rejectUnauthorized: false }));
  return dial({ host, port, tls: options }, { signal: AbortSignal.timeout(CONNECT_TIMEOUT) });
}

/** Whether something accepts connections there. */
export async function isOpen(port: Port): Promise<boolean> {
  try {
    (await connect(port)).destroy();
    return true;
  } catch {
    return false;
  }
}

/** Begins TLS; undefined where the port does not speak it. */
export async function askTls({ host, port }: Port): Promise<TlsPort | undefined> {
  try {
    const socket = (await connect({ host, port, tls: { isTrusted: false } })) as TLSSocket;
    const isTrusted = socket.authorized;
    socket.destroy();
    return { isTrusted };
  } catch {
    return undefined;
  }
}

/** Sends bytes and resolves with the first that come back; with none when there is no answer, or the connection ends. */
export async function askBytes(port: Port, bytes: string | Buffer): Promise<Buffer> {
  let socket: Socket;
  try {
    socket = await connect(port);
  } catch {
    return Buffer.alloc(0);
  }
  try {
    return await new Promise(resolve => {
      socket.setTimeout(ANSWER_TIMEOUT, () => resolve(Buffer.alloc(0)));
      socket.once('data', data => resolve(data.subarray(0, MAX_ANSWER)));
      socket.once('error', () => resolve(Buffer.alloc(0)));
      socket.once('close', () => resolve(Buffer.alloc(0)));
      socket.write(bytes);
    });
  } finally {
    socket.destroy();
  }
}

/** GET; undefined when no HTTP comes back in time. Redirects are not followed: they may lead to another host. */
export async function askHttp(port: Port, path: string): Promise<HttpAnswer | undefined> {
  let socket: Socket;
  try {
    socket = await connect(port);
  } catch {
    return undefined;
  }
  try {
    return await new Promise(resolve => {
      const headers = { host: hostPortText(port.host, port.port), connection: 'close' };
      const sent = request({ createConnection: () => socket, path, headers });
      const deadline = setTimeout(() => resolve(undefined), ANSWER_TIMEOUT);
      sent.once('error', () => resolve(undefined));
      sent.once('close', () => clearTimeout(deadline));
      sent.once('response', answer => {
        const pieces: Buffer[] = [];
        let length = 0;
        const end = () =>
          resolve({
            status: answer.statusCode ?? 0,
            text: Buffer.concat(pieces).subarray(0, MAX_ANSWER).toString(),
            challenge: answer.headers['www-authenticate'] ?? '',
          });
        answer.on('data', (piece: Buffer) => {
          pieces.push(piece);
          length += piece.length;
          if (length >= MAX_ANSWER) end();
        });
        answer.once('end', end);
        answer.once('error', () => resolve(undefined));
      });
      sent.end();
    });
  } finally {
    socket.destroy();
  }
}
