// Samples that rules record are added to the scrape: the next rule sees them at once, they are stored with the scrape, and
// a rule that no longer returns a series ends it.

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import type { Scrape } from '../../src/model/scrape.js';
import { SampleStore } from '../../src/tsdb/store.js';
import { makeFolder, removeFolder } from '../support/child.js';

let folder: string;
let store: SampleStore;

const open = () => new SampleStore({ file: join(folder, 'samples.db'), retention: 1e12, log: () => {} });

beforeEach(() => {
  folder = makeFolder('samples-add');
  store = open();
});
afterEach(() => {
  store.close();
  removeFolder(folder);
});

const scrape = (at: number, value: number): Scrape => ({
  at,
  gone: [],
  parts: [{ source: 's', layout: { series: [['__name__', 'up']] }, values: Float64Array.of(value) }],
});
const made = (name: string, value: number) => ({ labels: Labels.of({ __name__: name }), value });

/** `name time=value ... ended times` of every series. */
const all = () =>
  store
    .select([], 0, 1e9)
    .map(
      ({ labels, times, values, ends }) =>
        `${labels} ${[...times].map((at, i) => `${at}=${values[i]}`).join(' ')}${ends.length ? ` ended ${[...ends]}` : ''}`,
    );

test('added samples are visible before the commit and after a restart', () => {
  store.beginScrape(scrape(1000, 1));
  expect(all()).toEqual(['up 1000=1']);
  store.add('rule a', [made('a', 5)]);
  expect(all()).toEqual(['a 1000=5', 'up 1000=1']);
  store.add('rule b', [made('b', Number.NaN)]);
  store.commit();
  store.close();
  store = open();
  expect(all()).toEqual(['a 1000=5', 'b 1000=NaN', 'up 1000=1']);
});

test('a source that is not evaluated keeps its series, one that returns other series ends them', () => {
  store.beginScrape(scrape(1000, 1));
  store.add('r', [made('a', 1), made('b', 2)]);
  store.commit();
  store.append(scrape(2000, 1));
  store.beginScrape(scrape(3000, 1));
  store.add('r', [made('a', 3)]);
  store.commit();
  store.beginScrape(scrape(4000, 1));
  store.add('r', []);
  store.commit();
  expect(all()).toEqual([
    'a 1000=1 3000=3 ended 4000',
    'b 1000=2 ended 3000',
    'up 1000=1 2000=1 3000=1 4000=1',
  ]);
});

test('a source that ends does not end a series that another source has', () => {
  store.beginScrape(scrape(1000, 1));
  store.add('first', [made('a', 1)]);
  store.commit();
  store.beginScrape(scrape(2000, 1));
  store.add('second', [made('a', 2)]);
  store.add('first', []);
  store.commit();
  expect(all()).toEqual(['a 1000=1 2000=2', 'up 1000=1 2000=1']);
});

test('a second sample of a series at the same time is dropped, and so are samples added without a scrape', () => {
  store.beginScrape(scrape(1000, 1));
  expect(store.add('r', [made('a', 1), made('a', 2), made('a', 1), made('up', 9)])).toBe(2);
  store.commit();
  expect(store.add('r', [made('late', 1)])).toBe(0);
  store.beginScrape(scrape(500, 1));
  expect(store.add('r', [made('a', 1)])).toBe(0);
  store.commit();
  expect(all()).toEqual(['a 1000=1', 'up 1000=1']);
  expect(store.stats().dropped).toBe(6);
});

test('many series widen the row', () => {
  store.beginScrape(scrape(1000, 1));
  const many = Array.from({ length: 1000 }, (_, i) => made(`m${String(i).padStart(4, '0')}`, i));
  store.add('r', many.slice(0, 10));
  store.add('q', many.slice(10));
  store.commit();
  expect(all()).toEqual([...many.map(({ labels, value }) => `${labels} 1000=${value}`), 'up 1000=1']);
});

test('end() ends the series of other sources with the current scrape, also after a restart', () => {
  const matching = (name: string) => [
    { name: '__name__', op: '!=', value: name, matches: (value: string) => value !== name } as const,
  ];
  store.beginScrape(scrape(1000, 1));
  store.add('r', [made('long_ago', 1)]);
  store.commit();
  store.beginScrape(scrape(2000, 1));
  store.add('r', [made('old', 1)]);
  store.commit();
  store.close();
  store = open();
  expect(store.end(matching('up'), 1500)).toBe(false);
  store.beginScrape(scrape(3000, 1));
  expect(store.end(matching('none'), 1500)).toBe(true);
  store.add('r', [made('new', 1)]);
  store.commit();
  const want = [
    'long_ago 1000=1 ended 2000',
    'new 3000=1',
    'old 2000=1 ended 3000',
    'up 1000=1 2000=1 3000=1',
  ];
  expect(all()).toEqual(want);
  store.close();
  store = open();
  expect(all()).toEqual(want);
});
