// Selections that are kept, beside an index whose series come, go, and come again under the numbers of others.

import { expect, test } from 'vitest';
import { compareLabels, Labels } from '../../../src/model/labels.js';
import type { LabelMatcher } from '../../../src/model/samples.js';
import { KnownSelections } from '../../../src/tsdb/index/known-selections.js';
import { StoredSeries } from '../../../src/tsdb/index/series-columns.js';
import { SeriesIndex } from '../../../src/tsdb/index/series-index.js';
import { randomFrom } from '../random.js';

const equal = (name: string, value: string): LabelMatcher => ({
  name,
  op: '=',
  value,
  matches: v => v === value,
});

test.each<[name: string, matchers: LabelMatcher[]]>([
  ['a few series', [equal('a', '1')]],
  ['two values', [equal('a', '2'), equal('b', '3')]],
  ['none', [equal('a', 'x')]],
  ['more than are kept', [equal('c', '1')]],
])('%s: as the index has them, however often they are read', (_, matchers) => {
  const numbers = randomFrom(7);
  const any = (count: number) => String(Math.floor(numbers() * count));
  const stored = new StoredSeries();
  const index = new SeriesIndex(stored);
  const selections = new KnownSelections(index);
  const there = new Map<string, number>();
  const wanted = (condition: (series: number) => boolean) =>
    index
      .select(matchers)
      .filter(condition)
      .map(series => ({ series, labels: index.labels(series) }))
      .sort((a, b) => compareLabels(a.labels, b.labels));
  for (let i = 0; i < 600; i++) {
    const labels = Labels.of({ a: any(9), b: any(9), c: '1' });
    const known = there.get(labels.key);
    if (known === undefined) there.set(labels.key, index.add(index.make(labels)));
    else {
      index.remove(new Set([known]));
      index.free(known);
      there.delete(labels.key);
    }
    for (const condition of [() => true, (series: number) => series % 2 === 0])
      expect(selections.select(matchers, condition)).toEqual(wanted(condition));
  }
});

test('many selectors, one after the other and again', () => {
  const stored = new StoredSeries();
  const index = new SeriesIndex(stored);
  for (let i = 0; i < 100; i++) index.add(index.make(Labels.of({ a: String(i) })));
  const selections = new KnownSelections(index);
  const selectors = Array.from({ length: 100 }, (_, i) => [equal('a', String(i))]);
  for (const matchers of [...selectors, ...selectors]) {
    const [found] = selections.select(matchers, () => true);
    expect(found?.labels.get('a')).toBe(matchers[0]?.value);
  }
});
