// The changes of the clock around a moment.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { utcOffsets } from '../../../src/http/page/utc-offsets.js';

let before: string | undefined;
beforeAll(() => {
  before = process.env.TZ;
});
afterAll(() => {
  if (before === undefined) delete process.env.TZ;
  else process.env.TZ = before;
});

test.each<[zone: string, want: [string, number][]]>([
  ['UTC', [['2024-01-14T12:00', 0]]],
  [
    'Europe/Berlin',
    [
      ['2024-01-14T12:00', 60],
      ['2024-03-31T01:00', 120],
      ['2024-10-27T01:00', 60],
      ['2025-03-30T01:00', 120],
      ['2025-10-26T01:00', 60],
      ['2026-03-29T01:00', 120],
      ['2026-10-25T01:00', 60],
    ],
  ],
  ['Asia/Kolkata', [['2024-01-14T12:00', 330]]],
])('of %s', (zone, want) => {
  process.env.TZ = zone;
  const found = utcOffsets(Date.parse('2026-01-15T12:00:30Z'));
  expect(found.map(([from, minutes]) => [new Date(from).toISOString().slice(0, 16), minutes])).toEqual(want);
});
