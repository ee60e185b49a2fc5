// The store on real files, with corrupt files and disks that cannot be written.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentDamage } from '../../src/store/damage.js';
import { openDatabase } from '../../src/store/database.js';
import { deflatedScan, ScanTable } from '../../src/store/scans.js';
import { Database } from '../../src/store/sqlite.js';
import { StateTable } from '../../src/store/state-table.js';
import { STORE_MIGRATIONS, Store } from '../../src/store/store.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { makeSmall } from './small-disk.js';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const WRITER = fileURLToPath(new URL('writer.mjs', import.meta.url));
const YEAR = 31_536_000_000;

let folder: string;
let file: string;
let logged: [string, string][];
let now: number;
const stores: Store[] = [];

beforeEach(() => {
  folder = makeFolder('store');
  file = join(folder, 'data/monitor.db');
  logged = [];
  now = 1_700_000_000_000;
});
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  removeFolder(folder);
});

function open(options: { file?: string; retention?: number; obstacle?: () => string } = {}): Store {
  const store = new Store({
    file: options.file ?? file,
    retention: options.retention ?? YEAR,
    obstacle: options.obstacle,
    log: (level, message) => logged.push([level, message]),
    clock: { now: () => now, elapsed: () => now },
  });
  stores.push(store);
  return store;
}

const entry = (at: number) => JSON.stringify({ at, filler: `scan ${at} `.repeat(50) });
function fill(store: Store, from: number, to: number): void {
  for (let at = from; at <= to; at++) store.append({ at, entry: entry(at) });
}
const times = (store: Store, limit = 10_000) => store.scans({ limit }).map(scan => scan.at);
const downFrom = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i);
const asides = () => readdirSync(join(folder, 'data')).filter(name => name.includes('.corrupt-'));

describe('scans', () => {
  test('are there again after a restart, byte for byte, newest first', () => {
    const entries = ['{}', '{"name":"größe 模型 😀 \\u0000"}', `"${'x'.repeat(300_000)}"`];
    const store = open();
    for (const [i, text] of entries.entries()) store.append({ at: 1000.125 + i, entry: text });
    store.close();
    const again = open();
    expect(again.count).toBe(3);
    expect(again.scans({ limit: 10 })).toEqual(
      entries.map((text, i) => ({ at: 1000.125 + i, entry: text })).reverse(),
    );
    expect(again.size).toBeGreaterThan(0);
    expect([again.problem, again.pending, again.errors]).toEqual([undefined, 0, 0]);
  });

  test.each<[string, { after?: number; before?: number; limit: number }, number[]]>([
    ['the newest', { limit: 3 }, [10, 9, 8]],
    ['before a moment, not at it', { before: 4, limit: 10 }, [3, 2, 1]],
    ['after a moment, not at it', { after: 8, limit: 10 }, [10, 9]],
    ['between two', { after: 2, before: 6, limit: 2 }, [5, 4]],
    ['between a moment and itself', { after: 5, before: 5, limit: 9 }, []],
    ['with a fraction', { before: 3.5, after: 2.5, limit: 9 }, [3]],
  ])('%s', (_, query, want) => {
    const store = open();
    fill(store, 1, 10);
    expect(store.scans(query).map(scan => scan.at)).toEqual(want);
  });

  test('of thousands of services are made ready elsewhere, and are the same', async () => {
    const entries = [10, 300_000].map(length => JSON.stringify({ services: 'ä\n'.repeat(length) }));
    const scans = await Promise.all(entries.map((entry, i) => deflatedScan({ at: now + i, entry })));
    expect(scans.map(({ deflated }) => deflated !== undefined)).toEqual([false, true]);
    const store = open();
    for (const scan of scans) store.append(scan);
    store.close();
    expect(open().scans({ limit: 2 })).toEqual([
      { at: now + 1, entry: entries[1] },
      { at: now, entry: entries[0] },
    ]);
  });

  test('page through without an overlap or a gap', () => {
    const store = open();
    fill(store, 1, 250);
    const seen: number[] = [];
    for (let before: number | undefined; ; ) {
      const page = store.scans({ before, limit: 70 });
      seen.push(...page.map(scan => scan.at));
      if (page.length < 70) break;
      before = page.at(-1)?.at;
    }
    expect(seen).toEqual(downFrom(250, 1));
  });

  test('are kept in memory with :memory:', () => {
    const store = open({ file: ':memory:' });
    fill(store, 1, 3);
    expect([times(store), store.size, store.count]).toEqual([[3, 2, 1], 0, 3]);
  });
});

