import { writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FileSecret } from '../../../src/config/file-secret.js';
import { schemaKit } from '../../../src/config/schema-kit.js';
import { timeOfUuid } from '../../../src/probes/kinds/postgres/uuid-time.js';
import { postgres } from '../../../src/probes/kinds/postgres.js';
import { certificate } from '../../support/certificate.js';
import { startPostgresExporter } from '../../support/exporters.js';
import { PASSWORD, type PostgresServer, startPostgres } from '../../support/postgres.js';
import { Bench, run, verdict } from './recording.js';

let db: PostgresServer;
beforeAll(async () => {
  db = await startPostgres();
  db.sql(`CREATE ROLE monitor LOGIN PASSWORD '${PASSWORD}'; CREATE ROLE open LOGIN; CREATE ROLE barred LOGIN;
    SET password_encryption = md5; CREATE ROLE old LOGIN PASSWORD '${PASSWORD}'`);
  db.sql('CREATE DATABASE langgraph');
  db.sql(
    `CREATE TABLE checkpoints (thread_id text NOT NULL, checkpoint_ns text NOT NULL DEFAULT '', checkpoint_id text NOT NULL,
      checkpoint jsonb NOT NULL DEFAULT '{}', PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id));
    CREATE TABLE checkpoint_migrations (v integer PRIMARY KEY);
    INSERT INTO checkpoints SELECT 't', '', '1f0' || lpad(to_hex(i), 5, '0') || '-0000-6000-8000-000000000000'
      FROM generate_series(1, 200) i;
    ANALYZE checkpoints`,
    'langgraph',
  );
});
afterAll(() => db.close());

let bench = new Bench();
const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  await bench.close();
  bench = new Bench();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

const config = (over: object = {}) => ({
  host: `127.0.0.1:${db.port}`,
  username: 'monitor',
  password: PASSWORD,
  ...over,
});
const ask = async (over: object = {}, timeout?: number) =>
  run(await bench.open(postgres, config(over)), timeout);

describe('signing in', () => {
  const missing = () => ({ host: `unix:${db.folder}/none` });
  test.each<[name: string, over: () => object, want: string]>([
    ['with SCRAM', () => ({}), 'ok'],
    ['with MD5', () => ({ username: 'old' }), 'ok'],
    ['without a password', () => ({ username: 'open', password: undefined }), 'ok'],
    ['with TLS', () => ({ tls_config: { ca_file: certificate.file } }), 'ok'],
    ['with TLS that is not verified', () => ({ tls_config: { insecure_skip_verify: true } }), 'ok'],
    [
      'with a certificate that nothing vouches for',
      () => ({ tls_config: {} }),
      'tls: TLS: certificate is self-signed; name its CA in tls_config.ca_file',
    ],
    ['by a socket', () => ({ host: `unix:${db.folder}/.s.PGSQL.${db.port}`, password: undefined }), 'ok'],
    [
      'with a wrong password',
      () => ({ password: 'wrong' }),
      'auth: password authentication failed for user "monitor"',
    ],
    [
      'without the password',
      () => ({ password: undefined }),
      'auth: SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string',
    ],
    [
      'as a user it does not know',
      () => ({ username: 'nothing' }),
      'auth: password authentication failed for user "nothing"',
    ],
    [
      'where pg_hba.conf forbids it',
      () => ({ username: 'barred' }),
      'auth: pg_hba.conf rejects connection for host "127.0.0.1", user "barred", database "postgres", no encryption',
    ],
    [
      'to a database that is not there',
      () => ({ database: 'none' }),
      'status: database "none" does not exist',
    ],
    ['by a socket that is not there', missing, 'refused: No such socket'],
    ['at a port without a server', () => ({ host: '127.0.0.1:1' }), 'refused: Connection refused'],
    [
      'with a password in a file that is gone',
      () => ({ password: new FileSecret('/nowhere/password') }),
      'auth: Secret: cannot read /nowhere/password: no such file',
    ],
  ])('%s', async (_, over, want) => {
    const ran = await ask(over());
    expect(verdict(ran)).toBe(want);
    expect(ran.attempt.value('pg_up')).toBe(want === 'ok' ? 1 : 0);
  });

  test('a password is read from its file for each connection', async () => {
    const file = join(db.folder, 'password');
    writeFileSync(file, 'wrong\n');
    const probe = await bench.open(postgres, config({ password: new FileSecret(file) }));
    expect(verdict(await run(probe))).toMatch(/^auth: password/);
    writeFileSync(file, `${PASSWORD}\n`);
    expect(verdict(await run(probe))).toBe('ok');
  });

  test('a kept connection that was ended is replaced', async () => {
    const probe = await bench.open(postgres, config());
    expect(verdict(await run(probe))).toBe('ok');
    db.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'monitor'");
    await gone();
    expect(verdict(await run(probe))).toBe('ok');
  });

  /** No connection is left: the server ends one a moment after its client. */
  const gone = () =>
    expect
      .poll(() =>
        db.sql(
          "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
        ),
      )
      .toBe('0');

  test('too many connections are an outage that says so', async () => {
    await gone();
    const probes = await Promise.all(Array.from({ length: 20 }, () => bench.open(postgres, config())));
    const verdicts: string[] = [];
    for (const probe of probes) verdicts.push(verdict(await run(probe)));
    const want = 'status: remaining connection slots are reserved for non-replication superuser connections';
    expect(verdicts.slice(0, 17)).toEqual(Array(17).fill('ok'));
    expect(verdicts.slice(17)).toEqual(Array(3).fill(want));
  });
});

