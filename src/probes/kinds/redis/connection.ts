// One connection to a Redis, kept from probe to probe. It signs in itself, by commands of its own, so that nothing is
// sent that a user allowed only PING and INFO may not send, and so that a certificate is looked at before a password
// leaves.

import { connect, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { AbstractConnector, Redis, RedisOptions } from 'ioredis';
import type { TlsConfig } from '../../../config/http-client/config.js';
import type { IpProtocolConfig } from '../../../config/ip-protocol.js';
import { hideable, revealed, type SecretSource } from '../../../model/secret.js';
import { DialTrace, dial } from '../../../net/dial.js';
import type { Resolver } from '../../../net/resolver.js';
import { secretFailure } from '../../http/request.js';
import { type TlsOptions, type TlsTrace, tlsOptionsNow, traceTls } from '../../http/tls.js';
import { protocolOf } from '../../ip-protocol.js';
import { ProbeFailure } from '../../probe.js';
import { waitedFor } from '../../waited-for.js';
import type { RedisAddress } from './address.js';
import { type RedisTlsFacts, redisFailure, refusalOf } from './errors.js';

export interface RedisTarget extends IpProtocolConfig {
  readonly host: RedisAddress;
  readonly username?: string | SecretSource | undefined;
  readonly password?: SecretSource | undefined;
  readonly db?: number | undefined;
  readonly tls_config?: TlsConfig | undefined;
  /** Set with the first answer, by whatever connection. */
  hasAnswered?: boolean;
}

/** ioredis and what it is extended by. */
export interface RedisLibrary {
  readonly Redis: typeof Redis;
  readonly AbstractConnector: typeof AbstractConnector;
}

const OPTIONS: RedisOptions = {
  lazyConnect: true,
  // RESP2: no HELLO. No ready check, no client info, no queue, no reconnecting.
  protocol: 2,
  enableReadyCheck: false,
  disableClientInfo: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: null,
  retryStrategy: null,
  // The attempt has one deadline for everything; a connection given up is dropped at once.
  connectTimeout: 0,
  disconnectTimeout: 0,
};

/** A longer reply is not read, in bytes: INFO of 16,000 databases is shorter, and reading one delays all other checks. */
const MAX_REPLY_LENGTH = 1024 * 1024;

/** Connects once and never again: a lost connection is replaced by a new object at the next probe. */
export class RedisConnection {
  /** What TLS showed; undefined without TLS. */
  tls: TlsTrace | undefined;
  /** What making it took; nothing of it for a unix socket. */
  readonly trace = new DialTrace();
  /** Probes it has carried. */
  served = 0;
  readonly #target: RedisTarget;
  readonly #client: Redis;
  readonly #maxReplyLength: number;
  readonly #made = performance.now();
  #tlsOptions: TlsOptions | undefined;
  #lost: Error | undefined;
  #selected = false;
  #answered = false;
  /** Bytes that had come when the last command was sent. */
  #before = 0;

  /** @param resolver the thread's own unless another is given @param maxReplyLength bytes */
  constructor(
    target: RedisTarget,
    { Redis, AbstractConnector }: RedisLibrary,
    resolver: Resolver | undefined,
    maxReplyLength = MAX_REPLY_LENGTH,
  ) {
    this.#target = target;
    this.#maxReplyLength = maxReplyLength;
    const open = (signal: AbortSignal) => this.#connect(signal, resolver);
    this.#client = new Redis({ ...OPTIONS, Connector: connectorBy(AbstractConnector, open) });
    this.#client.on('error', error => {
      this.#lost ??= error;
    });
  }

  get alive(): boolean {
    // Between the other side's hanging up and the end of the socket only `writable` tells.
    return this.#client.status === 'ready' && this.#client.stream.writable;
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

  /** Connects, checks the certificate, signs in. @throws ProbeFailure */
  async open(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (error) {
      throw redisFailure(error, this.#lost, this.#secrets(), this.#tlsFacts());
    }
    const { stream } = this.#client;
    const { host } = this.#target;
    this.#boundReplies();
    if (stream instanceof TLSSocket && this.#tlsOptions) {
      const serverName = this.#tlsOptions.servername || ('host' in host ? host.host : '');
      this.tls = traceTls(stream, this.#tlsOptions, serverName);
    }
    if (this.tls?.problem && !this.#target.tls_config?.insecure_skip_verify) {
      throw new ProbeFailure('tls', `TLS: ${this.tls.problem}`);
    }
    await this.#signIn();
  }

  /** Selects the database, on a connection that has not done so yet, and asks PING. @throws ProbeFailure */
  async greet(): Promise<void> {
    if (this.#target.db && !this.#selected) await this.command('SELECT', String(this.#target.db));
    this.#selected = true;
    if ((await this.command('PING')) !== 'PONG')
      throw new ProbeFailure('protocol', 'Not a Redis answer to PING');
  }

  #boundReplies(): void {
    const { stream } = this.#client;
    stream.on('data', () => {
      if (stream.bytesRead - this.#before <= this.#maxReplyLength) return;
      const bound = this.#maxReplyLength / 1024 / 1024;
      this.#lost ??= new ProbeFailure('body', `A reply is longer than ${bound} MiB`);
      stream.destroy();
    });
  }

  #connect(signal: AbortSignal, resolver: Resolver | undefined): Promise<Socket> {
    const { host, tls_config: config } = this.#target;
    if ('path' in host) return openSocket(host.path);
    const tls = () => {
      this.#tlsOptions = tlsOptionsNow(config);
      const { ALPNProtocols: _, ...options } = this.#tlsOptions;
      return options;
    };
    const to = { ...host, protocol: protocolOf(this.#target), tls: config && tls };
    return dial(to, { signal, trace: this.trace, resolver });
  }

  async #signIn(): Promise<void> {
    const { username, password } = this.#credentials();
    if (!password) return;
    try {
      await this.command('AUTH', ...(username ? [username] : []), password);
    } catch (error) {
      // A password that the server does not require is no outage.
      if (!/without any password|no password is set/.test((error as Error).message)) throw error;
    }
  }

  /** As they are in their files now. @throws ProbeFailure */
  #credentials(): { username: string; password: string } {
    const { username = '', password = '' } = this.#target;
    try {
      return { username: revealed(username), password: revealed(password) };
    } catch (error) {
      throw secretFailure(error);
    }
  }

  /** Sends a command. @throws ProbeFailure */
  async command(command: string, ...words: string[]): Promise<string> {
    let reply: unknown;
    this.#before = this.#client.stream.bytesRead;
    try {
      reply = await this.#client.call(command, ...words);
    } catch (error) {
      throw (
        refusalOf(error, this.#secrets()) ??
        redisFailure(error, this.#lost, this.#secrets(), this.#tlsFacts())
      );
    }
    this.#answered = true;
    this.#target.hasAnswered = true;
    return String(reply);
  }

  #tlsFacts(): RedisTlsFacts {
    const { tls_config, host, hasAnswered } = this.#target;
    const isSilent = !hasAnswered && this.#client.stream?.bytesRead === 0;
    return {
      hasCertificate: tls_config?.cert_file !== undefined,
      closedBecause: this.#answered ? undefined : this.tls?.closedBecause,
      mayNeedTls: !tls_config && 'host' in host && isSilent,
    };
  }

  close(): void {
    this.#client.disconnect();
  }

  #secrets(): string[] {
    return hideable(this.#target.password);
  }
}

/** ioredis' way to a connection, by {@link dial}: its own would wait for the system's lookups. */
function connectorBy(
  Base: typeof AbstractConnector,
  open: (signal: AbortSignal) => Promise<Socket>,
): NonNullable<RedisOptions['Connector']> {
  return class extends Base {
    readonly #opening = new AbortController();

    constructor() {
      super(OPTIONS.disconnectTimeout as number);
    }

    async connect(): Promise<Socket> {
      const stream = await open(this.#opening.signal);
      this.stream = stream;
      stream.once('error', error => {
        this.firstError = error;
      });
      return stream;
    }

    override disconnect(): void {
      this.#opening.abort(new Error('Connection is closed.'));
      super.disconnect();
    }
  };
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
