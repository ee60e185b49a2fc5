// Where the others are known to answer otherwise than Prometheus 3 does, which we follow. docs/promql.md tells users.

import type { EngineName } from '../../support/engines.js';

/** Questions by name that an engine answers otherwise, for one reason. */
export interface KnownDifference {
  readonly engine: EngineName;
  readonly why: string;
  readonly questions: readonly string[];
}

/** What a question of an engine is expected to differ by; undefined where it is to be answered as everywhere. */
export function knownDifference(engine: EngineName, question: string): KnownDifference | undefined {
  return KNOWN.find(known => known.engine === engine && known.questions.includes(question));
}

export const KNOWN: readonly KnownDifference[] = [
  {
    engine: 'Prometheus',
    why: 'before 3.0 the first moment of a range was in it, too',
    questions: [
      'count_over_time(up{service="a"}[5m]) at 3600 s',
      'max_over_time(rate(requests_total{service="a"}[5m])[10m:1m])',
    ],
  },
  {
    engine: 'Prometheus',
    why: 'before 3.0 a duration was no number',
    questions: ['5m'],
  },
  {
    engine: 'Prometheus',
    why: 'before 3.0 names were no UTF-8',
    questions: ['{"up", service="a"}', 'values of a label that UTF-8 allows'],
  },
  {
    engine: 'Prometheus',
    why: '2.42 has no limit',
    questions: [
      'as many series of a vector as wanted',
      'as many series over time as wanted',
      'as many series as wanted',
      'as many labels as wanted',
      'as many values as wanted',
    ],
  },
  {
    engine: 'Prometheus',
    why: '2.42 has no lookback_delta',
    questions: ['a lookback of its own'],
  },
  {
    engine: 'VictoriaMetrics',
    why: 'a scalar is a vector, a string is nothing',
    questions: [
      '1 + 2 * 3 ^ 2 % 5',
      '-7 % 4',
      '1 / 0',
      '2 >= bool 2',
      '5m',
      '"text"',
      'scalar(memory_bytes{service="c"})',
      'time()',
      'pi()',
    ],
  },
  {
    engine: 'VictoriaMetrics',
    why: 'what is not a number is not there',
    questions: ['odd', 'scalar(up)'],
  },
  {
    engine: 'VictoriaMetrics',
    why: 'a series keeps its name where its values keep their meaning',
    questions: [
      'predict_linear(memory_bytes{service="a"}[4m], 600)',
      'avg_over_time(temperature[10m])',
      'avg_over_time(gaps[1h])',
      'min_over_time(memory_bytes[10m])',
      'max_over_time(memory_bytes[10m])',
      'quantile_over_time(0.9, memory_bytes{service="a"}[10m])',
      'clamp(memory_bytes, 600, 1500)',
      'clamp_min(memory_bytes, 1200)',
      'clamp_max(memory_bytes, 1200)',
      'avg_over_time(temperature[10m]) over time',
      'max_over_time(memory_bytes{service="a"}[5m:1m]) over time',
    ],
  },
  {
    engine: 'VictoriaMetrics',
    why: 'growth is counted from the last sample before the range and not extrapolated',
    questions: [
      'rate(requests_total[5m])',
      'increase(requests_total[5m])',
      'increase(requests_total{service="b"}[1h])',
      'delta(memory_bytes[5m])',
      'max_over_time(rate(requests_total{service="a"}[5m])[10m:1m])',
      'sum by (service) (rate(requests_total[5m])) over time',
    ],
  },
  {
    engine: 'VictoriaMetrics',
    why: 'a range shorter than the distance of two samples is made longer',
    questions: ['rate(up[20s])'],
  },
  {
    engine: 'VictoriaMetrics',
    why: 'over time a sample counts as present for about the distance of two samples or steps',
    questions: ['gone over time', 'absent(gaps) over time'],
  },
  {
    engine: 'VictoriaMetrics',
    why: 'MetricsQL takes what PromQL refuses',
    questions: [
      'rate(up)',
      'up[5m] + 1',
      'rate(up[0s])',
      '"a" + 1',
      'up and 1',
      'up default 0',
      'a range vector over time',
      'a string over time',
      'labels of a selector that selects all',
    ],
  },
  {
    engine: 'VictoriaMetrics',
    why: '1.79 has no quoted names',
    questions: ['{"up", service="a"}'],
  },
  {
    engine: 'VictoriaMetrics',
    why: 'an end before the start is moved behind it',
    questions: ['an end before the start'],
  },
  {
    engine: 'VictoriaMetrics',
    why: 'there may be 30,000 points',
    questions: ['more points than 11,000'],
  },
  {
    engine: 'VictoriaMetrics',
    why: 'no limit of a query, and no lookback_delta (its own word is max_lookback)',
    questions: [
      'as many series of a vector as wanted',
      'as many series over time as wanted',
      'a lookback of its own',
    ],
  },
  {
    engine: 'VictoriaMetrics',
    why: 'every refusal is HTTP 422, an error of execution',
    questions: [
      'sum(',
      '1 +',
      'up{',
      'up{service=a}',
      'sum by (service (up)',
      'up{service=~"("}',
      'nope(up)',
      'abs()',
      'histogram_quantile(0.9)',
      'topk(up, up)',
      'up @ foo',
      'no step',
      'many more points',
      'series of no selector',
      'series of an expression',
    ],
  },
];