describe('what is measured', () => {
  const NAMES =
    /^(pg_up|pg_settings_max_connections|pg_stat_database_numbackends|pg_database_size_bytes|pg_replication_\w+|pg_static)/;
  test('is what postgres_exporter measures, under its names', async () => {
    const exporter = await startPostgresExporter(db);
    try {
      const text = await (await fetch(`${exporter.url}/metrics`)).text();
      const theirs = new Map<string, number>();
      for (const line of text.split('\n')) {
        const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
        if (NAMES.test(name)) theirs.set(name + labelled(labels), Number(value));
      }
      const { attempt } = await ask();
      for (const [series, value] of attempt.measuredSamples) {
        const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
        if (!NAMES.test(name)) continue;
        // Since 0.12; Debian's is older.
        if (name.startsWith('pg_replication')) continue;
        const same = theirs.get(name + labelled(labels));
        expect(same, series).toBeDefined();
        // Their connection and ours differ in the database of each.
        if (!/numbackends/.test(name)) expect(value, series).toBe(same);
      }
      expect(theirs.get('pg_settings_max_connections')).toBe(20);
      expect(attempt.value('pg_settings_max_connections')).toBe(20);
    } finally {
      await exporter.close();
    }
  });

  test("of LangGraph's checkpoints is estimated", async () => {
    db.sql('GRANT SELECT ON checkpoints TO monitor', 'langgraph');
    const { attempt } = await ask({ database: 'langgraph' });
    expect(attempt.value('langgraph_checkpoint_rows{table="checkpoints"}')).toBe(200);
    expect(attempt.value('langgraph_checkpoint_bytes{table="checkpoints"}')).toBeGreaterThan(8192);
    expect(attempt.value('langgraph_checkpoint_bytes{table="checkpoint_migrations"}')).toBe(8192);
    expect(attempt.value('langgraph_checkpoint_rows{table="checkpoint_migrations"}')).toBeUndefined();
    const first = (timeOfUuid('1f000001-0000-6000-8000-000000000000') as number) / 1000;
    expect(attempt.value('langgraph_checkpoint_oldest_timestamp_seconds')).toBe(first);
    expect(attempt.details).toEqual({ version: expect.stringMatching(/^\d+\.\d+$/), role: 'primary' });
  });

  test('leaves out what a user may not see', async () => {
    db.sql('REVOKE ALL ON DATABASE langgraph FROM PUBLIC; REVOKE SELECT ON pg_stat_database FROM PUBLIC');
    try {
      const ran = await ask();
      expect(verdict(ran)).toBe('ok');
      expect(
        [...ran.attempt.measuredSamples.keys()].filter(name => /numbackends|size.*langgraph/.test(name)),
      ).toEqual([]);
      expect(ran.attempt.value('pg_database_size_bytes{datname="postgres"}')).toBeGreaterThan(0);
    } finally {
      db.sql('GRANT ALL ON DATABASE langgraph TO PUBLIC; GRANT SELECT ON pg_stat_database TO PUBLIC');
    }
  });
});

test('a replica shows its lag, none once it has replayed all', async () => {
  const replica = await startPostgres([], db);
  try {
    const host = `127.0.0.1:${replica.port}`;
    const probe = await bench.open(postgres, config({ host }));
    const { attempt } = await run(probe);
    expect(attempt.value('pg_replication_is_replica')).toBe(1);
    expect(attempt.details).toMatchObject({ role: 'replica' });
    db.sql('CREATE TABLE moved (); DROP TABLE moved');
    const replayed = () => replica.sql('SELECT pg_last_xact_replay_timestamp() IS NOT NULL');
    await expect.poll(replayed).toBe('t');
    replica.sql('SELECT pg_wal_replay_pause()');
    db.sql('CREATE TABLE moved (); DROP TABLE moved');
    const lag = async () => (await run(probe)).attempt.value('pg_replication_lag_seconds');
    await expect.poll(lag).toBeGreaterThan(0);
    replica.sql('SELECT pg_wal_replay_resume()');
    await expect.poll(lag).toBe(0);
  } finally {
    await replica.close();
  }
});

