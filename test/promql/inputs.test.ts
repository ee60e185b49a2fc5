import { expect, test } from 'vitest';
import { inputsOf } from '../../src/promql/inputs.js';
import { parse } from '../../src/promql/parse.js';

const namesOf = (matcherSets: readonly (readonly { name: string; value: string }[])[]) =>
  matcherSets.map(matchers => matchers.find(({ name }) => name === '__name__')?.value).join(' ');

test.each<[expression: string, present: string, past: string]>([
  ['1 + 2', '', ''],
  ['a', 'a', ''],
  ['a{x="y"} + on (z) b', 'a b', ''],
  ['sum by (x) (-a) or vector(1)', 'a', ''],
  ['topk(scalar(a), b)', 'b a', ''],
  ['rate(a[5m]) / b', 'b', 'a'],
  ['a offset 1m', '', 'a'],
  ['a @ 100', '', 'a'],
  ['a @ end()', '', 'a'],
  ['a offset (1m * 0)', '', 'a'],
  ['max_over_time((a + b)[5m:1m])', '', 'a b'],
  ['absent(a)', 'a', ''],
])('%s', (expression, present, past) => {
  const inputs = inputsOf(parse(expression));
  expect(inputs && [namesOf(inputs.present), namesOf(inputs.past)]).toEqual([present, past]);
});

test.each(['time()', 'a + time()', 'timestamp(a)', 'hour()', 'sum(a) > minute(vector(1))'])(
  'the time counts: %s',
  expression => {
    expect(inputsOf(parse(expression))).toBeUndefined();
  },
);
