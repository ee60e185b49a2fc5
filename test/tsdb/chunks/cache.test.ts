// The cache of arrays: least recently used ones are evicted, by size and by age.

import { expect, test } from 'vitest';
import { ByteCache } from '../../../src/tsdb/chunks/cache.js';

/** What one array of eight numbers takes. */
const ONE = 8 * 8 + 256;

/** A cache, and which arrays were made on the way. */
function cacheOf(count: number) {
  const cache = new ByteCache(count * ONE);
  const made: string[] = [];
  const get = (names: string) => {
    for (const name of names) {
      const array = cache.get(name, () => {
        made.push(name);
        return new Float64Array(8).fill(name.charCodeAt(0));
      });
      expect(array[0]).toBe(name.charCodeAt(0));
    }
  };
  return { cache, get, made: () => made.splice(0).join('') };
}

test.each<[name: string, asked: string, again: string, made: string]>([
  ['as many as fit', 'abc', 'abc', ''],
  ['the one asked for longest ago goes', 'abcd', 'bcd', ''],
  ['and is made again', 'abcd', 'a', 'a'],
  ['what is asked for again stays', 'abcad', 'acd', ''],
  ['in place of another', 'abcad', 'b', 'b'],
])('%s', (_, asked, again, expected) => {
  const { get, made } = cacheOf(3);
  get(asked);
  made();
  get(again);
  expect(made()).toBe(expected);
});

test('an array larger than the cache is returned and not stored', () => {
  const { cache, get, made } = cacheOf(0.5);
  get('aa');
  expect(made()).toBe('aa');
  expect(cache.lookup('a')).toBeUndefined();
});

test('an array that is not read for long is evicted, one that is read stays', () => {
  const { cache, get, made } = cacheOf(10);
  get('ab');
  cache.age();
  get('a');
  cache.age();
  made();
  get('ab');
  expect(made()).toBe('b');
});

test('an array evicted by age leaves room', () => {
  const { cache, get, made } = cacheOf(3);
  get('abc');
  cache.age();
  cache.age();
  get('def');
  made();
  get('def');
  expect(made()).toBe('');
});

test('the least recently read array is evicted first', () => {
  const { cache, get, made } = cacheOf(3);
  get('abc');
  cache.age();
  get('b');
  get('de');
  made();
  get('bde');
  expect(made()).toBe('');
});

test('a taken, deleted or cleared array is gone', () => {
  const { cache, get, made } = cacheOf(10);
  get('abc');
  expect(cache.lookup('a')?.[0]).toBe('a'.charCodeAt(0));
  cache.age();
  cache.delete('b');
  made();
  get('abc');
  expect(made()).toBe('ab');
  cache.clear();
  get('abc');
  expect(made()).toBe('abc');
});
