// Samples after the system clock was set back.

import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { fill, lineOf, matchers, scrape, select, storeFixture } from './store-fixture.js';

const fixture = storeFixture();
const { open, whileBusy } = fixture;

describe('the clock is set back', () => {
  test.each([
    ['by an hour, as a summer time that was none', 3600],
    ['by two minutes', 120],
    ['by most of what there is', 4000],
    ['to before the first sample', 4800],
  ])('%s: new samples are taken at once, older ones stay', (_, back) => {
    const last = 5000;
    const store = open();
    for (let n = last - 4500; n <= last; n += 5) store.append(scrape(n * 1000, { 'a x=1': n, b: n % 7 }));
    whileBusy(store);
    const now = last - back;
    for (let n = 1; n <= 3; n++) store.append(scrape((now + n * 5) * 1000, { 'a x=1': -n }));
    const old = Array.from({ length: 901 }, (_, i) => 500 + i * 5).filter(each => each < now + 5);
    const want = [
      ...old.map(n => `${n}@${n * 1000}`),
      ...[1, 2, 3].map(n => `${-n}@${(now + n * 5) * 1000}`),
    ];
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${want.join(' ')}`]);
    expect(store.stats()).toMatchObject({ dropped: 0, problem: undefined, pending: 0 });
    store.close();
    expect(select(open(), '__name__=a')).toEqual([`a{x="1"}: ${want.join(' ')}`]);
    expect(fixture.logged.filter(([level]) => level !== 'info')).toEqual([
      ['warn', 'The clock was set back; samples of the time to come are forgotten'],
    ]);
  });

  test('and forward again: samples of the time between stay', () => {
    const store = open();
    fill(store, 1000, 1100);
    fill(store, 500, 510);
    fill(store, 2000, 2010);
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(500, 510)} ${lineOf(2000, 2010)}`]);
  });

  test.each([
    ['back', 500],
    ['forward', 9000],
  ])('%s: the last values of every source are carried over, and end when they do not come again', (_, to) => {
    const store = open();
    store.append(scrape(490_000, { ghost: 1 }));
    fill(store, 1000, 1100);
    const own = (value: number) => ({ labels: Labels.of({ __name__: 'rule' }), value });
    const at = (n: number, values: readonly number[]) => {
      store.beginScrape(scrape(n * 1000, { 'a x=1': n, b: n % 7 }));
      store.add('rule', values.map(own));
      store.commit();
    };
    at(1101, [7]);
    store.carryOver(to * 1000 - 1, 300_000);
    at(to, []);
    const shown = (name: string, n: number) =>
      store.select(matchers(`__name__=${name}`), n * 1000 - 10, n * 1000 + 10);
    expect(shown('rule', to).map(({ times, values, ends }) => [[...times], [...values], [...ends]])).toEqual([
      [[to * 1000 - 1], [7], [to * 1000]],
    ]);
    expect(shown('a', to).map(({ values }) => [...values])).toEqual([[1101, to]]);
    // A series of that time without a later sample ends.
    const ghost = store.select(matchers('__name__=ghost'), 0, 505_000);
    expect(ghost.map(({ times, ends }) => [[...times], [...ends]])).toEqual([
      [[490_000], to === 500 ? [499_999] : []],
    ]);
    expect(store.stats()).toMatchObject({ dropped: 0, problem: undefined });
  });

  test('by seconds: samples are dropped until the clock has caught up', () => {
    const store = open();
    fill(store, 1000, 1100);
    fill(store, 1090, 1105);
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1000, 1105)}`]);
    expect(fixture.logged.filter(([level]) => level !== 'info')).toEqual([]);
  });
});
