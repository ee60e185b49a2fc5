// How many connections the server keeps open at once. In: the system's limit of open files; out: a number that leaves
// enough of them for checks, databases and threads, so that clients cannot make healthy services look down.

import { readFileSync } from 'node:fs';

/** Answers are small, so this many at once is a flood. */
const MAX_CONNECTIONS = 1024;
/** Databases, threads and the modules they load, receivers. */
const OWN_FILES = 64;
/** A client must be able to see that something is wrong. */
const MIN_CONNECTIONS = 8;

/** Connections at once. @param openFiles the limit of open files; infinity where there is none that is known */
export function connectionLimit(openFiles: number): number {
  // The other half is for the checks.
  const half = Math.floor((openFiles - OWN_FILES) / 2);
  return Math.max(MIN_CONNECTIONS, Math.min(MAX_CONNECTIONS, half));
}

/** How many files this process may have open; infinity when the system does not say. */
export function openFilesLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
