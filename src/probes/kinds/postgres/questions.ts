// What a PostgreSQL is asked, in SQL, and the samples that its answers are. Each question is a transaction of its own that
// writes nothing and is ended by the server after a while; what is large is only estimated.

import { family } from '../../../model/family.js';
import type { Millis } from '../../../model/time.js';
import type { Attempt } from '../../probe.js';
import type { Row } from './connection.js';
import { timeOfUuid } from './uuid-time.js';

/** How long the server may work on one question. */
const STATEMENT_TIMEOUT: Millis = 2000;
const MAX_DATABASES = 1000;
const NO_LABELS: readonly string[] = [];

/** Tables of LangGraph's checkpointer. Source: @langchain/langgraph-checkpoint-postgres, migrations. */
const CHECKPOINT_TABLES = ['checkpoints', 'checkpoint_blobs', 'checkpoint_writes', 'checkpoint_migrations'];

export const up = family(
  'pg_up',
  'Whether the last question to the PostgreSQL server was answered (1) or not (0)',
);
const version = family('pg_static', 'The version of the server; always 1', 'gauge', [
  'version',
  'short_version',
]);
const maxConnections = family('pg_settings_max_connections', 'Connections that the server may have at once');
const isReplica = family('pg_replication_is_replica', 'Whether the server is a replica (1) or not (0)');
const lag = family(
  'pg_replication_lag_seconds',
  'How old the last transaction is that a replica has replayed; 0 once it has replayed all it received, and on a primary',
);
const backends = family(
  'pg_stat_database_numbackends',
  'Connections to the database; of none in particular where datname is empty',
  'gauge',
  ['datid', 'datname'],
);
const size = family('pg_database_size_bytes', 'Size of the database on disk', 'gauge', ['datname']);
const tableRows = family(
  'langgraph_checkpoint_rows',
  "Rows of a table of LangGraph's checkpointer, estimated",
  'gauge',
  ['table'],
);
const tableBytes = family(
  'langgraph_checkpoint_bytes',
  "Size of a table of LangGraph's checkpointer with its indexes",
  'gauge',
  ['table'],
);
const oldest = family(
  'langgraph_checkpoint_oldest_timestamp_seconds',
  'When the oldest checkpoint was made, estimated from the statistics of the last ANALYZE',
);

export const postgresFamilies = [
  ...[up, version, maxConnections, isReplica, lag, backends, size, tableRows, tableBytes, oldest],
];

/** A question whose answer is left out where it is refused. */
export interface Question {
  readonly text: string;
  /** How long an answer is repeated before the question is asked again; 0: it is asked each time. */
  readonly every: Millis;
  record(attempt: Attempt, rows: readonly Row[]): void;
}

/** A transaction that reads. */
export function readOnly(statement: string): string {
  return `BEGIN READ ONLY; SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT}; SET LOCAL lock_timeout = ${STATEMENT_TIMEOUT}; ${statement}; COMMIT`;
}

const server: Question = {
  every: 0,
  text: `SELECT version() AS version, current_setting('server_version') AS short_version,
    current_setting('max_connections')::int AS max_connections, pg_is_in_recovery() AS is_replica,
    CASE
      WHEN NOT pg_is_in_recovery() OR pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
      ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float
    END AS lag`,
  record(attempt, [row]) {
    if (!row) return;
    attempt.record(version, [textOf(row.version), semver(textOf(row.short_version))], 1);
    attempt.record(maxConnections, NO_LABELS, numberOf(row.max_connections));
    attempt.record(isReplica, NO_LABELS, row.is_replica === true ? 1 : 0);
    attempt.record(lag, NO_LABELS, Math.max(0, numberOf(row.lag)));
    attempt.details = {
      version: textOf(row.short_version).split(' ', 1)[0] ?? '',
      role: row.is_replica === true ? 'replica' : 'primary',
    };
  },
};

const connections: Question = {
  every: 0,
  text: `SELECT datid::text AS datid, coalesce(datname, '') AS datname, numbackends
    FROM pg_stat_database ORDER BY numbackends DESC LIMIT ${MAX_DATABASES}`,
  record(attempt, rows) {
    for (const { datid, datname, numbackends } of rows)
      attempt.record(backends, [textOf(datid), textOf(datname)], numberOf(numbackends));
  },
};

/** Each file of a database is looked at: not at every check. */
const RARELY: Millis = 300_000;

const sizes: Question = {
  every: RARELY,
  text: `SELECT datname, CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE') OR has_database_privilege(oid, 'CONNECT')
    THEN pg_database_size(oid)::float END AS bytes FROM pg_database ORDER BY datname LIMIT ${MAX_DATABASES}`,
  record(attempt, rows) {
    for (const { datname, bytes } of rows) attempt.record(size, [textOf(datname)], numberOf(bytes));
  },
};

/** @param schema an identifier without quotes */
const tables = (schema: string): Question => ({
  every: RARELY,
  text: `SELECT c.relname, c.reltuples::float AS rows, pg_total_relation_size(c.oid)::float AS bytes
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = '${schema}' AND c.relkind = 'r' AND c.relname IN (${CHECKPOINT_TABLES.map(each => `'${each}'`).join(', ')})`,
  record(attempt, all) {
    for (const { relname, rows, bytes } of all) {
      const table = textOf(relname);
      const estimate = numberOf(rows);
      // Below 0: it was never analyzed.
      attempt.record(tableRows, [table], estimate < 0 ? Number.NaN : estimate);
      attempt.record(tableBytes, [table], numberOf(bytes));
    }
  },
});

/** The ids of checkpoints are UUIDs that begin with their time, so that the least of a sample is the oldest. */
const age = (schema: string): Question => ({
  every: RARELY,
  text: `SELECT (histogram_bounds::text::text[])[1] AS id FROM pg_stats
    WHERE schemaname = '${schema}' AND tablename = 'checkpoints' AND attname = 'checkpoint_id' AND histogram_bounds IS NOT NULL`,
  record(attempt, [row]) {
    const at = timeOfUuid(textOf(row?.id));
    if (at !== undefined) attempt.record(oldest, NO_LABELS, at / 1000);
  },
});

/** All of them. @param schema of LangGraph's tables, an identifier without quotes */
export function questions(schema: string): readonly Question[] {
  return [server, connections, sizes, tables(schema), age(schema)];
}

function textOf(value: Row[string] | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** `15.18 (Debian ...)` as postgres_exporter has it: `15.18.0`. */
function semver(text: string): string {
  const [, major, minor = '0', patch = '0'] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text) ?? [];
  return major === undefined ? '' : `${major}.${minor}.${patch}`;
}

/** NaN where there is none. */
function numberOf(value: Row[string] | undefined): number {
  return typeof value === 'number' ? value : Number.NaN;
}
