// The sample store on real files: what it answers, how it keeps it, and what becomes of it when the disk does its worst.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import type { LabelMatcher, Series } from '../../src/model/samples.js';
import { Database } from '../../src/store/sqlite.js';
import { SampleStore } from '../../src/tsdb/store.js';
import { makeSmall } from '../store/small-disk.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { randomFrom } from './random.js';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const WRITER = fileURLToPath(new URL('writer.mjs', import.meta.url));
const FOREVER = 1e15;

let folder: string;
let file: string;
let logged: [string, string][];
let now: number;
const stores: SampleStore[] = [];

beforeEach(() => {
  folder = makeFolder('samples');
  file = join(folder, 'data/samples.db');
  logged = [];
  now = 1_700_000_000_000;
});
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  removeFolder(folder);
});

function open(options: Partial<ConstructorParameters<typeof SampleStore>[0]> = {}): SampleStore {
  const store = new SampleStore({
    file,
    retention: FOREVER,
    log: (level, message) => logged.push([level, message]),
    clock: { now: () => now, elapsed: () => now },
    ...options,
  });
  stores.push(store);
  return store;
}

const matchers = (text: string): LabelMatcher[] =>
  text.split(' ').map(each => {
    const [, name = '', op, value = ''] = /^(\w+)(=~|!~|!=|=)(.*)$/.exec(each) ?? [];
    const isMatch = (tested: string) =>
      op === '=' || op === '!=' ? tested === value : new RegExp(`^(?:${value})$`).test(tested);
    const isNegative = op === '!=' || op === '!~';
    return { name, op: op as LabelMatcher['op'], value, matches: tested => isMatch(tested) !== isNegative };
  });

/** `a{x="1"}: 1@10 2@20 end@30` for each series. */
function printed(found: readonly Series[]): string[] {
  return found.map(({ labels, times, values, ends }) => {
    const samples = [...times].map((at, i): [number, string] => [at, `${values[i]}@${at}`]);
    const all = [...samples, ...[...ends].map((at): [number, string] => [at, `end@${at}`])];
    return `${labels}: ${all
      .sort((a, b) => a[0] - b[0])
      .map(each => each[1])
      .join(' ')}`;
  });
}

const select = (store: SampleStore, text = '__name__=~.+', from = 0, to = FOREVER) =>
  printed(store.select(matchers(text), from, to));

/** `name x=1` as a layout's entry. */
function flat(text: string): string[] {
  const [name = '', ...labels] = text.split(' ');
  return [['__name__', name], ...labels.map(each => each.split('='))].flat();
}

/** A scrape of one source with a layout. */
const scrape = (at: number, values: Record<string, number>, source = 's') => ({
  at,
  parts: [
    {
      source,
      layout: { series: Object.keys(values).map(flat) },
      values: Float64Array.from(Object.values(values)),
    },
  ],
  gone: [],
});

/** As many scrapes of a counter and a constant, a second apart. */
function fill(store: SampleStore, from: number, to: number, jitter: (n: number) => number = () => 0): void {
  for (let n = from; n <= to; n++) store.append(scrape(n * 1000 + jitter(n), { 'a x=1': n * 3, b: 7 }));
}

const lineOf = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `${(from + i) * 3}@${(from + i) * 1000}`).join(' ');

