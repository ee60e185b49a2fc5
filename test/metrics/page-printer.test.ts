// Pages after each other: each is what it would be without the one before.

import { spawnSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { Gauge, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { Exposition } from '../../src/metrics/exposition.js';
import { MetricsPage } from '../../src/metrics/page.js';
import { PagePrinter } from '../../src/metrics/page-printer.js';
import { collect, FORMATS, write } from '../../src/metrics/render.js';
import { family } from '../../src/model/family.js';
import { randomness } from './randomness.js';

const FAMILIES = [
  family('a', 'Gauge', 'gauge', ['x']),
  family('b', 'Gauge of 模型'),
  family('c_total', 'Counter', 'counter', ['x']),
  family('h', 'Histogram', 'histogram'),
  family('z', 'Never seen'),
];
const LAYOUT = {
  families: ['a', 'b', 'a', 'c_total', 'h_bucket', 'h_bucket', 'h_sum', 'h_count'],
  labels: [['1'], [], ['é 2'], ['}" 7'], ['0.5'], ['+Inf'], [], []],
};

describe.each(FORMATS)('%s', format => {
  async function start() {
    const registry = new Registry();
    const exposition = new Exposition(registry, FAMILIES);
    const own = new Gauge({ name: 'own', help: 'Own', labelNames: ['l'], registers: [registry] });
    own.set({ l: 'a' }, 1);
    const printer = new PagePrinter(exposition, format);
    const check = async () => {
      const collection = await collect(registry);
      const want = write(collection, format).toString();
      expect(Buffer.concat(printer.print(collection).map(({ bytes }) => bytes)).toString()).toBe(want);
      return want;
    };
    return { exposition, own, check };
  }

  const values = [1, 2, 3, 4, 5, 6, 7, 8];
  const observed = (target: string) => ({ layout: LAYOUT, values: values.map(each => each + target.length) });

  test.each<[name: string, second: readonly number[], third: readonly number[]]>([
    ['the same', values, values],
    ['longer and shorter values', values.map(each => each * 1e9 + 0.125), [...values]],
    ['one changed', [1, 2, 3, 4.5, 5, 6, 7, 8], [1, 2, 3, 4.5, 5, 6, 7, 80]],
    ['infinite', values.map(() => Number.POSITIVE_INFINITY), values.map(() => Number.NEGATIVE_INFINITY)],
    ['a line that goes and comes', [1, 2, Number.NaN, 4, 5, 6, 7, 8], values],
    ['a first line that goes and comes', [Number.NaN, 2, 3, 4, 5, 6, 7, 8], values],
    ['a header that goes and comes', [1, Number.NaN, 3, 4, 5, 6, 7, 8], values],
    ['all that goes and comes', values.map(() => Number.NaN), values],
    [
      'absent, and what follows changed',
      [1, Number.NaN, 3, 4, 5, 6, 7, 8],
      [1, Number.NaN, 9, 4, 5, 6, 7, 8],
    ],
  ])('%s', async (_, second, third) => {
    const { exposition, check } = await start();
    exposition.observe('s', 'some', { layout: LAYOUT, values });
    exposition.observe('o', 'other', observed('other'));
    await check();
    for (const next of [second, third, third, values]) {
      exposition.observe('s', 'some', { values: [...next] });
      await check();
    }
  });

  test('sources that come and go, and metrics of prom-client that grow', async () => {
    const { exposition, own, check } = await start();
    await check();
    exposition.observe('s', 'some', observed('some'));
    await check();
    exposition.observe('o', '模型', observed('模型'));
    own.set({ l: 'longer' }, 12_345);
    await check();
    own.set({ l: 'a third' }, 0.5);
    exposition.observe('o', '模型', { values: values.map(each => each / 3) });
    expect(await check()).toContain('own{l="a third"} 0.5\n');
    exposition.remove('s');
    exposition.observe('o', '模型', { values });
    await check();
    exposition.observe('o', '模型', { layout: { families: ['z'], labels: [[]] }, values: [1] });
    expect(await check()).not.toContain('c_total');
    exposition.remove('o');
    await check();
  });

  test('whatever happens, a hundred times', async () => {
    const { next } = randomness(3);
    const { exposition, check } = await start();
    const pick = (count: number) => Math.floor(next() * count);
    for (let round = 0; round < 100; round++) {
      const target = `t${pick(5)}`;
      const some = values.map(value => (next() < 0.1 ? Number.NaN : next() < 0.5 ? value : next() * 1e6));
      if (next() < 0.1) exposition.remove(target);
      else if (next() < 0.2) exposition.observe(target, target, { layout: LAYOUT, values: some });
      else exposition.observe(target, target, { values: some });
      await check();
    }
  });
});

/** A thousand series of each of two families, so that each is a section by itself, and two of prom-client's. */
function large() {
  const registry = new Registry();
  const exposition = new Exposition(registry, FAMILIES.slice(0, 3));
  const count = 1000;
  const names = Array.from({ length: count }, (_, i) => [`backend ${i}`]);
  const layout = {
    families: [...names.map(() => 'a'), ...names.map(() => 'c_total')],
    labels: [...names, ...names],
  };
  const values = layout.families.map((_, i) => i);
  exposition.observe('s', 't', { layout, values });
  return { registry, exposition, values, count };
}

test('a section in which nothing has changed is the same as before, plain and compressed', async () => {
  const { registry, exposition, values, count } = large();
  const page = new MetricsPage(registry, exposition);
  const look = async () => [await page.get('text', false), await page.get('text', true)] as const;
  const [plain, zipped] = await look();
  expect(plain).toHaveLength(2);
  exposition.observe('s', 't', { values: [...values] });
  expect(await look()).not.toBe(plain);
  const [again, againZipped] = await look();
  for (const i of [0, 1]) expect(again[i]).toBe(plain[i]);
  for (const i of [1, 2]) expect(againZipped[i]).toBe(zipped[i]);
  exposition.observe('s', 't', { values: values.with(count + 7, 0.5) });
  const [changed, changedZipped] = await look();
  expect(changed[0]).toBe(plain[0]);
  expect(changedZipped[1]).toBe(zipped[1]);
  const text = Buffer.concat(changed).toString();
  expect(text).toContain('c_total{target="t",x="backend 7"} 0.5\n');
  expect(gunzipSync(Buffer.concat(changedZipped)).toString()).toBe(text);
  // As a program that is not ours reads it.
  const { stdout, status } = spawnSync('gzip', ['-dc'], { input: Buffer.concat(changedZipped) });
  expect([status, stdout.toString()]).toEqual([0, text]);
});

test('nothing is a page of no bytes, and compressed one that says so', async () => {
  const registry = new Registry();
  const page = new MetricsPage(registry, new Exposition(registry, FAMILIES));
  expect(Buffer.concat(await page.get('text', false)).length).toBe(0);
  expect(gunzipSync(Buffer.concat(await page.get('text', true))).length).toBe(0);
});
