// Functions over instant vectors, scalars and strings: arguments in, result out.

import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import type { LabelMatcher } from '../../src/model/samples.js';
import type { Expr, VectorSelector } from '../../src/promql/ast.js';
import { absentLabels } from '../../src/promql/functions/absence.js';
import { functions } from '../../src/promql/functions/index.js';
import { formatDecimal, formatGeneral, parseNumber } from '../../src/promql/number.js';
import { parse } from '../../src/promql/parse.js';
import type { Value } from '../../src/promql/value.js';
import { exprAt, Notes, placeAt, scalar, show, text, vector } from '../support/columns.js';

const INF = Number.POSITIVE_INFINITY;

interface Setting {
  /** Number of steps, a minute apart. */
  readonly count?: number;
  readonly start?: number;
  /** The expressions of the arguments; the argument i stands at the offset 10 * i otherwise. */
  readonly exprs?: readonly Expr[];
}

function run(name: string, args: readonly Value[], { count, start, exprs }: Setting = {}) {
  const found = functions.find(each => each.name === name);
  if (!found) throw new Error(`no function ${name}`);
  const notes = new Notes();
  const call = {
    type: 'call',
    name,
    args: exprs ?? args.map((_, i) => exprAt(10 * i)),
    position: placeAt(5),
  } as const;
  const value = found.call(args, { ...notes.moment(count ?? stepsOf(args), start), call });
  return { lines: show(value), said: notes.said, spent: notes.spent };
}

function stepsOf(args: readonly Value[]): number {
  for (const arg of args) {
    if (arg.type === 'vector' && arg.columns[0]) return arg.columns[0].values.length;
    if (arg.type === 'scalar') return arg.values.length;
  }
  return 1;
}

type Case = readonly [name: string, args: readonly Value[], want: readonly string[]];

test.each(functions)('$name is a name of the grammar', ({ name }) => {
  // A name that the grammar does not have is a metric, and the parenthesis after it is the error.
  expect(() => parse(`${name}(1, 1, 1, 1, 1, 1, 1)`)).not.toThrow(/unexpected "\("/);
});

