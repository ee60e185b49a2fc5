// A question that is answered within an evaluation of the rules is shown what a crash cannot take back.

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Labels } from '../../../src/model/labels.js';
import { DurableSource } from '../../../src/query/thread/durable-source.js';
import { SampleStore } from '../../../src/tsdb/store.js';
import { makeFolder, removeFolder } from '../../support/child.js';

const BEFORE = 1_700_000_000_000;
const NOW = BEFORE + 15_000;

let folder: string;
let store: SampleStore;

beforeEach(() => {
  folder = makeFolder('durable');
  store = new SampleStore({ file: join(folder, 'samples.db'), retention: 1e12, log: () => {} });
});
afterEach(() => {
  store.close();
  removeFolder(folder);
});

const scrape = (at: number, series: string[]) => ({
  at,
  gone: [],
  parts: [
    {
      source: 's',
      layout: { series: series.map(name => ['__name__', name]) },
      values: series.map(() => 1),
    },
  ],
});

test('a scrape is shown to rules at once and to questions when it is on disk', () => {
  const shown = new DurableSource(store, () => store.openAt);
  const all = () => ({
    select: shown.select([], 0, NOW).map(({ labels, times }) => [labels.key, [...times]]),
    latest: shown.latest([], 0, NOW).map(({ labels, times }) => [labels.key, [...times]]),
    series: shown.series([[]], 0, NOW).map(({ key }) => key),
  });
  const old = Labels.sorted(['__name__'], ['old']).key;
  const fresh = Labels.sorted(['__name__'], ['fresh']).key;
  store.append(scrape(BEFORE, ['old']));
  store.beginScrape(scrape(NOW, ['old', 'fresh']));
  expect(store.select([], 0, NOW)).toHaveLength(2);
  expect(all()).toEqual({ select: [[old, [BEFORE]]], latest: [[old, [BEFORE]]], series: [old] });
  expect(shown.select([], NOW, NOW)).toEqual([]);
  store.commit();
  expect(all()).toEqual({
    select: [
      [fresh, [NOW]],
      [old, [BEFORE, NOW]],
    ],
    latest: [
      [fresh, [NOW]],
      [old, [NOW]],
    ],
    series: [fresh, old],
  });
});
