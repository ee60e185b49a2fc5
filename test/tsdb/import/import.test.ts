// Samples from OpenMetrics files: which are imported, which are refused and how, and that a file is imported whole or not at all.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LabelMatcher } from '../../../src/model/samples.js';
import { importOpenMetrics } from '../../../src/tsdb/import/import.js';
import { SampleStore } from '../../../src/tsdb/store.js';
import { makeFolder, removeFolder } from '../../support/child.js';

const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));
const FIXTURES = fileURLToPath(new URL('openmetrics/', import.meta.url));
const ALL: LabelMatcher[] = [{ name: '__name__', op: '!=', value: '', matches: value => value !== '' }];

let folder: string;
let db: string;
const stores: SampleStore[] = [];

beforeEach(() => {
  folder = makeFolder('import');
  db = join(folder, 'data/samples.db');
});
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  removeFolder(folder);
});

function open(): SampleStore {
  const store = new SampleStore({ file: db, retention: 1e15, log: () => {} });
  stores.push(store);
  return store;
}

function contents(store = open()): Record<string, string> {
  const found = store
    .select(ALL, -1e15, 1e15)
    .map(({ labels, times, values }) => [
      String(labels),
      [...times].map((at, i) => `${Object.is(values[i], -0) ? '-0' : values[i]}@${at}`).join(' '),
    ]);
  return Object.fromEntries(found) as Record<string, string>;
}

function written(name: string, lines: Iterable<string>): string {
  const path = join(folder, name);
  writeFileSync(path, `${[...lines].join('\n')}\n# EOF\n`);
  return path;
}

/** A scrape of one series `a`. */
const scrape = (at: number, value: number) => ({
  at,
  parts: [{ source: 's', layout: { series: [['__name__', 'a']] }, values: Float64Array.of(value) }],
  gone: [],
});

const counted = (name: string, from: number, to: number, step = 1) =>
  Array.from(
    { length: Math.floor((to - from) / step) + 1 },
    (_, i) => `${name} ${from + i * step} ${from + i * step}`,
  );
const wanted = (from: number, to: number, step = 1) =>
  Array.from(
    { length: Math.floor((to - from) / step) + 1 },
    (_, i) => `${from + i * step}@${(from + i * step) * 1000}`,
  ).join(' ');

test('plain.good.txt', async () => {
  expect(await importOpenMetrics(join(FIXTURES, 'plain.good.txt'), db)).toEqual({
    series: 5,
    samples: 8,
    dropped: 0,
    first: 1_700_000_000_000,
    last: 1_700_000_060_000,
  });
  expect(contents()).toEqual({
    'http_requests_total{code="200", path="/a b}"}': '1@1700000000000 2@1700000030500',
    'http_requests_total{code="500", path="say \\"no\\"\\n\\\\"}': '1000@1700000000000',
    temperature: '-0@1700000000001 NaN@1700000030000 -Infinity@1700000060000',
    'größe.in.m{etage.nr="2"}': 'Infinity@1700000000000',
    'empty_label{b="1"}': '0.5@1700000000000',
  });
  expect(readdirSync(join(folder, 'data')).sort()).toEqual([
    'samples.db',
    'samples.db-shm',
    'samples.db-wal',
  ]);
});

describe('a broken file fails with its line, and nothing of it is kept', () => {
  const bad = readdirSync(FIXTURES).filter(name => name.endsWith('.bad.txt'));
  test('there are some', () => expect(bad.length).toBeGreaterThan(20));

  test.each(bad)('%s', async name => {
    const path = join(FIXTURES, name);
    const expected = readFileSync(path, 'latin1').split('\n')[0]?.replace('# expect ', '');
    await expect(importOpenMetrics(path, db)).rejects.toThrow(`${path}:${expected}`);
    expect(existsSync(join(folder, 'data')) ? readdirSync(join(folder, 'data')) : []).toEqual([]);
  });

  test('a file that is not there', async () => {
    await expect(importOpenMetrics(join(folder, 'none'), db)).rejects.toThrow(/ENOENT/);
  });

  test('the last line of many', async () => {
    const path = written('many', [...counted('a', 1, 10_000), 'a 1 no']);
    await expect(importOpenMetrics(path, db)).rejects.toThrow(
      `${path}:10001: the timestamp "no" is not a number`,
    );
    expect(contents()).toEqual({});
  });
});

describe('any order of series', () => {
  test.each<[string, number]>([
    ['in memory', 1_000_000],
    ['waiting on disk', 1000],
  ])('%s', async (_, mostInMemory) => {
    const lines = Array.from({ length: 3000 }, (_, t) => [
      `a ${t} ${t}`,
      `b{x="1"} ${t / 8} ${t * 2}`,
      `c 1 ${t}.5`,
    ]);
    const summary = await importOpenMetrics(written('mixed', lines.flat()), db, { mostInMemory });
    expect(summary).toMatchObject({ series: 3, samples: 9000, dropped: 0 });
    const found = contents();
    expect(found.a).toBe(wanted(0, 2999));
    expect(found['b{x="1"}']).toBe(Array.from({ length: 3000 }, (_, t) => `${t / 8}@${t * 2000}`).join(' '));
    expect(found.c).toBe(Array.from({ length: 3000 }, (_, t) => `1@${t * 1000 + 500}`).join(' '));
    expect(stores[0]?.stats().chunks).toBeLessThanOrEqual(6);
  });
});