describe('one value at a time', () => {
  const cases: readonly Case[] = [
    ['abs', [vector('x{a="1"} -2.5 _ -0 NaN -Inf')], ['~x{a="1"} 2.5 _ 0 NaN Inf']],
    ['ceil', [vector('x 2.1 -2.1 -0.5 Inf NaN')], ['~x 3 -2 -0 Inf NaN']],
    ['floor', [vector('x 2.9 -2.1 -0 -Inf NaN')], ['~x 2 -3 -0 -Inf NaN']],
    ['sgn', [vector('x -Inf -3 -0 0 7 NaN')], ['~x -1 -1 -0 0 1 NaN']],
    ['sqrt', [vector('x 16 2 -1 Inf')], ['~x 4 1.4142135623730951 NaN Inf']],
    ['exp', [vector('x 0 1 -Inf Inf')], ['~x 1 2.718281828459045 0 Inf']],
    ['ln', [vector('x 1 0 -1 Inf')], ['~x 0 -Inf NaN Inf']],
    ['log2', [vector('x 8 0.125 0 -1 Inf NaN 5e-324')], ['~x 3 -3 -Inf NaN Inf NaN -1074']],
    ['log10', [vector('x 1000 0.1 0 -1 Inf')], ['~x 3 -0.9999999999999999 -Inf NaN Inf']],
    ['round', [vector('x 2.5 -2.5 2.4999 -0.2 Inf NaN')], ['~x 3 -2 2 0 Inf NaN']],
    ['round', [vector('x 5.15 5.25 -5.25'), scalar(0.1, 0.1, 0.1)], ['~x 5.2 5.3 -5.2']],
    ['round', [vector('x 11 12.5 14'), scalar(5, 5, 0)], ['~x 10 15 NaN']],
    ['clamp', [vector('x -5 5 15 NaN _'), scalar(0, 0, 0, 0, 0), scalar(9, 9, 9, 9, 9)], ['~x 0 5 9 NaN _']],
    ['clamp', [vector('x 5 5'), scalar(0, 7), scalar(9, 3)], ['~x 5 _']],
    ['clamp', [vector('x 5 5'), scalar(Number.NaN, 0), scalar(9, Number.NaN)], ['~x NaN NaN']],
    ['clamp_min', [vector('x -5 5 NaN NaN'), scalar(0, 0, 0, INF)], ['~x 0 5 NaN Inf']],
    ['clamp_max', [vector('x -5 5 NaN NaN'), scalar(0, 0, 0, -INF)], ['~x -5 0 NaN -Inf']],
    ['sin', [vector('x 0 NaN Inf')], ['~x 0 NaN NaN']],
    ['cos', [vector('x 0')], ['~x 1']],
    ['tan', [vector('x 0')], ['~x 0']],
    ['asin', [vector('x 0 2')], ['~x 0 NaN']],
    ['acos', [vector('x 1 -2')], ['~x 0 NaN']],
    ['atan', [vector('x 0 Inf')], ['~x 0 1.5707963267948966']],
    ['sinh', [vector('x 0 -Inf')], ['~x 0 -Inf']],
    ['cosh', [vector('x 0 -Inf')], ['~x 1 Inf']],
    ['tanh', [vector('x 0 -Inf')], ['~x 0 -1']],
    ['asinh', [vector('x 0 -Inf')], ['~x 0 -Inf']],
    ['acosh', [vector('x 1 0')], ['~x 0 NaN']],
    ['atanh', [vector('x 0 1 2')], ['~x 0 Inf NaN']],
    ['deg', [vector(`x ${Math.PI} 10`)], ['~x 180 572.9577951308232']],
    ['rad', [vector('x 180 -10')], ['~x 3.141592653589793 -0.17453292519943295']],
  ];
  test.each(cases)('%s %#', (name, args, want) => {
    expect(run(name, args).lines).toEqual(want);
  });

  test('every series is in the result and counts for the limit of samples', () => {
    const { lines, spent } = run('abs', [vector('x{a="1"} -1 _', 'x{a="2"} _ -2')]);
    expect(lines).toEqual(['~x{a="1"} 1 _', '~x{a="2"} _ 2']);
    expect(spent).toBe(4);
  });

  test('the argument is not changed', () => {
    const argument = vector('x -1 5', 'y 3 4');
    run('clamp', [argument, scalar(0, 9), scalar(2, 8)]);
    expect(show(argument)).toEqual(['x -1 5', 'y 3 4']);
  });
});

describe('time', () => {
  const seconds = Date.UTC(2024, 1, 29, 13, 45, 59) / 1000;
  const before = Date.UTC(1969, 11, 31, 23, 59, 0) / 1000;
  const cases: readonly (readonly [name: string, want: string])[] = [
    ['minute', '~x 45 59 30 30'],
    ['hour', '~x 13 23 15 15'],
    ['day_of_week', '~x 4 3 0 0'],
    ['day_of_month', '~x 29 31 4 4'],
    ['day_of_year', '~x 60 365 339 339'],
    ['days_in_month', '~x 29 31 31 31'],
    ['month', '~x 2 12 12 12'],
    ['year', '~x 2024 1969 292277026596 292277026596'],
  ];
  test.each(cases)('%s of a leap day, of before the epoch, and of what is no time', (name, want) => {
    expect(run(name, [vector(`x ${seconds}.9 ${before} NaN Inf`)]).lines).toEqual([want]);
  });

  const far: readonly (readonly [name: string, seconds: string, want: string])[] = [
    ['year', '1e18', '~x 31688740476'],
    ['year', '-1e18', '~x -31688736537'],
    ['day_of_week', '-1e18', '~x 2'],
    ['minute', '-1e17', '~x 13'],
    ['day_of_year', '1e15', '~x 187'],
    ['days_in_month', '-1e15', '~x 30'],
    ['hour', '-0.5', '~x 0'],
    ['year', '-62135596800', '~x 1'],
    ['day_of_year', '-62135596800', '~x 1'],
    ['days_in_month', '-60000000000', '~x 30'],
  ];
  test.each(far)('%s of %s', (name, at, want) => {
    expect(run(name, [vector(`x ${at}`)]).lines).toEqual([want]);
  });

  test.each([
    ['minute', '{} 59 0'],
    ['hour', '{} 12 13'],
    ['year', '{} 1970 1970'],
  ])('%s without an argument is that of the step', (name, want) => {
    expect(run(name, [], { count: 2, start: 12 * 3_600_000 + 59 * 60_000 + 30_500 }).lines).toEqual([want]);
  });

  test('time is that of the step, with its fraction', () => {
    expect(run('time', [], { count: 2, start: 1500 }).lines).toEqual(['1.5 61.5']);
  });

  test('timestamp is the time of the sample when it is known, else of the step', () => {
    const { columns } = vector('x{a="1"} 7 8', 'x{a="2"} 7 _');
    const [first, second] = columns;
    if (!first || !second) throw new Error('two series');
    const sampled = { ...first, stamps: Float64Array.of(250, 60_000) };
    expect(run('timestamp', [{ type: 'vector', columns: [sampled, second] }], { start: 1000 }).lines).toEqual(
      ['~x{a="1"} 0.25 60', '~x{a="2"} 1 _'],
    );
  });
});

