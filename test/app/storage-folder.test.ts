// The storage folder: one process at a time, and none of an older version.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimFolder, type FolderLock, StorageRefused } from '../../src/app/storage-folder.js';
import { Database } from '../../src/store/sqlite.js';
import { STORE_MIGRATIONS } from '../../src/store/store.js';
import { SAMPLES_MIGRATIONS } from '../../src/tsdb/schema.js';
import { makeFolder, removeFolder } from '../support/child.js';

let folder: string;
const locks: FolderLock[] = [];

beforeEach(() => {
  folder = makeFolder('folder');
});
afterEach(() => {
  for (const lock of locks.splice(0)) lock.release();
  removeFolder(folder);
});

function claim(path = folder): FolderLock {
  const lock = claimFolder(path);
  locks.push(lock);
  return lock;
}

test('a folder is claimed once, and again after its release', () => {
  const lock = claim();
  expect(() => claim()).toThrow(StorageRefused);
  expect(() => claim()).toThrow(
    `--storage.path: ${folder} is in use by another langgraph-monitor; stop that one`,
  );
  lock.release();
  claim();
  expect(() => claim()).toThrow(StorageRefused);
});

test('two folders are claimed at once, and one that is not there is made', () => {
  claim();
  claim(join(folder, 'a', 'b'));
  expect(() => claim(join(folder, 'a', 'b'))).toThrow(StorageRefused);
});

test.each([
  ['garbage', 'x'.repeat(5000)],
  ['nothing', ''],
  ['half a database', 'SQLite format 3\0'],
])('a lock file with %s in it locks all the same', (_, content) => {
  writeFileSync(join(folder, 'lock'), content);
  claim();
  expect(() => claim()).toThrow(StorageRefused);
});

test.each([
  ['file', /EEXIST.*: .*\/file is a file; name another --storage\.path$/],
  [
    'file/data',
    /ENOTDIR.*: a file is where a folder of .*\/file\/data has to be; name another --storage\.path$/,
  ],
])('a folder that is no folder is left to the stores, with what to do: %s', (path, problem) => {
  writeFileSync(join(folder, 'file'), '');
  expect(claim(join(folder, path)).problem).toMatch(problem);
});

test('a lock that cannot be opened is no obstacle', () => {
  mkdirSync(join(folder, 'lock'));
  claim();
});

test.each([
  ['monitor.db', STORE_MIGRATIONS.length],
  ['samples.db', SAMPLES_MIGRATIONS.length],
])('%s of a newer version is refused', (name, known) => {
  const file = join(folder, name);
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('user_version = 99');
  db.close();
  const refusal = `${file} was written by a newer version of langgraph-monitor (schema version 99, this one knows ${known}); start that one or name another --storage.path`;
  expect(() => claim()).toThrow(refusal);
  // The lock was given back.
  expect(() => claim()).toThrow(refusal);
});

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('a folder mounted read-only', () => {
  const mount = (...args: string[]) => spawnSync('mount', args).status === 0;
  let place: string;
  beforeEach(() => {
    place = join(folder, 'mounted');
    mkdirSync(place);
  });
  afterEach(() => {
    for (const lock of locks.splice(0)) lock.release();
    spawnSync('umount', [place]);
  });

  test('is locked by one once it is writable, and by the next when that one ends', ({ skip }) => {
    if (!mount('-t', 'tmpfs', '-o', 'size=1m,ro', 'tmpfs', place)) skip();
    const [first, second] = [claim(place), claim(place)];
    for (const lock of [first, second]) {
      lock.retry();
      expect(lock.obstacle).toBe(
        `unable to open database file: ${place} is on a file system mounted read-only; mount it for writing or name another --storage.path`,
      );
      expect(lock.problem).toBe(lock.obstacle);
    }
    expect(mount('-o', 'remount,rw', place)).toBe(true);
    first.retry();
    second.retry();
    expect([first.problem, first.obstacle]).toEqual([undefined, undefined]);
    expect(second.obstacle).toMatch(/is in use by another langgraph-monitor/);
    first.release();
    second.retry();
    expect([second.problem, second.obstacle]).toEqual([undefined, undefined]);
    expect(() => claim(place)).toThrow(StorageRefused);
  });
});