function whileBusy(store: SampleStore): void {
  for (let turns = 0; store.maintain(now + 1); turns++) if (turns > 1000) throw new Error('never done');
}

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

  test('are at whole milliseconds, and at some moment', () => {
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

  test('after a restart go on where they were', () => {
    fill(open(), 1, 50);
    for (const store of stores.splice(0)) store.close();
    const store = open();
    fill(store, 40, 60);
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 60)}`]);
    expect(store.stats()).toMatchObject({ series: 2, oldest: 1000, dropped: 22, errors: 0, pending: 0 });
  });
});

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
  // Small chunks, merged ones and the head: every border is somewhere.
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

  test('of any size give what is in them', () => {
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
    ['a scrape is kept', (store, at) => store.append(scrape(at, { a: 9, b: 9, c: 9, d: 9 }))],
    ['a series ends', (store, at) => store.append(scrape(at, { a: 9 }))],
    ['another window is read', store => store.select(matchers('__name__=~.*'), 0, FOREVER)],
    ['the clock is set back', store => store.append(scrape(1000, { a: 9, b: 9, c: 9, d: 9 }))],
  ])('are read by parts, and whole when %s between two', (name, meanwhile) => {
    for (const read of ['select', 'latest'] as const) {
      // A clock that goes on with every look at it: each series is a part.
      const clock = { now: () => now, elapsed: () => (now += 10) };
      const store = open({ clock, file: join(folder, `${read}.db`) });
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
      // After the clock was set back there is another past.
      if (name !== 'the clock is set back') expect(printed(found)).toEqual(before);
      expect(new Set(found.map(({ times }) => times.at(-1))).size).toBe(1);
      expect(found).toHaveLength(4);
    }
  });

  test('come to an end though the clock is set back at every part', () => {
    const clock = { now: () => now, elapsed: () => (now += 10) };
    const store = open({ clock, file: join(folder, 'set-back.db') });
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

  test('have ends in them, also without samples', () => {
    const store = open();
    store.append(scrape(10, { a: 1, b: 1 }));
    store.append(scrape(20, { b: 1 }));
    expect(select(store, '__name__=a', 11, 30)).toEqual(['a: end@20']);
    expect(select(store, '__name__=a', 21, 30)).toEqual([]);
    expect(store.series([matchers('__name__=a')], 11, 30)).toEqual([]);
  });

  test('of series that come and go have their gaps', () => {
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

test('bytes of a sample fall when chunks are merged, and times that jitter are kept once', () => {
  const ask = (sql: string) => {
    const db = new Database(file, { readonly: true });
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
  test('takes whole chunks that are too old, series with nothing left, and gives space back', () => {
    const store = open({ retention: 600_000 });
    store.append(scrape(500, { gone: 1 }));
    fill(store, 1, 1000);
    const { chunks } = store.stats();
    now = 1_000_000;
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

  test('a series that went and comes again is a new one', () => {
    const store = open({ retention: 100_000 });
    store.append(scrape(500, { back: 1 }));
    fill(store, 1, 400);
    now = 400_000;
    whileBusy(store);
    expect(store.stats().series).toBe(2);
    store.append(scrape(401_000, { back: 2 }));
    expect(select(store, '__name__=back')).toEqual(['back: 2@401000']);
    store.close();
    expect(select(open(), '__name__=back')).toEqual(['back: 2@401000']);
  });

  test('by size takes the oldest until the file is small enough', () => {
    const random = randomFrom(1);
    const names = Array.from({ length: 100 }, (_, i) => `m i=${i}`);
    const store = open({ maxBytes: 600_000 });
    for (let n = 1; n <= 1500; n++)
      store.append(scrape(n * 1000, Object.fromEntries(names.map(name => [name, random()]))));
    expect(statSync(file).size).toBeGreaterThan(800_000);
    whileBusy(store);
    expect(statSync(file).size).toBeLessThan(650_000);
    const [kept] = store.select(matchers('i=5'), 0, FOREVER);
    expect(kept?.times.at(-1)).toBe(1_500_000);
    expect(kept?.times[0]).toBeGreaterThan(96_000);
    store.close();
    expect(open().select(matchers('i=5'), 0, FOREVER)[0]?.values).toEqual(kept?.values);
  });
});

test('what was appended is there when the process is killed, in the middle of whatever', async () => {
  let first = 1;
  for (const length of [30, 150, 800, 1600]) {
    const child = spawn(process.execPath, [WRITER, DIST, file, String(first)], {
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
      // Some more may have been written before it could be said.
      expect(times.length).toBeGreaterThanOrEqual(last);
      expect([...times]).toEqual(Array.from(times, (_, i) => (i + 1) * 1000));
      expect([...values]).toEqual(Array.from(times, (_, i) => i + 1));
      first = times.length + 1;
    }
    expect(store.stats()).toMatchObject({ series: 40, errors: 0 });
    store.close();
  }
  expect(first).toBeGreaterThan(1600);
  expect(readdirSync(join(folder, 'data')).filter(name => name.includes('.corrupt-'))).toEqual([]);
});

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
    expect(logged.filter(([level]) => level !== 'info')).toEqual([
      ['warn', 'The clock was set back; samples of the time to come are forgotten'],
    ]);
  });

  test('and forth again: what was taken meanwhile stays', () => {
    const store = open();
    fill(store, 1000, 1100);
    fill(store, 500, 510);
    fill(store, 2000, 2010);
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(500, 510)} ${lineOf(2000, 2010)}`]);
  });

  test.each([
    ['back', 500],
    ['forward', 9000],
  ])('%s: what every source showed last is shown there, and ends when it is not shown again', (_, to) => {
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
    // What was there at that time is not there now.
    const ghost = store.select(matchers('__name__=ghost'), 0, 505_000);
    expect(ghost.map(({ times, ends }) => [[...times], [...ends]])).toEqual([
      [[490_000], to === 500 ? [499_999] : []],
    ]);
    expect(store.stats()).toMatchObject({ dropped: 0, problem: undefined });
  });

  test('by seconds: it is waited for', () => {
    const store = open();
    fill(store, 1000, 1100);
    fill(store, 1090, 1105);
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1000, 1105)}`]);
    expect(logged.filter(([level]) => level !== 'info')).toEqual([]);
  });
});

describe('a corrupt file is set aside and what is in memory goes on', () => {
  const asides = () => readdirSync(join(folder, 'data')).filter(name => name.includes('.corrupt-'));

  function overwrite(path: string, at: number, bytes: Uint8Array): void {
    const handle = openSync(path, 'r+');
    writeSync(handle, bytes, 0, bytes.length, at);
    closeSync(handle);
  }

  test.each<[string, () => void]>([
    ['text instead of a database', () => writeFileSync(file, 'this is no database, '.repeat(500))],
    ['a garbage header', () => overwrite(file, 0, new Uint8Array(100).fill(0x5a))],
  ])('%s', (_, damage) => {
    fill(open(), 1, 300);
    stores.splice(0)[0]?.close();
    damage();
    const broken = readFileSync(file);
    const store = open();
    fill(store, 301, 303);
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(301, 303)}`]);
    expect(store.stats()).toMatchObject({ problem: undefined, pending: 0, errors: 1 });
    expect(readFileSync(join(folder, 'data', asides()[0] as string))).toEqual(broken);
    store.close();
    expect(select(open(), '__name__=a')).toEqual([`a{x="1"}: ${lineOf(301, 303)}`]);
  });

  test('a bit flipped in a chunk, which SQLite does not see', () => {
    const store = open();
    fill(store, 1, 300);
    whileBusy(store);
    store.close();
    const db = new Database(file);
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
  test('or opened: samples wait in memory, and nothing of before is lost', () => {
    fill(open(), 1, 50);
    stores.splice(0)[0]?.close();
    const aside = readFileSync(file);
    rmSync(file);
    mkdirSync(file);
    const store = open();
    fill(store, 51, 60);
    expect(store.stats()).toMatchObject({ problem: 'unable to open database file', pending: 10, bytes: 0 });
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(51, 60)}`]);
    rmSync(file, { recursive: true });
    writeFileSync(file, aside);
    now += 30_000;
    fill(store, 61, 61);
    expect(store.stats()).toMatchObject({ problem: undefined, pending: 0, appended: 22 });
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 61)}`]);
    fill(store, 62, 300);
    store.close();
    expect(select(open(), '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 300)}`]);
    expect(logged.map(([level]) => level)).toEqual(['info', 'error', 'info', 'info', 'info']);
  });

  test('and only read: queries are answered with what is there and what waits, and it is written once it can be', () => {
    let obstacle: string | undefined;
    const options = { obstacle: () => obstacle };
    // Some samples are in chunks, some in the log.
    const first = open();
    fill(first, 1, 251);
    first.close();
    stores.splice(0);
    const mode = () => readFileSync(file).subarray(18, 20).join();
    expect(mode()).toBe('1,1');

    obstacle = 'the folder is read-only';
    const store = open(options);
    fill(store, 252, 260);
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 260)}`]);
    expect(store.stats()).toMatchObject({ problem: obstacle, pending: 9, oldest: 1000 });
    expect(store.stats().bytes).toBeGreaterThan(0);
    now += 60_000;
    fill(store, 261, 600);
    whileBusy(store);
    expect(mode()).toBe('1,1');
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 600)}`]);
    expect(store.stats().dropped).toBe(0);

    obstacle = undefined;
    now += 60_000;
    fill(store, 601, 750);
    expect(store.stats()).toMatchObject({ problem: undefined, pending: 0 });
    expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 750)}`]);
    store.close();
    stores.splice(0);
    expect(select(open(), '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 750)}`]);
  });

  test('and only read, with a damaged chunk: it is left out by name and stays where it is', () => {
    const first = open();
    fill(first, 1, 300);
    first.close();
    stores.splice(0);
    const db = new Database(file);
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
    mkdirSync(join(folder, 'data'));
    const disk = makeSmall(join(folder, 'data'));
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

  test('for hours: the oldest samples go, and memory stays bounded', () => {
    mkdirSync(file, { recursive: true });
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

test('is kept in memory with :memory:', () => {
  const store = open({ file: ':memory:' });
  fill(store, 1, 300);
  whileBusy(store);
  expect(select(store, '__name__=a')).toEqual([`a{x="1"}: ${lineOf(1, 300)}`]);
  expect(existsSync(join(folder, 'data'))).toBe(false);
});
