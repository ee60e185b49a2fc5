// Time intervals in local time, across changes to and from summer time.

import { describe, expect, test } from 'vitest';
import { readTimeIntervals } from '../../../src/alertmanager/config/time-intervals.js';
import type { TimeInterval } from '../../../src/alertmanager/mute/time-interval.js';
import { Decoder } from '../../../src/config/decode.js';
import { parseYamlTree } from '../../../src/config/yaml-tree.js';
import { parseModelDuration } from '../../../src/promql/duration.js';

function intervalOf(text: string): TimeInterval {
  const decoder = new Decoder(parseModelDuration);
  const node = parseYamlTree(`[{name: x, time_intervals: [{${text}}]}]`);
  const [named] = readTimeIntervals(decoder, node, 'time_intervals');
  expect(decoder.problems).toEqual([]);
  return named?.intervals[0] as TimeInterval;
}

const times = (...spans: [start: string, end: string][]): string =>
  `times: [${spans.map(([start, end]) => `{start_time: '${start}', end_time: '${end}'}`).join(', ')}]`;
const berlin = 'location: Europe/Berlin';
const newYork = 'location: America/New_York';

describe('contains', () => {
  test.each<[what: string, interval: string, at: string, want: boolean]>([
    ['nothing said is always', '', '2026-05-01T12:00:00Z', true],
    ['an empty list is never', 'weekdays: []', '2026-05-01T12:00:00Z', false],
    ['the first minute', times(['09:00', '17:00']), '2026-05-01T09:00:00Z', true],
    ['the moment before it', times(['09:00', '17:00']), '2026-05-01T08:59:59.999Z', false],
    ['the last moment', times(['09:00', '17:00']), '2026-05-01T16:59:59.999Z', true],
    ['the end is not within', times(['09:00', '17:00']), '2026-05-01T17:00:00Z', false],
    ['the last minute of the day', times(['22:00', '24:00']), '2026-05-01T23:59:59Z', true],
    ['midnight is of the next day', times(['22:00', '24:00']), '2026-05-02T00:00:00Z', false],
    ['midnight', times(['00:00', '06:00']), '2026-05-02T00:00:00Z', true],
    ['either of two', times(['00:00', '06:00'], ['22:00', '24:00']), '2026-05-02T22:30:00Z', true],
    ['a weekday', "weekdays: ['monday:friday']", '2026-05-01T12:00:00Z', true],
    ['a Saturday', "weekdays: ['Monday:Friday']", '2026-05-02T12:00:00Z', false],
    ['a Sunday', 'weekdays: [sunday]', '2026-05-03T12:00:00Z', true],
    ['a day of the month', "days_of_month: ['1:3']", '2026-05-03T12:00:00Z', true],
    ['the day after', "days_of_month: ['1:3']", '2026-05-04T12:00:00Z', false],
    ['the last day', "days_of_month: ['-1']", '2026-04-30T12:00:00Z', true],
    ['the last but one', "days_of_month: ['-1']", '2026-04-29T12:00:00Z', false],
    ['the last three', "days_of_month: ['-3:-1']", '2026-02-26T12:00:00Z', true],
    ['the last of a leap year', "days_of_month: ['-1']", '2028-02-29T12:00:00Z', true],
    ['and not the day before', "days_of_month: ['-1']", '2028-02-28T12:00:00Z', false],
    ['from a day to the end', "days_of_month: ['27:-1']", '2026-05-31T12:00:00Z', true],
    ['more days than there are', "days_of_month: ['29:31']", '2026-02-28T12:00:00Z', false],
    ['as many as there are', "days_of_month: ['25:31']", '2026-02-28T12:00:00Z', true],
    ['the first day, from the end', "days_of_month: ['-31:-29']", '2026-02-01T12:00:00Z', false],
    ['the first day, from the end of a long month', "days_of_month: ['-31']", '2026-03-01T12:00:00Z', true],
    // The month in which clocks lose an hour has all its days.
    ['the last day of March', `days_of_month: ['-1'], ${newYork}`, '2026-03-31T12:00:00Z', true],
    ['the last but one of March', `days_of_month: ['-1'], ${newYork}`, '2026-03-30T12:00:00Z', false],
    ['a month by name', 'months: [may]', '2026-05-01T00:00:00Z', true],
    ['a month by number', "months: ['5']", '2026-05-31T23:59:59Z', true],
    ['months', "months: ['june:8']", '2026-09-01T00:00:00Z', false],
    ['a year', "years: ['2026']", '2026-12-31T23:59:59Z', true],
    ['years', "years: ['2027:2030', '2025']", '2026-12-31T23:59:59Z', false],
    [
      'everything at once',
      "weekdays: [friday], months: [may], years: ['2026']",
      '2026-05-01T12:00:00Z',
      true,
    ],
    ['all but one', "weekdays: [friday], months: [may], years: ['2027']", '2026-05-01T12:00:00Z', false],

    ['UTC is the default', times(['12:00', '13:00']), '2026-07-01T12:30:00Z', true],
    ['a zone in winter', `${times(['12:00', '13:00'])}, ${berlin}`, '2026-01-15T11:30:00Z', true],
    ['a zone in summer', `${times(['12:00', '13:00'])}, ${berlin}`, '2026-07-15T10:30:00Z', true],
    ['and not an hour later', `${times(['12:00', '13:00'])}, ${berlin}`, '2026-07-15T11:30:00Z', false],
    ["a zone's own day", `weekdays: [saturday], ${newYork}`, '2026-05-03T03:59:59Z', true],
    ["a zone's next day", `weekdays: [saturday], ${newYork}`, '2026-05-03T04:00:00Z', false],
    ["a zone's own year", "years: ['2027'], location: Pacific/Auckland", '2026-12-31T11:00:00Z', true],
    [
      'a zone between the hours',
      `${times(['17:30', '17:45'])}, location: Asia/Kathmandu`,
      '2026-05-01T11:50:00Z',
      true,
    ],
    // 2026-03-29: clocks go from 01:59:59 to 03:00:00 at 01:00 UTC.
    [
      'the last minute before spring',
      `${times(['01:00', '02:00'])}, ${berlin}`,
      '2026-03-29T00:59:59Z',
      true,
    ],
    ['the hour that is not there', `${times(['02:00', '03:00'])}, ${berlin}`, '2026-03-29T01:00:00Z', false],
    ['is skipped', `${times(['03:00', '04:00'])}, ${berlin}`, '2026-03-29T01:00:00Z', true],
    // 2026-10-25: clocks go from 02:59:59 to 02:00:00 at 01:00 UTC.
    ['the hour that is there twice', `${times(['02:00', '03:00'])}, ${berlin}`, '2026-10-25T00:30:00Z', true],
    ['its second time', `${times(['02:00', '03:00'])}, ${berlin}`, '2026-10-25T01:30:00Z', true],
    ['and then no more', `${times(['02:00', '03:00'])}, ${berlin}`, '2026-10-25T02:00:00Z', false],
    // 2026-10-04 in Lord Howe: half an hour, at 15:30 UTC of the day before.
    [
      'half an hour',
      `${times(['02:30', '03:00'])}, location: Australia/Lord_Howe`,
      '2026-10-03T15:30:00Z',
      true,
    ],
  ])('%s', (_, interval, at, want) => {
    expect(intervalOf(interval).contains(Date.parse(at))).toBe(want);
  });
});

