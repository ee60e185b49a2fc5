// SQLite's binary in the Node that runs the tests: objects that are collected or left open when a thread or the process
// ends must not abort it, which version 12 of better-sqlite3 does from Node 24.19 on.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
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

test('collected and left objects abort neither a thread nor the process', () => {
  const folder = makeFolder('sqlite');
  try {
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
  } finally {
    removeFolder(folder);
  }
});
