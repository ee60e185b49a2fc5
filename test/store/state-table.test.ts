// Small states and episodes: there after a restart, whatever the disk does meanwhile.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoredHistoryEntry } from '../../src/store/alert-history.js';
import { silentDamage } from '../../src/store/damage.js';
import { openDatabase, pack } from '../../src/store/database.js';
import { Database } from '../../src/store/sqlite.js';
import { StateTable } from '../../src/store/state-table.js';
import { STORE_MIGRATIONS, Store } from '../../src/store/store.js';
import { makeFolder, removeFolder } from '../support/child.js';

let folder: string;
let file: string;
let elapsed: number;
let logged: string[];
let stores: Store[];

beforeEach(() => {
  folder = makeFolder('kept');
  file = join(folder, 'data', 'monitor.db');
  [elapsed, logged, stores] = [0, [], []];
});
afterEach(() => {
  for (const store of stores) store.close();
  removeFolder(folder);
});

function open(retention = 1000): Store {
  const clock = { now: () => 10_000, elapsed: () => elapsed };
  const store = new Store({ file, retention, clock, log: (_, message) => logged.push(message) });
  stores.push(store);
  return store;
}

/** `KIND KEY` of each row. */
function rowsOnDisk(): string[] {
  const db = new Database(file);
  try {
    const rows = db.prepare<[], string>("SELECT kind || ' ' || key FROM kept ORDER BY 1");
    return rows.pluck().all();
  } finally {
    db.close();
  }
}

const episode = (
  id: string,
  startsAt: number,
  rest: Partial<StoredHistoryEntry> = {},
): StoredHistoryEntry => ({
  ...{ id, startsAt, endsAt: startsAt + 10, severity: 'critical', service: 'tools', alertname: 'Down' },
  body: { text: `größe ${id}` },
  ...rest,
});
const ids = (store: Store, query = {}) =>
  store.alertHistory.select({ limit: 100, ...query }).episodes.map(({ id }) => id);

describe('states', () => {
  test('are there again, by kind, the changed and the deleted not', () => {
    const store = open();
    store.states.upsert('a', [
      ['x', { n: 1 }],
      ['y', { n: 2 }],
    ]);
    store.states.upsert('b', [['x', 'other']]);
    expect(
      store.states.upsert('a', [
        ['x', { n: 3 }],
        ['y', undefined],
      ]),
    ).toBe(true);
    store.close();
    const again = open();
    expect([...again.states.all('a')]).toEqual([['x', { n: 3 }]]);
    expect([...again.states.all('b')]).toEqual([['x', 'other']]);
    expect([...again.states.all('c')]).toEqual([]);
  });

  test('wait in memory while the disk will not have them, and are written when it will', () => {
    writeFileSync(join(folder, 'data'), 'in the way');
    const store = open();
    expect(store.states.upsert('a', [['x', 1]])).toBe(false);
    expect(store.states.upsert('a', [['x', 2]])).toBe(false);
    expect(store.states.all('a').get('x')).toBe(2);
    expect(store.pending).toBe(1);
    removeFolder(join(folder, 'data'));
    elapsed = 60_000;
    expect(store.states.upsert('a', [['y', 3]])).toBe(true);
    expect(store.pending).toBe(0);
    expect([...open().states.all('a')]).toEqual([
      ['x', 2],
      ['y', 3],
    ]);
  });

  test('a row with a flipped bit is found and left out', () => {
    const store = open();
    store.states.upsert('a', [
      ['x', { text: 'something long enough to flip a bit of' }],
      ['y', { text: 'another one' }],
    ]);
    store.close();
    const db = new Database(file);
    const { value } = db.prepare<[], { value: Buffer }>("SELECT value FROM kept WHERE key = 'x'").get() as {
      value: Buffer;
    };
    value[20] = (value[20] as number) ^ 1;
    db.prepare("UPDATE kept SET value = ? WHERE key = 'x'").run(value);
    db.close();
    const again = open();
    expect([...again.states.all('a')]).toEqual([['y', { text: 'another one' }]]);
    expect(logged).toContain('A damaged row was left out');
    expect(again.states.upsert('a', [['x', 1]])).toBe(true);
  });

  test('a file with an index of keys, as older versions made it, is taken over', () => {
    const old = openDatabase(file, STORE_MIGRATIONS.slice(0, 7));
    const insert = old.prepare<[string, string, Buffer]>('INSERT INTO kept VALUES (?, ?, ?)');
    for (const [kind, key, value] of [
      ['b', 'x', 'other'],
      ['a', 'y', 2],
      ['a', 'x', 1],
      ['a', 'z', 3],
    ] as const)
      insert.run(kind, key, pack(`${kind}\0${key}`, value));
    old.close();
    const store = open();
    expect(Object.fromEntries(store.states.all('a'))).toEqual({ x: 1, y: 2, z: 3 });
    expect(
      store.states.upsert('a', [
        ['y', 4],
        ['x', undefined],
        ['w', 5],
      ]),
    ).toBe(true);
    store.close();
    const again = open();
    expect(Object.fromEntries(again.states.all('a'))).toEqual({ w: 5, y: 4, z: 3 });
    expect([...again.states.all('b')]).toEqual([['x', 'other']]);
    expect(rowsOnDisk()).toHaveLength(4);
  });

  test('a kind that was not asked for yet can be written', () => {
    const first = open();
    first.states.upsert('a', [['x', 1]]);
    first.states.upsert('b', [['x', 2]]);
    first.close();
    const store = open();
    expect(store.states.upsert('b', [['x', 3]])).toBe(true);
    expect([...store.states.all('a'), ...store.states.all('b')]).toEqual([
      ['x', 1],
      ['x', 3],
    ]);
    store.close();
    expect(rowsOnDisk()).toEqual(['a x', 'b x']);
  });

  test('of rows with the same key the last counts, and the others are deleted', () => {
    open().close();
    const db = new Database(file);
    for (const value of [1, 2, 3])
      db.prepare('INSERT INTO kept VALUES (?, ?, ?)').run('a', 'x', pack('a\0x', value));
    db.close();
    const store = open();
    expect([...store.states.all('a')]).toEqual([['x', 3]]);
    store.states.upsert('a', [['x', undefined]]);
    store.close();
    expect(rowsOnDisk()).toEqual([]);
  });

  test('a row that another program has deleted is written again', () => {
    const store = open();
    store.states.upsert('a', [['x', 1]]);
    const db = new Database(file);
    db.exec('DELETE FROM kept');
    db.close();
    store.states.upsert('a', [['x', 2]]);
    store.close();
    expect([...open().states.all('a')]).toEqual([['x', 2]]);
  });

  test('rows of a transaction that failed are not taken for others', () => {
    open().close();
    const db = new Database(file);
    const table = new StateTable(db, silentDamage());
    db.exec(
      "CREATE TEMP TRIGGER refuse BEFORE INSERT ON kept WHEN new.key = 'bad' BEGIN SELECT raise(ABORT, 'no'); END",
    );
    const change = (key: string, value: unknown) => ({ kind: 'a', key, value });
    expect(() => table.write([change('x', 1), change('bad', 1)])).toThrow('no');
    table.write([change('y', 2)]);
    table.write([change('x', 3)]);
    expect(Object.fromEntries(table.select().get('a') ?? [])).toEqual({ x: 3, y: 2 });
    db.close();
  });

  test('a file that is lost while the program runs gets everything again', () => {
    const store = open();
    store.states.upsert('a', [['x', 1]]);
    const db = new Database(file);
    db.prepare('INSERT INTO episodes VALUES (?, 1, 2, ?, ?, ?, ?)').run(
      'e',
      '',
      '',
      '',
      Buffer.from('garbage'),
    );
    db.close();
    expect(ids(store)).toEqual([]);
    expect(logged).toContain('A damaged row was left out');
    const broken = new DatabaseSync(file, { defensive: false });
    broken.exec(`PRAGMA writable_schema = ON;
      UPDATE sqlite_master SET rootpage = 9999 WHERE name = 'kept';
      PRAGMA schema_version = 99`);
    broken.close();
    expect(store.states.upsert('a', [['y', 2]])).toBe(true);
    expect([...open().states.all('a')]).toEqual([
      ['x', 1],
      ['y', 2],
    ]);
  });
});