describe('scalars and vectors', () => {
  const cases: readonly Case[] = [
    ['scalar', [vector('x{a="1"} 1 _ _ NaN', 'x{a="2"} 2 2 _ _')], ['NaN 2 NaN NaN']],
    ['vector', [scalar(1, Number.NaN)], ['{} 1 NaN']],
  ];
  test.each(cases)('%s', (name, args, want) => {
    expect(run(name, args).lines).toEqual(want);
  });

  test('scalar of an empty vector, and pi', () => {
    expect(run('scalar', [vector()], { count: 2 }).lines).toEqual(['NaN NaN']);
    expect(run('pi', [], { count: 2 }).lines).toEqual(['3.141592653589793 3.141592653589793']);
  });
});

describe('sort', () => {
  const unsorted = vector(
    'x{a="1"} 2',
    'x{a="2"} NaN',
    'x{a="3"} Inf',
    'x{a="4"} _',
    'x{a="5"} -1',
    'x{a="6"} 2',
  );
  test.each([
    ['sort', ['5', '1', '6', '3', '2']],
    ['sort_desc', ['3', '1', '6', '5', '2']],
  ])('%s puts NaN last and keeps the name', (name, want) => {
    const { lines, said } = run(name, [unsorted]);
    expect(lines.map(line => /a="(.)"/.exec(line)?.[1])).toEqual(want);
    expect(lines.every(line => line.startsWith('x{'))).toBe(true);
    expect(said).toEqual([]);
  });

  test('a range query keeps its order and gets a warning', () => {
    const { lines, said } = run('sort', [vector('x{a="1"} 2 1', 'x{a="2"} 1 2')]);
    expect(lines).toEqual(['x{a="1"} 2 1', 'x{a="2"} 1 2']);
    expect(said).toEqual([
      'warning 5: sort is ineffective for range queries since results are always ordered by labels',
    ]);
  });
});

function matcher(name: string, op: LabelMatcher['op'], value: string): LabelMatcher {
  return { name, op, value, matches: each => each === value };
}

function selector(...matchers: LabelMatcher[]): VectorSelector {
  return { type: 'vectorSelector', name: 'x', matchers, offset: 0, at: undefined, position: placeAt(0) };
}

describe('absence', () => {
  const name = matcher('__name__', '=', 'x');
  const asked = selector(matcher('a', '=', '1'), matcher('b', '!=', '2'), matcher('c', '=~', '3'), name);
  const cases: readonly (readonly [title: string, expr: Expr, want: Record<string, string>])[] = [
    ['labels that are asked to be equal', asked, { a: '1' }],
    ['in parentheses', { type: 'paren', expr: asked, position: placeAt(0) }, { a: '1' }],
    [
      'of a range',
      { type: 'matrixSelector', selector: asked, range: 1000, position: placeAt(0) },
      { a: '1' },
    ],
    ['none of a label asked for twice', selector(matcher('a', '=', '1'), matcher('a', '=', '1'), name), {}],
    ['none when it must also differ', selector(matcher('a', '=', '1'), matcher('a', '!=', '2')), {}],
    ['the later of the two', selector(matcher('a', '!=', '2'), matcher('a', '=', '1')), { a: '1' }],
    ['none of an empty value', selector(matcher('a', '=', ''), name), {}],
    ['none of anything else', { type: 'unary', op: '-', expr: asked, position: placeAt(0) }, {}],
  ];
  test.each(cases)('%s', (_, expr, want) => {
    expect(absentLabels(expr)).toEqual(Labels.of(want));
  });

  test('absent where no series has a value', () => {
    const found = vector('x{a="1"} 1 _ _', 'x{a="2"} _ _ NaN');
    expect(run('absent', [found], { exprs: [asked] }).lines).toEqual(['{a="1"} _ 1 _']);
    expect(run('absent', [vector()], { exprs: [exprAt(0)], count: 2 }).lines).toEqual(['{} 1 1']);
  });
});

