// The monitor's local times over a change of its clock.

import { expect, test } from 'vitest';
import { Zone } from '../../src/page/zone.js';

const utc = (at: number) => (Number.isFinite(at) ? new Date(at).toISOString().slice(0, 19) : 'NaN');
const at = (text: string) => Date.parse(`${text}Z`);
const WINTER = at('2026-01-15T12:00:00');

const BERLIN = new Zone([
  [at('2025-10-26T01:00:00'), 60],
  [at('2026-03-29T01:00:00'), 120],
  [at('2026-10-25T01:00:00'), 60],
]);
const ADELAIDE = new Zone([
  [at('2025-10-04T16:30:00'), 630],
  [at('2026-04-04T16:30:00'), 570],
]);
const FIXED = new Zone([[0, -300]]);

test.each<[name: string, zone: Zone, local: string, near: string, want: string]>([
  ['in winter', BERLIN, '2026-01-15T13:00:00.123456', '', '2026-01-15T12:00:00'],
  ['in summer, seen in winter', BERLIN, '2026-07-15T13:00:00', '', '2026-07-15T11:00:00'],
  ['long before', BERLIN, '2020-07-15T13:00:00', '', '2020-07-15T12:00:00'],
  ['half an hour beside', ADELAIDE, '2026-07-15T13:00:00', '', '2026-07-15T03:30:00'],
  ['where the clock stays', FIXED, '2026-07-15T13:00:00', '', '2026-07-15T18:00:00'],
  ['twice, early', BERLIN, '2026-10-25T02:30:00', '2026-10-25T00:40:00', '2026-10-25T00:30:00'],
  ['twice, late', BERLIN, '2026-10-25T02:30:00', '2026-10-25T01:20:00', '2026-10-25T01:30:00'],
  ['never', BERLIN, '2026-03-29T02:30:00', '', '2026-03-29T01:30:00'],
  ['no time', BERLIN, 'soon', '', 'NaN'],
])('a local time %s', (_, zone, local, near, want) => {
  expect(utc(zone.epoch(local, near === '' ? WINTER : at(near)))).toBe(want);
});

test.each<[moment: string, date: string, time: string]>([
  ['2026-10-25T00:59:59', '2026-10-25', '02:59:59'],
  ['2026-10-25T01:00:00', '2026-10-25', '02:00:00'],
  ['2026-03-29T01:00:00', '2026-03-29', '03:00:00'],
])('%s is shown as %s %s', (moment, date, time) => {
  expect(BERLIN.clockAt(at(moment))).toEqual({ date, time });
});
