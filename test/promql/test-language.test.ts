// Our reader of Prometheus' test language: that it reads the same, and that a wrong answer fails.

import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import type { QueryResult } from '../../src/promql/evaluate.js';
import { MemorySource } from '../../src/promql/memory.js';
import { parseSeries } from '../../src/promql/series-notation.js';
import { compareAnnotations, compareInstant, Mismatch, nearlyEqual } from '../support/promqltest/compare.js';
import { runScript } from '../support/promqltest/run.js';
import { type Eval, parseScript } from '../support/promqltest/script.js';

const _ = undefined;

describe('the places of a series', () => {
  const cases: [text: string, want: unknown[]][] = [
    ['1 2 3', [1, 2, 3]],
    ['0+10x3', [0, 10, 20, 30]],
    ['5-2x2', [5, 3, 1]],
    ['-1-1x2', [-1, -2, -3]],
    ['7x2', [7, 7, 7]],
    ['7x0', [7]],
    ['0x3', [0, 0, 0, 0]],
    ['1 _ 3 _x2 4', [1, _, 3, _, _, 4]],
    ['1 stale 2', [1, 'stale', 2]],
    ['.5 1. 1e3 -1.5e-3 +2', [0.5, 1, 1000, -0.0015, 2]],
    ['1e3+1e1x1', [1000, 1010]],
    ['NaN Inf +Inf -Inf', [Number.NaN, Infinity, Infinity, -Infinity]],
    ['0+0.1x3', [0, 0.1, 0.2, 0.1 + 0.1 + 0.1]],
    ['', []],
  ];
  test.each(cases)('%s', (text, want) => {
    expect(parseSeries(`m ${text}`).points).toEqual(want);
  });
});

describe('the labels of a series', () => {
  const cases: [text: string, want: Record<string, string>][] = [
    ['m', { __name__: 'm' }],
    ['job:m:rate5m', { __name__: 'job:m:rate5m' }],
    ['m{}', { __name__: 'm' }],
    ['{}', {}],
    ['{a="1"}', { a: '1' }],
    [`m{a="1", b='2', c=\`3\`,}`, { __name__: 'm', a: '1', b: '2', c: '3' }],
    ['m { a = "1" , b="2" }', { __name__: 'm', a: '1', b: '2' }],
    ['{__name__="m", a="1"}', { __name__: 'm', a: '1' }],
    ['{"my.metric", "a label"="1"}', { __name__: 'my.metric', 'a label': '1' }],
    [String.raw`m{a="x\"y\\z\n} 1"}`, { __name__: 'm', a: 'x"y\\z\n} 1' }],
    [String.raw`m{a="\x41\u00e9"}`, { __name__: 'm', a: 'Aé' }],
    ['m{a=""}', { __name__: 'm' }],
  ];
  test.each(cases)('%s', (text, want) => {
    const series = parseSeries(`${text} 1`);
    expect(series.labels.toJSON()).toEqual(want);
    expect(series.points).toEqual([1]);
  });
});

describe('what is no series', () => {
  const cases: [text: string, want: string][] = [
    ['m 1+2', '"1+2" is no sequence of values'],
    ['m one', '"one" is no sequence of values'],
    ['m 1x-2', '"1x-2" is no sequence of values'],
    ['m 1x1000001', 'x1000001 is more than 1000000 values'],
    ['m {{schema:0 sum:1 count:1}}', 'native histograms are not supported'],
    ['m{a=1} 1', 'a quoted value expected at "1} 1"'],
    ['m{a} 1', '"=" expected at "} 1"'],
    ['m{a="1" b="2"} 1', '"}" expected at " b="2"} 1"'],
    ['m{a="1" 1', '"}" expected at " 1"'],
    ['1 2', 'a series expected at "1 2"'],
  ];
  test.each(cases)('%s', (text, want) => {
    expect(() => parseSeries(text)).toThrow(new Error(want));
  });
});

