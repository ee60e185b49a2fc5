// The status of all shards from what the rules of each monitor record, by the shipped rules and by others.

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { METRIC_NAME } from '../../src/model/labels.js';
import { parseSeries } from '../../src/promql/series-notation.js';
import { AllShardsRules } from '../../src/rules/all-shards.js';
import { loadRuleFiles } from '../../src/rules/load.js';
import type { InstantSample } from '../../src/rules/query-func.js';
import { toTransfer } from '../../src/rules/transfer.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STATUS = 'langgraph:cluster_status';
const AT = Date.parse('2026-01-01T00:00:00Z');
const shipped = loadRuleFiles(['rules/*.rules.yml'], ROOT).map(toTransfer);

function sample(line: string): InstantSample {
  const { labels, points } = parseSeries(line);
  return { labels, value: points[0] as number };
}

/** What a monitor's rules record of its critical services. */
function monitor(index: number, count: number, down: number, well: number): InstantSample[] {
  const of = `job="j",instance="m${index}"`;
  return [
    `langgraph_monitor_shard_info{${of},shard="${index}",of="3"} 1`,
    `langgraph:critical_services:count{${of}} ${count}`,
    `langgraph:critical_services_down:count{${of}} ${down}`,
    `langgraph:critical_services_well:count{${of}} ${well}`,
  ].map(sample);
}

test.each<[name: string, samples: readonly InstantSample[], want: number | undefined]>([
  ['all are well', [...monitor(0, 2, 0, 2), ...monitor(1, 4, 0, 4)], 2],
  ['half of the few services of one are down', [...monitor(0, 2, 1, 1), ...monitor(1, 4, 0, 4)], 1],
  ['each has lost few, which together are many', [...monitor(0, 4, 1, 3), ...monitor(1, 3, 1, 2)], 1],
  ['more than 30 % are down', [...monitor(0, 2, 1, 1), ...monitor(1, 4, 1, 3)], 0],
  ['one is slow', [...monitor(0, 2, 0, 1), ...monitor(1, 4, 0, 4)], 1],
  ['three share the services', [...monitor(0, 1, 1, 0), ...monitor(1, 1, 0, 1), ...monitor(2, 2, 0, 2)], 1],
  ['samples of one monitor alone are there', monitor(0, 2, 0, 2), undefined],
  ['there are none', [], undefined],
  ['the own samples come first', [...monitor(0, 2, 1, 1), ...monitor(0, 2, 0, 2), ...monitor(1, 4, 0, 4)], 1],
])('the shipped rules, where %s', (_, samples, want) => {
  expect(AllShardsRules.of(shipped, STATUS)?.value(samples, AT)).toBe(want);
});

test('only what is recorded is asked for, not the services', () => {
  expect(AllShardsRules.of(shipped, STATUS)?.query).toBe(
    `{${METRIC_NAME}=~"langgraph:critical_services:count|langgraph:critical_services_down:count|` +
      'langgraph:critical_services_well:count|langgraph_monitor_shard_info", shard!="all"}',
  );
});

describe('other rules', () => {
  const file = (...rules: readonly [record: string, text: string, labels?: Record<string, string>][]) => [
    {
      file: 'status.rules.yml',
      groups: [
        {
          ...{ name: 'status', interval: undefined, queryOffset: 0, limit: 0 },
          rules: rules.map(([name, text, labels = {}]) => ({
            kind: 'recording' as const,
            ...{ name, text, labels },
          })),
        },
      ],
    },
  ];
  const all = { shard: 'all' };

  test('the status itself may be recorded for all', () => {
    const rules = AllShardsRules.of(file([STATUS, 'min by (job) (m:status)', all]), STATUS);
    expect(rules?.query).toBe(`{${METRIC_NAME}=~"m:status", shard!="all"}`);
    expect(rules?.value(['m:status{job="j",a="1"} 2', 'm:status{job="j",a="2"} 1'].map(sample), AT)).toBe(1);
  });

  test('a rule that fails records nothing', () => {
    const failing = file([STATUS, 'm:a * on (job) m:b', all], [STATUS, 'min by (job) (m:a)', all]);
    const samples = [
      'm:a{job="j",a="1"} 2',
      'm:a{job="j",a="2"} 1',
      'm:b{job="j",b="1"} 1',
      'm:b{job="j",b="2"} 1',
    ];
    expect(AllShardsRules.of(failing, STATUS)?.value(samples.map(sample), AT)).toBe(1);
  });

  test.each<[name: string, rules: ReturnType<typeof file>]>([
    ['none is for all', file([STATUS, 'm:status'])],
    [
      'the one for all is about something else',
      file(['m:other', 'sum(m:status)', all], [STATUS, 'm:status']),
    ],
    ['former samples count', file([STATUS, 'min by (job) (min_over_time(m:status[5m]))', all])],
    ['the time counts', file([STATUS, 'min by (job) (m:status) + 0 * time()', all])],
    ['a name is missing', file([STATUS, 'min({job="j"})', all])],
  ])('there is no status of all where %s', (_, rules) => {
    expect(AllShardsRules.of(rules, STATUS)).toBeUndefined();
  });
});
