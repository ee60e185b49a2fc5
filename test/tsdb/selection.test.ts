// Series and samples a query selects: by matchers, and by windows over chunks, merged chunks and the head.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SampleStore } from '../../src/tsdb/store.js';
import { randomFrom } from './random.js';
import { FOREVER, fill, lineOf, matchers, printed, scrape, select, storeFixture } from './store-fixture.js';

const fixture = storeFixture();
const { open, whileBusy } = fixture;

describe('series are selected by', () => {
  const all = ['a x=1', 'a x=2', 'a y=1', 'b x=1', 'c x=1 y=2'];
  test.each<[string, string[]]>([
    ['__name__=a', ['a{x="1"}', 'a{x="2"}', 'a{y="1"}']],
    ['__name__=a x=1', ['a{x="1"}']],
    ['__name__=a x=', ['a{y="1"}']],
    ['x=', ['a{y="1"}']],
    ['__name__=a x!=1', ['a{x="2"}', 'a{y="1"}']],
    ['__name__=a x!=', ['a{x="1"}', 'a{x="2"}']],
    ['__name__=~a|b', ['a{x="1"}', 'a{x="2"}', 'a{y="1"}', 'b{x="1"}']],
    ['__name__!~a|b', ['c{x="1", y="2"}']],
    ['x=~1|', ['a{x="1"}', 'a{y="1"}', 'b{x="1"}', 'c{x="1", y="2"}']],
    ['x=~.+ y=~.+', ['c{x="1", y="2"}']],
    ['x=~1|3 y=', ['a{x="1"}', 'b{x="1"}']],
    ['x!~.+', ['a{y="1"}']],
    ['x!~', ['a{x="1"}', 'a{x="2"}', 'b{x="1"}', 'c{x="1", y="2"}']],
    ['z=1', []],
    ['z=~1', []],
    ['__name__=d x=1', []],
  ])('%s', (text, want) => {
    const store = open();
    store.append(scrape(10, Object.fromEntries(all.map(each => [each, 1]))));
    expect(store.select(matchers(text), 0, 100).map(each => String(each.labels))).toEqual(want);
    expect(store.series([matchers(text)], 0, 100).map(String)).toEqual(want);
  });

  test('several sets of matchers, each series once', () => {
    const store = open();
    store.append(scrape(10, Object.fromEntries(all.map(each => [each, 1]))));
    expect(store.series([matchers('x=1'), matchers('__name__=a')], 0, 10).map(String)).toEqual(
      all.map(each => String(store.series([[...matchers('__name__=~.+')]], 0, 10)[all.indexOf(each)])),
    );
    expect(store.series([matchers('x=1')], 11, 20)).toEqual([]);
  });
});

