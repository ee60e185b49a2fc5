// Blocks of hours in the store: kept over a restart, as long as samples, and never returned damaged.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { samplesChanged } from '../../src/store/changed-samples.js';
import { Database } from '../../src/store/sqlite.js';
import { Store } from '../../src/store/store.js';
import { makeFolder, removeFolder } from '../support/child.js';

const DAY = 86_400_000;
const NOW = 30 * DAY;
let folder: string;
let file: string;
beforeAll(() => {
  folder = makeFolder('hours');
  file = join(folder, 'monitor.db');
});
afterAll(() => removeFolder(folder));

const open = () =>
  new Store({ file, retention: 10 * DAY, log: () => {}, clock: { now: () => NOW, elapsed: () => 0 } });
const bytes = (...of: number[]) => Uint8Array.from(of);

test('blocks survive a restart, as long as samples are kept', async () => {
  const store = open();
  expect(store.hours.get(NOW)).toBeUndefined();
  for (const days of [12, 11, 10, 1])
    expect(store.hours.upsert(NOW - days * DAY, bytes(days, 0, 255))).toBe(true);
  expect(store.hours.upsert(NOW - DAY, bytes(1, 2))).toBe(true);
  store.close();
  const again = open();
  await again.prune();
  // A day that is partly too old stays.
  const left = [12, 11, 10, 1].map(days => again.hours.get(NOW - days * DAY)?.join(' '));
  expect(left).toEqual([undefined, '11 0 255', '10 0 255', '1 2']);
  again.close();
});

test('days with imported samples are deleted beside a running monitor, and no others', () => {
  const store = open();
  for (const days of [5, 4, 3, 2]) store.hours.upsert(NOW - days * DAY, bytes(days));
  samplesChanged(file, NOW - 4 * DAY + 1, NOW - 3 * DAY);
  expect([5, 4, 3, 2].map(days => store.hours.has(NOW - days * DAY))).toEqual([true, false, false, true]);
  store.close();
  // No file is created where there is none.
  const none = join(folder, 'none.db');
  samplesChanged(none, 0, NOW);
  expect(existsSync(none)).toBe(false);
});

test('a damaged row is left out and counted', () => {
  const db = new Database(file);
  db.prepare("UPDATE hours SET body = CAST(substr(body, 1, 5) || x'07' AS BLOB) WHERE start = ?").run(
    NOW - DAY,
  );
  db.close();
  const store = open();
  expect(store.hours.get(NOW - DAY)).toBeUndefined();
  expect(store.damage.rows).toBe(1);
  expect(store.hours.get(NOW - 10 * DAY)).toBeDefined();
  store.close();
});
