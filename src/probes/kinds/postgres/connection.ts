// One connection to a PostgreSQL, kept from probe to probe. It is made here rather than by the library, so that names are
// looked up without waiting for other lookups, the certificate is looked at before anything is sent, and no answer is longer
// than its bound.
// Source: PostgreSQL's documentation, "Frontend/Backend Protocol", "SSL Session Encryption".

import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Client } from 'pg';
import type { TlsConfig } from '../../../config/http-client/config.js';
import type { IpProtocolConfig } from '../../../config/ip-protocol.js';
import { hideable, revealed, type SecretSource } from '../../../model/secret.js';
import { beginTls, DialTrace, dial } from '../../../net/dial.js';
import type { Resolver } from '../../../net/resolver.js';
import { secretFailure } from '../../http/request.js';
import { type TlsTrace, tlsOptionsNow, traceTls } from '../../http/tls.js';
import { protocolOf } from '../../ip-protocol.js';
import { ProbeFailure } from '../../probe.js';
import { waitedFor } from '../../waited-for.js';
import type { PostgresAddress } from './address.js';

export interface PostgresTarget extends IpProtocolConfig {
  readonly host: PostgresAddress;
  readonly username: string | SecretSource;
  readonly password?: SecretSource | undefined;
  readonly database: string;
  readonly tls_config?: TlsConfig | undefined;
}

export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** The package `pg`. */
export interface PostgresLibrary {
  readonly Client: typeof Client;
}

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
/** A longer reply is not read, in bytes: 1000 databases are shorter. */
const MAX_REPLY_LENGTH = 1024 * 1024;

/** Connects once and never again: a lost connection is replaced by a new object at the next probe. */
export class PostgresConnection {
  /** What TLS showed; undefined without TLS. */
  tls: TlsTrace | undefined;
  readonly trace = new DialTrace();
  /** Probes it has carried. */
  served = 0;
  readonly #target: PostgresTarget;
  readonly #library: PostgresLibrary;
  readonly #opening = new AbortController();
  readonly #made = performance.now();
  #socket: Socket | undefined;
  #client: Client | undefined;
  #lost: Error | undefined;
  #before = 0;

  constructor(target: PostgresTarget, library: PostgresLibrary) {
    this.#target = target;
    this.#library = library;
  }

  get alive(): boolean {
    return this.#client !== undefined && this.#lost === undefined && this.#socket?.writable === true;
  }

  /** Milliseconds since it was begun. */
  get age(): number {
    return performance.now() - this.#made;
  }

  /** What it means if the deadline passes now. */
  get waitedFor(): ProbeFailure {
    const { host } = this.#target;
    return 'host' in host
      ? waitedFor(this.trace, host.host)
      : new ProbeFailure('timeout', 'Request timed out');
  }

  /** Connects, checks the certificate, signs in. @throws ProbeFailure, or the error of the connection or the server */
  async open(resolver: Resolver | undefined): Promise<void> {
    const socket = await this.#connect(resolver);
    const { username, password } = this.#credentials();
    socket.on('data', () => {
      if (socket.bytesRead - this.#before > MAX_REPLY_LENGTH)
        socket.destroy(
          new ProbeFailure('body', `A reply is longer than ${MAX_REPLY_LENGTH / 1024 / 1024} MiB`),
        );
    });
    // The library connects what it is given.
    Object.assign(socket, { connect: () => process.nextTick(() => socket.emit('connect')) });
    const client = new this.#library.Client({
      ...{ stream: () => socket, ssl: false, user: username, password: () => password },
      ...{ database: this.#target.database, host: 'localhost', port: 5432, options: '' },
      application_name: 'langgraph-monitor',
    });
    client.on('error', error => {
      this.#lost ??= error;
    });
    await this.#orLost(client.connect());
    this.#client = client;
  }

  /** The rows of the last statement that has any. @throws the server's error, or the connection's */
  async query(text: string): Promise<readonly Row[]> {
    if (!this.#client) throw new Error('Connection ended');
    this.#before = this.#socket?.bytesRead ?? 0;
    const results = await this.#orLost(this.#client.query(text));
    const all = 'rows' in results ? [results] : results;
    return all.findLast(({ rows }) => rows.length > 0)?.rows ?? [];
  }

  close(): void {
    this.#opening.abort(new Error('Connection ended'));
    this.#lost ??= new Error('Connection ended');
    this.#socket?.destroy();
  }

  /** What ended the connection says more than what was asked when it did. */
  async #orLost<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw this.#lost instanceof ProbeFailure ? this.#lost : error;
    }
  }

  async #connect(resolver: Resolver | undefined): Promise<Socket> {
    const { host, tls_config: config } = this.#target;
    const { signal } = this.#opening;
    if ('path' in host) return this.#keep(await openSocket(host.path));
    const to = { ...host, protocol: protocolOf(this.#target) };
    const socket = this.#keep(await dial(to, { signal, trace: this.trace, resolver }));
    if (!config) return socket;
    this.trace.stage = 'handshake';
    await requestTls(socket);
    const options = tlsOptionsNow(config);
    const { ALPNProtocols: _, ...rest } = options;
    const secure = await beginTls(socket, { ...to, tls: () => rest }, signal);
    this.trace.stage = 'ready';
    this.tls = traceTls(secure as TLSSocket, options, options.servername || host.host);
    if (this.tls.problem && !config.insecure_skip_verify)
      throw new ProbeFailure('tls', `TLS: ${this.tls.problem}`);
    return this.#keep(secure);
  }

  #keep(socket: Socket): Socket {
    this.#socket = socket;
    if (this.#opening.signal.aborted) socket.destroy();
    socket.on('error', error => {
      this.#lost ??= error;
    });
    socket.once('close', () => {
      this.#lost ??= new Error('Connection ended');
    });
    return socket;
  }

  /** As they are in their files now. @throws ProbeFailure */
  #credentials(): { username: string; password: string } {
    const { username, password = '' } = this.#target;
    try {
      return { username: revealed(username), password: revealed(password) };
    } catch (error) {
      throw secretFailure(error);
    }
  }

  get secrets(): string[] {
    return hideable(this.#target.password);
  }
}

/** Asks whether the server speaks TLS. @throws ProbeFailure that says it does not, or that it is no PostgreSQL */
function requestTls(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new ProbeFailure('protocol', 'Connection closed before any answer'));
    socket.once('close', ended);
    socket.once('data', (answer: Buffer) => {
      socket.off('close', ended);
      // Nothing may come before the handshake: see CVE-2021-23222.
      if (answer.length === 1 && answer[0] === 0x53) {
        socket.pause();
        resolve();
      } else if (answer.length === 1 && answer[0] === 0x4e)
        reject(new ProbeFailure('tls', 'TLS: the server does not speak TLS; remove tls_config'));
      else reject(new ProbeFailure('protocol', 'Not a PostgreSQL answer to the request for TLS'));
    });
    socket.write(SSL_REQUEST);
  });
}

function openSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
