// Aggregations: groups of series in, series out.

import { describe, expect, test } from 'vitest';
import type { Group } from '../../src/promql/aggregation.js';
import { aggregations } from '../../src/promql/aggregations/index.js';
import type { AggregateExpr } from '../../src/promql/ast.js';
import type { Value } from '../../src/promql/value.js';
import { exprAt, Notes, placeAt, readColumn, scalar, showColumn, text } from '../support/columns.js';

const INF = Number.POSITIVE_INFINITY;
const BIG = 9.988465674311579e307;

/** A group whose labels and dropped name are those of its first line, of which the values do not matter. */
function group(head: string, ...lines: string[]): Group {
  const { labels, dropName } = readColumn(`${head} _`);
  return { labels, dropName, columns: lines.map(readColumn) };
}

/** One group with a series for each of the lists of values. */
function values(...lists: string[]): Group {
  return group('{}', ...lists.map((list, i) => `x{i="${i}"} ${list}`));
}

function run(
  name: string,
  groups: readonly Group[],
  param?: Value,
  clause: Partial<Pick<AggregateExpr, 'grouping' | 'without'>> = {},
) {
  const found = aggregations.find(each => each.name === name);
  if (!found) throw new Error(`no aggregation ${name}`);
  const expr: AggregateExpr = {
    type: 'aggregate',
    op: name,
    expr: exprAt(20),
    param: exprAt(9),
    grouping: [],
    without: false,
    position: placeAt(0),
    ...clause,
  };
  const notes = new Notes();
  const count = groups[0]?.columns[0]?.values.length ?? 1;
  const columns = found.call(groups, param, { ...notes.moment(count), expr });
  return { lines: columns.map(showColumn), said: notes.said, spent: notes.spent };
}

describe('one series of each group', () => {
  const cases: readonly (readonly [name: string, lists: readonly string[], want: string])[] = [
    ['sum', ['1 _ 3 _', '10 20 _ _'], '11 20 3 _'],
    ['sum', ['2', '8', '1e100', '-1e100'], '10'],
    ['sum', ['0.1', '0.2', '0.3', '-0.6'], '2.7755575615628914e-17'],
    ['sum', ['Inf 2 Inf NaN', '2 -Inf -Inf 1'], 'Inf -Inf NaN NaN'],
    ['sum', ['1e308', '1e308', '-1e308'], 'Inf'],
    ['avg', ['8 _ 1', '10 4 _', '12 5 _'], '10 4.5 1'],
    ['avg', ['2', '8', '1e100', '-1e100'], '2.5'],
    ['avg', ['Inf -Inf Inf NaN', '0 0 -Inf 1', 'Inf -Inf 0 2'], 'Inf -Inf NaN NaN'],
    ['avg', [`${BIG}`, `${BIG}`, `${BIG}`, `${BIG}`], `${BIG}`],
    ['avg', [`-${BIG}`, `-${BIG}`, `-${BIG}`, `-${BIG}`], `-${BIG}`],
    ['avg', [`-${BIG}`, `-${BIG}`, `${BIG}`, `${BIG}`], '0'],
    ['avg', [`${BIG} 1`, `${BIG} 2`, '_ 6'], `${BIG} 3`],
    ['avg', ['1e308', '1e308', '_', '-2e307'], '6e+307'],
    ['avg', new Array<string>(11).fill('52'), '52'],
    ['min', ['3 NaN NaN _', '1 2 NaN _', '2 NaN NaN 5'], '1 2 NaN 5'],
    ['max', ['3 NaN NaN _', '1 2 NaN _', '2 NaN NaN 5'], '3 2 NaN 5'],
    ['min', ['-Inf -0', 'Inf 0'], '-Inf -0'],
    ['max', ['-Inf -0', 'Inf 0'], 'Inf -0'],
    ['count', ['3 _ NaN _', '1 2 NaN _'], '2 1 2 _'],
    ['group', ['3 _ NaN _', '1 2 NaN _'], '1 1 1 _'],
    ['stdvar', ['2 _ 1 _', '4 _ 3 7', '9 _ _ _'], '8.666666666666666 _ 1 0'],
    ['stddev', ['2 _ 1 _', '4 _ 3 7', '9 _ _ _'], '2.943920288775949 _ 1 0'],
    ['stdvar', ['NaN 1 Inf 1', '1 NaN 1 Inf'], 'NaN NaN NaN NaN'],
    ['stddev', ['NaN Inf -Inf'], 'NaN NaN NaN'],
    ['stddev', ['13.3', '13.3', '13.3'], '0'],
  ];
  test.each(cases)('%s %#', (name, lists, want) => {
    expect(run(name, [values(...lists)]).lines).toEqual([`{} ${want}`]);
  });

  test.each(['sum', 'avg', 'min', 'max', 'stddev', 'stdvar'])(
    '%s keeps its groups apart, and their labels and names as they are',
    name => {
      const groups = [group('~x{a="1"}', '~x{a="1", b="1"} 4'), group('{a="2"}', 'x{a="2", b="1"} 4')];
      const want = name.startsWith('std') ? 0 : 4;
      expect(run(name, groups)).toMatchObject({ lines: [`~x{a="1"} ${want}`, `{a="2"} ${want}`], spent: 2 });
    },
  );

  test.each(aggregations.map(({ name, param }) => [name, param] as const))(
    '%s of nothing is nothing',
    (name, param) => {
      expect(run(name, [], param === 'string' ? text('v') : scalar(1)).lines).toEqual([]);
    },
  );

  test('the input series are not changed', () => {
    const given = values('1 _', '2 3');
    for (const { name, param } of aggregations) {
      run(name, [given], param === 'string' ? text('v') : scalar(1, 1));
    }
    expect(given.columns.map(showColumn)).toEqual(['x{i="0"} 1 _', 'x{i="1"} 2 3']);
  });
});

