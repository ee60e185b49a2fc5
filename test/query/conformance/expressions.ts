// What an engine answers at one moment, and over a range of time. Worked out by hand over the samples of dataset.ts.

import type { Millis } from '../../../src/model/time.js';
import type { ApiQuery } from '../../../src/query/engine.js';
import { BEGIN } from './dataset.js';

/** A question and its answer, in the lines of answers.ts. */
export interface Question {
  readonly name: string;
  readonly ask: ApiQuery;
  readonly want: readonly string[];
  /** The order of the lines is part of the answer. */
  readonly inOrder?: boolean;
}

/** An hour and some seconds after the first sample: on none of them, nor is the beginning of any window. */
export const NOW: Millis = BEGIN + 3_607_000;
/** Six steps up to then. */
export const RANGE = { start: NOW - 600_000, end: NOW, step: 120_000 };

function at(seconds: number, query: string, ...want: string[]): Question {
  return {
    name: `${query} at ${seconds} s`,
    ask: { type: 'query', query, time: BEGIN + seconds * 1000 },
    want,
  };
}

function now(query: string, ...want: string[]): Question {
  return { name: query, ask: { type: 'query', query, time: NOW }, want };
}

function inOrder(query: string, ...want: string[]): Question {
  return { ...now(query, ...want), inOrder: true };
}

function range(query: string, ...want: string[]): Question {
  return { name: `${query} over time`, ask: { type: 'query_range', query, ...RANGE }, want };
}

export const SELECTORS: readonly Question[] = [
  now('up', 'up{service="a"} 1', 'up{service="b"} 0', 'up{service="c"} 0'),
  at(-1, 'up'),
  now('up{service="a"}', 'up{service="a"} 1'),
  now('up{service!="a"}', 'up{service="b"} 0', 'up{service="c"} 0'),
  now('up{service=~"a|b"}', 'up{service="a"} 1', 'up{service="b"} 0'),
  now('up{service!~"a|b"}', 'up{service="c"} 0'),
  now(
    '{__name__=~"build_.+"}',
    'build_info{service="a", version="1.2"} 1',
    'build_info{service="b", version="2.0"} 1',
  ),
  now('build_info{version="",service="a"}'),
  now('nothing'),
  now('words', 'words{text="größe \\"x\\" \\\\ y\\nz"} 1'),
  now('odd', 'odd{kind="infinite"} +Inf', 'odd{kind="large"} 1e+21', 'odd{kind="not a number"} NaN'),
  at(3287, 'gone', 'gone{service="a"} 100'),
  at(3307, 'gone'),
  at(1500, 'gaps', 'gaps 44'),
  at(1027, 'gaps'),
  now('late_total'),
  now('memory_bytes{service="a"} offset 5m', 'memory_bytes{service="a"} 1100'),
  now('memory_bytes{service="a"} offset -5m', 'memory_bytes{service="a"} 1100'),
  now('memory_bytes{service="a"} @ 1699999507', 'memory_bytes{service="a"} 1100'),
  now('memory_bytes{service="a"} @ end()', 'memory_bytes{service="a"} 1000'),
  now('memory_bytes{service="a"}[2m]', 'memory_bytes{service="a"} 1170@3510 1180@3540 1190@3570 1000@3600'),
  at(1367, 'gaps[3m]', 'gaps 40@1200 41@1230 42@1260 43@1290 44@1320'),
];

