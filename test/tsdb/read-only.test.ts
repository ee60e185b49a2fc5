// A file of samples that a killed monitor has left on a file system that is read-only now.

import { spawnSync } from 'node:child_process';
import { copyFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ByteCache } from '../../src/tsdb/chunks/cache.js';
import { SampleFile } from '../../src/tsdb/file.js';
import { makeFolder, removeFolder } from '../support/child.js';

const folder = makeFolder('read-only');
const mount = (...args: string[]) => spawnSync('mount', args).status === 0;
const isMounted = mount('-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder);
const path = join(folder, 'samples.db');

beforeAll(() => {
  // Copied while it is open: its journal is as `kill -9` leaves it.
  const running = new SampleFile(join(folder, 'running.db'), new ByteCache(1000));
  for (const suffix of ['', '-wal', '-shm']) copyFileSync(join(folder, `running.db${suffix}`), path + suffix);
  running.close();
});
afterAll(() => {
  if (isMounted) spawnSync('umount', ['-l', folder]);
  removeFolder(folder);
});

test.skipIf(!isMounted)(
  'a read-only file is unchanged after reads, and changed after another process wrote to it',
  () => {
    mount('-o', 'remount,ro', folder);
    const file = new SampleFile(path, new ByteCache(1000), undefined, true);
    for (let i = 0; i < 3; i++) {
      file.reading(() => file.used);
      expect(file.wasChanged()).toBe(false);
    }
    mount('-o', 'remount,rw', folder);
    utimesSync(path, 1, 1);
    expect([file.wasChanged(), file.wasChanged()]).toEqual([true, false]);
    file.close();
  },
);
