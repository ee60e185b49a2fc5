import { expect, test } from 'vitest';
import type { Expr } from '../../src/promql/ast.js';
import { guardOf } from '../../src/promql/guard.js';
import { inputsOf } from '../../src/promql/inputs.js';
import { parse } from '../../src/promql/parse.js';
import { print } from '../../src/promql/print.js';

function isOfPresent(part: Expr): boolean {
  const inputs = inputsOf(part);
  return inputs !== undefined && inputs.past.length === 0 && inputs.windows.length === 0;
}

test.each<[expression: string, guard: string | undefined]>([
  ['a and b', 'a'],
  ['a unless b', 'a'],
  ['a or b', undefined],
  ['a + b', 'b'],
  ['(a and b)', 'a'],
  ['a and b unless rate(c[5m])', 'a and b'],
  ['a and rate(b[5m]) unless c', 'a'],
  ['rate(a[5m]) and b', 'b'],
  ['rate(a[5m]) and rate(b[5m])', undefined],
  ['predict_linear(a[6h], 86400) < 0 and b > 0.6 and a offset 1h', 'b > 0.6'],
  ['rate(a[5m]) unless b', undefined],
  ['label_replace(rate(a[5m]), "x", "y", "", "") and b', undefined],
  ['(rate(a[5m]) and b) > 2', 'b'],
  ['rate(a[5m]) / (b > 0) > 0.9', '(b > 0)'],
  ['rate(a[5m]) / on (x) b', 'b'],
  ['rate(a[5m]) * 2', undefined],
  ['rate(a[5m]) > scalar(b)', undefined],
  ['a > 1 and on (x) min_over_time(b[5m]) == 0', 'a > 1'],
  // What may fail has to be evaluated.
  ['a and on (x) (b / c)', 'a'],
  ['a and (b / on (x) c)', '(b / on (x) c)'],
  ['a and rate((b / on (x) c)[5m:1m])', undefined],
  ['label_replace(a, "x", "y", "", "") and {__name__=~"b.*"} / c', undefined],
  ['a and label_replace(rate(b[5m]), "x", "y", "", "")', undefined],
  ['a and rate({__name__=~"b.*"}[5m])', undefined],
  ['topk(1, a) and topk(1, b)', undefined],
  ['a and (resets(b[5m]) - (resets(c[5m]) or 0 * resets(b[5m])) >= 2 or d)', 'a'],
  ['a and (sum by (x) (b) / sum by (x) (c))', 'a'],
  ['a and vector(time())', undefined],
])('%s', (expression, want) => {
  const guard = guardOf(parse(expression), part => isOfPresent(part));
  expect(guard && print(guard)).toBe(want);
});