describe('labels', () => {
  const series = vector('x{src="value-10", dst="old"} 1 2', '~y{src="other"} 3 _');
  const replace = (...rest: string[]): readonly Value[] => [series, ...rest.map(text)];
  const cases: readonly Case[] = [
    [
      'label_replace',
      replace('dst', 'to-$1', 'src', 'value-(.*)'),
      ['x{dst="to-10", src="value-10"} 1 2', '~y{src="other"} 3 _'],
    ],
    [
      'label_replace',
      replace('dst', '$1', 'src', 'alue-(.*)'),
      ['x{dst="old", src="value-10"} 1 2', '~y{src="other"} 3 _'],
    ],
    ['label_replace', replace('dst', '', 'dst', '.*'), ['x{src="value-10"} 1 2', '~y{src="other"} 3 _']],
    [
      'label_replace',
      replace('new', 'z', 'none', ''),
      ['x{dst="old", new="z", src="value-10"} 1 2', '~y{new="z", src="other"} 3 _'],
    ],
    [
      'label_replace',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the language's own template
      replace('__name__', '${1}_new', '__name__', '(.)'),
      ['x_new{dst="old", src="value-10"} 1 2', 'y_new{src="other"} 3 _'],
    ],
    [
      'label_join',
      replace('dst', '-', 'src', 'none', 'src'),
      ['x{dst="value-10--value-10", src="value-10"} 1 2', '~y{dst="other--other", src="other"} 3 _'],
    ],
    ['label_join', replace('dst', '-'), ['x{src="value-10"} 1 2', '~y{src="other"} 3 _']],
    [
      'label_join',
      replace('__name__', '', 'src'),
      ['value-10{dst="old", src="value-10"} 1 2', 'other{src="other"} 3 _'],
    ],
    ['label_join', [vector('x{a="1"} 1 _', 'x{a="2"} _ 2'), text('a'), text('')], ['x 1 2']],
  ];
  test.each(cases)('%s %#', (name, args, want) => {
    expect(run(name, args).lines).toEqual(want);
  });

  const wrong: readonly (readonly [name: string, args: readonly Value[], message: string])[] = [
    ['label_replace', replace('dst', '', 'src', '('), 'invalid regular expression in label_replace(): ('],
    ['label_replace', replace('', '', 'src', '.*'), 'invalid destination label name in label_replace(): '],
    [
      'label_replace',
      replace('\ud800', '', 'src', '.*'),
      'invalid destination label name in label_replace(): \ud800',
    ],
    ['label_join', replace('', '', 'src'), 'invalid destination label name in label_join(): '],
    ['label_join', replace('dst', '', ''), 'invalid source label name in label_join(): '],
    [
      'label_join',
      [vector('x{a="1"} 1 _', 'x{a="2"} 2 2'), text('a'), text('')],
      'vector cannot contain metrics with the same labelset',
    ],
  ];
  test.each(wrong)('%s refuses %#', (name, args, message) => {
    expect(() => run(name, args)).toThrow(message);
  });
});

