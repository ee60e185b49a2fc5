// An even grid: whatever the timers and the clock do, scrapes bear moments an interval apart.

import { expect, test } from 'vitest';
import { ScrapeGrid } from '../../src/metrics/scrape-grid.js';

const START = 1_700_000_000_123;

interface Row {
  readonly name: string;
  readonly interval?: number;
  /** When the scrapes are begun, in milliseconds after the start by the monotonic clock. */
  readonly begun: readonly number[];
  /** How much the wall clock is ahead of the monotonic one at each of them. */
  readonly ahead?: readonly number[];
  /** Their moments, in milliseconds after the start. */
  readonly want: readonly number[];
}

test.each<Row>([
  { name: 'timers in time', begun: [0, 15_000, 30_000], want: [0, 15_000, 30_000] },
  { name: 'timers that are late', begun: [0, 15_004, 30_090, 45_700], want: [0, 15_000, 30_000, 45_000] },
  { name: 'one that is too late bears its own time', begun: [0, 18_200, 30_001], want: [0, 18_200, 30_000] },
  {
    name: 'ticks that passed are left out',
    begun: [0, 15_000, 75_300, 90_000],
    want: [0, 15_000, 75_000, 90_000],
  },
  { name: 'a short interval tolerates less', interval: 200, begun: [0, 215, 430], want: [0, 200, 430] },
  {
    name: 'a clock that is slewed is followed now and then',
    begun: [0, 15_000, 30_000, 45_000, 60_000],
    ahead: [0, 20, 40, 60, 80],
    want: [0, 15_000, 30_000, 45_060, 60_060],
  },
  {
    name: 'a clock that is set forward is followed at once',
    begun: [0, 15_000, 30_000, 45_000],
    ahead: [0, 0, 3_600_000, 3_600_000],
    want: [0, 15_000, 3_630_000, 3_645_000],
  },
])('$name', ({ interval = 15_000, begun, ahead = [], want }) => {
  const grid = new ScrapeGrid(interval, 50);
  const moments = begun.map((each, i) => {
    expect(grid.isDue(each + 50)).toBe(true);
    return grid.next(each + 50, START + each + (ahead[i] ?? 0)) - START;
  });
  expect(moments).toEqual(want);
  expect(grid.isDue(grid.dueAt - 1)).toBe(false);
});

test('another interval counts from the last scrape', () => {
  const grid = new ScrapeGrid(15_000, 0);
  grid.next(0, START);
  grid.setInterval(5000, 2000);
  expect(grid.dueAt).toBe(5000);
  grid.next(5001, START + 5001);
  grid.setInterval(60_000, 6000);
  expect(grid.dueAt).toBe(65_000);
  grid.setInterval(100, 7000);
  expect(grid.dueAt).toBe(7000);
});

test('a grid that is restarted goes on from there', () => {
  const grid = new ScrapeGrid(15_000, 0);
  expect(grid.next(0, START)).toBe(START);
  grid.restart(800);
  expect(grid.isDue(800)).toBe(true);
  expect(grid.next(803, START + 803)).toBe(START + 800);
  expect(grid.dueAt).toBe(15_800);
  expect(grid.next(15_805, START + 15_805)).toBe(START + 15_800);
});
