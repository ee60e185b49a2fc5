// A Redis. Healthy when it answers PING and INFO; a user allowed `-@all +ping +info` is enough.

import { createRequire } from 'node:module';
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import type { Vocabulary } from '../../config/vocabulary.js';
import { HANDSHAKE_TIMEOUT } from '../../tls/handshake.js';
import { certExpiry, chainExpiry, chainInfo, tlsCipher, tlsVersion } from '../http/families.js';
import { recordTls } from '../http/tls.js';
import { type Attempt, type Probe, ProbeFailure, type ProbeKind } from '../probe.js';
import { redisAddress } from './redis/address.js';
import { clientOptions, RedisConnection, type RedisTarget } from './redis/connection.js';
import { parseInfo } from './redis/info.js';
import { mastersIn } from './redis/masters.js';
import { detailsOf, MOST, recordInfo, redisFamilies, up } from './redis/record.js';
import { Refusal } from './redis/trouble.js';

const require = createRequire(import.meta.url);

function options(vocabulary: Vocabulary) {
  const { count, secret, section, text, tlsConfig } = vocabulary;
  return section({
    /** `HOST:PORT`, `[IPV6]:PORT` or `unix:/PATH`. */
    host: redisAddress(vocabulary),
    username: text().optional(),
    /** An empty one is none. */
    password: secret().optional(),
    db: count(0).optional(),
    /** Present, even empty: TLS. */
    tls_config: tlsConfig.optional(),
  });
}

export type RedisOptions = z.output<ReturnType<typeof options>>;

export const redis: ProbeKind<RedisOptions> = {
  kind: 'redis',
  options,
  check: ({ tls_config: tls }) =>
    tls && Boolean(tls.cert_file) !== Boolean(tls.key_file)
      ? 'tls_config: cert_file and key_file go together'
      : undefined,
  families: [...redisFamilies, certExpiry, chainExpiry, chainInfo, tlsVersion, tlsCipher],
  open: async config => {
    const client = clientOptions(config);
    // For an import Node would read all of it for its names first, which takes memory for good.
    const { Redis } = require('ioredis') as typeof import('ioredis');
    return new RedisProbe(config, () => new Redis(client));
  },
};

const NO_LABELS: readonly string[] = [];

class RedisProbe implements Probe {
  readonly #config: RedisTarget;
  readonly #makeClient: () => Redis;
  #connection: RedisConnection | undefined;

  constructor(config: RedisOptions, makeClient: () => Redis) {
    this.#config = { ...config };
    this.#makeClient = makeClient;
  }

  async run(attempt: Attempt): Promise<void> {
    const begun = performance.now();
    let cancelled = false;
    attempt.onCancel(() => {
      cancelled = true;
      attempt.record(up, NO_LABELS, 0);
      const isHandshake = this.#connection?.inHandshake;
      this.close();
      return isHandshake ? new ProbeFailure('timeout', HANDSHAKE_TIMEOUT) : undefined;
    });
    let failure: unknown;
    let refusal: Refusal | undefined;
    try {
      refusal = await this.#ask(attempt);
    } catch (error) {
      failure = error;
      attempt.took(performance.now() - begun);
    }
    // Past the deadline the connection may be the next probe's already.
    if (cancelled) return;
    if (this.#connection?.tls) recordTls(attempt, this.#connection.tls);
    attempt.record(up, NO_LABELS, failure ? 0 : 1);
    if (refusal) throw refusal;
    if (!failure) return;
    // Half signed in, or in the middle of an answer: the next probe starts afresh.
    this.close();
    throw failure;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Returns what the server refused though it answered INFO. @throws ProbeFailure when there is no INFO */
  async #ask(attempt: Attempt): Promise<Refusal | undefined> {
    const kept = this.#connection;
    if (kept?.alive) {
      try {
        return await this.#examine(kept, attempt);
      } catch (error) {
        // A kept connection that had died is replaced once, since nobody can know of it beforehand.
        if (kept.alive || this.#connection !== kept) throw error;
      }
    }
    this.close();
    const connection = new RedisConnection(this.#config, this.#makeClient());
    this.#connection = connection;
    await connection.open();
    return await this.#examine(connection, attempt);
  }

  async #examine(connection: RedisConnection, attempt: Attempt): Promise<Refusal | undefined> {
    const begun = performance.now();
    const refusal = await connection.greet().then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof Refusal) return error;
        throw error;
      },
    );
    const elapsed = performance.now() - begun;
    // Refused for a state of the server (it loads its data, cannot save, has lost its master), PING says little, and
    // INFO is answered all the same: what it says is what the rules about that state need.
    const text = await connection.ask('INFO').catch((error: unknown) => {
      throw refusal ?? error;
    });
    const info = parseInfo(text);
    attempt.took(elapsed);
    recordInfo(attempt, info, mastersIn(text, MOST));
    attempt.details = detailsOf(info);
    return refusal;
  }
}
