import { describe, expect, test } from 'vitest';
import { escapeLabelValue, formatLabels } from '../../src/model/labels.js';

describe('escapeLabelValue', () => {
  test.each([
    ['plain', 'plain'],
    ['', ''],
    ['a"b', 'a\\"b'],
    ['a\\b', 'a\\\\b'],
    ['a\nb', 'a\\nb'],
    ['\\n', '\\\\n'],
    ['"\\\n"', '\\"\\\\\\n\\"'],
    ['größe 模型 😀', 'größe 模型 😀'],
    ['tab\tand\rreturn', 'tab\tand\rreturn'],
  ])('%j', (value, want) => expect(escapeLabelValue(value)).toBe(want));
});

describe('formatLabels', () => {
  test.each([
    [[], [], ''],
    [['a'], ['1'], '{a="1"}'],
    [['a', 'b'], ['1', 'x"y'], '{a="1",b="x\\"y"}'],
    [['a', 'b'], ['1'], '{a="1",b=""}'],
  ])('%j %j', (names, values, want) => expect(formatLabels(names, values)).toBe(want));
});
