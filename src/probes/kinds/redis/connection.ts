// One connection to a Redis, kept from probe to probe. It signs in itself, by commands of its own, so that nothing is
// sent that a user allowed only PING and INFO may not send, and so that a certificate is looked at before a password
// leaves.

import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Redis, RedisOptions } from 'ioredis';
import type { TlsConfig } from '../../../config/http-client.js';
import type { Secret } from '../../../model/secret.js';
import { type TlsOptions, type TlsTrace, tlsOptions, traceTls } from '../../http/tls.js';
import { ProbeFailure } from '../../probe.js';
import type { RedisAddress } from './address.js';
import { type RedisTlsFacts, redisFailure, refusalOf } from './trouble.js';

export interface RedisTarget {
  readonly host: RedisAddress;
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
  readonly db?: number | undefined;
  readonly tls_config?: TlsConfig | undefined;
  /** Set with the first answer, by whatever connection. */
  hasAnswered?: boolean;
}

/** ioredis' options for a target, made once; reads the files of its TLS. @throws the file system's error */
export function clientOptions(target: RedisTarget): RedisOptions {
  return {
    ...target.host,
    ...(target.tls_config && { tls: redisTls(target) }),
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
}

/** Connects once and never again: a lost connection is replaced by a new object at the next probe. */
export class RedisConnection {
  /** What TLS showed; undefined without TLS. */
  tls: TlsTrace | undefined;
  readonly #target: RedisTarget;
  readonly #client: Redis;
  #lost: Error | undefined;
  #selected = false;
  #answered = false;

  constructor(target: RedisTarget, client: Redis) {
    this.#target = target;
    this.#client = client;
    this.#client.on('error', error => {
      this.#lost ??= error;
    });
  }

  get alive(): boolean {
    // Between the other side's hanging up and the end of the socket only `writable` tells.
    return this.#client.status === 'ready' && this.#client.stream.writable;
  }

  /** Whether TCP is connected and TLS is not. */
  get inHandshake(): boolean {
    const { stream, status } = this.#client;
    return stream instanceof TLSSocket && !stream.connecting && status === 'connecting';
  }

  /** Connects, checks the certificate, signs in. @throws ProbeFailure */
  async open(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (error) {
      throw redisFailure(error, this.#lost, this.#secrets(), this.#tlsFacts());
    }
    const { stream, options } = this.#client;
    const { host } = this.#target;
    if (stream instanceof TLSSocket) {
      const asked = options.tls?.servername || ('host' in host ? host.host : '');
      this.tls = traceTls(stream, options.tls as TlsOptions, asked);
    }
    if (this.tls?.problem && !this.#target.tls_config?.insecure_skip_verify) {
      throw new ProbeFailure('tls', `TLS: ${this.tls.problem}`);
    }
    await this.#signIn();
  }

  /** Selects the database, on a connection that has not done so yet, and asks PING. @throws ProbeFailure */
  async greet(): Promise<void> {
    if (this.#target.db && !this.#selected) await this.ask('SELECT', String(this.#target.db));
    this.#selected = true;
    if ((await this.ask('PING')) !== 'PONG') throw new ProbeFailure('protocol', 'Not a Redis answer to PING');
  }

  async #signIn(): Promise<void> {
    const { username, password } = this.#target;
    const word = password?.reveal();
    if (!word) return;
    try {
      await this.ask('AUTH', ...(username ? [username] : []), word);
    } catch (error) {
      // A password nobody asked for is no outage.
      if (!/without any password|no password is set/.test((error as Error).message)) throw error;
    }
  }

  /** Sends a command. @throws ProbeFailure */
  async ask(command: string, ...words: string[]): Promise<string> {
    let reply: unknown;
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
    return [this.#target.password?.reveal() ?? ''];
  }
}

function redisTls({ host, tls_config }: RedisTarget): NonNullable<RedisOptions['tls']> {
  const name = 'host' in host && isIP(host.host) === 0 ? host.host : '';
  const { ALPNProtocols: _, ...options } = tlsOptions(tls_config);
  return { ...options, servername: options.servername ?? name };
}