test("Go's names Local and UTC are zones", () => {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const at = Date.parse('2026-05-01T12:30:00Z');
  const hour = new Date(at).getHours();
  const two = (each: number) => String(each).padStart(2, '0');
  const here = times([`${two(hour)}:00`, `${two(hour)}:59`]);
  for (const location of ['Local', timeZone])
    expect(intervalOf(`${here}, location: ${location}`).contains(at)).toBe(true);
  expect(intervalOf(`${times(['12:00', '13:00'])}, location: ''`).contains(at)).toBe(true);
});

describe('changesAt', () => {
  const lordHowe = 'location: Australia/Lord_Howe';
  test.each<[what: string, interval: string, at: string, want: string | undefined]>([
    ['the end of one that is', times(['09:00', '17:00']), '2026-05-01T12:34:56.789Z', '2026-05-01T17:00:00Z'],
    ['the begin of the next', times(['09:00', '17:00']), '2026-05-01T17:00:00Z', '2026-05-02T09:00:00Z'],
    ['its very begin', times(['09:00', '17:00']), '2026-05-01T08:59:59.999Z', '2026-05-01T09:00:00Z'],
    [
      'two that touch are one',
      times(['22:00', '24:00'], ['00:00', '06:00']),
      '2026-05-01T23:00:00Z',
      '2026-05-02T06:00:00Z',
    ],
    ['the weekend', `weekdays: ['monday:friday']`, '2026-05-01T12:00:00Z', '2026-05-02T00:00:00Z'],
    ['after it', `weekdays: ['monday:friday']`, '2026-05-02T12:00:00Z', '2026-05-04T00:00:00Z'],
    ['the last day of a month', "days_of_month: ['-1']", '2026-02-01T00:00:00Z', '2026-02-28T00:00:00Z'],
    [
      'the next leap day',
      "days_of_month: ['29'], months: [february]",
      '2026-05-01T00:00:00Z',
      '2028-02-29T00:00:00Z',
    ],
    ['a year', "years: ['2028']", '2026-05-01T00:00:00Z', '2028-01-01T00:00:00Z'],
    ['never again', "years: ['2020']", '2026-05-01T00:00:00Z', undefined],
    ['always', '', '2026-05-01T00:00:00Z', undefined],
    ['never', 'weekdays: []', '2026-05-01T00:00:00Z', undefined],
    // Clocks are set forward at 01:00 UTC: 02:30 is not there, and 03:00 comes an hour earlier.
    [
      'a span whose begin is skipped',
      `${times(['02:30', '06:00'])}, ${berlin}`,
      '2026-03-28T12:00:00Z',
      '2026-03-29T01:00:00Z',
    ],
    [
      'a span that is skipped whole',
      `${times(['02:00', '03:00'])}, ${berlin}`,
      '2026-03-28T12:00:00Z',
      '2026-03-30T00:00:00Z',
    ],
    // Clocks are set back at 01:00 UTC: 02:00 to 03:00 is there twice.
    [
      'an hour that is there twice',
      `${times(['02:00', '03:00'])}, ${berlin}`,
      '2026-10-25T00:10:00Z',
      '2026-10-25T02:00:00Z',
    ],
    [
      'one that comes again in the same night',
      `${times(['02:30', '03:00'])}, ${berlin}`,
      '2026-10-25T00:45:00Z',
      '2026-10-25T01:00:00Z',
    ],
    [
      'its second time',
      `${times(['02:30', '03:00'])}, ${berlin}`,
      '2026-10-25T01:00:00Z',
      '2026-10-25T01:30:00Z',
    ],
    [
      'half an hour',
      `${times(['01:45', '03:00'])}, ${lordHowe}`,
      '2026-10-03T14:00:00Z',
      '2026-10-03T15:15:00Z',
    ],
    [
      'a midnight that is skipped',
      `weekdays: [sunday], location: Asia/Beirut`,
      '2026-03-28T20:00:00Z',
      '2026-03-28T22:00:00Z',
    ],
  ])('%s', (_, interval, at, want) => {
    const from = Date.parse(at);
    const found = intervalOf(interval).changesAt(from, from + 5 * 366 * 86_400_000);
    expect(found === undefined ? undefined : new Date(found).toISOString()).toBe(
      want && new Date(want).toISOString(),
    );
  });

  test('equals a scan of every minute, across changes of the clocks', () => {
    const intervals = [
      `${times(['01:10', '02:50'], ['23:30', '24:00'])}, ${berlin}`,
      `${times(['02:00', '02:15'])}, weekdays: [sunday], ${berlin}`,
      `${times(['00:00', '00:20'], ['01:40', '02:20'])}, ${lordHowe}`,
      `weekdays: [saturday], ${newYork}`,
    ];
    for (const text of intervals) {
      const interval = intervalOf(text);
      for (const night of [
        '2026-03-07',
        '2026-03-28',
        '2026-04-04',
        '2026-10-03',
        '2026-10-24',
        '2026-10-31',
      ]) {
        const from = Date.parse(`${night}T10:00:00Z`);
        const minutes = Array.from({ length: 36 * 60 }, (_, i) => from + i * 60_000);
        const seen = minutes.filter(
          (at, i) => i > 0 && interval.contains(at) !== interval.contains(at - 60_000),
        );
        const found: number[] = [];
        const until = minutes.at(-1) as number;
        for (let at = interval.changesAt(from, until); at; at = interval.changesAt(at, until)) found.push(at);
        expect({ text, night, found }).toEqual({ text, night, found: seen });
      }
    }
  });
});