describe('windows', () => {
  // Small chunks, merged ones and the head.
  const LAST = 1700;
  function filled(jitter?: (n: number) => number): SampleStore {
    const store = open();
    fill(store, 1, LAST, jitter);
    expect(store.stats().chunks).toBeGreaterThan(20);
    whileBusy(store);
    expect(store.stats().chunks).toBeLessThan(20);
    return store;
  }

  test.each<[string, number, number]>([
    ['all', 1, LAST],
    ['the beginning', 1, 10],
    ['the end', LAST - 10, LAST],
    ['the middle', 800, 900],
    ['over the border of the head', 1500, LAST],
    ['one sample', 96, 96],
    ['around a chunk', 96, 97],
  ])('%s', (_, from, to) => {
    const store = filled();
    const want = [`a{x="1"}: ${lineOf(from, to)}`];
    expect(select(store, '__name__=a', from * 1000, to * 1000)).toEqual(want);
    expect(select(store, '__name__=a', from * 1000 - 999, to * 1000 + 999.5)).toEqual(want);
    store.close();
    expect(select(open(), '__name__=a', from * 1000, to * 1000)).toEqual(want);
  });

  test('between two samples are empty, and before and after all', () => {
    const store = filled();
    for (const [from, to] of [
      [1001, 1999],
      [800_001, 800_999],
      [0, 999],
      [LAST * 1000 + 1, FOREVER],
      [5000, 4000],
    ] as const) {
      expect(select(store, '__name__=a', from, to)).toEqual([]);
    }
  });

  test('of any size contain all samples between their ends', () => {
    const random = randomFrom(3);
    const jitter = (n: number) => (n * 7919) % 13;
    const store = filled(jitter);
    for (let i = 0; i < 200; i++) {
      const [from, to] = [random(), random()].sort().map(part => Math.floor(part * 1_710_000)) as [
        number,
        number,
      ];
      const at = Array.from({ length: LAST }, (_, n) => (n + 1) * 1000 + jitter(n + 1));
      const want = at.flatMap((time, n) => (time >= from && time <= to ? [`${(n + 1) * 3}@${time}`] : []));
      expect(select(store, '__name__=a', from, to)).toEqual(
        want.length > 0 ? [`a{x="1"}: ${want.join(' ')}`] : [],
      );
    }
  });

  test.each([undefined, (n: number) => (n * 7919) % 13])('share the array of equal times', jitter => {
    const store = filled(jitter);
    const [a, b] = store.select(matchers('__name__=~.+'), 50_000, 1_650_000);
    expect(a?.times).toBe(b?.times);
  });

  test('are snapshots', () => {
    const store = open();
    fill(store, 1, 90);
    const before = store.select(matchers('__name__=a'), 0, FOREVER);
    const text = printed(before);
    fill(store, 91, 400);
    whileBusy(store);
    expect(printed(before)).toEqual(text);
  });

  test.each<[string, (store: SampleStore, at: number) => void]>([
    ['a scrape is stored', (store, at) => store.append(scrape(at, { a: 9, b: 9, c: 9, d: 9 }))],
    ['a series ends', (store, at) => store.append(scrape(at, { a: 9 }))],
    ['another window is read', store => store.select(matchers('__name__=~.*'), 0, FOREVER)],
    ['the clock is set back', store => store.append(scrape(1000, { a: 9, b: 9, c: 9, d: 9 }))],
  ])('are read by parts, and whole when %s between two', (name, meanwhile) => {
    for (const read of ['select', 'latest'] as const) {
      // The clock advances with every read, so that each series is a part.
      const clock = { now: () => fixture.now, elapsed: () => (fixture.now += 10) };
      const store = open({ clock, file: join(fixture.folder, `${read}.db`) });
      for (let n = 1; n <= 300; n++) store.append(scrape(n * 1000, { a: n, b: n, c: n, d: n }));
      const all = matchers('__name__=~.*');
      const before = printed(store[read](all, 0, FOREVER));
      let pauses = 0;
      const pause = () => {
        if (pauses++ === 0) meanwhile(store, 400_000);
      };
      const found =
        read === 'select' ? store.select(all, 0, FOREVER, 1e9, pause) : store.latest(all, 0, FOREVER, pause);
      expect(pauses).toBeGreaterThanOrEqual(3);
      // After the clock was set back, earlier samples are others.
      if (name !== 'the clock is set back') expect(printed(found)).toEqual(before);
      expect(new Set(found.map(({ times }) => times.at(-1))).size).toBe(1);
      expect(found).toHaveLength(4);
    }
  });

  test('end although the clock is set back at every part', () => {
    const clock = { now: () => fixture.now, elapsed: () => (fixture.now += 10) };
    const store = open({ clock, file: join(fixture.folder, 'set-back.db') });
    const DAY = 86_400_000;
    for (let n = 1; n <= 9; n++) store.append(scrape(n * DAY, { a: n, b: n, c: n, d: n }));
    let pauses = 0;
    const pause = () => {
      pauses++;
      store.append(scrape((9 - pauses) * DAY, { a: 1, b: 1, c: 1, d: 1 }));
    };
    expect(store.select(matchers('__name__=~.*'), 0, FOREVER, 1e9, pause)).toHaveLength(4);
    expect(pauses).toBe(3);
  });

  test('contain the ends of series, also without samples', () => {
    const store = open();
    store.append(scrape(10, { a: 1, b: 1 }));
    store.append(scrape(20, { b: 1 }));
    expect(select(store, '__name__=a', 11, 30)).toEqual(['a: end@20']);
    expect(select(store, '__name__=a', 21, 30)).toEqual([]);
    expect(store.series([matchers('__name__=a')], 11, 30)).toEqual([]);
  });

  test('of series that come and go have gaps', () => {
    const store = open();
    const want: string[] = [];
    for (let n = 1; n <= 900; n++) {
      const isThere = n % 10 < 7;
      store.append(scrape(n * 1000, { ...(isThere ? { a: n } : {}), b: 1 }));
      if (isThere) want.push(`${n}@${n * 1000}`);
      else if (n % 10 === 7) want.push(`end@${n * 1000}`);
    }
    whileBusy(store);
    expect(select(store, '__name__=a')).toEqual([`a: ${want.join(' ')}`]);
    store.close();
    expect(select(open(), '__name__=a')).toEqual([`a: ${want.join(' ')}`]);
  });
});
