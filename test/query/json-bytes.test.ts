import { describe, expect, test } from 'vitest';
import { JsonBytes, TooLong } from '../../src/query/print/json-bytes.js';

function written(write: (json: JsonBytes) => void, limit = 1e9): string {
  const json = new JsonBytes(limit);
  write(json);
  return Buffer.concat(json.take()).toString('utf8');
}

describe('strings are JSON', () => {
  test.each(['', 'a', 'a"b\\c', 'line\nline\ttab\u0001', '<a>&', 'ä€😀', 'a€', '\ud800', 'é'.repeat(50_000)])(
    '%j',
    text => {
      expect(JSON.parse(written(json => json.string(text)))).toBe(text);
    },
  );
});

test('points, one after the other', () => {
  const values = [1, 1, 0, -0, -0, 0, 0.1, 0.1, Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, 1e-7, 1e-7];
  const text = written(json => {
    for (const value of values) json.point(1500, value);
  });
  const want = ['1', '1', '0', '-0', '-0', '0', '0.1', '0.1', 'NaN', 'NaN', '+Inf', '1e-07', '1e-07'];
  expect(text).toBe(want.map(each => `[1.500,"${each}"]`).join(''));
});

test('more than there was room for', () => {
  const text = written(json => {
    json.expect(10);
    for (let i = 0; i < 10_000; i++) json.point(i * 1000, i % 7 === 0 ? 0.5 : i);
  });
  const want = Array.from({ length: 10_000 }, (_, i) => `[${i},"${i % 7 === 0 ? 0.5 : i}"]`);
  expect(text).toBe(want.join(''));
});

test.each<[string, (json: JsonBytes) => void]>([
  ['raw', json => json.raw('x'.repeat(20_001))],
  ['a string', json => json.string('x'.repeat(20_000))],
  [
    'points',
    json => {
      for (let i = 0; i < 2000; i++) json.point(i, i);
    },
  ],
])('too long: %s', (_, write) => {
  expect(() => written(write, 20_000)).toThrow(TooLong);
});
