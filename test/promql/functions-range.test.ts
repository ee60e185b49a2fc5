// Functions over range vectors: samples ten seconds apart go in, one value for each window comes out.

import { describe, expect, test } from 'vitest';
import type { LabelMatcher } from '../../src/model/samples.js';
import type { Expr } from '../../src/promql/ast.js';
import { EvaluationError } from '../../src/promql/error.js';
import type { PromqlFunction } from '../../src/promql/function.js';
import { extremesOverTime } from '../../src/promql/functions/extremes-over-time.js';
import { movements } from '../../src/promql/functions/movements.js';
import { overTime } from '../../src/promql/functions/over-time.js';
import { quantileOverTime } from '../../src/promql/functions/quantile-over-time.js';
import { rates } from '../../src/promql/functions/rates.js';
import { regressions } from '../../src/promql/functions/regressions.js';
import { select } from '../../src/promql/functions/select.js';
import type { Column, MatrixValue, RangeSeries, Value } from '../../src/promql/value.js';
import { exprAt, Notes, placeAt, readColumn, scalar, show } from '../support/columns.js';

const FAMILIES = [extremesOverTime, movements, overTime, quantileOverTime, rates, regressions].flat();

/** Where windows end and how long they are, in seconds. */
interface Windows {
  readonly range: number;
  readonly ends: readonly number[];
}

interface Setting {
  /** Time of the first step in seconds, when that is not where its window ends. */
  readonly start?: number;
  /** The expressions of the arguments; the argument i stands at the offset 10 * i otherwise. */
  readonly exprs?: readonly Expr[];
}

function matrix(lines: readonly string[], { range, ends }: Windows): MatrixValue {
  return {
    type: 'matrix',
    series: lines.map(line => samplesOf(readColumn(line))),
    range: range * 1000,
    ends: Float64Array.from(ends, end => end * 1000),
  };
}

function samplesOf({ labels, dropName, values, has }: Column): RangeSeries {
  const there = [...has.keys()].filter(i => has[i]);
  return {
    labels,
    dropName,
    times: Float64Array.from(there, i => i * 10_000),
    values: Float64Array.from(there, i => values[i] as number),
  };
}

function find(name: string): PromqlFunction {
  const found = FAMILIES.find(each => each.name === name);
  if (!found) throw new Error(`no function ${name}`);
  return found;
}

/** Calls a function with the range vector and, where it takes one, the scalar in their order. */
function run(name: string, windows: MatrixValue, other: Value = scalar(), { start, exprs }: Setting = {}) {
  const { argumentTypes, call } = find(name);
  const notes = new Notes();
  const first = start === undefined ? (windows.ends[0] as number) : start * 1000;
  const args = argumentTypes.map(type => (type === 'matrix' ? windows : other));
  const value = call(args, {
    ...notes.moment(windows.ends.length, first),
    call: { type: 'call', name, args: exprs ?? args.map((_, i) => exprAt(10 * i)), position: placeAt(5) },
  });
  return { lines: show(value), said: notes.said, spent: notes.spent };
}

