// latest() returns the last sample that select() returns of each series: in the head, in chunks, imported.

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { ByteCache } from '../../src/tsdb/chunks/cache.js';
import { SampleFile } from '../../src/tsdb/file.js';
import { SampleStore } from '../../src/tsdb/store.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { randomFrom } from './random.js';

const SERIES = 12;
const SCRAPES = 250;
const EVERY = 1000;

let folder: string;
let store: SampleStore;

const open = () => new SampleStore({ file: join(folder, 'samples.db'), retention: 1e12, log: () => {} });

beforeEach(() => {
  folder = makeFolder('samples-latest');
  store = open();
});
afterEach(() => {
  store.close();
  removeFolder(folder);
});

/** Series that are there, NaN, or gone for a while, at random. */
function fill(random: () => number): void {
  const labels = Array.from({ length: SERIES }, (_, i) => Labels.of({ __name__: 'made', i: String(i) }));
  const isThere = labels.map(() => true);
  for (let k = 1; k <= SCRAPES; k++) {
    store.beginScrape({ at: k * EVERY, parts: [], gone: [] });
    for (const [i, each] of labels.entries()) {
      if (random() < 0.1) isThere[i] = !isThere[i];
      const value = random() < 0.1 ? Number.NaN : Math.round(random() * 100);
      store.add(`rule ${i}`, isThere[i] ? [{ labels: each, value }] : []);
    }
    store.commit();
  }
}

function expectSame(random: () => number, until: number): void {
  for (let n = 0; n < 400; n++) {
    const to = random() * until;
    const from = to - random() * (n % 2 === 0 ? 20 * EVERY : until);
    const whole = store.select([], from, to);
    const want = whole.map(({ labels, times, values, ends }) => ({
      labels: labels.toString(),
      times: [...times.slice(-1)],
      values: [...values.slice(-1)],
      ends: [...ends],
    }));
    const got = store.latest([], from, to).map(({ labels, times, values, ends }) => ({
      labels: labels.toString(),
      times: [...times],
      values: [...values],
      ends: [...ends],
    }));
    expect(got).toEqual(want);
  }
}

test('latest() equals the end of select(), before and after a restart', () => {
  const random = randomFrom(1);
  fill(random);
  expectSame(random, (SCRAPES + 10) * EVERY);
  store.close();
  store = open();
  expectSame(random, (SCRAPES + 10) * EVERY);
});

test('latest() equals the end of select() when samples of the future were imported', () => {
  const random = randomFrom(2);
  fill(random);
  const other = new SampleFile(join(folder, 'samples.db'), new ByteCache(0));
  const [id] = [...other.series.all()].map(series => series.id);
  const times = Float64Array.from({ length: 5 }, (_, i) => (SCRAPES + 10 + i) * EVERY);
  other.chunks.add(id as number, { times, values: times }, 'small');
  other.close();
  expectSame(random, (SCRAPES + 20) * EVERY);
});