describe('classic histograms', () => {
  const h = (...counts: readonly (readonly [le: string, counts: string])[]): Value =>
    vector(...counts.map(([le, values]) => `h_bucket{le="${le}"} ${values}`));
  const plain = h(['0.1', '5'], ['0.2', '7'], ['1', '11'], ['+Inf', '12']);
  const negative = h(['-0.2', '1'], ['-0.1', '2'], ['0.3', '2'], ['+Inf', '3']);
  const quantiles: readonly (readonly [title: string, q: number, buckets: Value, want: readonly string[]])[] =
    [
      ['within a bucket', 0.5, h(['1', '2'], ['3', '6'], ['+Inf', '8']), ['~h_bucket 2']],
      [
        'within the first one, from zero on',
        0.25,
        h(['1', '4'], ['3', '6'], ['+Inf', '8']),
        ['~h_bucket 0.5'],
      ],
      ['in the last one: where it begins', 0.99, plain, ['~h_bucket 1']],
      ['in a first one below zero: where it ends', 0.2, negative, ['~h_bucket -0.2']],
      ['0', 0, plain, ['~h_bucket 0']],
      ['1', 1, h(['1', '4'], ['+Inf', '4']), ['~h_bucket 1']],
      ['nothing observed', 0.5, h(['1', '0'], ['+Inf', '0']), ['~h_bucket NaN']],
      ['no bucket of all', 0.5, h(['1', '1'], ['2', '2']), ['~h_bucket NaN']],
      ['only the bucket of all', 0.5, h(['+Inf', '2']), ['~h_bucket NaN']],
      ['buckets out of order', 0.5, h(['+Inf', '8'], ['3', '6'], ['1', '2']), ['~h_bucket 2']],
      [
        'one bound written twice',
        0.5,
        h(['1', '1'], ['1e0', '1'], ['3', '6'], ['+inf', '8']),
        ['~h_bucket 2'],
      ],
      [
        'a dip that is but an error',
        0.5,
        h(['1', '2'], ['2', '1.9999999999999998'], ['3', '6'], ['+Inf', '8']),
        ['~h_bucket 2.5'],
      ],
      ['step by step', 0.5, h(['1', '2 _ 4'], ['3', '6 _ _'], ['+Inf', '8 _ 8']), ['~h_bucket 2 _ 1']],
      ['no series', 0.5, vector(), []],
    ];
  test.each(quantiles)('histogram_quantile: %s', (_, q, buckets, want) => {
    const count = stepsOf([buckets]);
    const { lines, said } = run('histogram_quantile', [scalar(...new Array<number>(count).fill(q)), buckets]);
    expect(lines).toEqual(want);
    expect(said).toEqual([]);
  });

  test('a histogram for each set of other labels, the name among them', () => {
    const buckets = vector(
      'h{le="1", a="1"} 1',
      'h{le="+Inf", a="1"} 1',
      'g{le="2", a="1"} 1',
      'g{le="+Inf", a="1"} 1',
      'h{le="4", a="2"} 1',
      'h{le="+Inf", a="2"} 1',
    );
    expect(run('histogram_quantile', [scalar(0.5), buckets]).lines).toEqual([
      '~h{a="1"} 0.5',
      '~g{a="1"} 1',
      '~h{a="2"} 2',
    ]);
  });

  const odd: readonly (readonly [q: number, want: string, said: string])[] = [
    [-0.5, '~h_bucket -Inf', 'warning 0: quantile value should be between 0 and 1, got -0.5'],
    [1e7, '~h_bucket Inf', 'warning 0: quantile value should be between 0 and 1, got 1e+07'],
    [Number.NaN, '~h_bucket NaN', 'warning 0: quantile value should be between 0 and 1, got NaN'],
  ];
  test.each(odd)('the quantile %d', (q, want, said) => {
    expect(run('histogram_quantile', [scalar(q), plain])).toMatchObject({ lines: [want], said: [said] });
    expect(run('histogram_quantile', [scalar(q), vector()])).toMatchObject({ lines: [], said: [said] });
  });

  test('buckets without a usable bound are left out, with a warning', () => {
    const buckets = vector('h{le="1"} 1', 'h{le="+Inf"} 1', 'h{le="one"} 5', 'h 5', '~{a="1"} 5');
    const { lines, said } = run('histogram_quantile', [scalar(0.5), buckets]);
    expect(lines).toEqual(['~h 0.5']);
    expect(said).toEqual([
      'warning 10: bucket label "le" is missing or has a malformed value of "one" for metric name "h"',
      'warning 10: bucket label "le" is missing or has a malformed value of "" for metric name "h"',
      'warning 10: bucket label "le" is missing or has a malformed value of ""',
    ]);
  });

  test('bucket counts that decrease are raised, with one annotation for a metric', () => {
    const buckets = vector(
      'h{le="0.1"} 2 20',
      'h{le="1"} 1 10',
      'h{le="10"} 5 50',
      'h{le="100"} 4 40',
      'h{le="1000"} 9 90',
      'h{le="+Inf"} 8 80',
    );
    const { lines, said } = run('histogram_quantile', [scalar(0.5, 0.01), buckets], { start: 1500 });
    expect(lines).toEqual(['~h 8.5 0.0045']);
    expect(said).toEqual([
      'info 10: input to histogram_quantile needed to be fixed for monotonicity (see ' +
        'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name "h", ' +
        'from buckets 1 to +Inf, with a max diff of 10, over 2 samples from 1970-01-01T00:00:01Z to 1970-01-01T00:01:01Z',
    ]);
  });

  const positive = h(['1', '1'], ['2', '3'], ['3', '6'], ['+Inf', '100']);
  const below = h(['-3', '10'], ['-2', '12'], ['-1', '15'], ['+Inf', '100']);
  const fractions: readonly (readonly [lower: number, upper: number, buckets: Value, want: string])[] = [
    [0, 1.5, positive, '0.02'],
    [1, 2, positive, '0.02'],
    [0.5, 1, positive, '0.005'],
    [-INF, INF, positive, '1'],
    [-INF, 1, positive, '0.01'],
    [-1, 0, positive, '0'],
    [4, 5, positive, '0'],
    [3, INF, positive, '0.94'],
    [2, 1, positive, '0'],
    [2, 2, positive, '0'],
    [-4, -2, below, '0.02'],
    [-INF, -2.5, below, '0.11'],
    [-1.5, 0, below, '0.015'],
    [Number.NaN, 1, positive, 'NaN'],
    [0, Number.NaN, positive, 'NaN'],
    [0, 1, h(['1', '0'], ['+Inf', '0']), 'NaN'],
    [0, 1, h(['1', '1']), 'NaN'],
    [0, 1, h(['+Inf', '10']), '0'],
  ];
  test.each(fractions)('histogram_fraction from %d to %d %#', (lower, upper, buckets, want) => {
    expect(run('histogram_fraction', [scalar(lower), scalar(upper), buckets]).lines).toEqual([
      `~h_bucket ${want}`,
    ]);
  });
});

