// A decoded chunk has the samples that were encoded, bit for bit.

import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/tsdb/codec/bytes.js';
import { decodeChunk, encodeChunk } from '../../src/tsdb/codec/chunk.js';
import { readTokens, writeTokens } from '../../src/tsdb/codec/entropy.js';
import { randomFrom } from './random.js';

const EFFORTS = ['quick', 'small'] as const;
const of = (length: number, value: (i: number) => number) =>
  Float64Array.from({ length }, (_, i) => value(i));

/** Values that differ after a round trip, as `[index, was, is]`; a comparison by `toEqual` would take minutes. */
function differences(values: Float64Array, effort: (typeof EFFORTS)[number]): [number, number, number][] {
  const back = decodeChunk(encodeChunk(values, effort), values.length);
  expect(back).toHaveLength(values.length);
  return [...values].flatMap((value, i) =>
    Object.is(value, back[i]) ? [] : [[i, value, back[i] as number] as [number, number, number]],
  );
}

const { NaN: nan, POSITIVE_INFINITY: inf, MAX_SAFE_INTEGER: safe, MAX_VALUE: max, MIN_VALUE: min } = Number;
let counter = 0;
let sum = 0;

const hostile: [string, Float64Array][] = [
  ['one value', of(1, () => 42)],
  ['one NaN', of(1, () => nan)],
  ['one -0', of(1, () => -0)],
  ['one decimal', of(1, () => 0.1)],
  ['NaNs only', of(100, () => nan)],
  ['0 and -0', of(100, i => (i % 2 === 0 ? 0 : -0))],
  ['a -0 among numbers', of(100, i => (i === 50 ? -0 : i))],
  ['small negatives that round to -0', of(100, i => -i * 1e-12)],
  ['both infinities and a NaN, at the ends', Float64Array.of(inf, 1, 2, 3, nan, 4, 5, -inf)],
  ['infinities alternating', of(101, i => (i % 2 === 0 ? inf : -inf))],
  ['numbers and NaNs alternating', of(200, i => (i % 2 === 0 ? i : nan))],
  ['the smallest double', of(64, i => (i % 3) * min)],
  ['subnormals', of(300, i => i * i * min)],
  ['the largest double', of(64, i => (i % 2 === 0 ? max : -max))],
  ['2^53 and its neighbours', Float64Array.of(2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, 2 ** 53 - 1, -(2 ** 53))],
  ['safe integers of both signs', of(500, i => (i % 2 === 0 ? safe : -safe))],
  ['2^50 and its neighbours', of(500, i => (i % 2 === 0 ? 1 : -1) * (2 ** 50 + (i % 5) - 2))],
  ['the codable limits, a far jump', of(300, i => (i % 7 === 0 ? -(2 ** 50) : 2 ** 50))],
  ['powers of two', of(2000, i => 2 ** ((i % 2000) - 1000))],
  ['powers of ten', of(600, i => Number(`1e${i - 300}`))],
  ['a constant 0.1', of(1000, () => 0.1)],
  ['steps of 4096', of(1000, i => 4096 * ((i * 7919) % 1000))],
  ['one long decimal among short ones', of(500, i => (i === 77 ? Math.PI : i / 4))],
  ['nine decimals', of(1000, i => Number((i * 1.234567891).toFixed(9)))],
  ['ten decimals', of(1000, i => Number((i * 1.2345678912).toFixed(10)))],
  ['a sum of decimals with its rounding errors', of(4096, i => (sum += ((i * 7919) % 100) / 1000))],
  ['a sum that crosses zero', of(2000, i => (i - 1000) * 0.1 + 0.3 - 0.1)],
  ['thirds', of(1000, i => i / 3)],
  ['a counter with resets', of(4000, i => (counter = i % 997 === 0 ? 0 : counter + ((i * 31) % 17)))],
  ['a counter with a rate that drifts', of(4000, i => (counter += 300 + ((i * 7919) % 37) + (i >> 4)))],
  [
    'the same, beginning again',
    of(4000, i => (counter = (i % 1500 === 0 ? 0 : counter) + ((i * 7919) % 97))),
  ],
  ['far steps that come and go', of(3000, i => (i % 5 < 2 ? i * i * i : 2 ** 50 - i * 977))],
  ['milliseconds since the epoch', of(4000, i => 1_700_000_000_000 + i * 30_000 + ((i * 7919) % 11))],
  ['two values, one rare', of(4096, i => (i % 1000 === 999 ? 0 : 1))],
  ['a pattern', of(4096, i => [3, 1, 4, 1, 5, 9, 2, 6][i % 8] as number)],
  ['a long line', of(20_000, i => i * 3 + 0.5)],
  ['steps of up to 24 bits', of(300, i => (i % 2 === 0 ? 1 : -1) * ((i * 7919) % 2 ** 23))],
  ['steps of 25 bits', of(300, i => (i % 2 === 0 ? 0 : 2 ** 24 + i))],
  ['a constant integer', of(100, () => 1_700_000_000)],
  ['a constant that is long', of(100, () => 1 / 3)],
];

