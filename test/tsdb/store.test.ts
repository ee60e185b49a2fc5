// The sample store on real files: what scrapes become, and what a restart leaves.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fill, flat, lineOf, scrape, select, storeFixture } from './store-fixture.js';

const fixture = storeFixture();
const { open, stores, whileBusy } = fixture;

describe('scrapes', () => {
  test('give each series a sample, also of sources that did not change', () => {
    const store = open();
    store.append(scrape(10, { a: 1 }, 'one'));
    store.append(scrape(20, { b: 2 }, 'two'));
    store.append({ at: 30, parts: [{ source: 'one', values: Float64Array.of(3) }], gone: [] });
    expect(select(store)).toEqual(['a: 1@10 1@20 3@30', 'b: 2@20 2@30']);
  });

  test('end series that are not repeated: by layout, as NaN, with their source', () => {
    const store = open();
    store.append(scrape(10, { a: 1, b: 1 }, 'one'));
    store.append(scrape(20, { c: 1 }, 'two'));
    store.append(scrape(30, { a: 2 }, 'one'));
    store.append({ at: 40, parts: [{ source: 'one', values: Float64Array.of(Number.NaN) }], gone: ['two'] });
    store.append({ at: 50, parts: [{ source: 'one', values: Float64Array.of(4) }], gone: [] });
    const want = ['a: 1@10 1@20 2@30 end@40 4@50', 'b: 1@10 1@20 end@30', 'c: 1@20 1@30 end@40'];
    expect(select(store)).toEqual(want);
    store.close();
    expect(select(open())).toEqual(want);
  });

  test('may have NaN as a value', () => {
    const store = open();
    const values = Float64Array.of(Number.NaN, 1);
    const layout = { series: [flat('a'), flat('b')] };
    store.append({ at: 10, parts: [{ source: 's', layout, values, keepsNaN: true }], gone: [] });
    store.append({ at: 20, parts: [{ source: 's', values, keepsNaN: true }], gone: [] });
    expect(select(store)).toEqual(['a: NaN@10 NaN@20', 'b: 1@10 1@20']);
    store.close();
    expect(select(open())).toEqual(['a: NaN@10 NaN@20', 'b: 1@10 1@20']);
  });

  test('are at whole milliseconds; one without a finite time is dropped', () => {
    const store = open();
    for (const at of [9.7, Number.NaN, Number.POSITIVE_INFINITY, 11.2]) store.append(scrape(at, { a: 1 }));
    expect(select(store)).toEqual(['a: 1@10 1@11']);
    expect(store.stats()).toMatchObject({ dropped: 2, pending: 0, problem: undefined });
  });

  test('do not end a series that another source has from now on', () => {
    const store = open();
    store.append(scrape(10, { a: 1 }, 'one'));
    store.append({ ...scrape(20, { a: 2 }, 'two'), gone: ['one'] });
    expect(select(store)).toEqual(['a: 1@10 2@20']);
  });

  test('out of order, repeated, or of one series twice are dropped and counted', () => {
    const store = open();
    store.append(scrape(20, { a: 1, b: 1 }));
    store.append(scrape(20, { a: 2, b: 2 }));
    store.append(scrape(10, { a: 3, b: 3 }));
    store.append({ ...scrape(30, { a: 4 }, 'two') });
    store.append({ at: 40, parts: [{ source: 'never told', values: Float64Array.of(1) }], gone: [] });
    expect(select(store)).toEqual(['a: 1@20 3@30 3@40', 'b: 1@20 3@30 3@40']);
    expect(store.stats()).toMatchObject({ appended: 6, dropped: 7 });
  });

  test('continue after a restart, without samples twice', () => {
    fill(open(), 1, 50);
    for (const store of stores.splice(0)) store.close();
    const store = open();
    fill(store, 40, 60);
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 60)}`]);
    expect(store.stats()).toMatchObject({ series: 2, oldest: 1000, dropped: 22, errors: 0, pending: 0 });
  });
});

test('is kept in memory with :memory:', () => {
  const store = open({ file: ':memory:' });
  fill(store, 1, 300);
  whileBusy(store);
  expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 300)}`]);
  expect(existsSync(join(fixture.folder, 'data'))).toBe(false);
});
