// A Redis. Healthy when it answers PING and INFO, and, as a node of a cluster, serves keys; a user allowed
// `-@all +ping +info` is enough, `+cluster|info` beside them for the latter.

import type { z } from 'zod';
import { tlsProblem } from '../../config/http-client/problem.js';
import type { SchemaKit } from '../../config/schema-kit.js';
import { hideable } from '../../model/secret.js';
import type { Millis } from '../../model/time.js';
import { connectionFamilies, recordConnection } from '../http/connection-record.js';
import type { Connections } from '../http/connections.js';
import { certExpiry, chainExpiry, chainInfo, tlsCipher, tlsVersion } from '../http/families.js';
import { recordTls } from '../http/tls.js';
import type { Attempt, Probe } from '../probe.js';
import type { ProbeKind } from '../probe-kind.js';
import { redisAddress } from './redis/address.js';
import { clusterFamilies, recordCluster } from './redis/cluster.js';
import { RedisConnection, type RedisLibrary, type RedisTarget } from './redis/connection.js';
import { Refusal } from './redis/errors.js';
import { parseInfo } from './redis/info.js';
import { loadRedisLibrary } from './redis/library.js';
import { mastersIn } from './redis/masters.js';
import { detailsOf, recordInfo, redisFamilies, up } from './redis/record.js';

/** The keys of a service of this kind, and of the Redis that keeps a lease. */
export function redisOptions(schemaKit: SchemaKit) {
  const { about, count, ipProtocolShape, ofType, secret, section, textOrFile, tlsConfig } = schemaKit;
  return section({
    host: about(
      ofType('address', { type: 'string' }, redisAddress(schemaKit)),
      'Its address: `HOST`, `HOST:PORT`, `[IPV6]:PORT` or `unix:/PATH`; the port is 6379 if there is none.',
      { example: '127.0.0.1:6379' },
    ),
    username: about(textOrFile().optional(), 'ACL user.', { example: 'monitor' }),
    password: about(secret().optional(), 'Password; an empty one is none.'),
    db: about(count(0).optional(), 'Database that is selected.', { example: 1, fallback: '0' }),
    tls_config: about(tlsConfig.optional(), 'Connect with TLS; an empty section is enough.'),
    ...ipProtocolShape,
  });
}

type RedisOptions = z.output<ReturnType<typeof redisOptions>>;

export const redis: ProbeKind<RedisOptions> = {
  kind: 'redis',
  options: redisOptions,
  check: ({ tls_config }) => tlsProblem(tls_config),
  families: [
    ...redisFamilies,
    ...clusterFamilies,
    ...connectionFamilies,
    certExpiry,
    chainExpiry,
    chainInfo,
    tlsVersion,
    tlsCipher,
  ],
  open: async (config, { connections }) => {
    return new RedisProbe(config, connections, loadRedisLibrary());
  },
};

const NO_LABELS: readonly string[] = [];
/** How long CLUSTER INFO is not asked for once it was refused. */
const REFUSED_FOR: Millis = 600_000;
type Pool = Pick<Connections, 'limits' | 'resolver'>;

class RedisProbe implements Probe {
  readonly #config: RedisTarget;
  readonly #pool: Pool;
  readonly #library: RedisLibrary;
  #connection: RedisConnection | undefined;
  #noClusterUntil: Millis = 0;

  constructor(config: RedisOptions, pool: Pool, library: RedisLibrary) {
    this.#config = { ...config };
    this.#pool = pool;
    this.#library = library;
  }

  get secrets(): readonly string[] {
    return hideable(this.#config.password);
  }

  async run(attempt: Attempt): Promise<void> {
    const begun = performance.now();
    let cancelled = false;
    attempt.onCancel(() => {
      cancelled = true;
      attempt.record(up, NO_LABELS, 0);
      const late = this.#connection?.waitedFor;
      this.close();
      return late;
    });
    let failure: unknown;
    let refusal: Refusal | undefined;
    try {
      refusal = await this.#fetchInfo(attempt);
    } catch (error) {
      failure = error;
      attempt.measured(performance.now() - begun);
    }
    // Past the deadline the connection may be the next probe's already.
    if (cancelled) return;
    if (this.#connection) record(this.#connection, attempt);
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
  async #fetchInfo(attempt: Attempt): Promise<Refusal | undefined> {
    const existing = this.#connection;
    if (existing?.alive && !this.#isSpent(existing)) {
      try {
        return await this.#examine(existing, attempt);
      } catch (error) {
        // A kept connection that had died is replaced once, since it cannot be known beforehand.
        if (existing.alive || this.#connection !== existing) throw error;
      }
    }
    this.close();
    const connection = new RedisConnection(this.#config, this.#library, this.#pool.resolver);
    this.#connection = connection;
    await connection.open();
    return await this.#examine(connection, attempt);
  }

  /** A client that connects now is what a probe stands for; see {@link Connections}. */
  #isSpent({ age, served }: RedisConnection): boolean {
    const { maxAge, maxRequests } = this.#pool.limits;
    return age >= maxAge || served >= maxRequests;
  }

  async #examine(connection: RedisConnection, attempt: Attempt): Promise<Refusal | undefined> {
    connection.served++;
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
    const text = await connection.command('INFO').catch((error: unknown) => {
      throw refusal ?? error;
    });
    const info = parseInfo(text);
    attempt.measured(elapsed);
    recordInfo(attempt, info, mastersIn(text));
    attempt.details = detailsOf(info);
    const clusterDown = await this.#examineCluster(connection, attempt, info);
    return refusal ?? clusterDown;
  }

  /** A node of a cluster answers PING and INFO also while it refuses every key. */
  async #examineCluster(
    connection: RedisConnection,
    attempt: Attempt,
    info: ReadonlyMap<string, string>,
  ): Promise<Refusal | undefined> {
    if (info.get('cluster_enabled') !== '1' || performance.now() < this.#noClusterUntil) return undefined;
    try {
      return recordCluster(attempt, parseInfo(await connection.command('CLUSTER', 'INFO')));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // Not allowed: no outage, and not to be asked at every check, since the server counts and logs each refusal.
      this.#noClusterUntil = performance.now() + REFUSED_FOR;
      return undefined;
    }
  }
}

function record({ trace, served, tls }: RedisConnection, attempt: Attempt): void {
  const isReused = served > 1;
  const { address, resolve } = trace;
  recordConnection(attempt, { address, resolve: isReused ? undefined : resolve }, isReused);
  if (tls) recordTls(attempt, tls);
}
