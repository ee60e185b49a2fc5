import { expect, test } from 'vitest';
import { guardOf } from '../../src/promql/guard.js';
import { inputsOf } from '../../src/promql/inputs.js';
import { parse } from '../../src/promql/parse.js';
import { print } from '../../src/promql/print.js';

test.each<[expression: string, guard: string | undefined]>([
  ['a and b', 'a'],
  ['a unless b', 'a'],
  ['a or b', undefined],
  ['a + b', undefined],
  ['(a and b)', 'a'],
  ['a and b unless rate(c[5m])', 'a and b'],
  ['a and rate(b[5m]) unless c', 'a'],
  ['rate(a[5m]) and b', undefined],
  ['a > 1 and on (x) min_over_time(b[5m]) == 0', 'a > 1'],
  // What may fail has to be evaluated.
  ['a and on (x) (b / c)', 'a'],
  ['a and (b / on (x) c)', undefined],
  ['a and (b * on (x) group_left () c)', undefined],
  ['a and ({__name__=~"b.*"} / c)', undefined],
  ['a and label_replace(b, "x", "y", "", "")', undefined],
  ['a and rate({__name__=~"b.*"}[5m])', undefined],
  ['a and topk(1, b)', undefined],
  ['a and (resets(b[5m]) - (resets(c[5m]) or 0 * resets(b[5m])) >= 2 or d)', 'a'],
  ['a and (sum by (x) (b) / sum by (x) (c))', 'a'],
  ['a and vector(time())', undefined],
])('%s', (expression, want) => {
  const guard = guardOf(parse(expression), part => inputsOf(part)?.past.length === 0);
  expect(guard && print(guard)).toBe(want);
});
