// Labels of series are compressed by maintenance, many in a row: they are the same before and after, and a damaged row costs those in it.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Database } from '../../../src/store/sqlite.js';
import { ByteCache } from '../../../src/tsdb/chunks/cache.js';
import { encodeChunk } from '../../../src/tsdb/codec/chunk.js';
import { rescueSamples, SampleFile } from '../../../src/tsdb/file.js';
import { SAMPLES_MIGRATIONS } from '../../../src/tsdb/schema.js';
import type { SampleStore } from '../../../src/tsdb/store.js';
import { scrape, select, storeFixture } from '../store-fixture.js';

const fixture = storeFixture();
const { open, whileBusy } = fixture;

const valuesOf = (from: number, to: number) =>
  Object.fromEntries(
    Array.from({ length: to - from }, (_, i) => [`m i=${from + i} path=/\u0000\u{10ffff}ä`, from + i]),
  );

function lines(store: SampleStore): string[] {
  const found = select(store);
  store.close();
  return found;
}

function inFile<T>(action: (db: Database) => T): T {
  const db = new Database(fixture.file);
  try {
    return action(db);
  } finally {
    db.close();
  }
}
const count = (table: string) =>
  inFile(db => db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get());

test('labels are in few rows after maintenance, and the same after a restart', () => {
  const store = open();
  store.append(scrape(1000, valuesOf(0, 200)));
  const want = select(store);
  whileBusy(store);
  expect([count('series'), count('label_blocks')]).toEqual([8, 3]);
  store.append(scrape(2000, valuesOf(0, 201)));
  expect(select(store, 'i=200')).toEqual([expect.stringContaining('200@2000')]);
  store.close();
  const again = open();
  expect(select(again, '__name__=m', 0, 1000)).toEqual(want);
  // The same series, not others with the same labels.
  again.append(scrape(3000, valuesOf(0, 201)));
  expect([count('series'), again.stats().series]).toEqual([9, 201]);
});

test('series without samples leave the rows they share, and those that come are none of them', () => {
  fixture.now = 1000;
  const store = open({ retention: 10_000 });
  store.append(scrape(1000, valuesOf(0, 100), 'a'));
  store.append(scrape(2000, valuesOf(100, 130), 'b'));
  whileBusy(store);
  for (let n = 3; n <= 400; n++) store.append({ at: n * 1000, parts: [], gone: n === 3 ? ['a'] : [] });
  fixture.now = 400_000;
  whileBusy(store);
  expect(store.stats().series).toBe(30);
  store.append(scrape(401_000, valuesOf(0, 10), 'c'));
  const want = select(store);
  expect(want).toHaveLength(40);
  store.close();
  expect(lines(open({ retention: 10_000 }))).toEqual(want);
});

describe('damage', () => {
  test('of a row costs the series in it, which are made again with the next scrape', () => {
    const store = open();
    store.append(scrape(1000, valuesOf(0, 200)));
    whileBusy(store);
    store.close();
    inFile(db => db.exec('UPDATE label_blocks SET checksum = checksum + 1 WHERE last = 128'));
    const again = open();
    expect(select(again)).toHaveLength(200 - 64);
    expect(again.stats().damage.rows).toBe(1);
    again.append(scrape(2000, valuesOf(0, 200)));
    const want = select(again);
    expect(want).toHaveLength(200);
    expect(want.filter(line => line.includes('@1000'))).toHaveLength(200 - 64);
    whileBusy(again);
    expect(lines(again)).toEqual(want);
    expect(lines(open())).toEqual(want);
  });

  test('of the file: what is saved of it keeps its numbers, and no other series gets them', () => {
    const store = open();
    store.append(scrape(1000, valuesOf(0, 64)));
    whileBusy(store);
    store.close();
    expect([count('series'), count('label_blocks')]).toEqual([0, 1]);
    const saved = `${fixture.file}-saved`;
    rescueSamples(saved, fixture.file);
    const other = open({ file: saved });
    expect(select(other)).toHaveLength(64);
    other.append(scrape(2000, { new: 1 }));
    other.close();
    const again = open({ file: saved });
    expect(select(again, '__name__=new')).toEqual(['new: 1@2000']);
    expect(select(again)).toHaveLength(65);
  });
});

describe('a file of the version before', () => {
  function makeOld(): void {
    mkdirSync(dirname(fixture.file), { recursive: true });
    const db = new Database(fixture.file);
    for (const step of SAMPLES_MIGRATIONS.slice(0, 5)) db.exec(step);
    db.pragma('user_version = 5');
    const series = db.prepare('INSERT INTO series (labels) VALUES (?)');
    const chunk = db.prepare(
      'INSERT INTO chunks (series, first, last, count, axis, samples) VALUES (?, 1000, 3000, 3, 0, ?)',
    );
    for (let i = 1; i <= 70; i++) {
      series.run(JSON.stringify(['__name__', 'old', 'i', String(i)]));
      chunk.run(i, Buffer.from(encodeChunk(Float64Array.of(i, i + 1, i + 2), 'small')));
    }
    db.close();
  }

  test('is opened and goes on', () => {
    makeOld();
    const store = open();
    expect(select(store, 'i=7')).toEqual(['old{i="7"}: 7@1000 8@2000 9@3000']);
    for (let n = 4; n <= 60; n++)
      store.appendStreams([{ stream: 't', ...scrape(n * 1000, { 'old i=7': n, 'old i=8': n }) }]);
    whileBusy(store);
    expect([count('label_blocks'), count('bundles')]).toEqual([1, 1]);
    const want = select(store, 'i=7');
    expect(want[0]).toMatch(/^old\{i="7"\}: 7@1000 8@2000 9@3000 4@4000 5@5000 .* 60@60000$/);
    store.close();
    const again = open();
    expect(select(again, 'i=7')).toEqual(want);
    expect(again.stats().series).toBe(70);
  });

  test('is read where nothing can be written', () => {
    makeOld();
    const file = new SampleFile(fixture.file, new ByteCache(1000), undefined, true);
    expect([...file.series.all()]).toHaveLength(70);
    const rows = file.chunks.within(7, 0, 5000);
    expect(rows.map(row => [...file.chunks.read(row).values])).toEqual([[7, 8, 9]]);
    expect([...file.chunks.bounds()]).toHaveLength(70);
    file.close();
  });
});
