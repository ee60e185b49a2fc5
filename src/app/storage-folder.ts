// The storage folder belongs to one monitor, of a version that knows its files. Comes in: the folder; goes out: a lock
// that ends with the process, however it ends.

import { accessSync, constants, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isCorrupt, type Sqlite, schemaProblem, sqliteCode } from '../store/database.js';
import { Database } from '../store/sqlite.js';
import { obstacleAt, storageProblem } from '../store/storage-problem.js';
import { STORE_MIGRATIONS } from '../store/store.js';
import { SAMPLES_MIGRATIONS } from '../tsdb/schema.js';

/** The databases in the folder, with the steps that this version knows. */
const DATABASES: readonly [name: string, migrations: readonly string[]][] = [
  ['monitor.db', STORE_MIGRATIONS],
  ['samples.db', SAMPLES_MIGRATIONS],
];

/** The folder cannot be used by this process; the message is a whole line for the user. */
export class StorageRefused extends Error {}

/** Held until {@link release} or the end of the process, once it could be taken. */
export class FolderLock {
  readonly #folder: string;
  #held: Sqlite | undefined;
  #problem: string | undefined;
  #obstacle: string | undefined;

  /** Takes the lock if it can be taken. @throws StorageRefused when another process uses the folder */
  constructor(folder: string) {
    this.#folder = folder;
    this.#acquire();
  }

  /** Why there is no lock, and what to do; undefined while there is one. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Why no file of the folder must be touched, one line: without a lock another monitor could write to it too. Undefined
   * while there is a lock, and where it is the lock's own file alone that cannot be used.
   */
  get obstacle(): string | undefined {
    return this.#obstacle;
  }

  /** Takes the lock if it is not held yet and can be now: the folder may have become writable. */
  retry(): void {
    if (this.#held) return;
    try {
      this.#acquire();
    } catch (error) {
      if (!(error instanceof StorageRefused)) throw error;
      this.#problem = error.message;
      this.#obstacle = error.message;
    }
  }

  release(): void {
    this.#held?.close();
    this.#held = undefined;
  }

  #acquire(): void {
    const { db, problem } = lockFolder(this.#folder);
    this.#held = problem === undefined ? db : undefined;
    if (!this.#held) db?.close();
    this.#problem = problem;
    this.#obstacle = problem !== undefined && !isWritable(this.#folder) ? problem : undefined;
  }
}

/**
 * Makes sure that this process may use the folder, and that no other one does meanwhile.
 * @throws StorageRefused when another process uses it, or a newer version has written into it.
 */
export function claimFolder(folder: string): FolderLock {
  const lock = new FolderLock(folder);
  for (const [name, migrations] of DATABASES) {
    const problem = schemaProblem(join(folder, name), migrations);
    if (problem === undefined) continue;
    lock.release();
    throw new StorageRefused(problem);
  }
  return lock;
}

/**
 * Locks the folder, which is made if it is missing. The lock is SQLite's on a small database: the system gives it up when
 * the process dies, so that no stale lock can be left. @returns the open database, or why there is no lock
 * @throws StorageRefused when another process uses the folder
 */
function lockFolder(folder: string): {
  readonly db: Sqlite | undefined;
  readonly problem: string | undefined;
} {
  const file = join(folder, 'lock');
  let db: Sqlite | undefined;
  let problem: string | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    db = lockFile(file);
    // SQLite opens such a file for reading, and locks nothing.
    problem = obstacleAt(file);
  } catch (error) {
    if (error instanceof StorageRefused) throw error;
    // What is in it is of no use: a damaged one is made again.
    if (isCorrupt(error)) db = lockAgain(file);
    problem = db ? undefined : storageProblem(error, file);
  }
  return { db, problem };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function lockAgain(file: string): Sqlite | undefined {
  try {
    rmSync(file);
    return lockFile(file);
  } catch (error) {
    if (error instanceof StorageRefused) throw error;
    return undefined;
  }
}

function lockFile(file: string): Sqlite {
  const db = new Database(file, { timeout: 0 });
  try {
    // Without a journal file: a transaction that is never committed writes nothing.
    db.pragma('journal_mode = MEMORY');
    writeHolder(db);
    // Other processes may still read which process holds it.
    db.exec('BEGIN IMMEDIATE');
    return db;
  } catch (error) {
    const holder = isBusy(error) ? holderOf(db) : '';
    db.close();
    if (!isBusy(error)) throw error;
    throw new StorageRefused(
      `--storage.path: ${dirname(file)} is in use by another langgraph-monitor${holder}; stop that one or name another folder`,
    );
  }
}

function isBusy(error: unknown): boolean {
  return sqliteCode(error)?.startsWith('SQLITE_BUSY') === true;
}

/** A full disk must not keep the lock from being taken. */
function writeHolder(db: Sqlite): void {
  try {
    db.transaction(() => {
      db.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL); DELETE FROM holder');
      db.prepare('INSERT INTO holder (pid) VALUES (?)').run(process.pid);
    }).immediate();
  } catch (error) {
    if (isBusy(error) || isCorrupt(error)) throw error;
  }
}

function holderOf(db: Sqlite): string {
  try {
    const pid = db.prepare<[], number>('SELECT pid FROM holder').pluck().get();
    return pid === undefined || pid === process.pid ? '' : ` (process ${pid})`;
  } catch {
    return '';
  }
}