describe("Go's numbers", () => {
  const read: readonly (readonly [text: string, want: number | undefined])[] = [
    ['0.5', 0.5],
    ['.5', 0.5],
    ['5.', 5],
    ['-1e-3', -0.001],
    ['+Inf', INF],
    ['-infinity', -INF],
    ['NaN', Number.NaN],
    ['0x1p-2', 0.25],
    ['-0X.8p1', -1],
    ['1_000.5', 1000.5],
    ['1e-400', 0],
    ['1e400', undefined],
    ['0x10', undefined],
    ['1__0', undefined],
    ['+NaN', undefined],
    [' 1', undefined],
    ['.', undefined],
    ['', undefined],
    [`${'1'.repeat(200_000)}x`, undefined],
  ];
  test.each(read)('parse %#', (given, want) => {
    expect(parseNumber(given)).toBe(want);
  });

  const printed: readonly (readonly [value: number, decimal: string, general: string])[] = [
    [0, '0', '0'],
    [-0, '-0', '-0'],
    [1, '1', '1'],
    [-12.25, '-12.25', '-12.25'],
    [999_999.5, '999999.5', '999999.5'],
    [1e6, '1000000', '1e+06'],
    [1.5e21, '1500000000000000000000', '1.5e+21'],
    [0.0001, '0.0001', '0.0001'],
    [0.000015, '0.000015', '1.5e-05'],
    [1e-9, '0.000000001', '1e-09'],
    [5e-324, `0.${'0'.repeat(323)}5`, '5e-324'],
    [INF, '+Inf', '+Inf'],
    [-INF, '-Inf', '-Inf'],
    [Number.NaN, 'NaN', 'NaN'],
  ];
  test.each(printed)('print %d', (value, decimal, general) => {
    expect(formatDecimal(value)).toBe(decimal);
    expect(formatGeneral(value)).toBe(general);
  });

  test.each([
    [10, '10'],
    [0.123, '0.12'],
    [123, '1.2e+02'],
    [99.9, '1e+02'],
    [1, '1'],
  ])('print %d with two digits', (value, want) => {
    expect(formatGeneral(value, 2)).toBe(want);
  });
});