describe('a script', () => {
  const SCRIPT = `
# A comment.
load 1m
  m{a="1"} 0+1x4
  # A comment ends a block.

load_with_nhcb 30s
  h_bucket{le="1"} 1

eval instant at 1m30s sum by (a) (m)
  expect no_info
  {a="1"} 1
clear
eval range from 0 to 4m step 1m m{a="1"}
\tm{a="1"} 0 1 _ 3 4
eval_fail instant at 5 abs()
  expected_fail_message no
`;
  const commands = parseScript(SCRIPT);

  test('is its commands in order', () => {
    expect(commands.map(command => command.kind)).toEqual(['load', 'load', 'eval', 'clear', 'eval', 'eval']);
  });

  test('knows lines, times and expressions', () => {
    const evals = commands.filter((command): command is Eval => command.kind === 'eval');
    expect(evals.map(({ line, expr, when }) => [line, expr, when])).toEqual([
      [10, 'sum by (a) (m)', { mode: 'instant', at: 90_000 }],
      [14, 'm{a="1"}', { mode: 'range', times: { from: 0, to: 240_000, step: 60_000 } }],
      [16, 'abs()', { mode: 'instant', at: 5000 }],
    ]);
    expect(evals[0]?.expected).toMatchObject({ noInfo: true, noWarn: false, fail: [], scalar: undefined });
    expect(evals[1]?.expected.series.map(({ points }) => points)).toEqual([[0, 1, _, 3, 4]]);
    expect(evals[2]?.expected.fail.map(({ text }) => text)).toEqual(['"no"']);
  });

  test('loads by its step', () => {
    expect(commands.flatMap(command => (command.kind === 'load' ? [command.step] : []))).toEqual([
      60_000, 30_000,
    ]);
  });
});

describe('a line that is not understood fails its block', () => {
  const cases: [text: string, line: number, want: string][] = [
    ['evil instant at 0 m', 1, 'neither load, clear nor eval'],
    ['load 1q', 1, '"1q" is no duration'],
    ['load 1m\n  m 1\n  n {{schema:0}}', 3, 'native histograms are not supported'],
    ['eval instant m', 1, '"eval instant at T EXPR" or "eval range from A to B step S EXPR" expected'],
    ['eval range from 2m to 1m step 1m m', 1, 'the range ends at 1m, before it begins at 2m'],
    ['eval range from 0 to 1m step 0 m', 1, 'a step of 0'],
    [
      'eval instant at 0 m\n  m 1 2',
      1,
      'several values of an instant vector; a range vector needs "expect range vector"',
    ],
    ['eval instant at 0 m\n  expect warn\n  expect no_warn', 1, 'warn and no_warn exclude each other'],
    ['eval instant at 0 m\n  expect fail\n  expect fail', 1, 'one error can be expected, not several'],
    ['eval instant at 0 m\n  expect trouble', 1, '"expect trouble" is not understood'],
    ['eval instant at 0 m\n  m', 1, 'a series without values'],
    ['eval instant at 0 m\n  expect string x', 1, 'x is no quoted string'],
  ];
  test.each(cases)('%s', (text, line, problem) => {
    expect(parseScript(text).filter(command => command.kind === 'broken')).toMatchObject([{ line, problem }]);
  });
});

describe('values are equal within a millionth', () => {
  const cases: [a: number, b: number, want: boolean][] = [
    [1, 1, true],
    [1, 1 + 1e-7, true],
    [1, 1 + 1e-5, false],
    [-1, 1, false],
    [0, 0, true],
    [0, 1e-300, false],
    [0, -0, true],
    [Number.NaN, Number.NaN, true],
    [Number.NaN, 1, false],
    [Infinity, Infinity, true],
    [Infinity, -Infinity, false],
    [Infinity, Number.MAX_VALUE, false],
    [Number.MAX_VALUE, Number.MAX_VALUE * (1 - 1e-9), true],
  ];
  test.each(cases)('%d and %d: %s', (a, b, want) => {
    expect(nearlyEqual(a, b)).toBe(want);
  });
});

const NOTES = { warnings: [], infos: [], samples: 0 };

/** A vector at time 0, or a matrix with a point a minute. */
function series(type: 'vector' | 'matrix', content: Record<string, number[]>): QueryResult {
  const all = Object.entries(content).map(([a, values]) => ({
    labels: Labels.of({ a }),
    times: Float64Array.from(values, (_value, i) => i * 60_000),
    values: Float64Array.from(values),
  }));
  return { type, series: all, ...NOTES };
}

function expectation(lines: string, when = 'instant at 0') {
  const [block] = parseScript(`eval ${when} x\n${lines}`);
  expect(block).toMatchObject({ kind: 'eval' });
  return (block as Eval).expected;
}