describe('one window', () => {
  /** Samples from 0 s on, the window, and the value; undefined is no value. */
  const cases: readonly (readonly [
    name: string,
    samples: string,
    range: number,
    end: number,
    want: string | undefined,
  ])[] = [
    // Grown by 50 in 50 s, and 10 s to the start of the window.
    ['rate', '0 10 20 30 40 50 60', 60, 60, '1'],
    ['increase', '0 10 20 30 40 50 60', 60, 60, '60'],
    // Resets after 10 and after 4: 1 - 5 + 10 + 4, then 45 s for 40 s.
    ['increase', '5 10 2 4 1', 45, 40, '11.25'],
    ['rate', '5 10 2 4 1', 45, 40, '0.25'],
    ['delta', '5 10 2 4 1', 45, 40, '-4.5'],
    // It was zero one second before its first sample.
    ['increase', '1 11 21', 30, 25, '26'],
    ['increase', '0 10 20', 30, 25, '25'],
    ['increase', '-5 5 15', 30, 25, '30'],
    ['delta', '1 11 21', 30, 25, '30'],
    ['delta', '10 6 2', 30, 25, '-12'],
    // A series that begins and ends within the window reaches half an interval further, a counter not below zero.
    ['increase', '100 110 120', 100, 20, '25'],
    ['increase', '100 110 120', 100, 50, '30'],
    ['increase', '3 13 23', 100, 50, '28'],
    // Exactly 1.1 intervals away is too far, a millisecond less is not.
    ['delta', '100 110 120', 35, 31, '29'],
    ['delta', '100 110 120', 34.999, 30.999, '34.999'],
    ['increase', '7 7 7', 40, 30, '0'],
    ['rate', '1 NaN 3', 30, 20, '0.1'],
    ['rate', '1 2 NaN', 30, 20, 'NaN'],
    ['rate', '1 Inf', 30, 20, 'Inf'],
    ['rate', 'Inf Inf', 30, 20, 'NaN'],
    ['rate', '5', 30, 20, undefined],
    ['increase', '5 6', 10, 10, undefined],
    ['delta', '5', 30, 20, undefined],
    ['irate', '0 10 40', 30, 20, '3'],
    ['irate', '0 10 3', 30, 20, '0.3'],
    ['irate', '0 1 NaN', 30, 20, 'NaN'],
    ['irate', '0 _ 10', 30, 20, '0.5'],
    ['irate', '5', 30, 20, undefined],
    ['idelta', '0 10 3', 30, 20, '-7'],
    ['idelta', '5', 30, 20, undefined],
    ['resets', '3 1 1 2 0 NaN 5', 70, 60, '2'],
    ['resets', '5', 10, 0, '0'],
    ['resets', '5 1 2', 20, 20, '0'],
    ['changes', '1 1 2 NaN NaN 3 0 -0', 80, 70, '4'],
    ['changes', '5 1 1', 20, 20, '0'],
    ['deriv', '0 10 20', 30, 20, '1'],
    ['deriv', '0 10 0', 30, 20, '0'],
    ['deriv', '0.1 0.1 0.1', 30, 20, '0'],
    ['deriv', 'Inf Inf', 30, 20, 'NaN'],
    ['deriv', '1 NaN 3', 30, 20, 'NaN'],
    ['deriv', '1 Inf 3', 30, 20, 'NaN'],
    ['deriv', '5', 30, 20, undefined],
    ['sum_over_time', '1 1e100 1 -1e100', 40, 30, '2'],
    ['sum_over_time', '0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1', 100, 90, '1'],
    ['sum_over_time', '1 Inf 2', 30, 20, 'Inf'],
    ['sum_over_time', 'Inf -Inf', 30, 20, 'NaN'],
    ['sum_over_time', '-1e308 -1e308', 30, 20, '-Inf'],
    ['avg_over_time', '1 2 4.5', 30, 20, '2.5'],
    ['avg_over_time', '1 1e100 1 -1e100', 40, 30, '0.5'],
    ['avg_over_time', '1e308 1e308', 30, 20, '1e+308'],
    ['avg_over_time', '-1e308 -1e308 1e308 1e308', 40, 30, '0'],
    ['avg_over_time', 'Inf 1', 30, 20, 'Inf'],
    ['avg_over_time', '1 -Inf', 30, 20, '-Inf'],
    ['avg_over_time', 'Inf -Inf', 30, 20, 'NaN'],
    ['avg_over_time', '1 NaN', 30, 20, 'NaN'],
    ['count_over_time', '1 NaN _ 3', 40, 30, '3'],
    ['present_over_time', 'NaN', 40, 30, '1'],
    ['last_over_time', '1 2 _', 40, 30, '2'],
    ['stdvar_over_time', '1 2 3 4', 40, 30, '1.25'],
    ['stddev_over_time', '1 2 3 4', 40, 30, '1.118033988749895'],
    ['stddev_over_time', '1.5990505637277868 1.5990505637277868 1.5990505637277868', 40, 30, '0'],
    ['stdvar_over_time', '7', 40, 30, '0'],
    ['stdvar_over_time', '1 Inf', 40, 30, 'NaN'],
    ['max_over_time', '1 3 2', 30, 20, '3'],
    ['min_over_time', '2 1 3', 30, 20, '1'],
    ['max_over_time', 'NaN -5 NaN', 30, 20, '-5'],
    ['min_over_time', 'NaN 5 Inf', 30, 20, '5'],
    ['max_over_time', 'NaN NaN', 30, 20, 'NaN'],
    ['max_over_time', '-0 0', 30, 20, '-0'],
    ['min_over_time', '0 -0', 30, 20, '0'],
    // A window takes in its end and leaves out its start.
    ['count_over_time', '1 1 1', 20, 20, '2'],
    ['count_over_time', '1 1 1', 20.001, 20, '3'],
    ['count_over_time', '1 1 1', 20, 19.999, '2'],
    ['count_over_time', '1 1 1', 5, 25, undefined],
    ['last_over_time', '1 _ _ _ _ 2', 30, 40, undefined],
  ];
  test.each(cases)('%s of %s in %d s until %d s', (name, samples, range, end, want) => {
    const name_ = name === 'last_over_time' ? 'x_total' : '~x_total';
    const { lines } = run(name, matrix([`x_total ${samples}`], { range, ends: [end] }));
    expect(lines).toEqual(want === undefined ? [] : [`${name_} ${want}`]);
  });
});