test('a recorded scan survives a kill of the process', async () => {
  const child = spawn(process.execPath, [WRITER, DIST, file, '1', '1000000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    if (said.split('\n').length > 300) child.kill('SIGKILL');
  }
  if (child.signalCode === null) await once(child, 'exit');
  const whole = said.split('\n').slice(0, -1).map(Number);
  expect(child.signalCode).toBe('SIGKILL');
  expect(whole.length).toBeGreaterThan(299);
  const kept = times(open(), 1_000_000);
  // A scan may have been written whose line was not.
  expect(kept.slice(-whole.length)).toEqual([...whole].reverse());
  expect(kept.length - whole.length).toBeLessThanOrEqual(1);
  expect(asides()).toEqual([]);
});

test('two processes may write to one file', async () => {
  open().close();
  const codes = await Promise.all(
    [1, 1001].map(async first => {
      const child = spawn(process.execPath, [WRITER, DIST, file, String(first), '200'], { stdio: 'ignore' });
      return (await once(child, 'exit'))[0] as number;
    }),
  );
  expect(codes).toEqual([0, 0]);
  const store = open();
  expect(times(store)).toEqual([...downFrom(1200, 1001), ...downFrom(200, 1)]);
  expect(store.count).toBe(400);
});

describe('retention', () => {
  test('deletes everything that is too old, in batches, and nothing else', async () => {
    const store = open({ retention: 1000 });
    fill(store, 1, 1300);
    const before = store.size;
    now = 2201;
    let turns = 0;
    const ticking = setInterval(() => turns++, 0);
    await store.prune();
    clearInterval(ticking);
    expect(times(store)).toEqual(downFrom(1300, 1201));
    expect(store.count).toBe(100);
    expect(store.size).toBeLessThanOrEqual(before);
    store.close();
    expect(open().count).toBe(100);
  });

  test('frees space', async () => {
    const store = open({ retention: 1000 });
    const noise = () => JSON.stringify(Array.from({ length: 300 }, () => Math.random()));
    for (let at = 1; at <= 600; at++) store.append({ at, entry: noise() });
    store.close();
    const full = statSync(file).size;
    now = 10_000;
    const again = open({ retention: 1000 });
    await again.prune();
    again.close();
    expect(open().count).toBe(0);
    expect(statSync(file).size).toBeLessThan(full / 4);
  });

  test('ends when the store is closed meanwhile', async () => {
    const store = open({ retention: 1000 });
    fill(store, 1, 1300);
    const pruning = store.prune();
    store.close();
    await pruning;
    expect(open().count).toBe(800);
  });
});

describe('the clock is set back', () => {
  test.each([
    ['by an hour', 3_600_000, 64],
    ['by days', 500_000_000, 0],
  ])('%s: the newest scan is the first, and none is in the future', (_, back, left) => {
    const store = open();
    const start = now;
    for (let i = 0; i <= 183; i++) store.append({ at: start + i * 30_000, entry: entry(i) });
    const at = start + 183 * 30_000 - back;
    store.append({ at: at + 1, entry: '{}' });
    store.append({ at: at + 2, entry: '{}' });
    expect(times(store).slice(0, 2)).toEqual([at + 2, at + 1]);
    expect(times(store)).toEqual([...times(store)].sort((a, b) => b - a));
    expect(store.count).toBe(times(store).length);
    expect(store.count).toBe(left + 2);
    expect(logged.filter(([level]) => level === 'warn')).toEqual([
      ['warn', 'The clock was set back; scans of the time to come are forgotten'],
    ]);
  });

  test('by seconds: nothing is deleted', () => {
    const store = open();
    fill(store, 10_000, 10_100);
    store.append({ at: 9000, entry: entry(9000) });
    expect(store.count).toBe(102);
  });
});

describe('a corrupt file is set aside, never deleted, and serving goes on', () => {
  const damages: [string, () => void, isReadable: boolean][] = [
    ['text instead of a database', () => writeFileSync(file, 'this is no database, '.repeat(500)), false],
    ['a garbage header', () => overwrite(file, 0, Buffer.alloc(100, 0x5a)), false],
    [
      'a file cut in the middle',
      () => truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096),
      false,
    ],
  ];

  function overwrite(path: string, at: number, bytes: Buffer): void {
    const handle = openSync(path, 'r+');
    writeSync(handle, bytes, 0, bytes.length, at);
    closeSync(handle);
  }

  function written(): void {
    const store = open();
    for (let at = 1; at <= 300; at++) store.append({ at, entry: entry(at) + Math.random() });
    store.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
  }

  test.each(damages)('%s', (_, damage, isReadable) => {
    written();
    damage();
    const broken = readFileSync(file);
    const store = open();
    store.scans({ limit: 1000 });
    fill(store, 2000, 2010);
    // The readable rows of the old file are in the new one.
    const saved = times(store).slice(11);
    expect(times(store).slice(0, 11)).toEqual(downFrom(2010, 2000));
    expect(store.count).toBe(11 + saved.length);
    expect(saved.length > 0).toBe(isReadable);
    expect(store.problem).toBeUndefined();
    expect(store.errors).toBeGreaterThan(0);
    const [aside, ...others] = asides();
    expect(others).toEqual([]);
    expect(readFileSync(join(folder, 'data', aside as string))).toEqual(broken);
    expect(logged.filter(([level]) => level === 'error')).toEqual([
      ['error', 'The store is corrupt; it was set aside and a new one begun'],
    ]);
    store.close();
    expect(open().count).toBe(11 + saved.length);
  });

  /** The offset in the file at which the content of a row in the middle ends. */
  function middleOfRows(): number {
    const db = new Database(file, { readonly: true });
    const row = db.prepare<[], { entry: Buffer }>('SELECT entry FROM scans WHERE id = 150').get();
    db.close();
    const { entry: blob } = row as { entry: Buffer };
    return readFileSync(file).indexOf(blob.subarray(blob.length - 20));
  }

  test('a flipped page in the middle, found while it is read', () => {
    written();
    overwrite(file, Math.floor(middleOfRows() / 4096) * 4096, Buffer.alloc(4096, 0xff));
    const store = open();
    const rest = times(store);
    expect(rest.length).toBeGreaterThan(200);
    expect(rest.length).toBeLessThan(300);
    expect(rest).toEqual(downFrom(300, 1).filter(each => rest.includes(each)));
    fill(store, 2000, 2001);
    expect(times(store)).toEqual([2001, 2000, ...rest]);
    expect(asides()).toHaveLength(1);
    expect(store.damage.at).toBe(now);
  });

  test('a bit flipped in the content of a row, which SQLite does not notice', () => {
    written();
    const bytes = readFileSync(file);
    const at = middleOfRows() + 8;
    overwrite(file, at, Buffer.from([(bytes[at] as number) ^ 1]));
    const store = open();
    const rest = downFrom(300, 1).filter(each => each !== 150);
    expect(times(store)).toEqual(rest);
    expect(store.count).toBe(299);
    fill(store, 2000, 2000);
    expect(times(store)).toEqual([2000, ...rest]);
    expect(asides()).toEqual([]);
    expect(store.damage).toMatchObject({ rows: 1, at: now });
    expect(logged).toContainEqual(['error', 'A damaged row was left out']);
  });

  test('a file that is set aside twice in a day is kept twice', () => {
    for (const text of ['first', 'second']) {
      mkdirSync(join(folder, 'data'), { recursive: true });
      writeFileSync(file, text.repeat(1000));
      open().close();
      rmSync(file);
      now += 1;
    }
    expect(asides()).toHaveLength(2);
  });
});

