import { expect, test } from 'vitest';
import { inputsOf } from '../../src/promql/inputs.js';
import { parse } from '../../src/promql/parse.js';

const namesOf = (matcherSets: readonly (readonly { name: string; value: string }[])[]) =>
  matcherSets.map(matchers => matchers.find(({ name }) => name === '__name__')?.value).join(' ');

test.each<[expression: string, present: string, windows: string, past: string]>([
  ['1 + 2', '', '', ''],
  ['a', 'a', '', ''],
  ['a{x="y"} + on (z) b', 'a b', '', ''],
  ['sum by (x) (-a) or vector(1)', 'a', '', ''],
  ['topk(scalar(a), b)', 'b a', '', ''],
  ['rate(a[5m]) / b', 'b', 'a', ''],
  ['rate(a[5m] offset 1m) / b', 'b', '', 'a'],
  ['rate(a[5m] @ 100)', '', '', 'a'],
  ['a offset 1m', '', '', 'a'],
  ['a @ 100', '', '', 'a'],
  ['a @ end()', '', '', 'a'],
  ['a offset (1m * 0)', '', '', 'a'],
  ['max_over_time((a + b)[5m:1m])', '', '', 'a b'],
  ['max_over_time(rate(a[5m])[5m:1m]) + deriv(c[1m])', '', 'c', 'a'],
  ['absent(a)', 'a', '', ''],
])('%s', (expression, present, windows, past) => {
  const inputs = inputsOf(parse(expression));
  expect(inputs && [namesOf(inputs.present), namesOf(inputs.windows), namesOf(inputs.past)]).toEqual([
    present,
    windows,
    past,
  ]);
});

test.each(['time()', 'a + time()', 'timestamp(a)', 'hour()', 'sum(a) > minute(vector(1))'])(
  'the time counts: %s',
  expression => {
    expect(inputsOf(parse(expression))).toBeUndefined();
  },
);