describe('functions with a scalar', () => {
  test.each([
    ['half', '4 1 3 2', 0.5, '2.5'],
    ['between ranks', '4 1 3 2', 0.75, '3.25'],
    ['smallest', '4 1 3 2', 0, '1'],
    ['largest', '4 1 3 2', 1, '4'],
    ['a single sample', '7', 0.5, '7'],
    ['NaN lies below all numbers', '2 NaN 1', 0.5, '1'],
    ['NaN weighs in', '2 NaN 1', 0.25, 'NaN'],
    ['NaN only', 'NaN NaN', 0.5, 'NaN'],
    ['the next rank counts even without weight', '1 Inf', 0, 'NaN'],
    ['the largest counts twice', '1 Inf', 1, 'NaN'],
    ['minus infinity', '-Inf 1 2', 0.25, '-Inf'],
  ])('quantile_over_time: %s', (_, samples, q, want) => {
    const { lines, said } = run(
      'quantile_over_time',
      matrix([`x ${samples}`], { range: 60, ends: [50] }),
      scalar(q),
    );
    expect(lines).toEqual([`~x ${want}`]);
    expect(said).toEqual([]);
  });

  test('quantile_over_time takes the quantile of the step and warns of those that are none', () => {
    const windows = matrix(['x 1 2 3', 'y 4 5 6'], { range: 60, ends: [20, 20, 20, 20, 20] });
    const { lines, said } = run('quantile_over_time', windows, scalar(0.5, -1, 1.5, Number.NaN, -1));
    expect(lines).toEqual(['~x 2 -Inf Inf NaN -Inf', '~y 5 -Inf Inf NaN -Inf']);
    expect(said).toEqual([
      'warning 0: quantile value should be between 0 and 1, got -1',
      'warning 0: quantile value should be between 0 and 1, got 1.5',
      'warning 0: quantile value should be between 0 and 1, got NaN',
    ]);
  });

  test('quantile_over_time says nothing about a quantile of nothing', () => {
    const { lines, said } = run('quantile_over_time', matrix(['x 1'], { range: 5, ends: [50] }), scalar(2));
    expect(lines).toEqual([]);
    expect(said).toEqual([]);
  });

  test.each([
    ['a minute from now', '0 10 20', 20, 60, '80'],
    ['now', '0 10 20', 20, 0, '20'],
    ['a minute ago', '0 10 20', 20, -60, '-40'],
    ['from a later step, as with an offset', '0 10 20', 80, 60, '140'],
    ['always the same', '0.1 0.1 0.1', 20, 1e6, '0.1'],
    ['always infinite', 'Inf Inf', 20, 60, 'NaN'],
    ['not from a single sample', '5', 20, 60, undefined],
  ])('predict_linear: %s', (_, samples, start, seconds, want) => {
    const windows = matrix([`x ${samples}`], { range: 30, ends: [20] });
    const { lines } = run('predict_linear', windows, scalar(seconds), { start });
    expect(lines).toEqual(want === undefined ? [] : [`~x ${want}`]);
  });
});

