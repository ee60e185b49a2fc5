// Lines' ends read off the bytes: the same as the parser reads, or left to it.

import { expect, test } from 'vitest';
import { SampleEnd } from '../../src/textparse/sample-end.js';
import { Random } from '../support/random.js';
import { parserOf } from './pages.js';

/** Value and time as the fast way reads them; undefined where it leaves the line to the parser. */
function fast(end: string, isOpenMetrics: boolean): [number, number] | undefined {
  const bytes = Buffer.from(`${end}\nnext 1\n`);
  const reader = new SampleEnd(isOpenMetrics);
  const next = reader.read(bytes, 0);
  if (next < 0) return undefined;
  expect(bytes.toString('latin1', next)).toBe('next 1\n');
  return [reader.value, reader.timestamp];
}

/** The same by the parser; undefined where the line is a mistake. */
function slow(end: string, isOpenMetrics: boolean): [number, number] | undefined {
  const parser = parserOf(`a ${end}\n`, isOpenMetrics);
  try {
    parser.next();
    return [parser.value, parser.timestamp];
  } catch {
    return undefined;
  }
}

const NUMBERS = [
  ...[
    '0',
    '-0',
    '1',
    '+1',
    '007',
    '123456789012345',
    '1234567890123456',
    '9007199254740993',
    '0.1',
    '-.5',
    '5.',
  ],
  ...[
    '1e22',
    '1e23',
    '1.7976931348623157e308',
    '5e-324',
    '1e-400',
    '1.5E+3',
    '4.35e-05',
    '0.30000000000000004',
  ],
  ...['0.000000000000000000000001', '1700000000.123', '1.7000000001234567e+09', 'NaN', 'Inf', '+Inf', '-Inf'],
];

test.each([false, true])('reads numbers (OpenMetrics: %s)', isOpenMetrics => {
  for (const number of NUMBERS) {
    expect(fast(number, isOpenMetrics), number).toEqual([
      Number(number.replace('Inf', 'Infinity')),
      Number.NaN,
    ]);
  }
});

test.each<[string, boolean, [number, number]]>([
  ['1 1700000000123', false, [1, 1700000000123]],
  ['1\t17', false, [1, 17]],
  ['1 1700000000.1239', true, [1, 1700000000123]],
  ['1 -0.0001', true, [1, 0]],
])('reads a time: %j (OpenMetrics: %s)', (end, isOpenMetrics, want) => {
  expect(fast(end, isOpenMetrics)).toEqual(want);
});

test.each([
  ...[
    '',
    ' 1',
    'x',
    '1x',
    '1e',
    '1e+',
    '.',
    '-',
    '1e999',
    '0x1',
    '1_0',
    'nan',
    'infinity',
    '-NaN',
    'Nan',
    '1\r',
  ],
  ...['1 ', '1  2', '1 2 ', '1 -2', '1 2.5', '1 x', '1 # {} 1', '{a="b"} 1'],
])('leaves %j to the parser', end => {
  expect(fast(end, false)).toBeUndefined();
});

test('never reads anything else than the parser', () => {
  const random = new Random(7);
  const alphabet = '0011223456789..eE+-  \t#NaIinf{}_x';
  let read = 0;
  for (let i = 0; i < 50_000; i++) {
    const length = 1 + random.below(8);
    const end = Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join('');
    const isOpenMetrics = random.next() < 0.5;
    const found = fast(end, isOpenMetrics);
    if (!found) continue;
    read++;
    expect(found, JSON.stringify([end, isOpenMetrics])).toEqual(slow(end, isOpenMetrics) ?? 'a mistake');
  }
  expect(read).toBeGreaterThan(5000);
});