describe('samples that are there already stay', () => {
  test.each<[string, [number, number, number], [number, number, number]]>([
    ['the same once more', [1, 9000, 1], [1, 9000, 1]],
    ['before and in the middle', [5000, 9000, 1], [1, 7000, 1]],
    ['in the middle and after', [1, 5000, 1], [3000, 9000, 1]],
    ['between', [2, 9000, 2], [1, 9001, 1]],
    ['around', [4000, 4500, 1], [1, 9000, 1]],
    ['far from each other', [1, 10, 1], [8000, 9000, 1]],
  ])('%s', async (_, [from, to, step], [from2, to2, step2]) => {
    await importOpenMetrics(written('first', counted('a', from, to, step)), db);
    const again = counted('a', from2, to2, step2).map(line => line.replace(/ (\d+) /, ' -$1 '));
    const kept = new Map(counted('a', from, to, step).map(line => [Number(line.split(' ')[2]), 1]));
    const summary = await importOpenMetrics(written('second', again), db);
    let dropped = 0;
    for (let t = from2; t <= to2; t += step2) {
      if (kept.has(t)) dropped++;
      else kept.set(t, -1);
    }
    expect(summary.dropped).toBe(dropped);
    const want = [...kept].sort((x, y) => x[0] - y[0]).map(([t, sign]) => `${sign * t}@${t * 1000}`);
    expect(contents().a).toBe(want.join(' '));
  });

  test('also those a running monitor has in memory, which sees the import at once', async () => {
    const store = open();
    for (let t = 6000; t <= 6200; t++) store.append(scrape(t * 1000, t));
    const summary = await importOpenMetrics(
      written('old', [...counted('a', 1, 7000), ...counted('b', 1, 3)]),
      db,
    );
    expect(summary.dropped).toBeGreaterThanOrEqual(201);
    expect(contents(store)).toMatchObject({ a: wanted(1, 6200), b: wanted(1, 3) });
    for (let t = 6201; t <= 6500; t++) store.append(scrape(t * 1000, t));
    while (store.maintain(performance.now() + 100));
    expect(contents(store)).toMatchObject({ a: wanted(1, 6500), b: wanted(1, 3) });
    store.close();
    expect(contents()).toMatchObject({ a: wanted(1, 6500), b: wanted(1, 3) });
  });

  test('of a series that the monitor scrapes for the first time afterwards', async () => {
    const store = open();
    store.append(scrape(1000, 1));
    await importOpenMetrics(written('b', counted('b', 1, 3)), db);
    const parts = [{ source: 'other', layout: { series: [['__name__', 'b']] }, values: Float64Array.of(10) }];
    store.append({ at: 10_000, parts, gone: [] });
    expect(contents(store).b).toBe('1@1000 2@2000 3@3000 10@10000');
    expect(store.stats().series).toBe(2);
  });
});

test('a killed import leaves all or nothing, and the next one cleans up', async () => {
  await importOpenMetrics(written('first', counted('first', 1, 10)), db);
  const lines = Array.from({ length: 40 }, (_, i) => counted(`many_${i}`, 1, 10_000));
  const path = written('large', lines.flat());
  const program = `import { importOpenMetrics } from ${JSON.stringify(`${DIST}/tsdb/import/import.js`)};
    await importOpenMetrics(${JSON.stringify(path)}, ${JSON.stringify(db)});`;
  for (const wait of [150, 300, 450, 600, 800, 1200]) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
    const exited = once(child, 'exit');
    await delay(wait);
    child.kill('SIGKILL');
    // An import that is done before the kill succeeds.
    expect([
      [null, 'SIGKILL'],
      [0, null],
    ]).toContainEqual(await exited);
    const store = open();
    const { series } = store.stats();
    expect([1, 41]).toContain(series);
    if (series === 41) expect(contents(store).many_39).toBe(wanted(1, 10_000));
    store.close();
  }
  await importOpenMetrics(path, db);
  expect(open().stats().series).toBe(41);
  expect(readdirSync(join(folder, 'data')).filter(name => name.includes('.import-'))).toEqual([]);
});

test('does not remove the temporary file of an import that still runs', async () => {
  mkdirSync(join(folder, 'data'));
  const [running, dead] = [`${db}.import-${process.ppid}`, `${db}.import-999999999`];
  for (const path of [running, dead]) writeFileSync(path, '');
  await importOpenMetrics(written('a', counted('a', 1, 3)), db);
  expect([existsSync(running), existsSync(dead)]).toEqual([true, false]);
});