describe('an answer is held against what is expected', () => {
  const scalar: QueryResult = { type: 'scalar', time: 0, value: 2, ...NOTES };
  const text: QueryResult = { type: 'string', time: 0, value: 'two', ...NOTES };
  const two = series('vector', { x: [1], y: [2] });
  const grid = series('matrix', { x: [1, 2], y: [3, 4] });
  const RANGE = '  expect range vector from 0 to 1m step 1m\n';
  const cases: [name: string, answer: QueryResult, lines: string, want: string | undefined][] = [
    ['scalar', scalar, '  2', undefined],
    ['other scalar', scalar, '  3', 'scalar 3 expected, came 2'],
    ['scalar for a vector', scalar, '  {} 2', 'vector of 1 expected, came scalar 2'],
    ['hexadecimal', scalar, '  0x2', undefined],
    ['string', text, '  expect string "two"', undefined],
    ['other string', text, '  expect string `2`', 'string "2" expected, came string "two"'],
    ['string for nothing', text, '', 'vector of 0 expected, came string "two"'],
    ['vector', two, '  {a="y"} 2\n  {a="x"} 1', undefined],
    ['vector for a scalar', two, '  2', 'scalar 2 expected, came a vector of 2'],
    ['other value', two, '  {a="y"} 2\n  {a="x"} 7', '{a="x"} 7 expected, came 1'],
    ['series too many', two, '  {a="x"} 1', '{a="y"} 2 @[0] not expected'],
    ['series too few', two, '  {a="x"} 1\n{a="y"} 2\n{a="z"} 3', '{a="z"} 3 expected, not found'],
    ['in order', two, '  expect ordered\n  {a="x"} 1\n  {a="y"} 2', undefined],
    [
      'out of order',
      two,
      '  expect ordered\n  {a="y"} 2\n  {a="x"} 1',
      '{a="y"} expected at place 1, came {a="x"}',
    ],
    ['matrix', grid, `${RANGE}  {a="x"} 1 2\n  {a="y"} 3 4`, undefined],
    ['matrix for a vector', grid, '  {a="x"} 1', 'vector of 1 expected, came a matrix of 2'],
    ['vector for a matrix', two, `${RANGE}  {a="x"} 1 2`, 'range vector of 1 expected, came a vector of 2'],
    [
      'a point too many',
      grid,
      `${RANGE}  {a="x"} 1 _\n  {a="y"} 3 4`,
      '{a="x"} 1 _ expected, came {a="x"} 1 @[0] 2 @[60]',
    ],
    [
      'a point too few',
      series('matrix', { x: [1] }),
      `${RANGE}  {a="x"} 1 2`,
      '{a="x"} 1 2 expected, came {a="x"} 1 @[0]',
    ],
    [
      'beyond the range',
      grid,
      `${RANGE}  {a="x"} 1 2 3\n  {a="y"} 3 4`,
      '{a="x"} 1 2 3 expected, more values than the range has steps',
    ],
    [
      'not sorted',
      series('matrix', { y: [3], x: [1] }),
      `${RANGE}  {a="x"} 1\n  {a="y"} 3`,
      'series sorted by labels expected, came {a="x"} after {a="y"}',
    ],
  ];
  test.each(cases)('%s', (_name, answer, lines, want) => {
    const expected = expectation(lines);
    if (want === undefined) compareInstant(answer, expected);
    else expect(() => compareInstant(answer, expected)).toThrow(new Mismatch(want));
  });

  test('a series that came twice', () => {
    const twice: QueryResult = { ...series('vector', { x: [1] }), type: 'vector', series: [] };
    const [one] = (series('vector', { x: [1] }) as { series: readonly unknown[] }).series;
    const answer = { ...twice, series: [one, one] } as QueryResult;
    expect(() => compareInstant(answer, expectation('  {a="x"} 1'))).toThrow('{a="x"} 1 @[0] came twice');
  });
});

describe('annotations are held against what is expected', () => {
  const answer: QueryResult = {
    ...series('vector', {}),
    warnings: ['PromQL warning: hot (1:2)'],
    infos: ['PromQL info: cold'],
  };
  const quiet = series('vector', {});
  const cases: [name: string, answer: QueryResult, lines: string, want: string | undefined][] = [
    ['none expected, any may come', answer, '', undefined],
    ['any warning', answer, '  expect warn', undefined],
    ['a warning word for word', answer, '  expect warn msg: PromQL warning: hot (1:2)', undefined],
    ['a warning by pattern', answer, String.raw`  expect warn regex: hot \(\d:\d\)$`, undefined],
    [
      'another warning',
      answer,
      '  expect warn msg: hot',
      'warning "hot" expected, came PromQL warning: hot (1:2)',
    ],
    ['a warning that did not come', quiet, '  expect warn', 'warning any expected, none came'],
    [
      'a warning that must not come',
      answer,
      '  expect no_warn',
      'no warning expected, came PromQL warning: hot (1:2)',
    ],
    ['any info', answer, '  expect info', undefined],
    ['another info', answer, '  expect info regex: hot', 'info /hot/ expected, came PromQL info: cold'],
    ['an info that must not come', answer, '  expect no_info', 'no info expected, came PromQL info: cold'],
    ['nothing came and nothing may', quiet, '  expect no_warn\n  expect no_info', undefined],
  ];
  test.each(cases)('%s', (_name, given, lines, want) => {
    const expected = expectation(lines);
    if (want === undefined) compareAnnotations(given, expected);
    else expect(() => compareAnnotations(given, expected)).toThrow(new Mismatch(want));
  });

  test('one beside those expected', () => {
    const two = { ...answer, warnings: ['hot', 'hotter'] };
    expect(() => compareAnnotations(two, expectation('  expect warn msg: hot'))).toThrow(
      'warning not expected: hotter',
    );
  });
});

