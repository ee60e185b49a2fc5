// The tree as /api/v1/parse_query answers it.

import { expect, test } from 'vitest';
import { parse } from '../../src/promql/parse.js';
import { toJson } from '../../src/promql/print/json.js';

const selector = (name: string, more: object = {}) => ({
  name,
  offset: 0,
  matchers: [{ name: '__name__', value: name, type: '=' }],
  timestamp: null,
  startOrEnd: null,
  anchored: false,
  smoothed: false,
  ...more,
});
const vector = (name: string, more: object = {}) => ({ type: 'vectorSelector', ...selector(name, more) });
const number = (val: string) => ({ type: 'numberLiteral', val });

const cases: [text: string, want: object][] = [
  ['1e21', number('1000000000000000000000')],
  ['-5m', number('-300')],
  ['Inf', number('+Inf')],
  ['"a"', { type: 'stringLiteral', val: 'a' }],
  ['a offset -5m @ 1.5', vector('a', { offset: -300_000, timestamp: 1500 })],
  ['a[5m] @ end()', { type: 'matrixSelector', range: 300_000, ...selector('a', { startOrEnd: 'end' }) }],
  [
    '{b!~"c|"} + 1 > bool 2',
    {
      type: 'binaryExpr',
      op: '>',
      bool: true,
      matching: null,
      lhs: {
        type: 'binaryExpr',
        op: '+',
        bool: false,
        matching: null,
        lhs: vector('', { matchers: [{ name: 'b', value: 'c|', type: '!~' }] }),
        rhs: number('1'),
      },
      rhs: number('2'),
    },
  ],
  [
    'a * on (b) group_left (c) d',
    {
      type: 'binaryExpr',
      op: '*',
      bool: false,
      lhs: vector('a'),
      rhs: vector('d'),
      matching: {
        card: 'many-to-one',
        labels: ['b'],
        on: true,
        include: ['c'],
        fillValues: { lhs: null, rhs: null },
      },
    },
  ],
  [
    'topk without (b) (2, a)',
    {
      type: 'aggregation',
      op: 'topk',
      param: number('2'),
      expr: vector('a'),
      grouping: ['b'],
      without: true,
    },
  ],
  [
    'SUM(a)',
    { type: 'aggregation', op: 'sum', param: null, expr: vector('a'), grouping: [], without: false },
  ],
  [
    'rate(a[1m])',
    {
      type: 'call',
      func: { name: 'rate', argTypes: ['matrix'], variadic: 0, returnType: 'vector' },
      args: [{ type: 'matrixSelector', range: 60_000, ...selector('a') }],
    },
  ],
  [
    '(a)[1h:] @ 2',
    {
      type: 'subquery',
      expr: { type: 'parenExpr', expr: vector('a') },
      range: 3_600_000,
      step: 0,
      offset: 0,
      timestamp: 2000,
      startOrEnd: null,
      alignEvalTime: false,
    },
  ],
  ['-a', { type: 'unaryExpr', op: '-', expr: vector('a') }],
];

test.each(cases)('%s', (text, want) => {
  expect(toJson(parse(text))).toEqual(want);
});
