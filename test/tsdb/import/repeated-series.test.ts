// Lines that follow another of the same series, read from bytes: the same samples as from text, or not these.

import { expect, test } from 'vitest';
import { parseSample } from '../../../src/tsdb/import/openmetrics/line.js';
import { RepeatedSeries, wordsOf } from '../../../src/tsdb/import/openmetrics/repeated-series.js';
import { randomFrom } from '../random.js';

const SERIES = 'x_total{a="b c",é="\\"1 2"}';

/** A line within others, as it stands in a file. */
function read(line: string, series = SERIES) {
  const before = Buffer.from('y 1 1\n');
  const bytes = Buffer.concat([before, Buffer.from(line), Buffer.from('\n7 7')]);
  const repeated = new RepeatedSeries(series);
  const end = repeated.read(bytes, wordsOf(bytes), before.length);
  const isRead = end === before.length + Buffer.byteLength(line);
  if (!isRead) expect(end).toBe(-1);
  return isRead ? { series: repeated.series, value: repeated.value, at: repeated.at } : undefined;
}

const NUMBERS = '0 -0 1 12 -3.5 0.0001 -0.25 00.10 123456789012345 0.12345678901234 3. 999999999999999'.split(
  ' ',
);
const TIMES = '0 -0 1700000000 1700000000.5 1700000000.123 -12.25 1.'.split(' ');

test.each(NUMBERS.flatMap(value => TIMES.map(time => [value, time])))('%s at %s', (value, time) => {
  const line = `${SERIES} ${value} ${time}`;
  expect(read(line)).toEqual(parseSample(line));
});

test('random decimals are the doubles that they are as text', () => {
  const random = randomFrom(7);
  for (let i = 0; i < 20_000; i++) {
    const value = ((random() - 0.5) * 10 ** Math.floor(random() * 12)).toFixed(Math.floor(random() * 8));
    const line = `${SERIES} ${value} ${(random() * 2e9).toFixed(Math.floor(random() * 4))}`;
    const sample = read(line);
    if (sample) expect(sample).toEqual(parseSample(line));
    else expect(value.replace(/[-.]/g, '').length).toBeGreaterThan(15);
  }
});

test.each([
  ['another series', 'x_total 1 1'],
  ['a longer name of a series', `${SERIES}x 1 1`],
  ['no time', `${SERIES} 1`],
  ['no time after the space', `${SERIES} 1 `],
  ['no value', `${SERIES}  1`],
  ['two spaces', `${SERIES} 1  1`],
  ['an exemplar', `${SERIES} 1 1 # {} 1`],
  ['a time beyond milliseconds', `${SERIES} 1 1.2345`],
  ['a time too late', `${SERIES} 1 999999999999`],
  ['an exponent', `${SERIES} 1e3 1`],
  ['a plus', `${SERIES} +1 1`],
  ['a point without digits before it', `${SERIES} .5 1`],
  ['two points', `${SERIES} 1.2.3 1`],
  ['a sign alone', `${SERIES} - 1`],
  ['more digits than a double holds', `${SERIES} 1234567890123456 1`],
  ['no number', `${SERIES} NaN 1`],
  ['the end of a line of Windows', `${SERIES} 1 1\r`],
])('%s is left to the reader of text', (_, line) => {
  expect(read(line)).toBeUndefined();
});
