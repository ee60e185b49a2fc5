import { expect, test } from 'vitest';
import { needsOf } from '../../src/promql/needs.js';
import { parse } from '../../src/promql/parse.js';

test.each<[expression: string, needs: string | undefined]>([
  ['a', 'a'],
  ['-(a offset 1m)', 'a'],
  ['abs(a - timestamp(a)) > 5', 'a'],
  ['predict_linear(a[6h], 86400) < 0 and b', 'a'],
  ['time() - a < 900', 'a'],
  ['(a - time()) / 86400 < 14', 'a'],
  ['a > 0 and changes(b[15m:30s]) > 0 or label_replace(time() - c < 900, "x", "$1", "y", "(.+)")', 'b c'],
  ['quantile_over_time(0.9, a[5m])', 'a'],
  ['sum by (x) (rate(a[5m])) unless b', 'a'],
  ['a + b', 'a'],
  // What may fail has to be evaluated.
  ['a and b / on (x) c', 'b'],
  ['topk(1, a) and b / on (x) c', undefined],
  ['topk(1, a) / topk(1, b)', undefined],
  ['a > scalar(b / on (x) c)', undefined],
  // What is found without series.
  ['a or vector(1)', undefined],
  ['absent(a)', undefined],
  ['absent_over_time(a[5m])', undefined],
  ['hour()', undefined],
  ['vector(time())', undefined],
  ['time() + 5', undefined],
  ['a unless absent(b)', undefined],
])('%s', (expression, needs) => {
  const found = needsOf(parse(expression));
  expect(found?.map(matchers => matchers.find(({ name }) => name === '__name__')?.value).join(' ')).toBe(
    needs,
  );
});
