// A PostgreSQL. Healthy when it lets the user in and answers SELECT 1; what else it is asked (connections, replication, sizes,
// LangGraph's checkpoints) may be refused, which is no outage.

import { createRequire } from 'node:module';
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
import { postgresAddress } from './postgres/address.js';
import { PostgresConnection, type PostgresLibrary, type Row } from './postgres/connection.js';
import { isForbidden, isRefusal, postgresFailure } from './postgres/errors.js';
import { postgresFamilies, type Question, questions, readOnly, up } from './postgres/questions.js';

const require = createRequire(import.meta.url);
const STARTING: Millis = 300_000;

function options(schemaKit: SchemaKit) {
  const { about, duration, ipProtocolShape, ofType, secret, section, text, textOrFile, tlsConfig, words } =
    schemaKit;
  return section({
    host: about(
      ofType('address', { type: 'string' }, postgresAddress(schemaKit)),
      'Its address: `HOST`, `HOST:PORT`, `[IPV6]:PORT` or `unix:/PATH`; the port is 5432 if there is none.',
      { example: '127.0.0.1:5432' },
    ),
    username: about(textOrFile(), 'User that signs in; it needs no more rights than to connect.', {
      example: 'monitor',
    }),
    password: about(secret().optional(), 'Password.'),
    database: about(words().default('postgres'), 'Database that is connected to.', { example: 'langgraph' }),
    checkpoint_schema: about(
      text()
        .refine(
          name => /^[A-Za-z_][\w$]{0,62}$/.test(name),
          'expected the name of a schema: letters, digits and "_"',
        )
        .default('public'),
      "Schema that LangGraph's checkpointer has its tables in.",
    ),
    start_timeout: about(
      duration(0).default(STARTING),
      'How long the server may say that it starts up or recovers before that is an outage.',
    ),
    tls_config: about(tlsConfig.optional(), 'Connect with TLS; an empty section is enough.'),
    ...ipProtocolShape,
  });
}

type PostgresOptions = z.output<ReturnType<typeof options>>;

export const postgres: ProbeKind<PostgresOptions> = {
  kind: 'postgres',
  options,
  check: ({ tls_config }) => tlsProblem(tls_config),
  families: [
    ...postgresFamilies,
    ...connectionFamilies,
    ...[certExpiry, chainExpiry, chainInfo, tlsVersion, tlsCipher],
  ],
  open: (config, { connections }) =>
    new PostgresProbe(config, connections, require('pg') as typeof import('pg')),
};

const NO_LABELS: readonly string[] = [];
/** How long a question is not asked once it was refused: the server logs each refusal. */
const REFUSED_FOR: Millis = 600_000;

class PostgresProbe implements Probe {
  readonly #config: PostgresOptions;
  readonly #pool: Pick<Connections, 'limits' | 'resolver'>;
  readonly #library: PostgresLibrary;
  readonly #questions: readonly Question[];
  /** Answers to be repeated, and until when. */
  readonly #answers = new Map<Question, { readonly rows: readonly Row[]; readonly until: Millis }>();
  #connection: PostgresConnection | undefined;

  constructor(
    config: PostgresOptions,
    pool: Pick<Connections, 'limits' | 'resolver'>,
    library: PostgresLibrary,
  ) {
    this.#config = config;
    this.#pool = pool;
    this.#library = library;
    this.#questions = questions(config.checkpoint_schema);
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
    try {
      const connection = await this.#greet();
      attempt.measured(performance.now() - begun);
      for (const question of this.#questions) {
        if (cancelled) return;
        question.record(attempt, await this.#rowsOf(question, connection));
      }
      if (cancelled) return;
      this.#recordConnection(attempt);
      attempt.record(up, NO_LABELS, 1);
    } catch (error) {
      if (cancelled) return;
      this.#recordConnection(attempt);
      attempt.record(up, NO_LABELS, 0);
      this.close();
      throw postgresFailure(error, this.secrets, this.#config.start_timeout);
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** A connection on which SELECT 1 was answered; one that was kept and had died is replaced once. */
  async #greet(): Promise<PostgresConnection> {
    const kept = this.#connection;
    const { maxAge, maxRequests } = this.#pool.limits;
    if (kept?.alive && kept.age < maxAge && kept.served < maxRequests) {
      try {
        return await this.#selectOne(kept);
      } catch (error) {
        // The server may have ended it; only a new one shows how the server is.
        if (this.#connection !== kept) throw error;
      }
    }
    this.close();
    const connection = new PostgresConnection(this.#config, this.#library);
    this.#connection = connection;
    await connection.open(this.#pool.resolver);
    return await this.#selectOne(connection);
  }

  async #selectOne(connection: PostgresConnection): Promise<PostgresConnection> {
    connection.served++;
    await connection.query('SELECT 1');
    return connection;
  }

  /** None where the server refuses the question. @throws the error of the connection, or of a server that fails */
  async #rowsOf(question: Question, connection: PostgresConnection): Promise<readonly Row[]> {
    const now = performance.now();
    const known = this.#answers.get(question);
    if (known && now < known.until) return known.rows;
    let rows: readonly Row[] = [];
    let { every } = question;
    try {
      rows = await connection.query(readOnly(question.text));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (isForbidden(error)) every = REFUSED_FOR;
      await connection.query('ROLLBACK');
    }
    if (every > 0) this.#answers.set(question, { rows, until: now + every });
    return rows;
  }

  #recordConnection(attempt: Attempt): void {
    const connection = this.#connection;
    if (!connection) return;
    const { trace, served, tls } = connection;
    const isReused = served > 1;
    const { address, resolve } = trace;
    recordConnection(attempt, { address, resolve: isReused ? undefined : resolve }, isReused);
    if (tls) recordTls(attempt, tls);
  }
}
