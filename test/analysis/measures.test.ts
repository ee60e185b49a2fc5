// What is asked: services by their ids, whatever these are made of.

import { expect, test } from 'vitest';
import { type Targets, targetMatcher, up } from '../../src/analysis/measures.js';
import { parseSelector } from '../../src/promql/parse.js';

test.each<[Targets, readonly string[], readonly string[]]>([
  ['tools', ['tools'], ['tool', 'tools2']],
  [
    ['a', 'b'],
    ['a', 'b'],
    ['ab', 'a|b', ''],
  ],
  [['v1.2'], ['v1.2'], ['v1x2']],
  [
    ['a|b', '(c)', 'd\\e', 'f"g'],
    ['a|b', '(c)', 'd\\e', 'f"g'],
    ['a', 'b', 'c', 'de'],
  ],
  ['f"g\\', ['f"g\\'], ['fg']],
])('%j', (targets, same, others) => {
  const [matcher] = parseSelector(`{${targetMatcher(targets)}}`);
  for (const id of same) expect([id, matcher?.matches(id)]).toEqual([id, true]);
  for (const id of others) expect([id, matcher?.matches(id)]).toEqual([id, false]);
});

test('a measure is about all services, one or some', () => {
  expect([up('1h'), up('1h', 'a'), up('1h', ['a', 'b'])]).toEqual([
    'sum by (target) (sum_over_time(langgraph_monitor_service_up[1h]))',
    'sum by (target) (sum_over_time(langgraph_monitor_service_up{target="a"}[1h]))',
    'sum by (target) (sum_over_time(langgraph_monitor_service_up{target=~"a|b"}[1h]))',
  ]);
});
