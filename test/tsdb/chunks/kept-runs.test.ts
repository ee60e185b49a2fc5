// What chunks hold is kept between two readings of a window: until this process or another one writes, and for windows within.

import { expect, test } from 'vitest';
import { ByteCache } from '../../../src/tsdb/chunks/cache.js';
import { KeptRuns } from '../../../src/tsdb/chunks/kept-runs.js';
import { SampleFile } from '../../../src/tsdb/file.js';
import type { SampleStore } from '../../../src/tsdb/store.js';
import { randomFrom } from '../random.js';
import { fill, lineOf, select, storeFixture } from '../store-fixture.js';

const fixture = storeFixture();

const run = (first: number, count: number) => ({
  times: Float64Array.of(first),
  values: new Float64Array(count),
});
const row = (first: number, last: number, count = 10) => ({ id: 1, first, last, count, axis: 0 });

test.each([
  ['the same window', 10, 100, true],
  ['a part of it with all chunks', 15, 90, true],
  ['a window that begins earlier', 9, 100, false],
  ['a window that ends later', 10, 101, false],
  ['a part of it without the first chunk', 41, 100, false],
  ['a part of it without the last chunk', 10, 49, false],
])('%s', (_, from, to, isKnown) => {
  const kept = new KeptRuns();
  const runs = [run(0, 10), run(50, 10)];
  kept.add(7, { from: 10, to: 100, rows: [row(0, 40), row(50, 95)], runs });
  expect(kept.get(7, from, to)).toBe(isKnown ? runs : undefined);
  expect(kept.get(8, from, to)).toBeUndefined();
});

test('64 series are kept, and none with more than 2048 samples', () => {
  const kept = new KeptRuns();
  const add = (series: number, count: number) =>
    kept.add(series, { from: 0, to: 9, rows: [row(0, 9, count)], runs: [run(0, count)] });
  for (let series = 1; series <= 65; series++) add(series, 2048);
  add(66, 2049);
  const known = Array.from({ length: 66 }, (_, i) => i + 1).filter(series => kept.get(series, 0, 9));
  expect(known).toEqual(Array.from({ length: 64 }, (_, i) => i + 2));
});

/** A store with chunks of two series, of whose first one a window in chunks was read. */
function readOnce(last = 500): SampleStore {
  const store = fixture.open();
  fill(store, 1, last);
  expect(store.stats().chunks).toBeGreaterThan(0);
  expect(window(store)).toEqual([`a{x="1"}: ${lineOf(10, 20)}`]);
  return store;
}

const window = (store: SampleStore) => select(store, '__name__=a', 10_000, 20_000);

/** Does something to the file that is not the store's own doing. */
function elsewhere(change: (file: SampleFile, id: number) => void): void {
  const file = new SampleFile(fixture.file, new ByteCache(0));
  const series = [...file.series.all()].find(({ labels }) => labels.get('__name__') === 'a');
  file.transaction(() => change(file, series?.id as number));
  file.close();
}

const removeAll = (file: SampleFile, id: number) =>
  file.chunks.remove(file.chunks.within(id, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY));

test('another process removed chunks', () => {
  const store = readOnce();
  elsewhere(removeAll);
  expect(window(store)).toEqual([]);
});

test('another process added a chunk in the midst', () => {
  const store = readOnce();
  elsewhere((file, id) => {
    removeAll(file, id);
    file.chunks.add(id, { times: Float64Array.of(11_500, 12_500), values: Float64Array.of(1, 2) }, 'small');
  });
  expect(window(store)).toEqual(['a{x="1"}: 1@11500 2@12500']);
});

test('the clock was set back', () => {
  const store = readOnce();
  fill(store, 15, 17);
  expect(window(store)).toEqual([`a{x="1"}: ${lineOf(10, 17)}`]);
});

test('what is too old was removed', () => {
  const store = fixture.open({ retention: 1000_000 });
  fixture.now = 500_000;
  fill(store, 1, 500);
  expect(window(store)).toEqual([`a{x="1"}: ${lineOf(10, 20)}`]);
  fixture.now = 1e9;
  fixture.whileBusy(store);
  expect(window(store)).toEqual([]);
});

test('any windows, between scrapes and while chunks are merged', () => {
  const random = randomFrom(7);
  const store = fixture.open();
  let last = 0;
  for (let turn = 0; turn < 60; turn++) {
    const until = last + 1 + Math.floor(random() * 40);
    fill(store, last + 1, until);
    last = until;
    if (turn % 10 === 9) fixture.whileBusy(store);
    for (let n = 0; n < 20; n++) {
      const from = 1 + Math.floor(random() * last);
      const to = Math.min(last, from + Math.floor(random() * 30));
      // Twice: what was kept by the first, and what the second makes of it.
      for (let again = 0; again < 2; again++)
        expect(select(store, '__name__=a', from * 1000, to * 1000)).toEqual([
          `a{x="1"}: ${lineOf(from, to)}`,
        ]);
    }
  }
  expect(store.stats().chunks).toBeGreaterThan(2);
});
