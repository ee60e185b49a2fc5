// One connection of one check: it is made, the health service is asked, and what that showed is kept for the metrics.

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { TlsConfig } from '../../../config/http-client/config.js';
import type { IpProtocolConfig } from '../../../config/ip-protocol.js';
import type { Millis } from '../../../model/time.js';
import { DialTrace, dial } from '../../../net/dial.js';
import type { Resolver } from '../../../net/resolver.js';
import type { HostPort } from '../../host-port.js';
import { failureOf } from '../../http/failure.js';
import { type TlsOptions, type TlsTrace, tlsOptionsNow, traceTls } from '../../http/tls.js';
import { protocolOf } from '../../ip-protocol.js';
import { ProbeFailure } from '../../probe.js';
import { waitedFor } from '../../waited-for.js';
import { callGrpc, type GrpcReply } from './call.js';
import { encodeRequest } from './health.js';

export interface GrpcTarget extends IpProtocolConfig {
  readonly address: HostPort;
  readonly tls: boolean;
  readonly tls_config?: TlsConfig | undefined;
}

const CHECK = '/grpc.health.v1.Health/Check';

/** Used once; the caller must close it. */
export class GrpcSession {
  readonly trace = new DialTrace();
  /** What TLS showed; undefined without it. */
  tls: TlsTrace | undefined;
  /** From the connection's beginning to the answer; undefined before that. */
  check: Millis | undefined;
  readonly #target: GrpcTarget;
  readonly #resolver: Resolver | undefined;
  readonly #calledOff = new AbortController();
  #socket: Socket | undefined;

  /** @param resolver the thread's own unless another is given */
  constructor(target: GrpcTarget, resolver: Resolver | undefined) {
    this.#target = target;
    this.#resolver = resolver;
  }

  /** What it means if the deadline passes now. */
  get waitedFor(): ProbeFailure {
    return waitedFor(this.trace, this.#target.address.host);
  }

  /** Connects and asks how a service is; '' is the server itself. @throws ProbeFailure */
  async ask(service: string, timeout: Millis): Promise<GrpcReply> {
    const { address, tls, tls_config } = this.#target;
    const begun = performance.now();
    try {
      const socket = await this.#connect();
      const { host, port } = address;
      return await callGrpc(socket, {
        authority: `${host.includes(':') ? `[${host}]` : host}:${port}`,
        isTls: tls,
        path: CHECK,
        message: encodeRequest(service),
        timeout,
      });
    } catch (error) {
      throw failureOf(error, {
        hasCertificate: tls_config?.cert_file !== undefined,
        plain: 'remove tls',
        alpn: 'HTTP/2',
      });
    } finally {
      this.check = performance.now() - begun - (this.trace.resolve ?? 0);
      this.close();
    }
  }

  /** Ends the connection, also while it is made. */
  close(): void {
    this.#calledOff.abort(new ProbeFailure('timeout', 'Request timed out'));
    this.#socket?.destroy();
  }

  async #connect(): Promise<Socket> {
    const { address, tls: usesTls, tls_config } = this.#target;
    let options: TlsOptions | undefined;
    const tls = () => {
      options = { ...tlsOptionsNow(tls_config), ALPNProtocols: ['h2'] };
      return options;
    };
    const socket = await dial(
      { ...address, protocol: protocolOf(this.#target), tls: usesTls ? tls : undefined },
      { signal: this.#calledOff.signal, trace: this.trace, resolver: this.#resolver },
    );
    this.#socket = socket;
    socket.on('error', () => {});
    this.#calledOff.signal.throwIfAborted();
    if (options) this.#checkTls(socket as TLSSocket, options);
    return socket;
  }

  #checkTls(socket: TLSSocket, options: TlsOptions): void {
    this.tls = traceTls(socket, options, options.servername ?? this.#target.address.host);
    if (this.tls.problem && !this.#target.tls_config?.insecure_skip_verify)
      throw new ProbeFailure('tls', `TLS: ${this.tls.problem}`);
  }
}