export const OPERATORS: readonly Question[] = [
  now('1 + 2 * 3 ^ 2 % 5', 'scalar 4'),
  now('"text"', 'string "text"'),
  now('-7 % 4', 'scalar -3'),
  now('1 / 0', 'scalar +Inf'),
  now('memory_bytes / 1000', '{service="a"} 1', '{service="b"} 2', '{service="c"} 0.5'),
  now('-memory_bytes{service="c"}', '{service="c"} -500'),
  now('memory_bytes > 1000', 'memory_bytes{service="b"} 2000'),
  now('memory_bytes > bool 1000', '{service="a"} 0', '{service="b"} 1', '{service="c"} 0'),
  now('1000 < memory_bytes', 'memory_bytes{service="b"} 2000'),
  now('2 >= bool 2', 'scalar 1'),
  now('memory_bytes - memory_bytes offset 5m', '{service="a"} -100', '{service="b"} 30', '{service="c"} 0'),
  now(
    'requests_total / on(service) group_left memory_bytes',
    '{code="200", service="a"} 0.72',
    '{code="200", service="b"} 0.09',
    '{code="200", service="c"} 2.88',
    '{code="500", service="a"} 0.03',
  ),
  now(
    'up * on(service) group_left(version) build_info',
    '{service="a", version="1.2"} 1',
    '{service="b", version="2.0"} 0',
  ),
  now('up{service="a"} + ignoring(room) up', '{service="a"} 2'),
  now('temperature % 2.5', '{room="attic"} 0', '{room="hall"} 0.5'),
  now('2 ^ up', '{service="a"} 2', '{service="b"} 1', '{service="c"} 1'),
  now('up == 1', 'up{service="a"} 1'),
  now('up and memory_bytes < 1500', 'up{service="a"} 1', 'up{service="c"} 0'),
  now('up unless on(service) build_info', 'up{service="c"} 0'),
  now('up == 0 or memory_bytes == 500', 'up{service="b"} 0', 'up{service="c"} 0'),
  now('memory_bytes + on(service) up', '{service="a"} 1001', '{service="b"} 2000', '{service="c"} 500'),
  now('up and on(service) vector(1)'),
  now('5m', 'scalar 300'),
  now('{"up", service="a"}', 'up{service="a"} 1'),
];

export const AGGREGATIONS: readonly Question[] = [
  now('sum(requests_total)', '{} 2370'),
  now('sum by (service) (requests_total)', '{service="a"} 750', '{service="b"} 180', '{service="c"} 1440'),
  now('sum without (code) (requests_total)', '{service="a"} 750', '{service="b"} 180', '{service="c"} 1440'),
  now('avg(temperature)', '{} 22.75'),
  now('min by (room) (temperature)', '{room="attic"} 25', '{room="hall"} 20.5'),
  now('max(memory_bytes)', '{} 2000'),
  now('count(up)', '{} 3'),
  now('count by (code) (requests_total)', '{code="200"} 3', '{code="500"} 1'),
  now('group(up)', '{} 1'),
  now('stddev(memory_bytes)', '{} 623.6095644623236'),
  now('stdvar(temperature)', '{} 5.0625'),
  inOrder('topk(2, memory_bytes)', 'memory_bytes{service="b"} 2000', 'memory_bytes{service="a"} 1000'),
  inOrder('bottomk(1, memory_bytes)', 'memory_bytes{service="c"} 500'),
  now('quantile(0.5, memory_bytes)', '{} 1000'),
  now('count_values("value", up)', '{value="0"} 2', '{value="1"} 1'),
  now('sum(nothing)'),
  now(
    'topk(1, requests_total) by (code)',
    'requests_total{code="200", service="c"} 1440',
    'requests_total{code="500", service="a"} 30',
  ),
];

