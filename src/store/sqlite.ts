// SQLite, as @photostructure/sqlite has it: node:sqlite's interface, with binaries for every Node in its package, so that nothing
// is compiled when the program is installed. In: SQL and values; out: rows, and SqliteError with SQLite's own code.

import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';

type Driver = typeof import('@photostructure/sqlite');

const require = createRequire(import.meta.url);
let loaded: Driver | undefined;

/** Loaded with the first database: where there is no binary, that throws and not the import. */
function driver(): Driver {
  loaded ??= require('@photostructure/sqlite') as Driver;
  return loaded;
}

/** How long a statement waits for another connection's lock, milliseconds, unless the caller says so. */
const BUSY_TIMEOUT = 5000;

type Value = number | string | Buffer | null;

/** An error of SQLite's. */
export class SqliteError extends Error {
  /** The result code's name without what extends it: SQLITE_BUSY, SQLITE_CORRUPT, ... */
  readonly code: string;

  constructor(message: string, code: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

interface OpenOptions {
  /** Opens a file that is there, to read it. */
  readonly readonly?: boolean;
  /** Milliseconds to wait for another connection's lock. */
  readonly timeout?: number;
}

/** What a statement that writes has done. */
interface Changes {
  readonly changes: number;
  readonly lastInsertRowid: number | bigint;
}

/** A function that runs as one transaction, or as a part of the one it is called in; `immediate` takes the lock at once. */
interface Transaction<Arguments extends unknown[], Result> {
  (...args: Arguments): Result;
  immediate(...args: Arguments): Result;
}

/** One connection. The caller closes it. Every method throws SqliteError. */
export class Database {
  readonly #native: DatabaseSyncInstance;

  /** @param file a path, or `:memory:` */
  constructor(file: string, { readonly = false, timeout = BUSY_TIMEOUT }: OpenOptions = {}) {
    const { DatabaseSync } = driver();
    // A path alone may look like a URI.
    const path = file === ':memory:' ? file : resolve(file);
    this.#native = attempt(() => new DatabaseSync(path, { readOnly: readonly, timeout }));
  }

  get inTransaction(): boolean {
    return this.#native.isTransaction;
  }

  /** Executes statements without values, one after the other. */
  exec(sql: string): void {
    attempt(() => this.#native.exec(sql));
  }

  prepare<Parameters extends unknown[], Row = unknown>(sql: string): Statement<Parameters, Row> {
    return new Statement(attempt(() => this.#native.prepare(sql)));
  }

  /** Reads or sets a pragma. @returns the first column of what it answers; undefined when it answers nothing */
  pragma(text: string): unknown {
    return this.prepare<[], unknown>(`PRAGMA ${text}`).pluck().all()[0];
  }

  /** Makes a function run all of it or nothing. */
  transaction<Arguments extends unknown[], Result>(
    action: (...args: Arguments) => Result,
  ): Transaction<Arguments, Result> {
    const run = (begin: string, args: Arguments): Result => {
      const [start, commit, undo] = this.inTransaction
        ? (['SAVEPOINT nested', 'RELEASE nested', 'ROLLBACK TO nested; RELEASE nested'] as const)
        : ([begin, 'COMMIT', 'ROLLBACK'] as const);
      this.exec(start);
      try {
        const result = action(...args);
        this.exec(commit);
        return result;
      } catch (error) {
        // SQLite itself rolls back after some errors, a full disk's among them.
        if (this.inTransaction) this.exec(undo);
        throw error;
      }
    };
    const deferred = (...args: Arguments) => run('BEGIN', args);
    return Object.assign(deferred, { immediate: (...args: Arguments) => run('BEGIN IMMEDIATE', args) });
  }

  /** Statements of the connection cannot be used any more; files beside the database go unless others have it open. */
  close(): void {
    if (this.#native.isOpen) attempt(() => this.#native.close());
  }
}

/** A prepared statement; lives as long as its connection. Every method throws SqliteError. */
export class Statement<Parameters extends unknown[], Row = unknown> {
  readonly #native: StatementSyncInstance;
  #names: readonly string[] | undefined;
  #shape: 'object' | 'array' | 'first' = 'object';

  constructor(native: StatementSyncInstance) {
    // Objects made here are faster than those made there.
    native.setReturnArrays(true);
    this.#native = native;
  }

  /** From now on a row is its first column. */
  pluck(): this {
    this.#shape = 'first';
    return this;
  }

  /** From now on a row is an array of its columns. */
  raw(): this {
    this.#shape = 'array';
    return this;
  }

  run(...parameters: Parameters): Changes {
    try {
      return this.#native.run(...toStored(parameters));
    } catch (error) {
      throw translated(error);
    }
  }

  get(...parameters: Parameters): Row | undefined {
    try {
      const row = this.#native.get(...toStored(parameters)) as unknown[] | undefined;
      return row === undefined ? undefined : this.#row(row);
    } catch (error) {
      if (isLargeInteger(error)) return this.#allLarge(parameters)[0];
      throw translated(error);
    }
  }

  all(...parameters: Parameters): Row[] {
    try {
      const rows = this.#native.all(...toStored(parameters)) as unknown[];
      for (let i = 0; i < rows.length; i++) rows[i] = this.#row(rows[i] as unknown[]);
      return rows as Row[];
    } catch (error) {
      if (isLargeInteger(error)) return this.#allLarge(parameters);
      throw translated(error);
    }
  }

  /** Rows one after the other; the statement must not be used for anything else meanwhile. */
  *iterate(...parameters: Parameters): Generator<Row, void, undefined> {
    let given = 0;
    try {
      for (const row of this.#native.iterate(...toStored(parameters))) {
        const made = this.#row(row as unknown[]);
        given++;
        yield made;
      }
      return;
    } catch (error) {
      if (!isLargeInteger(error)) throw translated(error);
    }
    yield* this.#allLarge(parameters).slice(given);
  }

  /** Integers that are no exact JavaScript numbers are the nearest ones: only damaged rows have them. */
  #allLarge(parameters: Parameters): Row[] {
    this.#native.setReadBigInts(true);
    try {
      const rows = this.#native.all(...toStored(parameters)) as unknown[][];
      return rows.map(row => this.#row(row.map(each => (typeof each === 'bigint' ? Number(each) : each))));
    } catch (error) {
      throw translated(error);
    } finally {
      this.#native.setReadBigInts(false);
    }
  }

  #row(row: unknown[]): Row {
    for (let i = 0; i < row.length; i++) row[i] = fromStored(row[i]);
    if (this.#shape !== 'object') return (this.#shape === 'first' ? row[0] : row) as Row;
    this.#names ??= this.#native.columns().map(({ name }) => name);
    const object: Record<string, unknown> = {};
    for (let i = 0; i < row.length; i++) object[this.#names[i] as string] = row[i];
    return object as Row;
  }
}

/** The driver ends a text at its first zero byte: one is kept as two characters, of which the first is in no other text. */
const ESCAPE = '\u{10ffff}';
const ESCAPED = /\u{10ffff}([01])/gu;
const TO_ESCAPE = /[\0\u{10ffff}]/gu;

function toStored(parameters: unknown[]): unknown[] {
  for (let i = 0; i < parameters.length; i++) {
    const value = parameters[i];
    if (typeof value === 'string' && (value.includes('\0') || value.includes(ESCAPE)))
      parameters[i] = value.replace(TO_ESCAPE, each => ESCAPE + (each === '\0' ? '0' : '1'));
  }
  return parameters;
}

function fromStored(value: unknown): Value {
  if (typeof value === 'string' && value.includes(ESCAPE))
    return value.replace(ESCAPED, (_, which) => (which === '0' ? '\0' : ESCAPE));
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value as Value;
}

function isLargeInteger(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_OUT_OF_RANGE';
}

function attempt<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw translated(error);
  }
}

/** SQLite's error as {@link SqliteError}; any other as it is. */
function translated(error: unknown): unknown {
  const { errstr, message, sqliteCodeName } = error as {
    errstr?: string;
    message: string;
    sqliteCodeName?: string;
  };
  if (sqliteCodeName === undefined) return error;
  const isOpening = message.startsWith('Failed to open database: ');
  return new SqliteError(isOpening ? (errstr ?? message) : message, sqliteCodeName, error);
}
