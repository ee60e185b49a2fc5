// Label sets grouped by some of their labels: the same groups as by the text of those labels.

import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { type LabelChoice, LabelGroups } from '../../src/promql/label-groups.js';
import { randomFrom } from '../tsdb/random.js';

/** `a=1,b=2` */
function labelsOf(text: string): Labels {
  return Labels.of(
    text === '' ? [] : text.split(',').map(pair => pair.split('=') as unknown as [string, string]),
  );
}

const ALL: LabelChoice = { on: false, labels: [] };
const on = (...labels: string[]): LabelChoice => ({ on: true, labels });
const without = (...labels: string[]): LabelChoice => ({ on: false, labels });
/** Values that make the same number: found by trying. */
const ALIKE = ['7uzx', 'e2ad'];

describe('numbers', () => {
  test.each<[name: string, choice: LabelChoice, sets: string[], expected: number[]]>([
    ['equal and different ones', ALL, ['a=1', 'a=2', 'a=1', 'b=1'], [0, 1, 0, 2]],
    ['no labels', ALL, ['', 'a=1', ''], [0, 1, 0]],
    ['some labels', on('a'), ['a=1,b=1', 'a=1,b=2', 'a=2,b=1', 'b=1'], [0, 0, 1, 2]],
    ['a label that is missing', on('a'), ['b=1', 'b=2', ''], [0, 0, 0]],
    ['in another order', on('b', 'a'), ['a=1,b=2', 'a=2,b=1'], [0, 1]],
    ['all but some', without('a'), ['a=1,b=1', 'a=2,b=1', 'b=1', 'b=2'], [0, 0, 0, 1]],
    ['none', on(), ['a=1', 'b=1', ''], [0, 0, 0]],
    ['a name that goes on in the value', ALL, ['ab=c', 'a=bc'], [0, 1]],
    ['values that go on in each other', ALL, ['a=bc,b=d', 'a=b,b=cd'], [0, 1]],
    ['other names with the same values', ALL, ['a=1,b=2', 'a=1,c=2'], [0, 1]],
    ['two alike', ALL, ALIKE.map(value => `a=${value}`), [0, 1]],
    ['two alike twice', ALL, [...ALIKE, ...ALIKE].map(value => `a=${value}`), [0, 1, 0, 1]],
  ])('%s', (_, choice, sets, expected) => {
    const groups = new LabelGroups(choice);
    expect(sets.map(text => groups.numberOf(labelsOf(text)))).toEqual(expected);
    expect(groups.size).toBe(new Set(expected).size);
  });

  test('values that make the same number are looked at', () => {
    // Otherwise the lines about two alike say nothing.
    const [a, b] = ALIKE.map(value => hashOf(`a=${value}`));
    expect(a).toBe(b);
  });
});

/** FNV-1a over names, then values, each with its length: as the groups make it. */
function hashOf(text: string): number {
  const { names, values } = labelsOf(text);
  let hash = 0x811c9dc5;
  for (const part of [...names, ...values]) {
    hash = Math.imul(hash ^ part.length, 0x01000193);
    for (let i = 0; i < part.length; i++) hash = Math.imul(hash ^ part.charCodeAt(i), 0x01000193);
  }
  return hash;
}

describe.each([1, 2, 3])('ten thousand sets, seed %d', seed => {
  test.each<[name: string, choice: LabelChoice]>([
    ['all', ALL],
    ['by', on('a', 'c')],
    ['without', without('a', 'c')],
  ])('%s', (_, choice) => {
    const random = randomFrom(seed);
    const groups = new LabelGroups(choice);
    const keys = new Map<string, number>();
    for (let i = 0; i < 10_000; i++) {
      const labels = Labels.of(
        ['a', 'b', 'c', 'd'].map(
          name => [name, random() < 0.3 ? '' : `${Math.floor(random() * 8)}`] as const,
        ),
      );
      const chosen = choice.on ? labels.keep(choice.labels) : labels.without(choice.labels);
      const expected = keys.get(chosen.key) ?? keys.size;
      keys.set(chosen.key, expected);
      expect(groups.numberOf(labels)).toBe(expected);
    }
  });
});