describe('quantile', () => {
  const cases: readonly (readonly [
    title: string,
    q: readonly number[],
    lists: readonly string[],
    want: string,
  ])[] = [
    ['between two', [0.2], ['1', '0'], '0.2'],
    ['of three', [0.2], ['2', '0', '4'], '0.8'],
    ['the first and the last', [0, 1], ['4 4', '0 0', '1 1'], '0 4'],
    ['NaN is below all numbers', [0.2, 0.5, 1], ['0 0 0', 'NaN NaN NaN', '1 1 1'], 'NaN 0 1'],
    ['another at each step', [0.5, 0, 1], ['0 _ 3', '1 _ 4'], '0.5 _ 4'],
    ['of one', [0.7], ['5'], '5'],
    ['an infinity next to the rank, though it has no weight', [0.5], ['-Inf', '1', 'Inf'], 'NaN'],
  ];
  test.each(cases)('%s', (_, q, lists, want) => {
    expect(run('quantile', [values(...lists)], scalar(...q))).toMatchObject({
      lines: [`{} ${want}`],
      said: [],
    });
  });

  const odd: readonly (readonly [q: readonly number[], want: string, said: readonly string[]])[] = [
    [[-1, 0.5, -3], '-Inf 1.5 -Inf', ['-3']],
    [[2, 1, 3], 'Inf 2 Inf', ['3']],
    [[2, 0, -1], 'Inf 1 -Inf', ['2', '-1']],
    [[Number.NaN, 2, -1], 'NaN Inf -Inf', ['NaN']],
  ];
  test.each(odd)('of %j', (q, want, said) => {
    expect(run('quantile', [values('1 1 1', '2 2 2')], scalar(...q))).toMatchObject({
      lines: [`{} ${want}`],
      said: said.map(each => `warning 9: quantile value should be between 0 and 1, got ${each}`),
    });
  });
});

