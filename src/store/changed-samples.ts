// Samples of the past have changed, as an import changes them: what was made of them is marked, also beside a running monitor,
// which makes it again. Comes in: a stretch of time.

import { existsSync } from 'node:fs';
import { isoLocal, type Millis } from '../model/time.js';
import { Database } from './sqlite.js';

const DAY: Millis = 86_400_000;
/** How long a monitor that writes at the same moment is waited for, milliseconds. */
const BUSY_TIMEOUT: Millis = 10_000;

/**
 * Deletes the figures of hours of the days that have a moment of a stretch of time, and marks the roll-ups of these days as
 * out of date. Roll-ups are not deleted: of an old day no other samples may be left.
 * @param file the monitor's database; without one there is nothing to do @throws SQLite's error
 */
export function samplesChanged(file: string, from: Millis, to: Millis): void {
  if (!existsSync(file)) return;
  const db = new Database(file, { timeout: BUSY_TIMEOUT });
  // A file of an older version has fewer tables.
  const has = (table: string) =>
    db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) !== undefined;
  const mark = db.transaction(() => {
    if (has('hours'))
      db.prepare<[number, number]>('DELETE FROM hours WHERE start > ? AND start <= ?').run(from - DAY, to);
    if (!has('changed_days')) return;
    const insert = db.prepare<[string]>('INSERT OR IGNORE INTO changed_days VALUES (?)');
    // The monitor may run in another time zone: a day more at each end.
    for (let at = from - DAY; at < to + 2 * DAY; at += DAY)
      insert.run(isoLocal(at).slice(0, 'YYYY-MM-DD'.length));
  });
  try {
    mark.immediate();
  } finally {
    db.close();
  }
}
