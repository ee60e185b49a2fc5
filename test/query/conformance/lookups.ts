// Questions about series and labels, and questions that have no answer.

import type { ApiQuery } from '../../../src/query/engine.js';
import { BEGIN, END } from './dataset.js';
import { NOW, type Question, RANGE } from './expressions.js';

const ALL = { start: BEGIN, end: END };
const LONG_AGO = { start: BEGIN - 31 * 86_400_000, end: BEGIN - 30 * 86_400_000 };

export const LOOKUPS: readonly Question[] = [
  series('series of a name', ['up'], ALL, 'up{service="a"}', 'up{service="b"}', 'up{service="c"}'),
  series(
    'series of several selectors',
    ['gone', 'build_info{service="a"}'],
    ALL,
    'build_info{service="a", version="1.2"}',
    'gone{service="a"}',
  ),
  series(
    'series that two selectors select',
    ['up{service=~"a|b"}', 'up{service="a"}'],
    ALL,
    'up{service="a"}',
    'up{service="b"}',
  ),
  series('series of no name', ['nothing'], ALL),
  series('series of another time', ['up'], LONG_AGO),
  series('as many series as wanted', ['up'], { ...ALL, limit: 1 }, 'up{service="a"}'),
  labels('labels', [], ALL, '__name__', 'code', 'kind', 'le', 'room', 'service', 'text', 'version'),
  labels('labels of a name', ['build_info'], ALL, '__name__', 'service', 'version'),
  labels('labels of several names', ['up', 'temperature'], ALL, '__name__', 'room', 'service'),
  labels('labels of another time', [], LONG_AGO),
  labels('as many labels as wanted', [], { ...ALL, limit: 2 }, '__name__', 'code'),
  values(
    'names',
    '__name__',
    [],
    ALL,
    ...['build_info', 'gaps', 'gone', 'late_total'],
    ...['latency_seconds_bucket', 'latency_seconds_count', 'latency_seconds_sum'],
    ...['memory_bytes', 'odd', 'requests_total', 'temperature', 'up', 'words'],
  ),
  values(
    'names by a label',
    '__name__',
    ['{version=~".+"}', '{room="hall"}'],
    ALL,
    'build_info',
    'temperature',
  ),
  values('values', 'service', [], ALL, 'a', 'b', 'c'),
  values('values of a name', 'service', ['build_info'], ALL, 'a', 'b'),
  values('values with special characters', 'text', [], ALL, 'größe "x" \\ y\nz'),
  values('values of no label', 'nothing', [], ALL),
  values('values of a label that UTF-8 allows', 'a-b', [], ALL),
  values('as many values as wanted', 'service', [], { ...ALL, limit: 2 }, 'a', 'b'),
];

type Window = { readonly start: number; readonly end: number; readonly limit?: number };

function series(name: string, match: readonly string[], window: Window, ...want: string[]): Question {
  return { name, ask: { type: 'series', match, ...window }, want };
}

function labels(name: string, match: readonly string[], window: Window, ...want: string[]): Question {
  return { name, ask: { type: 'labels', match, ...window }, want };
}

function values(
  name: string,
  label: string,
  match: readonly string[],
  window: Window,
  ...want: string[]
): Question {
  return { name, ask: { type: 'label_values', label, match, ...window }, want };
}

/** Expressions that are none, or have no value. */
const NO_EXPRESSIONS: readonly string[] = [
  'sum(',
  '1 +',
  'up{',
  'up{service=a}',
  'sum by (service (up)',
  'up{service=~"("}',
  'nope(up)',
  'abs()',
  'histogram_quantile(0.9)',
  'rate(up)',
  'up[5m] + 1',
  'rate(up[0s])',
  '"a" + 1',
  'up and 1',
  'topk(up, up)',
  'up @ foo',
  'up default 0',
];
const NO_VALUE: readonly string[] = [
  'up + on(service) requests_total',
  'up * on() group_left build_info',
  'label_replace(up, "service", "", "", "")',
  'label_replace(up, "x", "$1", "service", "(")',
  'abs({__name__=~"up|memory_bytes"})',
];

export const REFUSALS: readonly Question[] = [
  ...NO_EXPRESSIONS.map(query => refused(query, { type: 'query', query, time: NOW }, 'bad_data')),
  ...NO_VALUE.map(query => refused(query, { type: 'query', query, time: NOW }, 'execution')),
  refused('a range vector over time', { type: 'query_range', query: 'up[5m]', ...RANGE }),
  refused('a string over time', { type: 'query_range', query: '"a"', ...RANGE }),
  refused('no step', { type: 'query_range', query: 'up', ...RANGE, step: 0 }),
  refused('an end before the start', { type: 'query_range', query: 'up', ...RANGE, end: BEGIN }),
  refused('more points than 11,000', { type: 'query_range', query: 'up', ...points(11_002) }),
  refused('many more points', { type: 'query_range', query: 'up', ...points(31_001) }),
  refused('series of no selector', { type: 'series', match: [], ...ALL }),
  refused('series of an expression', { type: 'series', match: ['up + 1'], ...ALL }),
  refused('labels of a selector that selects all', { type: 'labels', match: ['{a=""}'], ...ALL }),
];

function refused(name: string, ask: ApiQuery, type = 'bad_data'): Question {
  return { name, ask, want: [`refused ${type}`] };
}

function points(count: number) {
  return { start: NOW, end: NOW + (count - 1) * 1000, step: 1000 };
}

export const BOUNDS: readonly Question[] = [
  {
    name: 'as many points as there may be',
    ask: { type: 'query_range', query: 'vector(1) > 1', ...points(11_001) },
    want: [],
  },
  {
    name: 'as many series of a vector as wanted',
    ask: { type: 'query', query: 'up', time: NOW, limit: 1 },
    want: ['up{service="a"} 1'],
  },
  {
    name: 'as many series over time as wanted',
    ask: { type: 'query_range', query: 'up', ...RANGE, limit: 1 },
    want: ['up{service="a"} 1 1 1 1 1 1'],
  },
  { name: 'a lookback of its own', ask: { type: 'query', query: 'up', time: NOW, lookback: 5000 }, want: [] },
];
