// Series found by their labels, those whose labels make the same number too.

import { describe, expect, test } from 'vitest';
import { Labels } from '../../../src/model/labels.js';
import { SeriesByLabels } from '../../../src/store/samples/series-by-labels.js';
import { StoredSeries } from '../../../src/store/samples/stored-series.js';

/** Values that make the same number: found by trying. */
const ALIKE = ['7uzx', 'e2ad'];

/** `a=1,b=2` */
function labelsOf(text: string): Labels {
  return Labels.of(
    text === '' ? [] : text.split(',').map(pair => pair.split('=') as unknown as [string, string]),
  );
}

describe('found, and nothing else', () => {
  test.each<[name: string, added: string[], removed: string[], asked: string, isThere: boolean]>([
    ['one', ['a=1,b=2'], [], 'a=1,b=2', true],
    ['one of several', ['a=1', 'a=2', 'b=1'], [], 'a=2', true],
    ['without labels', ['', 'a=1'], [], '', true],
    ['another value', ['a=1'], [], 'a=2', false],
    ['another name', ['a=1'], [], 'b=1', false],
    ['fewer labels', ['a=1,b=2'], [], 'a=1', false],
    ['more labels', ['a=1'], [], 'a=1,b=2', false],
    ['a name that goes on in the value', ['ab=c'], [], 'a=bc', false],
    ['one that is gone', ['a=1', 'a=2'], ['a=1'], 'a=1', false],
    ['one beside one that is gone', ['a=1', 'a=2'], ['a=1'], 'a=2', true],
    ['the first of two alike', ALIKE.map(each => `a=${each}`), [], `a=${ALIKE[0]}`, true],
    ['the second of two alike', ALIKE.map(each => `a=${each}`), [], `a=${ALIKE[1]}`, true],
    ['one whose like is there', [`a=${ALIKE[0]}`], [], `a=${ALIKE[1]}`, false],
    ['one whose like is gone', ALIKE.map(each => `a=${each}`), [`a=${ALIKE[0]}`], `a=${ALIKE[1]}`, true],
    [
      'one gone whose like is there',
      ALIKE.map(each => `a=${each}`),
      [`a=${ALIKE[0]}`],
      `a=${ALIKE[0]}`,
      false,
    ],
  ])('%s', (_, added, removed, asked, isThere) => {
    const all = new SeriesByLabels();
    const series = new Map(added.map(text => [text, new StoredSeries(labelsOf(text))]));
    for (const each of series.values()) all.add(each);
    for (const text of removed) all.delete(series.get(text) as StoredSeries);
    expect(all.get(labelsOf(asked))).toBe(isThere ? series.get(asked) : undefined);
  });
});

test('a hundred thousand', () => {
  const all = new SeriesByLabels();
  const series = Array.from(
    { length: 100_000 },
    (_, i) => new StoredSeries(labelsOf(`code=${i % 7},target=${i}`)),
  );
  for (const each of series) all.add(each);
  expect(series.every(each => all.get(Labels.of(each.labels.pairs())) === each)).toBe(true);
});