/** An error as the server sends it. */
function errorMessage(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
const row = (length: number) => {
  const head = Buffer.alloc(5);
  head.write('D');
  head.writeInt32BE(length, 1);
  return head;
};

describe('a server', () => {
  async function answering(answer: (socket: Socket) => void, over: object = {}, timeout?: number) {
    const server = createServer(socket => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('data', () => answer(socket));
    });
    servers.push(server);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    return ask({ host: `127.0.0.1:${port}`, ...over }, timeout);
  }
  const flood = (socket: Socket) => {
    const more = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 1)));
    };
    socket.on('drain', more);
    socket.write(row(1_073_741_824));
    more();
  };

  test.each<[name: string, answer: (socket: Socket) => void, over: object, want: string, patience: number]>([
    [
      'that starts up',
      socket => socket.end(errorMessage('57P03', 'the database system is starting up')),
      {},
      'status: the database system is starting up',
      300_000,
    ],
    [
      'that recovers from a crash',
      socket => socket.end(errorMessage('57P03', 'the database system is in recovery mode')),
      { start_timeout: '1m' },
      'status: the database system is in recovery mode',
      60_000,
    ],
    [
      'that shuts down',
      socket => socket.end(errorMessage('57P03', 'the database system is shutting down')),
      {},
      'status: the database system is shutting down',
      0,
    ],
    [
      'that repeats the password',
      socket => socket.end(errorMessage('28000', `no ${PASSWORD} here`)),
      {},
      'auth: no <secret> here',
      0,
    ],
    [
      'that closes at once',
      socket => socket.end(),
      {},
      'protocol: Connection closed before the answer was complete',
      0,
    ],
    [
      'that is none',
      socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      {},
      'protocol: Connection closed before the answer was complete',
      0,
    ],
    ['that says 1 GB', flood, {}, 'body: A reply is longer than 1 MiB', 0],
    ['that hangs', () => {}, {}, 'timeout: Request timed out', 0],
    [
      'that drips',
      socket => {
        socket.write('R');
      },
      {},
      'timeout: Request timed out',
      0,
    ],
    [
      'without TLS',
      socket => {
        socket.write('N');
      },
      { tls_config: {} },
      'tls: TLS: the server does not speak TLS; remove tls_config',
      0,
    ],
    [
      'that is none, with TLS',
      socket => socket.end('HTTP/1.1 400'),
      { tls_config: {} },
      'protocol: Not a PostgreSQL answer to the request for TLS',
      0,
    ],
    [
      'that speaks before the handshake',
      socket => {
        socket.write('SE');
      },
      { tls_config: {} },
      'protocol: Not a PostgreSQL answer to the request for TLS',
      0,
    ],
  ])('%s', async (_, answer, over, want, patience) => {
    const ran = await answering(answer, over, want.startsWith('timeout') ? 300 : 5000);
    expect(verdict(ran).slice(0, want.length)).toBe(want);
    expect(ran.failure?.patience).toBe(patience);
  });
});

/** Labels in one order, without the server's own. */
function labelled(labels: string): string {
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([pair]) => pair);
  const own = pairs.filter(pair => !pair.startsWith('server=')).sort();
  return own.length > 0 ? `{${own.join(',')}}` : '';
}

describe('the options', () => {
  test.each<[name: string, over: object, want: string]>([
    ['an address with a URL', { host: 'postgres://a:hunter2@db/x' }, 'host: is a URL; write HOST:PORT alone'],
    ['an IPv6 address', { host: '::1' }, 'host: not an address of PostgreSQL; write [::1]:5432'],
    ['a path', { host: '/run/postgresql' }, 'host: not an address of PostgreSQL; write unix:/run/postgresql'],
    ['a relative path', { host: 'unix:x' }, 'host: not an address of PostgreSQL; write HOST:PORT'],
    [
      'a schema that is SQL',
      { checkpoint_schema: "x'; DROP" },
      'checkpoint_schema: expected the name of a schema',
    ],
    ['an unknown key', { db: 'x' }, 'unknown key "db"'],
  ])('%s', (_, over, want) => {
    const parsed = postgres.options(schemaKit).safeParse({ host: 'h', username: 'u', ...over });
    const text = parsed.error?.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ');
    expect(text).toContain(want);
    expect(text).not.toMatch(/hunter2|\n/);
  });

  test.each<[written: string, want: object]>([
    ['db', { host: 'db', port: 5432 }],
    ['[::1]:5433', { host: '::1', port: 5433 }],
    ['unix:/run/postgresql', { path: '/run/postgresql/.s.PGSQL.5432' }],
    ['unix:/run/postgresql/.s.PGSQL.5433', { path: '/run/postgresql/.s.PGSQL.5433' }],
  ])('the address %s', (host, want) => {
    expect(postgres.options(schemaKit).parse({ host, username: 'u' })).toMatchObject({ host: want });
  });
});

test.each<[name: string, id: string, want: number | undefined]>([
  // Source: RFC 9562, A.5.
  ['of the RFC', '1EC9414C-232A-6B00-B3C8-9F6BDECED846', 1_645_557_742_000],
  ['of another version', 'C232AB00-9414-11EC-B3C8-9F6BDECED846', undefined],
  ['that is none', 'x', undefined],
])('the time in a UUID %s', (_, id, want) => {
  expect(timeOfUuid(id)).toBe(want);
});
