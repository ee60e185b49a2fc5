// The storage folder: one process at a time, and none of an older version.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimFolder, type FolderLock, StorageRefused } from '../../src/store/folder.js';
import { Database } from '../../src/store/sqlite.js';
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

test('a folder that is no folder is left to the stores, which report it', () => {
  writeFileSync(join(folder, 'file'), '');
  claim(join(folder, 'file'));
});

test('a lock that cannot be opened is no obstacle', () => {
  mkdirSync(join(folder, 'lock'));
  claim();
});

test.each(['monitor.db', 'samples.db'])('%s of a newer version is refused', name => {
  const file = join(folder, name);
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('user_version = 99');
  db.close();
  const refusal = `${file} was written by a newer version of langgraph-monitor; start that one or name another --storage.path`;
  expect(() => claim()).toThrow(refusal);
  // The lock was given back.
  expect(() => claim()).toThrow(refusal);
});
