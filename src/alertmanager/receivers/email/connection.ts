// A connection to a mail server on which TLS has begun where it is wanted. It is made here and then given to the mail
// library, so that names are looked up as everywhere else and a refused certificate can be explained.

import type { Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { explained, watchTls } from '../../../http-client/tls-watch.js';
import { beginTls, dial, MAX_STALE } from '../../../net/dial.js';
import type { EmailOptions } from './options.js';
import { startTls } from './start-tls.js';

/** The library waits for a greeting; after STARTTLS the server sends none. */
const GREETING = Buffer.from('220 TLS has begun\r\n');

/** How a connection is made. */
interface MailConnectionOptions
  extends Pick<EmailOptions, 'smarthost' | 'hello' | 'requireTls' | 'isImplicitTls'> {
  readonly tls: ConnectionOptions;
}

/** A connection to one mail server. The caller must destroy it. */
export class MailConnection {
  readonly #options: MailConnectionOptions;
  #socket: Socket | undefined;
  #secure: TLSSocket | undefined;
  /** The server has sent something under TLS. */
  #hasSpoken = false;

  constructor(options: MailConnectionOptions) {
    this.#options = options;
  }

  /** Connects; the server's greeting is still to be read. @throws what `explainError` has words for, ReplyError, NoGreeting */
  async open(signal: AbortSignal): Promise<Socket> {
    const { smarthost, isImplicitTls, requireTls, hello } = this.#options;
    const to = { ...smarthost, tls: () => this.#options.tls, onTls: this.#watch };
    if (isImplicitTls) return this.#begun((await dial(to, { signal, maxStale: MAX_STALE })) as TLSSocket);
    const socket = await dial(smarthost, { signal, maxStale: MAX_STALE });
    this.#socket = socket;
    if (!requireTls) return socket;
    await startTls(socket, hello, signal);
    const secure = await beginTls(socket, to, signal);
    secure.unshift(GREETING);
    return this.#begun(secure);
  }

  /** The error of this connection, with its explanation where TLS is the cause. */
  explained(error: Error): Error {
    return this.#hasSpoken ? error : explained(error, this.#secure ?? null);
  }

  destroy(): void {
    this.#secure?.destroy();
    this.#socket?.destroy();
  }

  readonly #watch = (socket: TLSSocket, options: ConnectionOptions) => {
    this.#secure = socket;
    const { smarthost, isImplicitTls } = this.#options;
    const plain = isImplicitTls ? 'set force_implicit_tls: false if it offers STARTTLS' : '';
    watchTls(socket, options, smarthost.host, plain);
  };

  #begun(socket: TLSSocket): TLSSocket {
    const notice = (chunk: Buffer) => {
      if (!chunk.equals(GREETING)) this.#hasSpoken = true;
    };
    // A listener that is there earlier would take the data from the library.
    socket.once('resume', () => socket.on('data', notice));
    return socket;
  }
}
