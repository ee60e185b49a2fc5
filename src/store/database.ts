// The one SQLite file everything that survives a restart is in. Opens it, sets a broken one aside, says what is wrong.

import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import Database from 'better-sqlite3';

export type Sqlite = Database.Database;

/** SQLite's result code of a thrown error; undefined for any other error. */
export function sqliteCode(error: unknown): string | undefined {
  return error instanceof Database.SqliteError ? error.code : undefined;
}

/** True when the file is not a database, or no longer a sound one: SQLite says so, or zlib of a row's content. */
export function isCorrupt(error: unknown): boolean {
  const code = sqliteCode(error) ?? (error as NodeJS.ErrnoException).code ?? '';
  return code === 'SQLITE_NOTADB' || /^(SQLITE_CORRUPT|Z_)/.test(code);
}

/** A row whose content is not what was written. */
export class CorruptRow extends Error {
  readonly code = 'SQLITE_CORRUPT_ROW';
}

/** A value as a row holds it: JSON with a checksum, because SQLite has none. */
export function pack(value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  const packed = Buffer.allocUnsafe(json.length + 4);
  packed.writeUInt32LE(crc32(json));
  json.copy(packed, 4);
  return packed;
}

/** What {@link pack} made a row of. @throws CorruptRow */
export function unpack(packed: Buffer): unknown {
  const json = packed.subarray(4);
  if (packed.length < 4 || crc32(json) !== packed.readUInt32LE()) throw new CorruptRow('a row is corrupt');
  return JSON.parse(json.toString());
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
    // The system keeps what is read often; pages kept here are memory for nobody else.
    db.pragma('cache_size = -1024');
    db.pragma('journal_mode = WAL');
    // A commit survives the process' death at once and the machine's from the next checkpoint on.
    db.pragma('synchronous = NORMAL');
    db.pragma(`journal_size_limit = ${16 * 1024 * 1024}`);
    migrate(db, file, migrations);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function migrate(db: Sqlite, file: string, migrations: readonly string[]): void {
  const done = db.pragma('user_version', { simple: true }) as number;
  if (done > migrations.length) throw new Error(newerSchema(file));
  db.transaction(() => {
    for (const step of migrations.slice(done)) db.exec(step);
    db.pragma(`user_version = ${migrations.length}`);
  })();
}

function newerSchema(file: string): string {
  return `${file} was written by a newer version of langgraph-monitor; start that one or name another --storage.path`;
}

/**
 * Why this version must not touch the file: a newer one wrote it, with tables this one does not know. Undefined when
 * there is no file, or what it is cannot be said; opening it then tells.
 */
export function schemaProblem(file: string, migrations: readonly string[]): string | undefined {
  if (!existsSync(file)) return undefined;
  let db: Sqlite | undefined;
  try {
    db = new Database(file, { readonly: true, timeout: 200 });
    const version = db.pragma('user_version', { simple: true }) as number;
    return version > migrations.length ? newerSchema(file) : undefined;
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