export const OVER_TIME: readonly Question[] = [
  now(
    'rate(requests_total[5m])',
    '{code="200", service="a"} 0.2',
    '{code="200", service="b"} 0.1',
    '{code="200", service="c"} 0.4',
    '{code="500", service="a"} 0.011111111111111112',
  ),
  now(
    'increase(requests_total[5m])',
    '{code="200", service="a"} 60',
    '{code="200", service="b"} 30',
    '{code="200", service="c"} 120',
    '{code="500", service="a"} 3.3333333333333335',
  ),
  now('irate(requests_total{service="c"}[5m])', '{code="200", service="c"} 0.4'),
  now(
    'delta(memory_bytes[5m])',
    '{service="a"} -122.22222222222223',
    '{service="b"} 38.88888888888889',
    '{service="c"} 0',
  ),
  now('idelta(memory_bytes[5m])', '{service="a"} -190', '{service="b"} 35', '{service="c"} 0'),
  now('deriv(memory_bytes{service="a"}[4m])', '{service="a"} -0.2222222222222222'),
  now('predict_linear(memory_bytes{service="a"}[4m], 600)', '{service="a"} 981.7777777777778'),
  now('resets(requests_total{service="b"}[2h])', '{code="200", service="b"} 1'),
  now('changes(up[30m])', '{service="a"} 0', '{service="b"} 12', '{service="c"} 1'),
  now('avg_over_time(temperature[10m])', '{room="attic"} 24.5', '{room="hall"} 21.525'),
  now('sum_over_time(up[5m])', '{service="a"} 10', '{service="b"} 8', '{service="c"} 9'),
  at(3600, 'count_over_time(up{service="a"}[5m])', '{service="a"} 10'),
  now('min_over_time(memory_bytes[10m])', '{service="a"} 1000', '{service="b"} 1965', '{service="c"} 500'),
  now('max_over_time(memory_bytes[10m])', '{service="a"} 1190', '{service="b"} 2000', '{service="c"} 500'),
  now('count_over_time(up[5m])', '{service="a"} 10', '{service="b"} 10', '{service="c"} 10'),
  now('last_over_time(temperature[5m])', 'temperature{room="attic"} 25', 'temperature{room="hall"} 20.5'),
  now('present_over_time(gone[1h])', '{service="a"} 1'),
  now('quantile_over_time(0.9, memory_bytes{service="a"}[10m])', '{service="a"} 1171'),
  now(
    'stddev_over_time(temperature[10m])',
    '{room="attic"} 0.35355339059327373',
    '{room="hall"} 1.0182705927208149',
  ),
  now('absent_over_time(nothing{a="b"}[5m])', '{a="b"} 1'),
  now('absent_over_time(up[5m])'),
  now('avg_over_time(gaps[1h])', '{} 56'),
  now('rate(up[20s])'),
  now('increase(requests_total{service="b"}[1h])', '{code="200", service="b"} 356.97478991596637'),
  now('increase(late_total[5m] @ 1700005507)', '{service="a"} 50'),
  now(
    'max_over_time(rate(requests_total{service="a"}[5m])[10m:1m])',
    '{code="200", service="a"} 0.2',
    '{code="500", service="a"} 0.011111111111111112',
  ),
  now('sum_over_time(vector(1)[10m:1m])', '{} 10'),
  now('avg_over_time(sum(memory_bytes)[5m:30s])', '{} 3617.5'),
];

export const FUNCTIONS: readonly Question[] = [
  now('abs(-1 * up)', '{service="a"} 1', '{service="b"} 0', '{service="c"} 0'),
  now('ceil(temperature / 10)', '{room="attic"} 3', '{room="hall"} 3'),
  now('round(temperature / 10, 0.5)', '{room="attic"} 2.5', '{room="hall"} 2'),
  now('clamp(memory_bytes, 600, 1500)', '{service="a"} 1000', '{service="b"} 1500', '{service="c"} 600'),
  now('clamp_min(memory_bytes, 1200)', '{service="a"} 1200', '{service="b"} 2000', '{service="c"} 1200'),
  now('clamp_max(memory_bytes, 1200)', '{service="a"} 1000', '{service="b"} 1200', '{service="c"} 500'),
  now(
    'sqrt(memory_bytes)',
    '{service="a"} 31.622776601683793',
    '{service="b"} 44.721359549995796',
    '{service="c"} 22.360679774997898',
  ),
  now('exp(up)', '{service="a"} 2.718281828459045', '{service="b"} 1', '{service="c"} 1'),
  now('sgn(up - 1)', '{service="a"} 0', '{service="b"} -1', '{service="c"} -1'),
  now('histogram_quantile(0.5, rate(latency_seconds_bucket[5m]))', '{service="a"} 0.1', '{service="b"} 0.75'),
  now('histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[5m])))', '{} 0.9714285714285715'),
  now('histogram_quantile(0.99, rate(latency_seconds_bucket{service="a"}[5m]))', '{service="a"} 1'),
  now(
    'label_replace(up, "short", "$1!", "service", "(a|b)")',
    'up{service="a", short="a!"} 1',
    'up{service="b", short="b!"} 0',
    'up{service="c"} 0',
  ),
  now(
    'label_join(build_info, "both", "-", "service", "version")',
    'build_info{both="a-1.2", service="a", version="1.2"} 1',
    'build_info{both="b-2.0", service="b", version="2.0"} 1',
  ),
  now('vector(7)', '{} 7'),
  now('scalar(memory_bytes{service="c"})', 'scalar 500'),
  now('scalar(up)', 'scalar NaN'),
  now('time()', 'scalar 1700002807'),
  now('timestamp(up)', '{service="a"} 1700002800', '{service="b"} 1700002800', '{service="c"} 1700002800'),
  now('absent(nothing{a="b",c=~"d"})', '{a="b"} 1'),
  now('absent(up)'),
  inOrder(
    'sort(memory_bytes)',
    'memory_bytes{service="c"} 500',
    'memory_bytes{service="a"} 1000',
    'memory_bytes{service="b"} 2000',
  ),
  inOrder(
    'sort_desc(memory_bytes)',
    'memory_bytes{service="b"} 2000',
    'memory_bytes{service="a"} 1000',
    'memory_bytes{service="c"} 500',
  ),
  now('hour()', '{} 23'),
  now('minute(vector(1700000000))', '{} 13'),
  now('day_of_week()', '{} 2'),
  now('month()', '{} 11'),
  now('pi()', 'scalar 3.141592653589793'),
];