describe('a store that cannot be opened keeps scans in memory and tries again', () => {
  const blocks: [string, () => void, () => void, RegExp][] = [
    [
      'a part of its path is a file',
      () => writeFileSync(join(folder, 'data'), ''),
      () => rmSync(join(folder, 'data')),
      /EEXIST|ENOTDIR/,
    ],
    [
      'its path is a folder',
      () => mkdirSync(file, { recursive: true }),
      () => rmSync(file, { recursive: true }),
      /unable to open database file/,
    ],
    [
      'a newer version wrote it',
      () => setVersion(99),
      () => setVersion(STORE_MIGRATIONS.length),
      /written by a newer version of langgraph-monitor \(schema version 99, this one knows \d+\); start that one or name another --storage\.path/,
    ],
  ];

  function setVersion(version: number): void {
    if (version === 99) open().close();
    const db = new Database(file);
    db.pragma(`user_version = ${version}`);
    db.close();
  }

  test.each(blocks)('%s', (_, block, unblock, want) => {
    block();
    logged = [];
    const store = open();
    expect(store.problem).toMatch(want);
    fill(store, 1, 5);
    expect([store.count, store.pending]).toEqual([5, 5]);
    expect(times(store)).toEqual([5, 4, 3, 2, 1]);
    expect(store.scans({ after: 1, before: 5, limit: 2 }).map(scan => scan.at)).toEqual([4, 3]);
    expect(logged.filter(([level]) => level === 'error')).toHaveLength(1);

    unblock();
    store.append({ at: 6, entry: entry(6) });
    expect(store.pending, 'not tried before its time').toBe(6);
    now += 30_001;
    store.append({ at: 7, entry: entry(7) });
    expect([store.pending, store.problem, store.count]).toEqual([0, undefined, 7]);
    expect(logged.at(-1)).toEqual(['info', 'The store can be written again']);
    store.close();
    expect(times(open())).toEqual(downFrom(7, 1));
    expect(asides()).toEqual([]);
  });

  test('and drops the oldest when there are too many', () => {
    writeFileSync(join(folder, 'data'), '');
    const store = open();
    fill(store, 1, 2100);
    expect([store.pending, store.count]).toEqual([2000, 2000]);
    expect(times(store, 5000)).toEqual(downFrom(2100, 101));
    store.close();
    expect(logged.at(-1)).toEqual(['error', 'Scans could not be written and are lost']);
    rmSync(join(folder, 'data'));
  });
});

