// What can still be read of a database that SQLite finds corrupt goes into a new one. In: the file that was set aside, and
// a new, empty one; out: how many rows were saved.

import { existsSync, rmSync } from 'node:fs';
import type { Sqlite } from './database.js';
import { Database } from './sqlite.js';

/** Rows read at a time: after each the position is known. */
const BATCH = 500;

/** Copies every row that can be read. @returns how many; 0 when nothing can be. @throws SQLite's errors of `to` */
export function rescueRows(from: string, to: Sqlite): number {
  const sideFiles = ['-wal', '-shm'].map(suffix => from + suffix).filter(each => !existsSync(each));
  let old: Sqlite;
  try {
    old = new Database(from, { readonly: true });
  } catch {
    return 0;
  }
  try {
    return to.transaction(() => tablesOf(to).reduce((sum, table) => sum + copyTable(old, to, table), 0))();
  } finally {
    old.close();
    // SQLite makes them when it opens a database for reading alone, too, and does not delete them then.
    for (const each of sideFiles) rmSync(each, { force: true });
  }
}

interface Table {
  readonly name: string;
  readonly columns: number;
  readonly hasRowId: boolean;
}

function tablesOf(db: Sqlite): Table[] {
  return db
    .prepare<[], { name: string; ncol: number; wr: number }>(
      "SELECT name, ncol, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .all()
    .map(({ name, ncol, wr }) => ({ name, columns: ncol, hasRowId: wr === 0 }));
}

type Values = (number | string | Buffer | null)[];

function copyTable(old: Sqlite, to: Sqlite, { name, columns, hasRowId }: Table): number {
  const places = Array.from({ length: columns }, () => '?').join(', ');
  const insert = to.prepare<Values>(`INSERT OR IGNORE INTO ${name} VALUES (${places})`);
  const keep = (values: Values) =>
    // An older version's table has fewer columns.
    insert.run(
      ...values.slice(0, columns),
      ...Array.from({ length: Math.max(0, columns - values.length) }, () => null),
    ).changes;
  try {
    return hasRowId ? byRowId(old, name, keep) : fromBothEnds(old, name, keep);
  } catch {
    // The table's own place in the schema is damaged.
    return 0;
  }
}

/** Goes by row id; where a page cannot be read it leaps, further each time, to behind it. */
function byRowId(old: Sqlite, name: string, keep: (values: Values) => number): number {
  const batch = old
    .prepare<[number], [number, ...Values]>(
      `SELECT rowid, * FROM ${name} WHERE rowid > ? ORDER BY rowid LIMIT ${BATCH}`,
    )
    .raw();
  let saved = 0;
  let leap = 1;
  for (let after = 0; after < Number.MAX_SAFE_INTEGER; ) {
    let read = 0;
    try {
      for (const [id, ...values] of batch.iterate(after)) {
        saved += keep(values);
        after = id;
        leap = 1;
        read++;
      }
      if (read < BATCH) break;
    } catch {
      after += leap;
      leap *= 2;
    }
  }
  return saved;
}

function fromBothEnds(old: Sqlite, name: string, keep: (values: Values) => number): number {
  let saved = 0;
  for (const order of ['ASC', 'DESC']) {
    try {
      const all = old.prepare<[], Values>(`SELECT * FROM ${name} ORDER BY 1 ${order}, 2 ${order}`).raw();
      for (const values of all.iterate()) saved += keep(values);
      break;
    } catch {
      // From the other end, up to here.
    }
  }
  return saved;
}
