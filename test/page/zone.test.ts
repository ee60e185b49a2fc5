// The monitor's local times over a change of its clock.

import { expect, test } from 'vitest';
import { Zone } from '../../src/page/zone.js';

const utc = (at: number) => (Number.isFinite(at) ? new Date(at).toISOString().slice(0, 19) : 'NaN');
const WINTER = Date.parse('2026-01-15T12:00:00Z');

test.each<[name: string, zone: string, offset: number, local: string, near: string, want: string]>([
  ['in winter', 'Europe/Berlin', 60, '2026-01-15T13:00:00', '', '2026-01-15T12:00:00'],
  ['in summer, seen in winter', 'Europe/Berlin', 60, '2026-07-15T13:00:00', '', '2026-07-15T11:00:00'],
  ['half an hour beside', 'Australia/Adelaide', 630, '2026-07-15T13:00:00', '', '2026-07-15T03:30:00'],
  ['west', 'America/New_York', -300, '2026-07-15T13:00:00', '', '2026-07-15T17:00:00'],
  ['twice, early', 'Europe/Berlin', 60, '2026-10-25T02:30:00', '2026-10-25T00:40:00', '2026-10-25T00:30:00'],
  ['twice, late', 'Europe/Berlin', 60, '2026-10-25T02:30:00', '2026-10-25T01:20:00', '2026-10-25T01:30:00'],
  ['never', 'Europe/Berlin', 60, '2026-03-29T02:30:00', '', '2026-03-29T00:30:00'],
  ['unknown zone', 'Mars/Olympus', 60, '2026-07-15T13:00:00', '', '2026-07-15T12:00:00'],
  ['zone that does not fit its offset', 'Europe/Berlin', 0, '2026-07-15T13:00:00', '', '2026-07-15T13:00:00'],
  ['none', '', 60, '2026-07-15T13:00:00', '', '2026-07-15T12:00:00'],
  ['no time', 'Europe/Berlin', 60, 'soon', '', 'NaN'],
])('a local time %s', (_, name, offset, local, near, want) => {
  const zone = new Zone(name, offset, WINTER);
  const at = zone.epoch(local, near === '' ? WINTER : Date.parse(`${near}Z`));
  expect(utc(at)).toBe(want);
});

test.each<[at: string, date: string, time: string]>([
  ['2026-10-25T00:59:59', '2026-10-25', '02:59:59'],
  ['2026-10-25T01:00:00', '2026-10-25', '02:00:00'],
  ['2026-03-29T01:00:00', '2026-03-29', '03:00:00'],
])('%s is shown as %s %s', (at, date, time) => {
  const zone = new Zone('Europe/Berlin', 60, WINTER);
  expect(zone.clockAt(Date.parse(`${at}Z`))).toEqual({ date, time });
});
