// A scrape's row in the log is read as it was written, bit for bit, also one that an older version wrote.

import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../src/tsdb/codec/bytes.js';
import { type LoggedSample, readLogRow, writeLogRow } from '../../../src/tsdb/head/log-row.js';

const AT = 1_700_000_000_000;

function row(ids: number[], values: number[], timed: LoggedSample[] = []): Uint8Array {
  const out = new ByteWriter();
  writeLogRow({ ids: Float64Array.from(ids), values: Float64Array.from(values), timed }, AT, out);
  return out.bytes.slice();
}

const VALUES: { name: string; values: number[]; bytes: number }[] = [
  { name: 'small whole numbers', values: [0, 1, -1, 7], bytes: 4 },
  { name: 'larger ones', values: [1000, -1000, 123_456], bytes: 7 },
  { name: 'short decimals', values: [0.5, -0.25, 4.125, 1234.567, 0.1 + 0.2], bytes: 19 },
  { name: 'seconds since 1970 with milliseconds', values: [1_732_965_123.456], bytes: 7 },
  {
    name: 'numbers that are none, and minus zero',
    values: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
    bytes: 36,
  },
  {
    name: 'what is too large or too long for a decimal',
    values: [2 ** 48, -(2 ** 48), 2 ** 53 + 2, Number.MAX_VALUE, Number.MIN_VALUE, Math.PI, 1e-7, -1e300],
    bytes: 72,
  },
  { name: 'the largest that is written as one', values: [2 ** 48 - 1, -(2 ** 48) + 1], bytes: 16 },
];

describe('values', () => {
  test.each(VALUES)('$name', ({ values, bytes }) => {
    const ids = values.map((_, i) => i);
    const written = row(ids, values);
    // Format, count, and one run of ids.
    expect(written.length - 4).toBe(bytes);
    const read = readLogRow(written, AT);
    expect([...read.values]).toEqual(values);
    expect([...read.ids]).toEqual(ids);
  });

  test('any doubles', () => {
    const bits = new BigUint64Array(2000);
    let state = 1n;
    for (let i = 0; i < bits.length; i++) {
      state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
      bits[i] = state;
    }
    const random = [...new Float64Array(bits.buffer)];
    const values = [...random, ...random.map((_, i) => (i * 7919) / 10 ** (i % 9))];
    const { values: read } = readLogRow(row([...values.keys()], values), AT);
    expect([...read]).toEqual(values);
  });
});

test.each<{ name: string; ids: number[] }>([
  { name: 'none', ids: [] },
  { name: 'one', ids: [1_000_000] },
  { name: 'runs, forwards and back', ids: [5, 6, 7, 100, 101, 1, 2, 50] },
  { name: 'one by one', ids: [9, 7, 5, 3, 1] },
])('series: $name', ({ ids }) => {
  const { ids: read, values } = readLogRow(row(ids, ids), AT);
  expect([...read]).toEqual(ids);
  expect([...values]).toEqual(ids);
});

test('samples with times of their own', () => {
  const timed = [
    { id: 4, at: AT - 3_600_000, value: 0.1 },
    { id: 5, at: AT + 1, value: Number.NaN },
    { id: 2, at: AT, value: -0 },
  ];
  expect(readLogRow(row([1], [2], timed), AT)).toEqual({
    ids: Float64Array.of(1),
    values: Float64Array.of(2),
    timed,
  });
});

test('a row of an older version', () => {
  const out = new ByteWriter();
  out.varint(3);
  for (const step of [5, 0, 10]) out.signed(step);
  for (const value of [1.5, Number.NaN, -0]) out.float64(value);
  out.varint(1);
  out.signed(2);
  out.signed(-1000);
  out.float64(7);
  expect(readLogRow(deflateSync(out.bytes, { level: 1 }), AT)).toEqual({
    ids: Float64Array.of(5, 6, 17),
    values: Float64Array.of(1.5, Number.NaN, -0),
    timed: [{ id: 2, at: AT - 1000, value: 7 }],
  });
});

describe('what cannot have been written is refused', () => {
  const whole = row([1, 2, 3, 9], [1, 2.5, Math.PI, 4], [{ id: 1, at: AT, value: 1 }]);

  test.each([...whole.keys()].slice(0, -1))('after %i bytes it ends', length => {
    const isWithoutTimed = length === row([1, 2, 3, 9], [1, 2.5, Math.PI, 4]).length;
    const read = () => readLogRow(whole.subarray(0, length), AT);
    if (isWithoutTimed) expect(read().timed).toEqual([]);
    else expect(read).toThrow();
  });

  test.each<{ name: string; bytes: number[] }>([
    { name: 'another format', bytes: [2, 0] },
    { name: 'more samples than there can be', bytes: [1, 255, 255, 255, 255, 255, 255, 127, 0, 1] },
    { name: 'a run longer than the row', bytes: [1, 2, 0, 3, 0, 0] },
    { name: 'a run of nothing', bytes: [1, 2, 0, 0, 0, 0] },
  ])('$name', ({ bytes }) => {
    expect(() => readLogRow(Uint8Array.from(bytes), AT)).toThrow();
  });
});
