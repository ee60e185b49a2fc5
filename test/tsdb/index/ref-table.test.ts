// The hash table of series references, with collisions.

import { describe, expect, test } from 'vitest';
import { RefTable } from '../../../src/tsdb/index/ref-table.js';
import { randomFrom } from '../random.js';

const HASHES: [name: string, hashOf: (series: number) => number][] = [
  ['each its own', series => series],
  ['seven for all', series => series % 7],
  ['one for all', () => 5],
  ['negative ones', series => -series],
];

describe.each(HASHES)('hashes: %s', (_, hashOf) => {
  test('finds the references that were added and not deleted, and no others', () => {
    const numbers = randomFrom(1);
    const table = new RefTable(hashOf);
    const there = new Set<number>();
    for (let i = 0; i < 3000; i++) {
      const series = Math.floor(numbers() * 300);
      if (there.delete(series)) table.delete(series);
      else {
        there.add(series);
        table.add(series);
      }
      expect(table.size).toBe(there.size);
      const asked = Math.floor(numbers() * 300);
      const found = table.find(hashOf(asked), each => each === asked);
      expect(found).toBe(there.has(asked) ? asked : undefined);
    }
  });

  test('deletes a missing reference without effect, and then all of them', () => {
    const table = new RefTable(hashOf);
    table.add(1);
    table.delete(2);
    expect(table.size).toBe(1);
    table.clear();
    expect(table.size).toBe(0);
    expect(table.find(hashOf(1), each => each === 1)).toBeUndefined();
  });
});
