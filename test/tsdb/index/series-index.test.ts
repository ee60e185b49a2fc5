// Series by their labels: lookup, removal, and reuse of the numbers of removed series.

import { describe, expect, test } from 'vitest';
import { Labels } from '../../../src/model/labels.js';
import type { LabelMatcher } from '../../../src/model/samples.js';
import { StoredSeries } from '../../../src/tsdb/index/series-columns.js';
import { SeriesIndex } from '../../../src/tsdb/index/series-index.js';

/** `a=1,b=2` */
function labelsOf(text: string): Labels {
  return Labels.of(
    text === '' ? [] : text.split(',').map(pair => pair.split('=') as unknown as [string, string]),
  );
}

function indexOf(texts: readonly string[]) {
  const stored = new StoredSeries();
  const index = new SeriesIndex(stored);
  const series = new Map(texts.map(text => [text, index.add(index.make(labelsOf(text)))]));
  return { stored, index, series };
}

describe('found, and nothing else', () => {
  test.each<[name: string, added: string[], removed: string[], asked: string, isThere: boolean]>([
    ['one', ['a=1,b=2'], [], 'a=1,b=2', true],
    ['one of several', ['a=1', 'a=2', 'b=1'], [], 'a=2', true],
    ['without labels', ['', 'a=1'], [], '', true],
    ['another value', ['a=1'], [], 'a=2', false],
    ['another name', ['a=1'], [], 'b=1', false],
    ['a value of another name', ['a=1', 'b=2'], [], 'a=2', false],
    ['fewer labels', ['a=1,b=2'], [], 'a=1', false],
    ['more labels', ['a=1'], [], 'a=1,b=2', false],
    ['both labels, of two series', ['a=1', 'b=2'], [], 'a=1,b=2', false],
    ['a name that goes on in the value', ['ab=c'], [], 'a=bc', false],
    ['one that is gone', ['a=1', 'a=2'], ['a=1'], 'a=1', false],
    ['one beside one that is gone', ['a=1', 'a=2'], ['a=1'], 'a=2', true],
    ['one that shares a label with one that is gone', ['a=1,b=1', 'a=1,b=2'], ['a=1,b=1'], 'a=1,b=2', true],
  ])('%s', (_, added, removed, asked, isThere) => {
    const { index, series } = indexOf(added);
    index.remove(new Set(removed.map(text => series.get(text) as number)));
    const found = index.find(labelsOf(asked));
    expect(found).toBe(isThere ? series.get(asked) : undefined);
    if (found !== undefined) expect(`${index.labels(found)}`).toBe(`${labelsOf(asked)}`);
    expect(index.size).toBe(added.length - removed.length);
  });
});

const equal = (name: string, value: string): LabelMatcher => ({
  name,
  op: '=',
  value,
  matches: v => v === value,
});
const unequal = (name: string, value: string): LabelMatcher => ({
  name,
  op: '!=',
  value,
  matches: v => v !== value,
});
const like = (name: string, expr: RegExp): LabelMatcher => ({
  name,
  op: '=~',
  value: expr.source,
  matches: v => expr.test(v),
});

describe('selected', () => {
  const texts = ['a=1', 'a=1,b=1', 'a=2,b=1', 'b=2', 'c=1', ''];
  test.each<[name: string, matchers: LabelMatcher[], expected: string[]]>([
    ['all', [], texts],
    ['a value', [equal('a', '1')], ['a=1', 'a=1,b=1']],
    ['two values', [equal('b', '1'), equal('a', '1')], ['a=1,b=1']],
    ['a value no series has', [equal('a', '3')], []],
    ['a label name no series has', [equal('d', '1')], []],
    ['not a value', [unequal('a', '1')], ['a=2,b=1', 'b=2', 'c=1', '']],
    ['not a value no series has', [unequal('a', '3')], texts],
    ['absent', [equal('a', '')], ['b=2', 'c=1', '']],
    ['present', [unequal('a', '')], ['a=1', 'a=1,b=1', 'a=2,b=1']],
    ['an expression', [like('a', /^[12]$/)], ['a=1', 'a=1,b=1', 'a=2,b=1']],
    ['an expression that nothing satisfies too', [like('a', /^2?$/)], ['a=2,b=1', 'b=2', 'c=1', '']],
    ['a value and not another', [equal('b', '1'), unequal('a', '2')], ['a=1,b=1']],
    ['an expression and a value', [like('a', /./), equal('b', '1')], ['a=1,b=1', 'a=2,b=1']],
  ])('%s', (_, matchers, expected) => {
    const { index } = indexOf(texts);
    const found = index.select(matchers).map(series => `${index.labels(series)}`);
    expect(found.sort()).toEqual(expected.map(text => `${labelsOf(text)}`).sort());
  });

  test('removed series are not selected', () => {
    const { index, series } = indexOf(texts);
    index.remove(new Set([series.get('a=1') as number]));
    expect(index.select([equal('a', '1')]).map(each => `${index.labels(each)}`)).toEqual(['{a="1", b="1"}']);
  });
});

test('a number that was freed is the next one, with labels of its own', () => {
  const { stored, index, series } = indexOf(['a=1,b=1', 'a=2,b=1']);
  const gone = series.get('a=1,b=1') as number;
  stored.addEnd(gone, 5);
  stored.extend(gone, 7);
  index.remove(new Set([gone]));
  index.free(gone);
  const next = index.add(index.make(labelsOf('a=3,b=1')));
  expect(next).toBe(gone);
  expect([stored.first.get(next), stored.last.get(next), stored.ends(next)]).toEqual([
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    [],
  ]);
  expect(index.find(labelsOf('a=1,b=1'))).toBeUndefined();
  expect([...index.all()].map(each => `${index.labels(each)}`).sort()).toEqual([
    '{a="2", b="1"}',
    '{a="3", b="1"}',
  ]);
});

test('a hundred thousand', () => {
  const texts = Array.from({ length: 100_000 }, (_, i) => `code=${i % 7},target=${i}`);
  const { index, series } = indexOf(texts);
  expect(texts.every(text => index.find(labelsOf(text)) === series.get(text))).toBe(true);
});