export const RANGES: readonly Question[] = [
  range('up{service="b"}', 'up{service="b"} 0 1 1 1 1 0'),
  range('memory_bytes{service="a"} > 1050', 'memory_bytes{service="a"} _ _ 1080 1120 1160 _'),
  range(
    'rate(requests_total{code="200"}[5m])',
    '{code="200", service="a"} 0.2 0.2 0.2 0.2 0.2 0.2',
    '{code="200", service="b"} 0.1 0.1 0.1 0.1 0.1 0.1',
    '{code="200", service="c"} 0.4 0.4 0.4 0.4 0.4 0.4',
  ),
  range(
    'sum by (service) (rate(requests_total[5m]))',
    '{service="a"} 0.2111111111111111 0.2111111111111111 0.2111111111111111 0.2111111111111111 0.2111111111111111 0.2111111111111111',
    '{service="b"} 0.1 0.1 0.1 0.1 0.1 0.1',
    '{service="c"} 0.4 0.4 0.4 0.4 0.4 0.4',
  ),
  range(
    'avg_over_time(temperature[10m])',
    '{room="attic"} 24.5 24.5 24.5 24.5 24.5 24.5',
    '{room="hall"} 21.5 21.575 21.475 21.55 21.45 21.525',
  ),
  range('increase(requests_total{service="b"}[5m])', '{code="200", service="b"} 30 30 30 30 30 30'),
  range('time()', '{} 1700002207 1700002327 1700002447 1700002567 1700002687 1700002807'),
  range('vector(1)', '{} 1 1 1 1 1 1'),
  range('absent(gaps)', '{} _ _ _ _ 1 _'),
  range('gone', 'gone{service="a"} 100 100 100 _ _ _'),
  range('memory_bytes{service="a"} @ end()', 'memory_bytes{service="a"} 1000 1000 1000 1000 1000 1000'),
  range(
    'memory_bytes{service="a"} @ start() - memory_bytes{service="a"}',
    '{service="a"} 0 -40 -80 -120 -160 0',
  ),
  range('max_over_time(memory_bytes{service="a"}[5m:1m])', '{service="a"} 1180 1180 1080 1120 1160 1180'),
  range('topk(1, temperature)', 'temperature{room="attic"} 25 24 24.25 24.5 24.75 25'),
  range(
    'up == 1',
    'up{service="a"} 1 1 1 1 1 1',
    'up{service="b"} _ 1 1 1 1 _',
    'up{service="c"} 1 1 1 1 1 _',
  ),
  range(
    'histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[5m])))',
    '{} 0.9714285714285715 0.9714285714285715 0.9714285714285715 0.9714285714285715 0.9714285714285715 0.9714285714285715',
  ),
  range('temperature{room="hall"} offset 10m', 'temperature{room="hall"} 21.5 20 22 20.5 22.5 21'),
];