describe('the samples that were loaded', () => {
  const source = new MemorySource();
  const labels = Labels.of({ __name__: 'm' });
  source.load(labels, [1, undefined, 'stale', 4], 1000);
  source.load(labels, [undefined, 2], 1000);
  const read = (from: number, to: number) =>
    source.select([], from, to).map(({ times, values, ends }) => [[...times], [...values], [...ends]]);

  test('are in order of time, ends apart', () => {
    expect(read(0, 9000)).toEqual([[[0, 1000, 3000], [1, 2, 4], [2000]]]);
  });

  test('are those in the range, its ends included', () => {
    expect(read(1000, 2000)).toEqual([[[1000], [2], [2000]]]);
    expect(read(3001, 9000)).toEqual([]);
  });

  test('are one a time', () => {
    expect(() => source.load(labels, [1, 3], 1000)).toThrow('m has both 2 and 3 at 1 s');
  });

  test('are selected by matchers', () => {
    const matcher = {
      name: '__name__',
      op: '=',
      value: 'n',
      matches: (value: string) => value === 'n',
    } as const;
    expect(source.select([matcher], 0, 9000)).toEqual([]);
  });
});

describe('blocks are run', () => {
  const LOAD = 'load 1m\n  m{a="1"} 0+1x10\n  m{a="2"} 5\n\n';
  const cases: [name: string, block: string, want: string | RegExp | undefined][] = [
    ['holds', 'eval instant at 3m sum(m)\n  {} 8', undefined],
    ['does not hold', 'eval instant at 3m sum(m)\n  {} 9', '{} 9 expected, came 8'],
    ['range', 'eval range from 0 to 2m step 1m m{a="1"}\n  m{a="1"} 0 1 2', undefined],
    [
      'range does not hold',
      'eval range from 0 to 1m step 1m m{a="1"}\n  m{a="1"} 0 2',
      /0 2 expected, came m\{a="1"\} 0 @\[0\] 1 @\[60\]/,
    ],
    [
      'range vector',
      'eval instant at 2m m{a="1"}[2m]\n  expect range vector from 1m to 2m step 1m\n  m{a="1"} 1 2',
      undefined,
    ],
    ['expected error', 'eval instant at 0 m +\n  expect fail', undefined],
    ['expected error, old', 'eval_fail instant at 0 m +', undefined],
    [
      'expected error that does not come',
      'eval instant at 0 1\n  expect fail',
      'error any expected, none came',
    ],
    ['error not expected', 'eval instant at 0 rate(m)', /^an answer expected, came error .*parse error/],
    ['another error', 'eval instant at 0 rate(m)\n  expect fail msg: no', /^error "no" expected, came/],
    ['string', 'eval instant at 0 "x"\n  expect string "x"', undefined],
    [
      'pinned and moved',
      'eval instant at 10m sum_over_time(m{a="1"}[2m]) + m{a="1"} offset 1m\n  {a="1"} 28',
      undefined,
    ],
  ];
  test.each(cases)('%s', (_name, block, want) => {
    const [outcome] = runScript(LOAD + block);
    if (want === undefined) expect(outcome?.problem).toBeUndefined();
    else expect(outcome?.problem).toMatch(want);
  });

  test('of a series that stands twice in a load the last line counts', () => {
    const script = 'load 1m\n  m 1 2 3\n  m 4\n\neval range from 0 to 1m step 1m m\n  m 4 4';
    expect(runScript(script)).toMatchObject([{ line: 5, problem: undefined }]);
  });

  test('a failed load is reported', () => {
    expect(runScript(`${LOAD}load 30s\n  m{a="1"} 3`)).toMatchObject([
      { line: 5, problem: 'm{a="1"} has both 0 and 3 at 0 s' },
    ]);
  });
});
