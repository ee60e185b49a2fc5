// Interim values between two scrapes: visible to instant queries at the present, not to ranges.

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Labels } from '../../../src/model/labels.js';
import type { Scrape } from '../../../src/model/scrape.js';
import { createMatcher } from '../../../src/promql/parse/matcher.js';
import { SampleStore } from '../../../src/tsdb/store.js';
import { makeFolder, removeFolder } from '../../support/child.js';

let folder: string;
let store: SampleStore;

const open = () => new SampleStore({ file: join(folder, 'samples.db'), retention: 1e12, log: () => {} });

beforeEach(() => {
  folder = makeFolder('samples-interim');
  store = open();
});
afterEach(() => {
  store.close();
  removeFolder(folder);
});

/** A scrape of one source with these series; `{}` has none. */
const scrape = (at: number, values: Readonly<Record<string, number>>): Scrape => ({
  at,
  gone: [],
  parts: [
    {
      source: 's',
      layout: { series: Object.keys(values).map(name => ['__name__', name]) },
      values: Object.values(values),
    },
  ],
});

/** Shows something between two scrapes, and what a rule makes of it. */
function preview(
  at: number,
  values: Readonly<Record<string, number>>,
  rule: Readonly<Record<string, number>> = {},
) {
  store.showInterim(scrape(at, values));
  addRule(rule);
  store.commit();
}

function append(
  at: number,
  values: Readonly<Record<string, number>>,
  rule: Readonly<Record<string, number>> = {},
) {
  store.beginScrape(scrape(at, values));
  addRule(rule);
  store.commit();
}

function addRule(values: Readonly<Record<string, number>>) {
  store.add(
    'rule',
    Object.entries(values).map(([name, value]) => ({ labels: Labels.of({ __name__: name }), value })),
  );
}

/** `name time=value`, or `name ended time` where a series is over. */
const latest = (at: number) =>
  store
    .latest([], at - 300_000, at)
    .map(({ labels, times, values, ends }) =>
      (ends.at(-1) ?? 0) > (times[0] ?? 0)
        ? `${labels} ended ${ends.at(-1)}`
        : `${labels} ${times[0]}=${values[0]}`,
    );

const kept = () =>
  store
    .select([], 0, 1e9)
    .map(({ labels, times, values, ends }) =>
      `${labels} ${[...times].map((at, i) => `${at}=${values[i]}`).join(' ')}${ends.length ? ` ended ${[...ends]}` : ''}`.trim(),
    );

test('instant queries see interim values, ranges do not, and the next scrape replaces them', () => {
  append(15_000, { up: 1, slow: 0 }, { status: 2 });
  preview(17_000, { up: 0, slow: 0 }, { status: 0, alert: 1 });
  expect(latest(17_000)).toEqual(['alert 17000=1', 'slow 17000=0', 'status 17000=0', 'up 17000=0']);
  expect(latest(16_999)).toEqual(['slow 15000=0', 'status 15000=2', 'up 15000=1']);
  expect(kept()).toEqual(['slow 15000=0', 'status 15000=2', 'up 15000=1']);
  preview(19_000, { up: 1, slow: 0 }, { status: 2 });
  expect(latest(19_000)).toEqual(['slow 19000=0', 'status 19000=2', 'up 19000=1']);
  append(30_000, { up: 0, slow: 0 }, { status: 0, alert: 1 });
  expect(latest(30_000)).toEqual(['alert 30000=1', 'slow 30000=0', 'status 30000=0', 'up 30000=0']);
  const whole = ['alert 30000=1', 'slow 15000=0 30000=0', 'status 15000=2 30000=0', 'up 15000=1 30000=0'];
  expect(kept()).toEqual(whole);
  store.close();
  store = open();
  expect(kept()).toEqual(whole);
});

test('series that end in interim values come back in the next scrape without an end', () => {
  append(15_000, { a: 1, b: 1 }, { ruled: 1 });
  preview(16_000, { a: 1 });
  expect(latest(16_000)).toEqual(['a 16000=1', 'b ended 16000', 'ruled ended 16000']);
  append(30_000, { a: 1, b: 1 }, { ruled: 1 });
  expect(kept()).toEqual(['a 15000=1 30000=1', 'b 15000=1 30000=1', 'ruled 15000=1 30000=1']);
});

test('a series that is in interim values only leaves no trace', () => {
  append(15_000, { a: 1 });
  preview(16_000, { a: 1, short: 1 }, { brief: 1 });
  preview(17_000, { a: 1, short: 2 }, { brief: 2 });
  expect(latest(17_000)).toEqual(['a 17000=1', 'brief 17000=2', 'short 17000=2']);
  append(30_000, { a: 1 });
  expect(latest(30_000)).toEqual(['a 30000=1']);
  expect(kept()).toEqual(['a 15000=1 30000=1']);
});

test('a rule that is not evaluated between scrapes keeps its value', () => {
  append(15_000, { a: 1 }, { ruled: 1 });
  store.showInterim(scrape(16_000, { a: 2 }));
  store.commit();
  expect(latest(16_000)).toEqual(['a 16000=2', 'ruled 15000=1']);
});

test('a new series of interim values is found by its labels', () => {
  append(15_000, { a: 1 });
  preview(16_000, { a: 1, fresh: 3 });
  const named = (name: string) => store.latest([createMatcher('__name__', '=', name)], 0, 16_000);
  expect(named('fresh').map(({ values }) => [...values])).toEqual([[3]]);
  expect(named('other')).toEqual([]);
  const any = [createMatcher('__name__', '=~', 'a|fresh')];
  const listed = (from: number) => store.series([any, any], from, 20_000).map(labels => labels.toString());
  expect(listed(0)).toEqual(['a', 'fresh']);
  expect(listed(16_001)).toEqual([]);
});

test('before the first scrape only interim values are visible', () => {
  preview(1000, { a: 1 }, { ruled: 5 });
  expect(latest(1000)).toEqual(['a 1000=1', 'ruled 1000=5']);
  expect(kept()).toEqual([]);
});

test('interim values at the time of the last scrape are ignored', () => {
  append(15_000, { a: 1 }, { ruled: 1 });
  preview(15_000, { a: 2 }, { ruled: 2 });
  expect(latest(15_000)).toEqual(['a 15000=1', 'ruled 15000=1']);
});

test('many interim values leave no series behind', () => {
  append(15_000, { a: 1 });
  for (let i = 0; i < 5000; i++) preview(15_001 + i, { a: 1 }, { [`brief_${i}`]: 1 });
  append(30_000, { a: 1 });
  while (store.maintain(performance.now() + 50));
  expect(store.stats().series).toBe(1);
  expect(latest(30_000)).toEqual(['a 30000=1']);
});