describe.each(EFFORTS)('%s effort', effort => {
  test.each(hostile)('%s', (_, values) => {
    expect(differences(values, effort)).toEqual([]);
  });

  test.each(Array.from({ length: 60 }, (_, i) => i))('random mixture %i', seed => {
    const random = randomFrom(seed);
    const places = Math.floor(random() * 12);
    const specials = [nan, inf, -inf, -0, min, max, 2 ** 53, Math.PI, 0.1 + 0.2];
    const rarity = random() * 0.2;
    let last = 0;
    const values = of(1 + Math.floor(random() * 4096), () => {
      if (random() < rarity) return specials[Math.floor(random() * specials.length)] as number;
      last += (random() - 0.4) * 10 ** (seed % 7);
      return Number(last.toFixed(places));
    });
    expect(differences(values, effort)).toEqual([]);
  });

  test.each(Array.from({ length: 20 }, (_, i) => i))('random bits %i', seed => {
    const random = randomFrom(1000 + seed);
    const bits = Uint32Array.from({ length: 2048 }, () => random() * 2 ** 32);
    expect(differences(new Float64Array(bits.buffer), effort)).toEqual([]);
  });
});

test('the chosen encoding is small: bytes of 4,096 values', () => {
  const random = randomFrom(5);
  let total = 0;
  const size = (value: (i: number) => number) => encodeChunk(of(4096, value), 'small').length;
  expect(size(() => 16)).toBeLessThan(16);
  expect(size(i => 1_000_000 + i * 10)).toBeLessThan(200);
  expect(size(i => (i % 1000 === 999 ? 0 : 1))).toBeLessThan(100);
  // Eleven bits of noise cannot be had for less than eleven bits, and should not cost many more.
  expect(size(() => Math.floor(random() * 2048) / 1000)).toBeLessThan(4096 * (11.3 / 8));
  expect(size(() => 4096 * Math.floor(random() * 256))).toBeLessThan(4096 * 1.03);
  // Nor what a counter grows by, around a rate that drifts: five bits of noise, and half a bit more without a mean of the steps.
  let grown = 0;
  const step = (i: number) => Math.floor(200 + 100 * Math.sin(i / 400) + random() * 32);
  expect(size(i => (grown += step(i)))).toBeLessThan(4096 * (5.4 / 8));
  // The rounding errors of a sum are not worth six more bytes a value.
  expect(size(() => (total += Math.floor(random() * 16) / 1000))).toBeLessThan(4096 * 1.6);
});

test.each([1, 2, 16, 17, 255, 4096])('tokens of numbers up to 2^53, %i of them', count => {
  const random = randomFrom(count);
  const numbers = of(count, () => Math.floor(2 ** (random() * 53)));
  const out = new ByteWriter();
  writeTokens(out, numbers);
  expect(readTokens(new ByteReader(out.bytes), count)).toEqual(numbers);
});

describe('damaged bytes are an error, not other samples', () => {
  const written = encodeChunk(
    of(1000, i => i * i),
    'small',
  );
  test.each(Array.from({ length: 50 }, (_, i) => i))('bit flipped, %i', seed => {
    const broken = written.slice();
    const at = Math.floor(randomFrom(seed)() * broken.length * 8);
    broken[at >> 3] = (broken[at >> 3] as number) ^ (1 << (at & 7));
    expect(() => decodeChunk(broken, 1000)).toThrow('samples are corrupt: their checksum differs');
  });

  test.each([0, 1, 4, 5, 20])('cut to %i bytes', length => {
    expect(() => decodeChunk(written.slice(0, length), 1000)).toThrow(/^samples are corrupt: /);
  });
});
