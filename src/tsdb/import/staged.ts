// Samples that become part of the store all at once: they are gathered in a file of their own beside the database,
// which is gone afterwards, whatever happened.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Millis } from '../../model/time.js';
import { ByteCache } from '../chunks/cache.js';
import { SampleFile } from '../file.js';
import { type MergeResult, mergeInto, type SeriesEnd } from './merge-into.js';

/** How long to wait for a monitor to finish what it writes. */
const BUSY_TIMEOUT: Millis = 30_000;
const CACHE_BYTES = 1024 * 1024;

/**
 * Calls `body` with the path of a file for samples, and removes what is there under it before and afterwards.
 * @throws what `body` throws, the file system's error
 */
export async function withStagedFile<T>(
  dbFile: string,
  purpose: 'import' | 'backfill',
  body: (path: string) => T | Promise<T>,
): Promise<T> {
  removeLeftovers(dbFile, purpose);
  const staged = `${dbFile}.${purpose}-${process.pid}`;
  removeDatabase(staged);
  try {
    return await body(staged);
  } finally {
    removeDatabase(staged);
  }
}

/**
 * Takes the chunks of `staging` into the database, all of them or none, with further ends of series that the database has.
 * @throws SQLite's errors
 */
export function mergeIntoDatabase(
  staging: SampleFile,
  dbFile: string,
  ends: Iterable<SeriesEnd> = [],
): MergeResult {
  const target = new SampleFile(dbFile, new ByteCache(CACHE_BYTES));
  try {
    target.patience = BUSY_TIMEOUT;
    const moved = mergeInto(staging, target, ends);
    target.checkpoint();
    return moved;
  } finally {
    target.close();
  }
}

function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}

/** What processes that were killed have left; one that still runs keeps its own. */
function removeLeftovers(dbFile: string, purpose: string): void {
  const folder = dirname(dbFile);
  if (!existsSync(folder)) return;
  const prefix = `${basename(dbFile)}.${purpose}-`;
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(prefix) ? /^\d+/.exec(name.slice(prefix.length))?.[0] : undefined;
    if (pid && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
