// A connection to a mail server, with TLS where it is configured. It is opened here and handed to the mail library, so
// that names are resolved as everywhere else and a refused certificate can be explained.

import type { Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { explained, watchTls } from '../../../http-client/tls-watch.js';
import { beginTls, dial, MAX_STALE } from '../../../net/dial.js';
import type { EmailOptions } from './options.js';
import { startTls } from './start-tls.js';

/** The library waits for a greeting, but after STARTTLS the server sends none: this one is put in front. */
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
  /** The server has sent data over TLS. */
  #hasReceived = false;

  constructor(options: MailConnectionOptions) {
    this.#options = options;
  }

  /** Connects; the server's greeting is still to be read. @throws what `explainError` has words for, ReplyError, NoGreeting */
  async open(signal: AbortSignal): Promise<Socket> {
    const { smarthost, isImplicitTls, requireTls, hello } = this.#options;
    const to = { ...smarthost, tls: () => this.#options.tls, onTls: this.#watch };
    if (isImplicitTls) return this.#watchData((await dial(to, { signal, maxStale: MAX_STALE })) as TLSSocket);
    const socket = await dial(smarthost, { signal, maxStale: MAX_STALE });
    this.#socket = socket;
    if (!requireTls) return socket;
    await startTls(socket, hello, signal);
    const secure = await beginTls(socket, to, signal);
    secure.unshift(GREETING);
    return this.#watchData(secure);
  }

  /** An error of this connection, with an explanation where TLS is the cause. */
  explained(error: Error): Error {
    return this.#hasReceived ? error : explained(error, this.#secure ?? null);
  }

  destroy(): void {
    this.#secure?.destroy();
    this.#socket?.destroy();
  }

  readonly #watch = (socket: TLSSocket, options: ConnectionOptions) => {
    this.#secure = socket;
    const { smarthost, isImplicitTls } = this.#options;
    const advice = isImplicitTls ? 'set force_implicit_tls: false if it offers STARTTLS' : '';
    watchTls(socket, options, smarthost.host, advice);
  };

  #watchData(socket: TLSSocket): TLSSocket {
    const onData = (chunk: Buffer) => {
      if (!chunk.equals(GREETING)) this.#hasReceived = true;
    };
    // A listener that is added earlier would start the flow of data before the library listens.
    socket.once('resume', () => socket.on('data', onData));
    return socket;
  }
}
