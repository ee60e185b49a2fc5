// SQLite: the one of better-sqlite3's two lines of versions that this Node can run. Version 12 is compiled against V8, and
// from Node 24.19 on aborts the process when a statement is collected; version 13 is compiled against Node-API, needs
// no install script, and wants Node 22. Their interfaces are the same.

import { createRequire } from 'node:module';
import type Sqlite from 'better-sqlite3';

const FIRST_NODE_FOR_13 = 22;

const require = createRequire(import.meta.url);

/** better-sqlite3's `Database`. Where no binary is there, the first database that is opened throws. */
export const Database: typeof Sqlite = load();

function load(): typeof Sqlite {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < FIRST_NODE_FOR_13) return require('better-sqlite3');
  try {
    const newer: typeof Sqlite = require('better-sqlite3-13');
    new newer(':memory:').close();
    return newer;
  } catch {
    // An optional dependency: left out by npm's --omit=optional, or a platform for which it has no binary.
    return require('better-sqlite3');
  }
}
