// Large bodies as JSON: the same text, and others have their turn meanwhile.

import { expect, test } from 'vitest';
import { jsonByPieces } from '../../src/http/json-by-pieces.js';

const many = (make: (n: number) => unknown, count = 150) => Array.from({ length: count }, (_, n) => make(n));
const record = (make: (n: number) => unknown, count?: number) =>
  Object.fromEntries(many(make, count).map((each, n) => [`a "${n}"`, each]));

test.each<[string, unknown]>([
  ['null', null],
  ['a number that JSON has not', Number.NaN],
  ['a few members', { a: 1, b: [true, 'x'], c: undefined }],
  [
    'many members, some of them undefined',
    record(n => (n % 3 === 0 ? undefined : { n, at: [n, undefined] })),
  ],
  ['a long list, some of it undefined', many(n => (n % 3 === 0 ? undefined : n))],
  ['many members deep down', { a: { b: { c: record(n => many(m => [n, m], 5)) } }, d: 'é\u2028"' }],
  ['members with toJSON', record(n => new Date(n))],
  ['empty ones', { a: {}, b: [], c: record(() => ({})) }],
])('%s', async (_, value) => {
  expect(await jsonByPieces(value)).toBe(JSON.stringify(value));
});

test('others have their turn while a long one is printed', async () => {
  let isDone = false;
  let turns = 0;
  const count = () => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const value = { services: record(n => many(m => ({ n, m, text: 'x'.repeat(40) }), 200), 2000) };
  expect((await jsonByPieces(value)).length).toBeGreaterThan(10_000_000);
  isDone = true;
  expect(turns).toBeGreaterThan(1);
});
