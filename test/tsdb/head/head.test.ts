// The head (the newest scrapes in memory) against plain arrays: values that change and do not, gaps, NaN, series that
// come and go, rows that are dropped.

import { describe, expect, test } from 'vitest';
import { Head } from '../../../src/tsdb/head/head.js';
import { StoredSeries } from '../../../src/tsdb/index/series-columns.js';
import { randomFrom } from '../random.js';

const placeOf = (stored: StoredSeries, series: number) => ({
  column: stored.places.column.get(series),
  fromSlot: stored.places.fromSlot.get(series),
});
/** A series' newest value, if its row is here. */
const lastValue = (stored: StoredSeries, head: Head, series: number) =>
  head.valueAt(
    stored.places.column.get(series),
    stored.places.lastSlot.get(series),
    stored.last.get(series),
    Number.POSITIVE_INFINITY,
  );

/** Samples of each series, kept plainly. */
type Plain = Map<number, Map<number, number>>;

const VALUES = [0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, 1e-300];

/** Rows of some series, the oldest dropped now and then, and the same plainly. */
function made(seed: number, count: number, rows: number) {
  const numbers = randomFrom(seed);
  const stored = new StoredSeries();
  const head = new Head(stored);
  const plain: Plain = new Map();
  for (let i = 0; i < count; i++) plain.set(stored.add(), new Map());
  for (let at = 1; at <= rows; at++) {
    const row = head.beginRow(at);
    const early = Math.floor(numbers() * count);
    for (const [series, samples] of plain) {
      if (series === early) head.push(row, [], false);
      // Some are away for long.
      if (numbers() < 0.2 || (series + at) % 40 < 10) continue;
      const before = samples.get(at - 1);
      const fresh = VALUES[Math.floor(numbers() * VALUES.length)] as number;
      const value = before === undefined || numbers() < 0.3 ? fresh : before;
      row.set(series, value);
      samples.set(at, value);
    }
    head.update([]);
    if (numbers() < 0.7) head.settle();
    if (numbers() < 0.1) {
      const gone = Math.floor(numbers() * head.rows.length);
      head.drop(gone);
      const oldest = head.rows[0]?.at as number;
      for (const samples of plain.values())
        for (const time of samples.keys()) if (time < oldest) samples.delete(time);
    }
  }
  return { stored, head, plain };
}

const SEEDS = [1, 2, 3, 4, 5];

describe.each(SEEDS)('seed %d', seed => {
  test.each([1, 31, 32, 33, 100])('%d series', count => {
    const { stored, head, plain } = made(seed, count, 120);
    const numbers = randomFrom(seed + 100);
    for (const [series, samples] of plain) {
      for (const [from, to] of [
        [0, 1000],
        [110, 115],
        [Math.floor(numbers() * 120), Math.floor(numbers() * 120)],
      ] as const) {
        const { times, values } = head.read(placeOf(stored, series), from, to);
        const expected = [...samples].filter(([at]) => from <= at && at <= to);
        expect([...times]).toEqual(expected.map(([at]) => at));
        expect([...values]).toEqual(expected.map(([, value]) => value));
      }
      const last = [...samples].at(-1);
      expect(lastValue(stored, head, series)).toEqual(last?.[1]);
      if (last) expect(stored.last.get(series)).toBe(last[0]);
    }
  });

  test('row by row', () => {
    const { head, plain } = made(seed, 70, 90);
    for (const row of head.rows) {
      const found = new Map<number, number>();
      head.each(row, (series, value) => found.set(series, value));
      const expected = [...plain].filter(([, samples]) => samples.has(row.at));
      expect(found).toEqual(new Map(expected.map(([series, samples]) => [series, samples.get(row.at)])));
    }
  });
});

test('a series has one sample in a row', () => {
  const stored = new StoredSeries();
  const head = new Head(stored);
  const series = stored.add();
  const row = head.beginRow(1);
  expect([row.set(series, 1), row.set(series, 2)]).toEqual([true, false]);
  head.push(row, [], false);
  expect(lastValue(stored, head, series)).toBe(1);
});
