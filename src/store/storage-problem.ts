// Why a file of the storage folder cannot be used, with what to do about it: SQLite says little more than that it is so.

import { accessSync, constants, type Stats, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { sqliteCode } from './database.js';

const REFUSED = /^(?:SQLITE_(?:CANTOPEN|READONLY|PERM|AUTH)|EACCES|EPERM|EROFS)/;
const FULL = /^(?:SQLITE_FULL|ENOSPC|EDQUOT)/;

/** One line: the error's own words, then what is in the way and what to do, where that can be seen. */
export function storageProblem(error: unknown, file: string): string {
  const message = (error as Error).message.split('\n')[0] as string;
  const code = sqliteCode(error) ?? (error as NodeJS.ErrnoException).code ?? '';
  const advice = adviceFor(code, file);
  return advice === undefined ? message : `${message}: ${advice}`;
}

function adviceFor(code: string, file: string): string | undefined {
  const folder = dirname(file);
  if (code === 'EEXIST') return `${folder} is a file; name another --storage.path`;
  if (code === 'ENOTDIR')
    return `a file is where a folder of ${folder} has to be; name another --storage.path`;
  const failed = code.startsWith('SQLITE_IOERR');
  if (FULL.test(code) || (failed && isDiskFull(folder)))
    return `make room on the disk of ${folder}; writing is tried again by itself`;
  if (failed) return obstacleOf(file) ?? `the disk of ${folder} failed; see the kernel's log (dmesg)`;
  return REFUSED.test(code) ? obstacleOf(file) : undefined;
}

/** SQLite says of a full disk that it failed when it is its journal's index that found no room. */
function isDiskFull(folder: string): boolean {
  try {
    return statfsSync(folder).bavail === 0;
  } catch {
    return false;
  }
}

/** The first of folder and file that may not be written, and why; undefined when both may be. */
function obstacleOf(file: string): string | undefined {
  return obstacleAt(dirname(file)) ?? obstacleAt(file);
}

/** Why a file or folder may not be written by this process, and what to do; undefined when it may be. */
export function obstacleAt(path: string): string | undefined {
  try {
    accessSync(path, constants.W_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EROFS')
      return `${path} is on a file system mounted read-only; mount it for writing or name another --storage.path`;
    if (code !== 'EACCES' && code !== 'EPERM') return undefined;
    return `${path} ${ownerText(path)}may not be written by this process (user ${process.getuid?.() ?? '?'}); change its owner or mode, or name another --storage.path`;
  }
}

function ownerText(path: string): string {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch {
    return '';
  }
  return `belongs to user ${stats.uid} (mode ${(stats.mode & 0o777).toString(8).padStart(4, '0')}) and `;
}
