// One connection of one check: it is made, the steps are gone through, and what they showed is kept for the metrics.

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { TlsConfig } from '../../../config/http-client/config.js';
import type { IpProtocolConfig } from '../../../config/ip-protocol.js';
import { oneLine, scrub } from '../../../model/scrub.js';
import { beginTls, DialTrace, dial } from '../../../net/dial.js';
import type { Resolver } from '../../../net/resolver.js';
import type { HostPort } from '../../host-port.js';
import { failureOf } from '../../http/failure.js';
import { secretFailure } from '../../http/request.js';
import { type TlsOptions, type TlsTrace, tlsOptionsNow, traceTls } from '../../http/tls.js';
import { protocolOf } from '../../ip-protocol.js';
import { ProbeFailure } from '../../probe.js';
import { waitedFor } from '../../waited-for.js';
import { LineReader } from './line-reader.js';
import type { Step } from './query-response.js';

export interface TcpTarget extends IpProtocolConfig {
  readonly address: HostPort;
  /** TLS from the beginning. */
  readonly tls: boolean;
  readonly tls_config?: TlsConfig | undefined;
}

/** Of a server's line in the reason of a failure, in characters. */
const MAX_SHOWN_LENGTH = 100;
/** How long a server has to take what was sent last, once the check is over. */
const CLOSING_TIME = 1000;

/** Used once; the caller must close it. */
export class TcpSession {
  readonly trace = new DialTrace();
  /** What TLS showed; undefined without it. */
  tls: TlsTrace | undefined;
  /** An expression matched none of the lines that came before the server closed the connection. */
  failedDueToRegex = false;
  readonly #target: TcpTarget;
  readonly #resolver: Resolver | undefined;
  readonly #secrets: readonly string[];
  readonly #calledOff = new AbortController();
  #socket: Socket | undefined;
  #tlsOptions: TlsOptions | undefined;
  /** What the steps are at, as the end of a sentence. */
  #waitingFor = '';
  #lastLine: string | undefined;

  /**
   * @param resolver the thread's own unless another is given
   * @param secrets what must not be shown of a line
   */
  constructor(target: TcpTarget, resolver: Resolver | undefined, secrets: readonly string[]) {
    this.#target = target;
    this.#resolver = resolver;
    this.#secrets = secrets;
  }

  /** What it means if the deadline passes now. */
  get waitedFor(): ProbeFailure {
    if (this.trace.stage !== 'ready') return waitedFor(this.trace, this.#target.address.host);
    return new ProbeFailure('timeout', `Request timed out ${this.#waitingFor}${this.#last}`);
  }

  /** Connects and goes through the steps. @throws ProbeFailure */
  async run(steps: readonly Step[]): Promise<void> {
    const { address, tls, tls_config } = this.#target;
    try {
      this.#socket = await dial(
        { ...address, protocol: protocolOf(this.#target), tls: tls ? () => this.#readTls() : undefined },
        { signal: this.#calledOff.signal, trace: this.trace, resolver: this.#resolver },
      );
      if (this.#calledOff.signal.aborted) this.close();
      // An error that comes while nothing is waited for is that of the next step.
      this.#socket.on('error', () => {});
      if (tls) this.#checkTls(this.#socket);
      await this.#goThrough(steps, this.#socket);
    } catch (error) {
      throw failureOf(error, {
        hasCertificate: tls_config?.cert_file !== undefined,
        plain: tls ? 'remove tls' : undefined,
      });
    }
  }

  /** Ends the connection at once, also while it is made. */
  close(): void {
    this.#calledOff.abort(new ProbeFailure('timeout', 'Request timed out'));
    this.#socket?.destroy();
  }

  /** Ends the connection after what was sent. */
  end(): void {
    const socket = this.#socket;
    socket?.setTimeout(CLOSING_TIME, () => socket.destroy());
    socket?.destroySoon();
  }

  async #goThrough(steps: readonly Step[], connected: Socket): Promise<void> {
    let socket = connected;
    let lines = steps.length > 0 ? new LineReader(socket) : undefined;
    for (const { expect, send, starttls } of steps) {
      const expand = expect && lines && (await this.#expectLine(lines, expect));
      if (send) {
        const line = readSecret(send);
        await this.#send(socket, expand ? expand(line) : line);
      }
      if (!starttls) continue;
      lines?.release();
      socket = await this.#startTls(socket);
      lines = new LineReader(socket);
    }
  }

  async #expectLine(lines: LineReader, { source, match }: NonNullable<Step['expect']>) {
    this.#waitingFor = `waiting for a line that matches ${JSON.stringify(source)}`;
    this.#lastLine = undefined;
    for (;;) {
      const line = await lines.next();
      if (line === undefined) break;
      const found = match(line);
      if (found) return found;
      this.#lastLine = line;
    }
    this.failedDueToRegex = true;
    throw new ProbeFailure(
      this.#lastLine === undefined ? 'protocol' : 'body',
      `Connection closed before a line matched ${JSON.stringify(source)}${this.#last}`,
    );
  }

  get #last(): string {
    if (this.#lastLine === undefined) return this.#waitingFor.startsWith('waiting') ? '; none came' : '';
    const shown = oneLine(scrub(this.#lastLine.slice(0, 1000), this.#secrets), MAX_SHOWN_LENGTH);
    return `; the last one was ${JSON.stringify(shown)}`;
  }

  #send(socket: Socket, line: string): Promise<void> {
    this.#waitingFor = 'sending a line; the server does not read';
    this.#lastLine = undefined;
    return new Promise((resolve, reject) => {
      socket.write(`${line}\n`, error => (error ? reject(error) : resolve()));
    });
  }

  async #startTls(socket: Socket): Promise<Socket> {
    this.trace.stage = 'handshake';
    const to = { ...this.#target.address, tls: () => this.#readTls() };
    const secure = await beginTls(socket, to, this.#calledOff.signal);
    this.trace.stage = 'ready';
    this.#socket = secure;
    secure.on('error', () => {});
    secure.once('close', () => socket.destroy());
    this.#checkTls(secure);
    return secure;
  }

  #readTls(): TlsOptions {
    const { ALPNProtocols: _, ...options } = tlsOptionsNow(this.#target.tls_config);
    this.#tlsOptions = options;
    return options;
  }

  #checkTls(socket: Socket): void {
    const options = this.#tlsOptions as TlsOptions;
    this.tls = traceTls(socket as TLSSocket, options, options.servername ?? this.#target.address.host);
    if (this.tls.problem && !this.#target.tls_config?.insecure_skip_verify)
      throw new ProbeFailure('tls', `TLS: ${this.tls.problem}`);
  }
}

/** @throws ProbeFailure */
function readSecret(read: () => string): string {
  try {
    return read();
  } catch (error) {
    throw secretFailure(error);
  }
}
