// The sample store's file when the process is killed, the file is corrupt, or it cannot be written.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Database } from '../../src/store/sqlite.js';
import { makeSmall } from '../store/small-disk.js';
import { randomFrom } from './random.js';
import { FOREVER, fill, lineOf, matchers, scrape, select, storeFixture } from './store-fixture.js';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const WRITER = fileURLToPath(new URL('writer.mjs', import.meta.url));

const fixture = storeFixture();
const { open, stores, whileBusy } = fixture;

test('appended samples survive a kill of the process at any point', async () => {
  let first = 1;
  for (const length of [30, 150, 800, 1600]) {
    const child = spawn(process.execPath, [WRITER, DIST, fixture.file, String(first)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const text of child.stdout) {
      said += text;
      if (said.split('\n').length > length) child.kill('SIGKILL');
    }
    if (child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    const whole = said.split('\n').slice(0, -1).map(Number);
    const store = open();
    for (const { times, values } of store.select(matchers('__name__=n'), 0, FOREVER)) {
      const last = whole.at(-1) as number;
      // Samples may have been written whose line was not.
      expect(times.length).toBeGreaterThanOrEqual(last);
      expect([...times]).toEqual(Array.from(times, (_, i) => (i + 1) * 1000));
      expect([...values]).toEqual(Array.from(times, (_, i) => i + 1));
      first = times.length + 1;
    }
    expect(store.stats()).toMatchObject({ series: 40, errors: 0 });
    store.close();
  }
  expect(first).toBeGreaterThan(1600);
  expect(readdirSync(join(fixture.folder, 'data')).filter(name => name.includes('.corrupt-'))).toEqual([]);
});

describe('a corrupt file is set aside and samples in memory stay', () => {
  const asides = () => readdirSync(join(fixture.folder, 'data')).filter(name => name.includes('.corrupt-'));

  function overwrite(path: string, at: number, bytes: Uint8Array): void {
    const handle = openSync(path, 'r+');
    writeSync(handle, bytes, 0, bytes.length, at);
    closeSync(handle);
  }

  test.each<[string, () => void]>([
    ['text instead of a database', () => writeFileSync(fixture.file, 'this is no database, '.repeat(500))],
    ['a garbage header', () => overwrite(fixture.file, 0, new Uint8Array(100).fill(0x5a))],
  ])('%s', (_, damage) => {
    fill(open(), 1, 300);
    stores.splice(0)[0]?.close();
    damage();
    const broken = readFileSync(fixture.file);
    const store = open();
    fill(store, 301, 303);
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(301, 303)}`]);
    expect(store.stats()).toMatchObject({ problem: undefined, pending: 0, errors: 1 });
    expect(readFileSync(join(fixture.folder, 'data', asides()[0] as string))).toEqual(broken);
    store.close();
    expect(select(open(), '__name__=a')).toEqual([`a{x="1"}: ${lineOf(301, 303)}`]);
  });

  test('a bit flipped in a chunk, which SQLite does not see', () => {
    const store = open();
    fill(store, 1, 300);
    whileBusy(store);
    store.close();
    const db = new Database(fixture.file);
    db.exec("UPDATE chunks SET samples = CAST(substr(samples, 1, 5) || x'ff' || substr(samples, 7) AS BLOB)");
    db.close();
    const again = open();
    fill(again, 301, 310);
    expect(select(again, '__name__=a', 5000, 20_000)).toEqual([]);
    expect(asides()).toEqual([]);
    expect(again.stats().damage.rows).toBeGreaterThan(0);
    const [line = ''] = select(again, '__name__=a');
    expect(line.endsWith(lineOf(301, 310))).toBe(true);
    fill(again, 311, 312);
    again.close();
    expect(select(open(), '__name__=a', 311_000)).toEqual([`a{x="1"}: ${lineOf(311, 312)}`]);
  });
});

describe('a file that cannot be written', () => {
  test('or opened: samples wait in memory, and earlier samples are not lost', () => {
    fill(open(), 1, 50);
    stores.splice(0)[0]?.close();
    const aside = readFileSync(fixture.file);
    rmSync(fixture.file);
    mkdirSync(fixture.file);
    const store = open();
    fill(store, 51, 60);
    expect(store.stats()).toMatchObject({ problem: 'unable to open database file', pending: 10, bytes: 0 });
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(51, 60)}`]);
    rmSync(fixture.file, { recursive: true });
    writeFileSync(fixture.file, aside);
    fixture.now += 30_000;
    fill(store, 61, 61);
    expect(store.stats()).toMatchObject({ problem: undefined, pending: 0, appended: 22 });
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 61)}`]);
    fill(store, 62, 300);
    store.close();
    expect(select(open(), '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 300)}`]);
    expect(fixture.logged.map(([level]) => level)).toEqual(['info', 'error', 'info', 'info', 'info']);
  });

  test('but read: queries return its samples and the waiting ones, which are written once the file is writable', () => {
    let obstacle: string | undefined;
    const options = { obstacle: () => obstacle };
    // Some samples are in chunks, some in the log.
    const first = open();
    fill(first, 1, 251);
    first.close();
    stores.splice(0);
    const mode = () => readFileSync(fixture.file).subarray(18, 20).join();
    expect(mode()).toBe('1,1');

    obstacle = 'the folder is read-only';
    const store = open(options);
    fill(store, 252, 260);
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 260)}`]);
    expect(store.stats()).toMatchObject({ problem: obstacle, pending: 9, oldest: 1000 });
    expect(store.stats().bytes).toBeGreaterThan(0);
    fixture.now += 60_000;
    fill(store, 261, 600);
    whileBusy(store);
    expect(mode()).toBe('1,1');
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 600)}`]);
    expect(store.stats().dropped).toBe(0);

    obstacle = undefined;
    fixture.now += 60_000;
    fill(store, 601, 750);
    expect(store.stats()).toMatchObject({ problem: undefined, pending: 0 });
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 750)}`]);
    store.close();
    stores.splice(0);
    expect(select(open(), '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 750)}`]);
  });

  test('but read, with a damaged chunk: the chunk is left out, counted, and stays in the file', () => {
    const first = open();
    fill(first, 1, 300);
    first.close();
    stores.splice(0);
    const db = new Database(fixture.file);
    db.exec(`
      UPDATE chunks SET checksum = checksum + 1
      WHERE id = (SELECT min(chunks.id) FROM chunks JOIN series ON series.id = series WHERE labels LIKE '%"a"%')`);
    const chunks = () => db.prepare('SELECT count(*) FROM chunks').pluck().get();
    const before = chunks();
    const store = open({ obstacle: () => 'the folder is read-only' });
    const found = select(store, '__name__=a').join();
    expect(found).not.toContain(lineOf(1, 300));
    expect(found.endsWith(lineOf(200, 300))).toBe(true);
    expect(store.stats().damage.rows).toBe(1);
    expect(chunks()).toBe(before);
    db.close();
  });

  test('because the disk is full: samples wait in memory until there is room', () => {
    mkdirSync(join(fixture.folder, 'data'));
    const disk = makeSmall(join(fixture.folder, 'data'));
    try {
      const random = randomFrom(9);
      const names = Array.from({ length: 500 }, (_, i) => `m i=${i}`);
      const written: number[] = [];
      const store = open();
      for (let n = 1; store.stats().problem === undefined && n < 1000; n++) {
        store.append(scrape(n * 1000, Object.fromEntries(names.map(name => [name, random()]))));
        written.push(n * 1000);
      }
      expect(store.stats().problem).toMatch(/full|disk I\/O/);
      expect(store.stats().pending).toBeGreaterThan(0);
      expect([...(store.select(matchers('i=7'), 0, FOREVER)[0]?.times ?? [])]).toEqual(written);
      disk.grow();
      written.push(1_000_000);
      store.append(scrape(1_000_000, Object.fromEntries(names.map(name => [name, 1]))));
      expect(store.stats()).toMatchObject({ problem: undefined, pending: 0, dropped: 0 });
      store.close();
      const again = open();
      expect([...(again.select(matchers('i=7'), 0, FOREVER)[0]?.times ?? [])]).toEqual(written);
      again.close();
    } finally {
      for (const store of stores.splice(0)) store.close();
      disk.close();
    }
  });

  test('for hours: the oldest samples are dropped, and memory stays bounded', () => {
    mkdirSync(fixture.file, { recursive: true });
    const store = open();
    fill(store, 1, 1000);
    const [line = ''] = select(store, '__name__=a');
    expect(line.endsWith(lineOf(600, 1000))).toBe(true);
    const { pending, dropped, appended } = store.stats();
    expect(pending).toBeLessThanOrEqual(480);
    expect(dropped).toBe((1000 - pending) * 2);
    expect(appended).toBe(2000);
  });
});
