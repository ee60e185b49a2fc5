// The connection, and SQLite's binary in the Node that runs the tests.

import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sqliteCode } from '../../src/store/database.js';
import { Database } from '../../src/store/sqlite.js';
import { makeFolder, removeFolder } from '../support/child.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Statements that are garbage, a database that is left open, and one that a thread leaves. */
const PROGRAM = `
import { isMainThread, Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { Database } from 'SQLITE';
const use = () => {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE t (a)');
  for (let i = 0; i < 2000; i++) db.prepare('INSERT INTO t VALUES (?)').run(i);
  globalThis.gc();
  return db.prepare('SELECT count(*) AS n FROM t').get().n;
};
console.log(use());
if (isMainThread) {
  new Worker(fileURLToPath(import.meta.url)).once('exit', code => {
    console.log('thread', code);
    globalThis.gc();
  });
}
`;

let folder: string;
beforeEach(() => {
  folder = makeFolder('sqlite');
});
afterEach(() => removeFolder(folder));

test('collected and left objects abort neither a thread nor the process', () => {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, PROGRAM.replace('SQLITE', join(ROOT, 'dist/store/sqlite.js')));
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', file], {
    encoding: 'utf8',
  });
  expect({ status, signal, stdout, stderr }).toEqual({
    status: 0,
    signal: null,
    stdout: '2000\n2000\nthread 0\n',
    stderr: '',
  });
});

describe('a value is read as it was written', () => {
  test.each<[string, unknown, string]>([
    ['a whole number', 1_764_501_234_567, 'integer'],
    ['the largest exact one', Number.MAX_SAFE_INTEGER, 'integer'],
    ['a fraction', 0.1, 'real'],
    ['the least number', 5e-324, 'real'],
    ['nothing', null, 'null'],
    ['a text', 'größe 模型 😀', 'text'],
    ['an empty text', '', 'text'],
    ['zero bytes in a text', '\0a\0', 'text'],
    ['what zero bytes are kept as', '\u{10ffff}0\u{10ffff}1\u{10ffff}\0', 'text'],
    ['bytes', Buffer.from([0, 1, 255]), 'blob'],
    ['no bytes', Buffer.alloc(0), 'blob'],
  ])('%s', (_, value, type) => {
    const db = new Database(':memory:');
    db.exec('CREATE TABLE numbers (a INTEGER); CREATE TABLE others (a)');
    const table = type === 'integer' ? 'numbers' : 'others';
    db.prepare(`INSERT INTO ${table} VALUES (?)`).run(value);
    const select = `SELECT a, typeof(a) AS type FROM ${table}`;
    expect(db.prepare(select).get()).toEqual({ a: value, type });
    expect(db.prepare(select).raw().all()).toEqual([[value, type]]);
    expect([...db.prepare(select).pluck().iterate()]).toEqual([value]);
    expect(db.prepare(`SELECT 1 FROM ${table} WHERE a IS ?`).pluck().get(value)).toBe(1);
    db.close();
  });

  test('integers that no number is exact for, as damaged rows have them, are the nearest', () => {
    const db = new Database(':memory:');
    db.exec(
      "CREATE TABLE t (a INTEGER, b); INSERT INTO t VALUES (1, 2), (9223372036854775807, x'05'), (3, 4)",
    );
    const rows = [
      { a: 1, b: 2 },
      { a: 2 ** 63, b: Buffer.from([5]) },
      { a: 3, b: 4 },
    ];
    const select = db.prepare<number[]>('SELECT a, b FROM t WHERE a >= ?');
    expect(select.all(0)).toEqual(rows);
    expect([...select.iterate(0)]).toEqual(rows);
    expect(select.get(4)).toEqual(rows[1]);
    expect(select.get(1)).toEqual(rows[0]);
    db.close();
  });
});

describe('a transaction', () => {
  let db: Database;
  const rows = () => db.prepare('SELECT a FROM t').pluck().all();
  const insert = (value: number) => db.prepare('INSERT INTO t VALUES (?)').run(value);
  const failing = () => {
    insert(2);
    throw new Error('no');
  };
  beforeEach(() => {
    db = new Database(join(folder, 'a.db'));
    db.exec('CREATE TABLE t (a)');
  });
  afterEach(() => db.close());

  test('is all or nothing, and gives what its function gives', () => {
    expect(db.transaction((value: number) => insert(value).changes)(1)).toBe(1);
    expect(() => db.transaction(failing).immediate()).toThrow('no');
    expect([rows(), db.inTransaction]).toEqual([[1], false]);
  });

  test('in another is undone by itself, or with the other', () => {
    db.transaction(() => {
      insert(1);
      expect(() => db.transaction(failing)()).toThrow('no');
      db.transaction(insert)(3);
    })();
    expect(rows()).toEqual([1, 3]);
    const both = db.transaction(() => {
      db.transaction(insert)(4);
      throw new Error('no');
    });
    expect(() => both()).toThrow('no');
    expect(rows()).toEqual([1, 3]);
  });
});

describe('a connection', () => {
  const open = (timeout = 0) => new Database(join(folder, 'a.db'), { timeout });

  test('that is closed in the middle of a question leaves no lock and no file beside it', () => {
    const db = open();
    db.pragma('journal_mode = WAL');
    db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1), (2); BEGIN IMMEDIATE');
    const read = db.prepare('SELECT a FROM t').iterate();
    read.next();
    db.close();
    db.close();
    expect(readdirSync(folder)).toEqual(['a.db']);
    const other = open();
    other.exec('INSERT INTO t VALUES (3)');
    other.close();
    expect(() => [...read]).toThrow(/finalized|closed/);
  });

  test.each<[string, string, () => unknown]>([
    [
      'SQLITE_BUSY',
      'database is locked',
      () => {
        const holder = open();
        holder.exec('CREATE TABLE t (a); BEGIN EXCLUSIVE');
        const db = open();
        try {
          db.prepare('SELECT * FROM t').all();
        } finally {
          db.close();
          holder.close();
        }
      },
    ],
    ['SQLITE_CANTOPEN', 'unable to open database file', () => new Database(join(folder, 'no/a.db'))],
    [
      'SQLITE_CANTOPEN',
      'unable to open database file',
      () => new Database(join(folder, 'a.db'), { readonly: true }),
    ],
    [
      'SQLITE_NOTADB',
      'file is not a database',
      () => {
        writeFileSync(join(folder, 'a.db'), 'x'.repeat(4096));
        const db = open();
        try {
          db.pragma('user_version');
        } finally {
          db.close();
        }
      },
    ],
    [
      'SQLITE_READONLY',
      'attempt to write a readonly database',
      () => {
        open().close();
        new Database(join(folder, 'a.db')).exec('CREATE TABLE t (a)');
        new Database(join(folder, 'a.db'), { readonly: true }).exec('INSERT INTO t VALUES (1)');
      },
    ],
    [
      'SQLITE_ERROR',
      'near "NO": syntax error',
      () => {
        open().exec('NO');
      },
    ],
    [
      'SQLITE_CONSTRAINT',
      'NOT NULL constraint failed: t.a',
      () => {
        const db = open();
        db.exec('CREATE TABLE t (a NOT NULL)');
        db.prepare('INSERT INTO t VALUES (?) RETURNING a').all(null);
      },
    ],
  ])('throws %s: %s', (code, message, action) => {
    let thrown: unknown;
    try {
      action();
    } catch (error) {
      thrown = error;
    }
    expect([sqliteCode(thrown), (thrown as Error).message]).toEqual([code, message]);
  });
});