describe('steps', () => {
  test('windows move on, and a series without samples in any is left out', () => {
    const windows = matrix(['x 1 2 _ _ _ _ 3', 'y _ _ _ _ _ _ _ 9'], { range: 15, ends: [10, 20, 30, 60] });
    expect(run('count_over_time', windows)).toMatchObject({ lines: ['~x 2 1 _ 1'], spent: 4 });
  });

  test('windows may all be the same one', () => {
    const windows = matrix(['x 1 5 2'], { range: 30, ends: [20, 20, 20] });
    expect(run('max_over_time', windows).lines).toEqual(['~x 5 5 5']);
    expect(run('delta', windows).lines).toEqual(['~x 1.5 1.5 1.5']);
  });

  test('the last sample keeps its name, unless it had lost it before', () => {
    const windows = matrix(['x{a="1"} 1 2', '~x{a="2"} 3 4'], { range: 30, ends: [10] });
    expect(run('last_over_time', windows).lines).toEqual(['x{a="1"} 2', '~x{a="2"} 4']);
    expect(run('sum_over_time', windows).lines).toEqual(['~x{a="1"} 3', '~x{a="2"} 7']);
  });

  test('a long walk can be ended', () => {
    let checkpoints = 0;
    const notes = new Notes();
    const moment = {
      ...notes.moment(1000),
      checkpoint() {
        checkpoints++;
        if (checkpoints === 5) throw new EvaluationError('query timed out');
      },
      call: { type: 'call', name: 'sum_over_time', args: [exprAt(0)], position: placeAt(0) } as const,
    };
    const ends = Array.from({ length: 1000 }, (_, i) => 9_000 + i);
    const windows = matrix([`x ${'1 '.repeat(1000)}1`], { range: 10_000, ends });
    expect(() => find('sum_over_time').call([windows], moment)).toThrow('query timed out');
  });

  /** Falls, rises, repeats and has no number now and then, the same at each run. */
  function eventful(length: number): string {
    let state = 7;
    const cells = Array.from({ length }, () => {
      state = (state * 16_807) % 2_147_483_647;
      const kind = state % 23;
      if (kind === 0) return 'NaN';
      if (kind < 4) return '_';
      return String((state % 97) / 7);
    });
    return cells.join(' ');
  }

  const alone = FAMILIES.filter(({ name }) => name !== 'absent_over_time').map(({ name }) => name);
  test.each(alone)('%s of overlapping and of separate windows is that of each window alone', name => {
    const lines = [`a_total ${eventful(400)}`, 'b_total 3 3 3 _ 3 3 3 3', `c_total ${eventful(60)}`];
    for (const range of [35, 60, 61, 300, 1_000]) {
      const ends = Array.from({ length: 60 }, (_, i) => 25 + 60 * i);
      const together = columnsOf(name, lines, range, ends);
      const apart = ends.map(end => columnsOf(name, lines, range, [end]));
      expect(together).toEqual(
        new Map(lines.map(line => [labelOf(line), apart.map(each => each.get(labelOf(line))?.[0] ?? '_')])),
      );
    }
  });

  /** The cells of each series' line by its name. */
  function columnsOf(name: string, lines: readonly string[], range: number, ends: readonly number[]) {
    const scalars = scalar(...ends.map(() => 0.7));
    const shown = run(name, matrix(lines, { range, ends }), scalars).lines;
    return new Map(shown.map(line => [labelOf(line), line.split(' ').slice(1)] as const));
  }

  function labelOf(line: string): string {
    return (line.split(' ')[0] as string).replace('~', '');
  }
});