describe('topk and bottomk', () => {
  const five = values('3', 'NaN', '5', '_', '1', 'Inf');
  const instant: readonly (readonly [name: string, k: number, want: readonly string[]])[] = [
    ['topk', 2, ['5:Inf', '2:5']],
    ['topk', 2.9, ['5:Inf', '2:5']],
    ['topk', 9, ['5:Inf', '2:5', '0:3', '4:1', '1:NaN']],
    ['topk', 0.9, []],
    ['topk', -5, []],
    ['bottomk', 1, ['4:1']],
    ['bottomk', 3, ['4:1', '0:3', '2:5']],
    ['bottomk', 9e18, ['4:1', '0:3', '2:5', '5:Inf', '1:NaN']],
  ];
  test.each(instant)('%s of %d in an instant query is in order', (name, k, want) => {
    const { lines } = run(name, [five], scalar(k));
    expect(lines).toEqual(want.map(each => each.replace(/(\d):(.*)/, 'x{i="$1"} $2')));
  });

  test('group by group, with the names the series have', () => {
    const groups = [
      group('{a="2"}', '~x{a="2", i="0"} 1', '~x{a="2", i="1"} 2'),
      group('{a="1"}', 'x{a="1", i="0"} 4', 'x{a="1", i="1"} 3'),
    ];
    expect(run('topk', groups, scalar(1)).lines).toEqual(['~x{a="2", i="1"} 2', 'x{a="1", i="0"} 4']);
  });

  test('a range query has series where they are among the best', () => {
    const series = values('1 5 NaN _', '2 4 7 _', '3 3 8 1', '0 0 0 _');
    expect(run('topk', [series], scalar(2, 2, 2, 2))).toMatchObject({
      lines: ['x{i="0"} _ 5 _ _', 'x{i="1"} 2 4 7 _', 'x{i="2"} 3 _ 8 1'],
      spent: 12,
    });
    expect(run('bottomk', [series], scalar(1, 0, 3, 9)).lines).toEqual([
      'x{i="1"} _ _ 7 _',
      'x{i="2"} _ _ 8 1',
      'x{i="3"} 0 _ 0 _',
    ]);
  });

  test('of equal series the first ones stay, until a better one comes', () => {
    expect(run('topk', [values('1', '1', '1', '1')], scalar(2)).lines).toEqual(['x{i="0"} 1', 'x{i="1"} 1']);
    expect(run('bottomk', [values('4', '0', '5', '0', '0')], scalar(2)).lines).toEqual([
      'x{i="3"} 0',
      'x{i="1"} 0',
    ]);
  });

  const wrong: readonly (readonly [k: readonly number[], message: string])[] = [
    [[1, Number.NaN], 'Parameter value is NaN'],
    [[1, 1e30], 'Scalar value 1e+30 overflows int64'],
    [[INF, 1], 'Scalar value +Inf overflows int64'],
    [[-1e30, 1], 'Scalar value -1e+30 underflows int64'],
    [[2 ** 63, -(2 ** 63)], 'Scalar value -9.223372036854776e+18 underflows int64'],
  ];
  test.each(wrong)('refuse %j', (k, message) => {
    expect(() => run('topk', [], scalar(...k))).toThrow(message);
  });

  test('many values are in the order of a sort', () => {
    const numbers = Array.from({ length: 500 }, (_, i) => (i * 7919) % 1009);
    const best = [...numbers].sort((a, b) => b - a).slice(0, 40);
    const { lines } = run('topk', [values(...numbers.map(String))], scalar(40));
    expect(lines.map(line => Number(line.split(' ').at(-1)))).toEqual(best);
  });
});

describe('count_values', () => {
  const one = group('{a="1"}', 'x{a="1", i="0"} 6 _', 'x{a="1", i="1"} 6 7', 'x{a="1", i="2"} 8 7');
  const two = group('~x{a="2"}', '~x{a="2", i="0"} 6 6');

  test('a series for each value of a group', () => {
    expect(run('count_values', [one, two], text('v'), { grouping: ['a'] })).toMatchObject({
      lines: ['{a="1", v="6"} 2 _', '{a="1", v="7"} _ 2', '{a="1", v="8"} 1 _', 'x{a="2", v="6"} 1 1'],
      spent: 8,
    });
  });

  const clauses: readonly (readonly [
    label: string,
    grouping: readonly string[],
    without: boolean,
    want: readonly string[],
  ])[] = [
    ['a', ['a'], false, ['{a="6"} 2 _', '{a="7"} _ 2', '{a="8"} 1 _', 'x{a="6"} 1 1']],
    ['a', ['i'], true, ['{a="6"} 2 _', '{a="7"} _ 2', '{a="8"} 1 _', 'x{a="6"} 1 1']],
    ['i', ['i'], true, ['{a="1"} 3 2', 'x{a="2"} 1 1']],
    ['__name__', ['i'], true, ['{a="1"} 3 2', 'x{a="2"} 1 1']],
    ['__name__', ['a'], false, ['6{a="1"} 2 _', '7{a="1"} _ 2', '8{a="1"} 1 _', '6{a="2"} 1 1']],
  ];
  test.each(clauses)('the label %s with %j, without: %j', (label, grouping, without, want) => {
    expect(run('count_values', [one, two], text(label), { grouping, without }).lines).toEqual(want);
  });

  test('groups that only the overwritten label told apart become one', () => {
    const groups = [group('{a="1"}', 'x{a="1"} 6'), group('{a="2"}', 'x{a="2"} 6')];
    expect(run('count_values', groups, text('a'), { grouping: ['a'] }).lines).toEqual(['{a="6"} 2']);
  });

  test('values as text', () => {
    const { lines } = run(
      'count_values',
      [values('1e-9', '1.5e21', 'NaN', 'Inf', '-Inf', '-0', '0', '0.25')],
      text('v'),
    );
    expect(lines).toEqual(
      ['0.000000001', '1500000000000000000000', 'NaN', '+Inf', '-Inf', '-0', '0', '0.25'].map(
        v => `{v="${v}"} 1`,
      ),
    );
  });

  test.each([
    ['', 'invalid label name ""'],
    ['a\udc00', 'invalid label name "a\\udc00"'],
  ])('refuses the label %j', (label, message) => {
    expect(() => run('count_values', [one], text(label))).toThrow(message);
  });
});
