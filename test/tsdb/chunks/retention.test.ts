// What maintenance leaves of old chunks: merged ones, and those within the retention's time and size.

import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Database } from '../../../src/store/sqlite.js';
import { randomFrom } from '../random.js';
import { FOREVER, fill, lineOf, matchers, scrape, select, storeFixture } from '../store-fixture.js';

const fixture = storeFixture();
const { open, whileBusy } = fixture;

test('merged chunks need fewer bytes per sample, and jittering timestamps are stored once', () => {
  const ask = (sql: string) => {
    const db = new Database(fixture.file, { readonly: true });
    const [answer] = db.prepare<[], { n: number }>(sql).all();
    db.close();
    return answer?.n as number;
  };
  const bytes = 'SELECT sum(length(samples)) * 1.0 / sum(count) AS n FROM chunks';
  const store = open();
  const names = Array.from({ length: 30 }, (_, i) => `m i=${i}`);
  for (let n = 1; n <= 1000; n++) {
    const values = names.map((name, i) => [name, n * i + (n % 7)]);
    store.append(scrape(n * 30_000 + ((n * 7919) % 17), Object.fromEntries(values)));
  }
  const before = ask(bytes);
  whileBusy(store);
  expect(ask('SELECT count(*) AS n FROM chunks')).toBeLessThan(100);
  expect(ask(bytes)).toBeLessThan(before / 4);
  expect(ask('SELECT count(*) AS n FROM axes')).toBeLessThan(10);
});

describe('retention', () => {
  test('removes chunks that are too old and series without samples, and frees their space', () => {
    const store = open({ retention: 600_000 });
    store.append(scrape(500, { gone: 1 }));
    fill(store, 1, 1000);
    const { chunks } = store.stats();
    fixture.now = 1_000_000;
    whileBusy(store);
    const stats = store.stats();
    expect(stats.chunks).toBeLessThan(chunks);
    expect(stats.series).toBe(2);
    expect(stats.oldest).toBeGreaterThan(300_000);
    expect(stats.oldest).toBeLessThanOrEqual(400_000);
    const first = (stats.oldest ?? 0) / 1000;
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(first, 1000)}`]);
    expect(select(store, '__name__=gone')).toEqual([]);
    store.close();
    expect(select(open(), '__name__=~.+').length).toBe(2);
  });

  test('a removed series that comes back is a new one', () => {
    const store = open({ retention: 100_000 });
    store.append(scrape(500, { back: 1 }));
    fill(store, 1, 400);
    fixture.now = 400_000;
    whileBusy(store);
    expect(store.stats().series).toBe(2);
    store.append(scrape(401_000, { back: 2 }));
    expect(select(store, '__name__=back')).toEqual(['back: 2@401000']);
    store.close();
    expect(select(open(), '__name__=back')).toEqual(['back: 2@401000']);
  });

  test('by size removes the oldest chunks until the file is small enough', () => {
    const random = randomFrom(1);
    const names = Array.from({ length: 100 }, (_, i) => `m i=${i}`);
    const store = open({ maxBytes: 600_000 });
    for (let n = 1; n <= 1500; n++)
      store.append(scrape(n * 1000, Object.fromEntries(names.map(name => [name, random()]))));
    expect(statSync(fixture.file).size).toBeGreaterThan(800_000);
    whileBusy(store);
    expect(statSync(fixture.file).size).toBeLessThan(650_000);
    const [kept] = store.select(matchers('i=5'), 0, FOREVER);
    expect(kept?.times.at(-1)).toBe(1_500_000);
    expect(kept?.times[0]).toBeGreaterThan(96_000);
    store.close();
    expect(open().select(matchers('i=5'), 0, FOREVER)[0]?.values).toEqual(kept?.values);
  });
});