describe('episodes', () => {
  test('come newest first, by what is looked for, with how many there are', () => {
    const store = open();
    store.alertHistory.upsert([
      episode('a', 1),
      episode('b', 2, { severity: 'warning', endsAt: undefined }),
      episode('c', 3, { service: 'redis' }),
      episode('d', 4, { alertname: 'Slow' }),
    ]);
    expect(ids(store)).toEqual(['d', 'c', 'b', 'a']);
    expect(ids(store, { severity: 'warning' })).toEqual(['b']);
    expect(ids(store, { service: 'redis' })).toEqual(['c']);
    expect(ids(store, { alertname: 'Slow' })).toEqual(['d']);
    expect(ids(store, { active: true })).toEqual(['b']);
    expect(ids(store, { id: 'a' })).toEqual(['a']);
    expect(ids(store, { id: 'a', active: true })).toEqual([]);
    expect(ids(store, { active: false })).toEqual(['d', 'c', 'a']);
    expect(ids(store, { after: 1, before: 4 })).toEqual(['c', 'b']);
    expect(store.alertHistory.select({ limit: 2 })).toMatchObject({
      count: 4,
      episodes: [{ id: 'd' }, { id: 'c' }],
    });
    expect(store.alertHistory.select({ limit: 1 }).episodes[0]).toEqual(
      episode('d', 4, { alertname: 'Slow' }),
    );
  });

  test('that change replace what they were; those on disk and those that wait are one list', () => {
    const store = open();
    store.alertHistory.upsert([episode('a', 1, { endsAt: undefined }), episode('b', 2)]);
    store.close();
    const again = open();
    again.alertHistory.upsert([episode('a', 1)]);
    expect(again.alertHistory.select({ active: true, limit: 5 })).toEqual({ count: 0, episodes: [] });
    expect(ids(again)).toEqual(['b', 'a']);
  });

  test('wait in memory while the disk will not have them', () => {
    writeFileSync(join(folder, 'data'), 'in the way');
    const store = open();
    expect(store.alertHistory.upsert([episode('a', 1), episode('b', 2)])).toBe(false);
    expect(ids(store)).toEqual(['b', 'a']);
    expect(store.alertHistory.select({ service: 'redis', limit: 5 })).toEqual({ count: 0, episodes: [] });
  });

  test('that ended before the retention are deleted, those that last are not', async () => {
    const store = open(1000);
    store.alertHistory.upsert([
      episode('old', 1),
      episode('lasts', 1, { endsAt: undefined }),
      episode('new', 9500),
    ]);
    await store.prune();
    expect(ids(store).sort()).toEqual(['lasts', 'new']);
  });
});
