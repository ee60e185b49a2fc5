// Series without references are collected as garbage; those that are referenced stay.

import { expect, test } from 'vitest';
import { Labels } from '../../../src/model/labels.js';
import { Heads } from '../../../src/tsdb/head/heads.js';
import { StoredSeries } from '../../../src/tsdb/index/series-columns.js';
import { SeriesRegistry } from '../../../src/tsdb/index/series-registry.js';
import { Outgoing } from '../../../src/tsdb/outgoing/outgoing.js';

const labels = (n: number) => Labels.of({ __name__: 'm', n: `${n}` });

test('memory stays bounded over ten thousand label sets, a hundred at a time', () => {
  const stored = new StoredSeries();
  const registry = new SeriesRegistry(stored, new Heads(stored), new Outgoing());
  const kept = registry.admit(registry.resolve(labels(-1)));
  const held = registry.resolve(labels(-2));
  for (let n = 0; n < 10_000; n++) {
    registry.resolve(labels(n));
    if (registry.hasGarbage) registry.sweep(hold => hold(held));
  }
  expect(stored.bound).toBeLessThan(2000);
  expect([kept, held].map(series => `${registry.index.labels(series)}`)).toEqual(['m{n="-1"}', 'm{n="-2"}']);
  expect(registry.index.size).toBe(1);
});

test('a referenced series that is not in the index is no garbage', () => {
  const stored = new StoredSeries();
  const registry = new SeriesRegistry(stored, new Heads(stored), new Outgoing());
  const held = Array.from({ length: 3000 }, (_, n) => registry.resolve(labels(n)));
  expect(registry.hasGarbage).toBe(true);
  registry.sweep(hold => held.forEach(hold));
  expect(registry.hasGarbage).toBe(false);
});