describe('annotations of counters', () => {
  const NAME = 'metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ';
  test.each([
    ['rate', ['x_total 1 2', 'x_sum 1 2', 'x_count 1 2', 'x_bucket 1 2'], []],
    ['rate', ['x 1 2'], [`info 0: ${NAME}"x"`]],
    ['increase', ['x{a="1"} 1 2', 'x{a="2"} 1 2', 'y 1 2'], [`info 0: ${NAME}"x"`, `info 0: ${NAME}"y"`]],
    ['rate', ['x 1'], []],
    ['rate', ['{a="1"} 1 2'], []],
    ['rate', ['total_x 1 2'], [`info 0: ${NAME}"total_x"`]],
    ['irate', ['x 1 2'], []],
    ['delta', ['x 1 2'], []],
    ['deriv', ['x 1 2'], []],
  ])('%s of %j', (name, lines, want) => {
    expect(run(name, matrix(lines, { range: 30, ends: [10] })).said).toEqual(want);
  });

  test('they point into the parentheses around an argument', () => {
    const exprs: Expr[] = [{ type: 'paren', expr: exprAt(7), position: placeAt(5) }];
    const { said } = run('rate', matrix(['x 1 2'], { range: 30, ends: [10] }), undefined, { exprs });
    expect(said).toEqual([`info 7: ${NAME}"x"`]);
  });
});

describe('absent_over_time', () => {
  function selector(...written: readonly (readonly [string, LabelMatcher['op'], string])[]): Expr {
    const matchers = written.map(([name, op, value]) => ({ name, op, value, matches: () => true }));
    const shared = { offset: 0, at: undefined, position: placeAt(0) };
    return {
      type: 'matrixSelector',
      selector: { type: 'vectorSelector', name: '', matchers, ...shared },
      range: 30,
      position: placeAt(0),
    };
  }
  const named = selector(['a', '=', '1'], ['b', '!=', '2'], ['__name__', '=', 'x']);

  test.each([
    ['nothing at all', [], named, ['~{a="1"} 1 1 1']],
    ['at some steps', ['x{c="1"} 1', 'x{c="2"} _ _ 1'], named, ['~{a="1"} _ 1 _']],
    ['never', ['x{c="1"} 1 _ 1', 'x{c="2"} _ 1'], named, []],
    ['NaN is there', ['x NaN NaN NaN'], named, []],
    [
      'a label asked for twice',
      [],
      selector(['a', '=', '1'], ['a', '=', '2'], ['b', '=', '3']),
      ['~{b="3"} 1 1 1'],
    ],
    ['no selector', [], exprAt(0), ['~{} 1 1 1']],
  ])('%s', (_, lines, expr, want) => {
    const windows = matrix(lines, { range: 5, ends: [0, 10, 20] });
    expect(run('absent_over_time', windows, undefined, { exprs: [expr] }).lines).toEqual(want);
  });
});

describe('select', () => {
  const COUNT = 2_000;
  const numbers = [...Array(COUNT).keys()];
  test.each([
    ['ascending', (i: number) => i],
    ['descending', (i: number) => -i],
    ['all the same', () => 3],
    ['up and down', (i: number) => Math.min(i, COUNT - i)],
    ['two values', (i: number) => i % 2],
    ['scattered', (i: number) => (i * 7_919) % 1_009],
    ['infinite at the ends', (i: number) => (i % 10 === 0 ? Number.POSITIVE_INFINITY : -(i ** 400))],
  ])('%s', (_, value) => {
    const sorted = Float64Array.from(numbers, value).sort();
    for (const rank of [0, 1, 31, 32, 1_000, 1_979, COUNT - 2, COUNT - 1]) {
      const values = Float64Array.from(numbers, value);
      select(values, rank);
      expect(values[rank]).toBe(sorted[rank]);
      expect(values.slice(0, rank).every(each => each <= (sorted[rank] as number))).toBe(true);
      expect(values.slice(rank).every(each => each >= (sorted[rank] as number))).toBe(true);
    }
  });
});
