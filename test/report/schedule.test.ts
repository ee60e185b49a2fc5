import { describe, expect, test } from 'vitest';
import type { Millis } from '../../src/model/time.js';
import { scopeAt } from '../../src/report/period.js';
import { Schedule } from '../../src/report/schedule.js';

describe('a schedule', () => {
  test.each([
    // On the day without 2:30 it is due when the clock has gone over that hour.
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    ],
    // On the day with two of them it is due once.
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00:00Z',
      ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
    ],
    ['0 8 29 2 *', 'Asia/Kolkata', '2026-01-01T00:00:00Z', ['2028-02-29T02:30:00.000Z']],
    [
      '0 8 1 * *',
      'America/New_York',
      '2026-10-15T00:00:00Z',
      ['2026-11-01T13:00:00.000Z', '2026-12-01T13:00:00.000Z'],
    ],
  ])('%s in %s', (pattern, zone, from, wanted) => {
    const schedule = new Schedule(pattern, zone);
    let at: Millis | undefined = Date.parse(from);
    const found = wanted.map(() => {
      at = schedule.after(at as Millis);
      return new Date(at as Millis).toISOString();
    });
    expect(found).toEqual(wanted);
  });
});

test.each<[due: string, zone: string, from: string, to: string]>([
  // The first of November in Tokyo is the last of October in London and New York.
  ['2026-10-31T23:00:00Z', 'Asia/Tokyo', '2026-09-30T15:00:00Z', '2026-10-31T15:00:00Z'],
  // Clocks go back on the first of November there, and an hour is in the month twice elsewhere.
  ['2026-11-01T13:00:00Z', 'America/New_York', '2026-10-01T04:00:00Z', '2026-11-01T04:00:00Z'],
  ['2026-11-01T07:00:00Z', 'Europe/Berlin', '2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z'],
  ['2028-03-01T02:30:00Z', 'Asia/Kolkata', '2028-01-31T18:30:00Z', '2028-02-29T18:30:00Z'],
  ['2026-01-01T08:00:00Z', 'UTC', '2025-12-01T00:00:00Z', '2026-01-01T00:00:00Z'],
])('the month before %s in %s, independent of the zone of the process', (due, zone, from, to) => {
  const at = Date.parse(due);
  expect(scopeAt('month', at, zone).period(at)).toEqual({ from: Date.parse(from), to: Date.parse(to) });
});
