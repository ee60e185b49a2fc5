// Alert rules' expressions as sentences, and the explorer's address for them.

import { expect, test } from 'vitest';
import { explain } from '../../src/page/explain/explain.js';
import { graphQuery } from '../../src/page/explain/graph.js';
import { metricsOf, type Tree } from '../../src/page/explain/tree.js';
import { parsePanels } from '../../src/page/views/explore/panels.js';
import { parse } from '../../src/promql/parse.js';
import { toJson } from '../../src/promql/print/json.js';

const treeOf = (text: string) => toJson(parse(text)) as Tree;

test.each([
  ['up == 0', 'up is 0'],
  [
    'up{job="a",x="",y!="",z=~"b|c",w!~"d"} != 0',
    'up (job a, without x, with y, z like "b|c", w not like d) is not 0',
  ],
  ['{__name__=~"a.*"} > 1', 'any metric (__name__ like "a.*") is above 1'],
  ['avg_over_time(cpu[5m]) >= 0.7', 'the average of cpu over 5 min is at least 0.7'],
  [
    'sum by (job, proxy) (rate(x_total{code="5xx"}[5m])) > 0.1',
    'the sum of the per-second rate of x_total (code 5xx) over 5 min by proxy is above 0.1',
  ],
  ['sum without (reason) (x) <= 1', 'the sum of x regardless of reason is at most 1'],
  ['a / (b > 0) > 0.8', 'a divided by (b where it is above 0) is above 0.8'],
  ['a - (b + c) * 2 < 1', 'a minus ((b plus c) times 2) is below 1'],
  ['a == 1 unless on (job, proxy) b == 1', 'a is 1, unless b is 1 of the same proxy'],
  ['a > 1 and (b or c)', 'a is above 1, and (there is b, or there is c)'],
  [
    '(a == 0) + on (target) group_left (name) svc_info unless muted',
    'a is 0, with name of svc_info, unless there is muted',
  ],
  ['predict_linear(free[6h], 86400) < 0', 'free in 1 d, if it goes on as in the last 6 h, is below 0'],
  ['absent(up{job="x"})', 'there is no up (job x)'],
  ['absent_over_time(up[10m])', 'there was no up for 10 min'],
  ['quantile_over_time(0.95, x[1h]) > 2', 'the 95th percentile of x over 1 h is above 2'],
  [
    'histogram_quantile(0.5, sum by (le) (rate(x_bucket[5m]))) > 1',
    'the median of the sum of the per-second rate of x_bucket over 5 min by le is above 1',
  ],
  [
    'max_over_time(rate(x[5m])[1h:1m]) > 3',
    'the largest value of the per-second rate of x over 5 min over 1 h is above 3',
  ],
  ['x offset 1h > x', 'x 1 h ago is above x'],
  ['(expiry - time()) / 86400 < 14', '(expiry minus the time now) divided by 86400 is below 14'],
  ['topk(3, x) > 1', 'the 3 largest x is above 1'],
  ['-x < bool 1', 'there is whether minus x is below 1'],
  ['label_replace(x, "a", "$1", "b", "(.*)") > 0', 'x is above 0'],
  ['day_of_week() == 0', 'day_of_week() is 0'],
  ['vector(1)', 'always'],
])('%s', (query, want) => {
  expect(explain(treeOf(query))).toBe(want);
});

test('names each metric once', () => {
  expect(metricsOf(treeOf('a / (a + b) > on (x) sum(rate(c[5m])) and {d="e"}'))).toEqual(['a', 'b', 'c']);
});

const [HOUR, NOW] = [3_600_000, Date.UTC(2024, 0, 15, 12)];

test.each<[query: string, at: number | undefined, want: object[]]>([
  ['up == 0', undefined, [{ expression: 'up == 0' }, { expression: 'up' }]],
  [
    'up == 0',
    NOW - 1000,
    [
      { expression: 'up == 0', end: undefined },
      { expression: 'up', end: undefined },
    ],
  ],
  ['up == 0', NOW - 2 * HOUR, [{ end: (NOW - 1.5 * HOUR) / 1000 }, { end: (NOW - 1.5 * HOUR) / 1000 }]],
  ['a / (b > 0) > 0.8', undefined, [{}, { expression: 'a / (b > 0)' }]],
  ['a > 0 unless b == 1', undefined, [{ expression: 'a > 0 unless b == 1' }]],
  ['(a > 1)', undefined, [{ expression: '(a > 1)' }]],
  ['a > b', undefined, [{ expression: 'a > b' }]],
])('the graph of %s around %s', (query, at, want) => {
  const panels = parsePanels(graphQuery(query, treeOf(query), at, NOW));
  expect(panels).toMatchObject(want.map(each => ({ tab: 'graph', range: 3600, ...each })));
  expect(panels).toHaveLength(want.length);
});