test('while the disk is full scans wait in memory; when there is room they are written', () => {
  mkdirSync(join(folder, 'data'));
  const disk = makeSmall(join(folder, 'data'));
  try {
    const noise = (at: number) => JSON.stringify([at, ...Array.from({ length: 400 }, () => Math.random())]);
    const store = open();
    let at = 0;
    while (store.problem === undefined && at < 2000) store.append({ at: ++at, entry: noise(at) });
    expect(store.problem, `a disk kept small by ${disk.by}`).toMatch(/disk (is full|I\/O error)/);
    for (let i = 0; i < 20; i++) store.append({ at: ++at, entry: noise(at) });
    expect(store.pending).toBeGreaterThan(0);
    expect(store.count).toBe(at);
    expect(times(store)).toEqual(downFrom(at, 1));
    expect(logged.filter(([level]) => level === 'error')).toHaveLength(1);

    disk.grow();
    store.append({ at: ++at, entry: noise(at) });
    expect([store.pending, store.problem, store.count]).toEqual([0, undefined, at]);
    store.close();
    expect(times(open())).toEqual(downFrom(at, 1));
    expect(asides()).toEqual([]);
  } finally {
    for (const store of stores.splice(0)) store.close();
    disk.close();
  }
});

test('a folder that cannot be written to is a problem and no crash', () => {
  mkdirSync(join(folder, 'data'));
  chmodSync(join(folder, 'data'), 0o500);
  // A folder that even root cannot write to.
  const store = open(process.getuid?.() === 0 ? { file: '/sys/monitor/monitor.db' } : {});
  fill(store, 1, 2);
  expect(store.problem).toMatch(
    /: .*(may not be written by this process|mounted read-only)|no such file|not permitted/,
  );
  expect([store.count, times(store)]).toEqual([2, [2, 1]]);
  chmodSync(join(folder, 'data'), 0o700);
});

test.each(STORE_MIGRATIONS.flatMap((_, i) => (i + 1 < 3 ? [] : [i + 1])))(
  'a file of version %i that cannot be written is read, whatever is not in it yet',
  version => {
    const db = openDatabase(file, STORE_MIGRATIONS.slice(0, version));
    new StateTable(db, silentDamage()).write([{ kind: 'silence', key: 'a', value: { comment: 'upgrade' } }]);
    new ScanTable(db, silentDamage()).append({ at: 7, entry: entry(7) });
    db.close();
    const store = open({ obstacle: () => 'the disk is full' });
    expect([...store.states.all('silence')]).toEqual([['a', { comment: 'upgrade' }]]);
    expect(times(store)).toEqual([7]);
    expect(store.days.dates('2026-01-01', '2026-12-31')).toEqual([]);
    expect(store.days.between('2026-01-01', '2026-12-31').size).toBe(0);
    store.close();
  },
);
