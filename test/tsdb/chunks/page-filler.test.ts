// Rows of many sizes in pages of one.

import { expect, test } from 'vitest';
import { PageFiller } from '../../../src/tsdb/chunks/page-filler.js';
import { randomFrom } from '../random.js';

const PAGE = 1000;

/** Pages that rows take when each is written behind the one before it. */
function pagesOf(rows: readonly number[]): number {
  let [pages, left] = [0, 0];
  for (const bytes of rows) {
    if (bytes > left) {
      pages++;
      left = Math.max(PAGE, bytes);
    }
    left -= bytes;
  }
  return pages;
}

function filled(rows: readonly number[]): number[] {
  const written: number[] = [];
  const filler = new PageFiller<number>(PAGE, row => written.push(row));
  for (const row of rows) filler.add(row, row);
  filler.flush();
  return written;
}

test('all rows are written, once each, into fewer pages than in the order they came', () => {
  const random = randomFrom(3);
  const rows = Array.from({ length: 2000 }, () => 50 + Math.floor(random() * 350));
  const written = filled(rows);
  expect(written.toSorted((a, b) => a - b)).toEqual(rows.toSorted((a, b) => a - b));
  const least = rows.reduce((sum, bytes) => sum + bytes, 0) / PAGE;
  expect(pagesOf(rows)).toBeGreaterThan(least * 1.1);
  expect(pagesOf(written)).toBeLessThan(least * 1.004);
});

test.each<[name: string, rows: number[], want: number[]]>([
  ['none', [], []],
  ['one that is larger than a page', [2500], [2500]],
  [
    'two that fill a page rather than one that leaves some',
    [400, 450, 500, 550, 100],
    [550, 450, 500, 400, 100],
  ],
  ['large ones first, small ones in what is left', [300, 900, 100, 600, 100], [900, 100, 600, 300, 100]],
])('%s', (_, rows, want) => {
  expect(filled(rows)).toEqual(want);
});
