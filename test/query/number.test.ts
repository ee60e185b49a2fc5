import { describe, expect, test } from 'vitest';
import {
  formatFloat,
  MAX_NUMBER_LENGTH,
  writeFloat,
  writeTime,
} from '../../src/query/thread/print/number.js';

const bytes = new Uint8Array(MAX_NUMBER_LENGTH);
const written = (write: (bytes: Uint8Array, at: number, value: number) => number, value: number): string =>
  Buffer.from(bytes.subarray(0, write(bytes, 0, value))).toString('latin1');

describe('a value is printed as Prometheus prints it', () => {
  test.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-42, '-42'],
    [0.5, '0.5'],
    [-0.125, '-0.125'],
    [0.1 + 0.2, '0.30000000000000004'],
    [1 / 3, '0.3333333333333333'],
    [2 / 3, '0.6666666666666666'],
    [123456.789, '123456.789'],
    [2 ** 31, '2147483648'],
    [2 ** 53, '9007199254740992'],
    [2 ** 53 - 1, '9007199254740991'],
    [999999999999999, '999999999999999'],
    [1e15, '1000000000000000'],
    [1e20, '100000000000000000000'],
    [123456789012345680000, '123456789012345680000'],
    [1e21, '1e+21'],
    [-1.5e300, '-1.5e+300'],
    [0.000001, '0.000001'],
    [0.00000123, '0.00000123'],
    [9.9e-7, '9.9e-07'],
    [1e-7, '1e-07'],
    [-1.25e-9, '-1.25e-09'],
    [1e-10, '1e-10'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ])('%s', (value, want) => {
    expect(written(writeFloat, value)).toBe(want);
    expect(formatFloat(value)).toBe(want);
  });
});

describe('the quick way and the engine agree on', () => {
  let seed = 42;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32 + ((Math.imul(seed, 22695477) >>> 0) / 2 ** 32) * 2 ** -32;
  };
  const around = (value: number): number => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    view.setBigInt64(0, view.getBigInt64(0) + BigInt(Math.floor(random() * 9) - 4));
    return view.getFloat64(0);
  };
  const anyBits = (): number => {
    const view = new DataView(new ArrayBuffer(8));
    view.setUint32(0, Math.floor(random() * 2 ** 32));
    view.setUint32(4, Math.floor(random() * 2 ** 32));
    return view.getFloat64(0);
  };
  const kinds: [string, () => number][] = [
    ['rates of counters', () => (Math.floor(random() * 1e4) * (270 + random() * 30)) / 270 / 300],
    ['sums of rates', () => [1, 2, 3].reduce(sum => sum + Math.floor(random() * 1e4) * (10 / 9 / 300), 0)],
    ['whole numbers and halves', () => Math.floor(random() * 10 ** (1 + random() * 14)) / 2],
    ['numbers below a power of ten', () => 10 ** (Math.floor(random() * 21) - 5) * (1 - 0.1 * random() ** 4)],
    [
      'numbers of sixteen digits',
      () => Number(`0.${Math.floor(1e15 * (1 + 8 * random()))}`) * 10 ** Math.floor(random() * 6),
    ],
    ['rates', () => Math.floor(random() * 1e6) / 300 / (1 + random())],
    ['fractions of all sizes', () => random() * 10 ** (Math.floor(random() * 22) - 6)],
    ['few decimals', () => Math.round(random() * 1e9) / 10 ** Math.floor(random() * 10)],
    [
      'neighbours of short numbers',
      () => around(Number((random() * 1000).toFixed(Math.floor(random() * 4)))),
    ],
    ['neighbours of powers of ten', () => around(10 ** (Math.floor(random() * 22) - 6))],
    ['neighbours of powers of two', () => around(2 ** (Math.floor(random() * 70) - 20))],
    ['sums', () => random() + random() * 1e3 + random() * 1e6],
    ['large whole numbers', () => Math.floor(random() * 2 ** 53)],
    ['any bits at all', anyBits],
  ];
  test.each(kinds)('%s', (_, next) => {
    const wrong: [number, string][] = [];
    for (let i = 0; i < 100_000; i++) {
      const value = next();
      const text = written(writeFloat, value);
      if (text !== formatFloat(value)) wrong.push([value, text]);
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });
});

test.each([
  [0, '0'],
  [1, '0.001'],
  [10, '0.010'],
  [1500, '1.500'],
  [1_700_000_000_000, '1700000000'],
  [1_700_000_000_123, '1700000000.123'],
  [-1500, '-1.500'],
  [253_402_300_799_000, '253402300799'],
])('time %d', (time, want) => {
  expect(written(writeTime, time)).toBe(want);
});
