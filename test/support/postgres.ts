// A real PostgreSQL for a test.

import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { certificate } from './certificate.js';
import { Child, freePort, makeFolder, removeFolder } from './child.js';

/** Debian keeps the server's programs where no PATH looks, in a folder for each version. */
const DEBIAN = '/usr/lib/postgresql';

function program(name: string): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map(version => join(DEBIAN, version, 'bin', name)).find(existsSync) ?? name;
}

/** The server refuses to run as root: then it runs as the user that Debian's package makes. */
const isRoot = process.getuid?.() === 0;
const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
const asUser = (command: readonly string[]): [string, string[]] => {
  const [first = '', ...rest] = isRoot
    ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', ...command]
    : command;
  return [first, rest];
};
const give = (path: string) => {
  if (isRoot) chownSync(path, idOf('-u'), idOf('-g'));
};

export const PASSWORD = 'hunter2-of-postgres';

export interface PostgresServer {
  readonly port: number;
  /** Folder of its unix socket. */
  readonly folder: string;
  /** Runs SQL as its superuser; returns what psql prints of it, without decoration. */
  sql(text: string, database?: string): string;
  signal(signal: NodeJS.Signals): void;
  /** Ends it as a crash does and keeps its files. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1, with TLS; over TCP users sign in with a password, on the socket without. */
export async function startPostgres(
  lines: readonly string[] = [],
  from?: PostgresServer,
): Promise<PostgresServer> {
  const [port, folder] = [await freePort(), makeFolder('postgres')];
  give(folder);
  const data = join(folder, 'data');
  const sync = (...command: string[]) => {
    const [first, rest] = asUser(command);
    return execFileSync(first, rest, { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  };
  if (from)
    sync(
      program('pg_basebackup'),
      '-h',
      from.folder,
      '-p',
      String(from.port),
      '-U',
      'postgres',
      '-D',
      data,
      '-R',
      '--checkpoint=fast',
    );
  else sync(program('initdb'), '-D', data, '-U', 'postgres', '--no-sync', '--auth=trust');
  for (const [file, name] of [
    [certificate.file, 'server.crt'],
    [certificate.keyFile, 'server.key'],
  ] as const) {
    const copy = join(folder, name);
    copyFileSync(file, copy);
    chmodSync(copy, 0o600);
    give(copy);
  }
  const settings = [
    ...[
      "listen_addresses = '127.0.0.1'",
      `port = ${port}`,
      `unix_socket_directories = '${folder}'`,
      'fsync = off',
    ],
    ...['ssl = on', `ssl_cert_file = '${folder}/server.crt'`, `ssl_key_file = '${folder}/server.key'`],
    ...['shared_buffers = 2MB', 'max_wal_senders = 3', 'autovacuum = off', 'max_connections = 20', ...lines],
  ];
  appendFileSync(join(data, 'postgresql.conf'), `${settings.join('\n')}\n`);
  writeFileSync(
    join(data, 'pg_hba.conf'),
    'local all all trust\nlocal replication all trust\nhost all old 127.0.0.1/32 md5\nhost all open 127.0.0.1/32 trust\nhost all barred 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 scram-sha-256\n',
  );
  let child: Child;
  const psql = (text: string, database = 'postgres') =>
    sync(
      program('psql'),
      '-h',
      folder,
      '-p',
      String(port),
      '-U',
      'postgres',
      '-d',
      database,
      '-XAtq',
      '-v',
      'ON_ERROR_STOP=1',
      '-c',
      text,
    ).trim();
  const start = async () => {
    child = new Child(...asUser([program('postgres'), '-D', data]));
    await child.until(async () => psql('SELECT 1') === '1');
  };
  await start();
  return {
    port,
    folder,
    sql: psql,
    signal: signal => child.signal(signal),
    kill: async () => {
      child.signal('SIGQUIT');
      await child.end();
    },
    start,
    close: async () => {
      child.signal('SIGQUIT');
      await child.end();
      removeFolder(folder);
    },
  };
}
