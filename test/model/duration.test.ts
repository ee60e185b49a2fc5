import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/model/duration.js';

describe('parseDuration', () => {
  test.each([
    ['0', 0],
    ['0s', 0],
    ['30s', 30_000],
    ['500ms', 500],
    ['1h30m', 5_400_000],
    ['1y2w3d4h5m6s7ms', 31_536_000_000 + 1_209_600_000 + 259_200_000 + 14_400_000 + 300_000 + 6000 + 7],
    ['90m', 5_400_000],
    ['007s', 7000],
    [' 5m ', 300_000],
    ['2.5', 2500],
    ['15', 15_000],
    [15, 15_000],
    [0, 0],
    [0.25, 250],
  ])('%j is %d ms', (text, want) => expect(parseDuration(text)).toBe(want));

  test.each([
    '',
    ' ',
    's',
    'abc',
    '1.5h',
    '-5s',
    '+5s',
    '30m1h',
    '1h 30m',
    '1h1h',
    '5 s',
    '5S',
    '5sec',
    '1e3',
    '0x10',
    '.5',
    '5.',
    '٣s',
    '30s\n30s',
    `${'9'.repeat(400)}d`,
    '9'.repeat(400),
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('%j is none', text => expect(parseDuration(text)).toBeUndefined());
});

describe('formatDuration', () => {
  test.each([
    [0, '0s'],
    [0.4, '0s'],
    [1, '1ms'],
    [999.6, '1s'],
    [90_000, '1m30s'],
    [86_400_000 * 30, '30d'],
    [3_600_001, '1h1ms'],
  ])('%d ms is %s', (span, want) => expect(formatDuration(span)).toBe(want));

  test('what it writes, parseDuration reads', () => {
    for (let span = 1; span < 1e12; span = span * 3 + 7)
      expect(parseDuration(formatDuration(span))).toBe(span);
  });
});
