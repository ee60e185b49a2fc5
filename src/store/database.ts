// The one SQLite file everything that survives a restart is in. Opens it, sets a broken one aside, says what is wrong.

import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { Inconsistent } from './damage.js';
import { Database, SqliteError } from './sqlite.js';

/** Schema versions count migrations: there are a handful, and a larger number is damage. */
const MAX_VERSION = 100;

export type Sqlite = Database;

/** SQLite's result code of a thrown error; undefined for any other error. */
export function sqliteCode(error: unknown): string | undefined {
  return error instanceof SqliteError ? error.code : undefined;
}

/** True when the file is not a database, or no longer a sound one: SQLite says so, or zlib of a row's content. */
export function isCorrupt(error: unknown): boolean {
  const code = sqliteCode(error) ?? (error as NodeJS.ErrnoException).code ?? '';
  return code === 'SQLITE_NOTADB' || /^(SQLITE_CORRUPT|Z_)/.test(code);
}

/** A value as a row holds it: JSON with a checksum of it and of the row's other columns, because SQLite has none. */
export function pack(key: string, value: unknown): Buffer {
  const json = JSON.stringify(value);
  const packed = Buffer.allocUnsafe(Buffer.byteLength(json) + 4);
  packed.write(json, 4);
  packed.writeUInt32LE(crc32(packed.subarray(4), crc32(key)));
  return packed;
}

/** What {@link pack} made a row of; undefined when the row is damaged. */
export function unpack(key: string, packed: Buffer): { readonly value: unknown } | undefined {
  if (packed.length < 5) return undefined;
  const json = packed.subarray(4);
  const sum = packed.readUInt32LE();
  // Older versions' checksums are of the JSON alone.
  if (sum !== crc32(json, crc32(key)) && sum !== crc32(json)) return undefined;
  return { value: JSON.parse(json.toString()) };
}

/**
 * Opens (or makes, with pages of `pageSize` bytes) the database at `file` and brings its tables up to date. The caller
 * closes it.
 * @throws SQLite's or the file system's error.
 */
export function openDatabase(file: string, migrations: readonly string[], pageSize = 4096): Sqlite {
  mkdirSync(dirname(file), { recursive: true });
  const db = new Database(file, { timeout: 200 });
  try {
    db.pragma(`page_size = ${pageSize}`);
    db.pragma('auto_vacuum = INCREMENTAL');
    // The system keeps what is read often; pages cached here would be memory without use.
    db.pragma('cache_size = -1024');
    db.pragma('journal_mode = WAL');
    // A commit survives the process' death at once and the machine's from the next checkpoint on.
    db.pragma('synchronous = NORMAL');
    db.pragma(`journal_size_limit = ${16 * 1024 * 1024}`);
    migrate(db, file, migrations);
    compareSchema(db, migrations);
    checkpointJournal(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Ends an earlier run's journal: what stands behind damage in it must not be taken for damage of this run's. */
function checkpointJournal(db: Sqlite): void {
  try {
    db.pragma('wal_checkpoint(TRUNCATE)');
  } catch {
    // On a full disk it stays, and is as good.
  }
}

/**
 * Opens the database at `file` to read it where nothing can be written. The caller closes it.
 * @param oldest the first version whose tables can be read as they are
 * @throws SQLite's error, also for a database of another version
 */
export function openToRead(file: string, migrations: readonly string[], oldest = migrations.length): Sqlite {
  const db = new Database(file, { readonly: true, timeout: 200 });
  try {
    const version = db.pragma('user_version') as number;
    const isOlder = version >= oldest && version < migrations.length;
    compareSchema(db, isOlder ? migrations.slice(0, version) : migrations);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Leaves a database without a journal beside it, as the last thing before it is closed: one with a journal of this kind
 * can be read only where files can be made.
 */
export function leaveReadable(db: Sqlite): void {
  try {
    db.pragma('journal_mode = DELETE');
  } catch {
    // It is being read, or the disk is full; the journal's files stay then, and do as well.
  }
}

function migrate(db: Sqlite, file: string, migrations: readonly string[]): void {
  const done = db.pragma('user_version') as number;
  if (done > MAX_VERSION) throw new Inconsistent(`schema version ${done}`);
  if (done > migrations.length) {
    throw new Error(newerSchema(file, done, migrations.length));
  }
  // On a full disk it can be opened still.
  if (done === migrations.length) return;
  try {
    db.transaction(() => {
      for (const step of migrations.slice(done)) db.exec(step);
      db.pragma(`user_version = ${migrations.length}`);
    })();
  } catch (error) {
    // Its tables are not those of its version.
    if (sqliteCode(error) === 'SQLITE_ERROR') throw new Inconsistent((error as Error).message);
    throw error;
  }
}

/** @throws Inconsistent unless the tables and indexes are those the migrations make. */
function compareSchema(db: Sqlite, migrations: readonly string[]): void {
  if (schemaOf(db) !== wantedSchema(migrations))
    throw new Inconsistent('the tables are not those that were made');
}

/** By the migrations that make them. */
const wantedSchemas = new Map<string, string>();

function wantedSchema(migrations: readonly string[]): string {
  const key = migrations.join('\n');
  const known = wantedSchemas.get(key);
  if (known !== undefined) return known;
  const empty = new Database(':memory:');
  try {
    for (const step of migrations) empty.exec(step);
    const schema = schemaOf(empty);
    wantedSchemas.set(key, schema);
    return schema;
  } finally {
    empty.close();
  }
}

function schemaOf(db: Sqlite): string {
  const rows = db.prepare<[], unknown[]>(
    'SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name, tbl_name',
  );
  return JSON.stringify(rows.raw().all());
}

function newerSchema(file: string, version: number, known: number): string {
  return `${file} was written by a newer version of langgraph-monitor (schema version ${version}, this one knows ${known}); start that one or name another --storage.path`;
}

/**
 * Why this version must not touch the file: a newer one wrote it, with tables this one does not know. Undefined when
 * there is no file, or what it is cannot be said; opening it then shows it.
 */
export function schemaProblem(file: string, migrations: readonly string[]): string | undefined {
  if (!existsSync(file)) return undefined;
  let db: Sqlite | undefined;
  try {
    db = new Database(file, { readonly: true, timeout: 200 });
    const version = db.pragma('user_version') as number;
    return version > migrations.length && version <= MAX_VERSION
      ? newerSchema(file, version, migrations.length)
      : undefined;
  } catch {
    return undefined;
  } finally {
    db?.close();
  }
}

/** Moves a broken database and its side files out of the way. @returns where the file is now. */
export function setAside(file: string, at: Date): string {
  const stamp = at.toISOString().replace(/[:.]/g, '-');
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, `${file}.corrupt-${stamp}${suffix}`);
  }
  return `${file}.corrupt-${stamp}`;
}

/** Bytes the database takes on disk, its journal included; what cannot be looked at counts nothing. */
export function sizeOnDisk(file: string): number {
  return ['', '-wal', '-shm'].reduce((sum, suffix) => sum + sizeOf(file + suffix), 0);
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
