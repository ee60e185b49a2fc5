// What parses, and into what. Each expression is given with the way it is printed, which shows how it was understood.

import { describe, expect, test } from 'vitest';
import type { Expr } from '../../src/promql/ast.js';
import { parse, parseSelector } from '../../src/promql/parse.js';
import { print } from '../../src/promql/print.js';

/** Every operation in parentheses, so that precedence shows. */
function grouped(expr: Expr): string {
  switch (expr.type) {
    case 'binary':
      return `(${grouped(expr.lhs)} ${expr.op} ${grouped(expr.rhs)})`;
    case 'unary':
      return `(${expr.op}${grouped(expr.expr)})`;
    default:
      return print(expr);
  }
}

describe('precedence', () => {
  const cases: [text: string, want: string][] = [
    ['1 + 2 * 3', '(1 + (2 * 3))'],
    ['1 - 2 - 3', '((1 - 2) - 3)'],
    ['2 ^ 3 ^ 2', '(2 ^ (3 ^ 2))'],
    ['-1 ^ 2', '(-(1 ^ 2))'],
    ['-.5^2', '(-(0.5 ^ 2))'],
    ['-a * b', '((-a) * b)'],
    ['2 ^ -1 * 3', '((2 ^ -1) * 3)'],
    ['2 ^ -1 ^ 2', '(2 ^ (-(1 ^ 2)))'],
    ['--1', '1'],
    ['1 - -1', '(1 - -1)'],
    ['1-1', '(1 - 1)'],
    ['a or b and c', '(a or (b and c))'],
    ['a and b unless c', '((a and b) unless c)'],
    ['a == bool b + c', '(a == (b + c))'],
    ['a > b == c', '((a > b) == c)'],
    ['a % b atan2 c', '((a % b) atan2 c)'],
    ['a + b offset 5m', '(a + b offset 5m)'],
    ['a + b offset 5m * c', '(a + (b offset 5m * c))'],
    ['-a offset 5m', '(-a offset 5m)'],
    ['-a @ 5 ^ b', '(-(a @ 5.000 ^ b))'],
  ];
  test.each(cases)('%s', (text, want) => {
    expect(grouped(parse(text))).toBe(want);
  });
});

describe('literals', () => {
  const cases: [text: string, want: number | string][] = [
    ['0x1F', 31],
    ['0X_1f', 31],
    ['017', 15],
    ['08', 8],
    ['1_000', 1000],
    ['1_0.5_0e1_0', 10.5e10],
    ['1.', 1],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1E-3', 0.001],
    ['0x7fffffffffffffff', 2 ** 63],
    ['07777777777777777777777', 7.777777777777777e21],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-inf', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
    ['5m', 300],
    ['-1h30m', -5400],
    ['1y1w1d1h1m1s1ms', 32_230_861.001],
    ['"a\\tb\\"c\\\\"', 'a\tb"c\\'],
    ["'it\\'s'", "it's"],
    ['`raw\\n\n`', 'raw\\n\n'],
    ['"\\x41\\102\\u00e9\\U0001F600"', 'ABé😀'],
    ['"\\xe4\\xbd\\xa0\\xff"', '你\udcff'],
  ];
  test.each(cases)('%s', (text, want) => {
    const expr = parse(text);
    expect(expr.type === 'numberLiteral' || expr.type === 'stringLiteral' ? expr.value : expr.type).toBe(
      want,
    );
  });
});

describe('expressions', () => {
  const cases: [text: string, want: string][] = [
    ['foo', 'foo'],
    ['foo{}', 'foo'],
    ['job:foo:rate5m', 'job:foo:rate5m'],
    ['foo { a = "x" , b != \'y\' , } # why', 'foo{a="x",b!="y"}'],
    ['# why\nfoo', 'foo'],
    ['{a=~".+",b!~`c|d`}', '{a=~".+",b!~"c|d"}'],
    ['{a="x",a="y"}', '{a="x",a="y"}'],
    ['{__name__="foo"}', '{__name__="foo"}'],
    ['{"foo.bar"}', '{__name__="foo.bar"}'],
    ['{"foo.bar", "my label"=~"x.*"}', '{"my label"=~"x.*",__name__="foo.bar"}'],
    ['sum by ("a.b", c) (x)', 'sum by ("a.b", c) (x)'],
    ['a * on ("x y") group_left ("z.z") b', 'a * on ("x y") group_left ("z.z") b'],
    ['offset', 'offset'],
    ['offset offset 5m', 'offset offset 5m'],
    ['offset{a="x"} + offset', 'offset{a="x"} + offset'],
    ['and and and', 'and and and'],
    ['sum + by', 'sum + by'],
    ['start + end', 'start + end'],
    ['foo{by="x",on="y",offset="z",inf="w"}', 'foo{by="x",inf="w",offset="z",on="y"}'],
    ['SUM BY (on, offset, by) (x)', 'sum by (on, offset, by) (x)'],
    ['sum(x) without (a,)', 'sum without (a) (x)'],
    ['sum by () (x)', 'sum(x)'],
    ['sum without () (x)', 'sum without () (x)'],
    ['topk(3, x)', 'topk(3, x)'],
    ['count_values("v", x)', 'count_values("v", x)'],
    ['foo[5m]', 'foo[5m]'],
    ['foo[300]', 'foo[5m]'],
    ['foo[0x12]', 'foo[18s]'],
    ['foo[1.5]', 'foo[1s500ms]'],
    ['foo[ 5m ]', 'foo[5m]'],
    ['foo offset 3', 'foo offset 3s'],
    ['foo offset -1m', 'foo offset -1m'],
    ['foo offset +1m', 'foo offset 1m'],
    ['foo[5m] offset 1w', 'foo[5m] offset 1w'],
    ['foo @ 5', 'foo @ 5.000'],
    ['foo @ -1.5 offset 5m', 'foo @ -1.500 offset 5m'],
    ['foo offset 5m @ 0x10', 'foo @ 16.000 offset 5m'],
    ['foo @ -1m40s', 'foo @ -100.000'],
    ['fill + fill * 2', 'fill + fill * 2'],
    ['foo @ 1e18', 'foo @ 1000000000000000000.000'],
    ['foo[5m] @ start()', 'foo[5m] @ start()'],
    ['foo[1h:5m] @ END() offset 1d', 'foo[1h:5m] @ end() offset 1d'],
    ['rate(foo[1m])[1h:]', 'rate(foo[1m])[1h:]'],
    ['foo[100:30]', 'foo[1m40s:30s]'],
    ['1 == bool.5', '1 == bool 0.5'],
    ['a == bool on (x) b', 'a == bool on (x) b'],
    ['a * ignoring (x) group_right b', 'a * ignoring (x) group_right () b'],
    ['a and on () b', 'a and on () b'],
    ['a + ignoring () b', 'a + b'],
    ['1 + ignoring () 2', '1 + 2'],
    ['a AND b Or c UNLESS d', 'a and b or c unless d'],
    ['1h + 5', '1h + 5'],
    ['time()', 'time()'],
    ['round(foo, 5)', 'round(foo, 5)'],
    ['label_join(foo, "a", ",")', 'label_join(foo, "a", ",")'],
    ['label_join(foo, "a", ",", "b", "c")', 'label_join(foo, "a", ",", "b", "c")'],
    ['((foo))', '((foo))'],
  ];
  test.each(cases)('%s', (text, want) => {
    expect(print(parse(text))).toBe(want);
  });

  test.each(cases)('what %s is printed as means the same', (_, want) => {
    expect(print(parse(want))).toBe(want);
  });
});

describe('positions', () => {
  const cases: [text: string, want: string][] = [
    ['  foo + bar  ', 'foo + bar'],
    [' -foo offset 5m ', '-foo offset 5m'],
    ['( foo )[5m:] @ 3 # x', '( foo )[5m:] @ 3'],
    ['sum(foo) by (a) ', 'sum(foo) by (a)'],
  ];
  test.each(cases)('%s', (text, want) => {
    const { from, to } = parse(text).position;
    expect(text.slice(from, to)).toBe(want);
  });
});

describe('matching', () => {
  const cases: [text: string, want: unknown][] = [
    ['a + b', { card: 'one-to-one', on: false, labels: [], include: [] }],
    ['a or b', { card: 'many-to-many', on: false, labels: [], include: [] }],
    ['a and on (x) b', { card: 'many-to-many', on: true, labels: ['x'], include: [] }],
    ['a / on (x) group_left (y) b', { card: 'many-to-one', on: true, labels: ['x'], include: ['y'] }],
    ['a / ignoring (x) group_right b', { card: 'one-to-many', on: false, labels: ['x'], include: [] }],
    ['a + 1', undefined],
    ['1 + 1', undefined],
  ];
  test.each(cases)('%s', (text, want) => {
    const expr = parse(text);
    expect(expr.type === 'binary' ? expr.matching : expr.type).toEqual(want);
  });
});

describe('selectors of match[]', () => {
  const cases: [text: string, want: string[]][] = [
    ['foo', ['__name__=foo']],
    ['foo{a=~"x.*"}', ['a=~x.*', '__name__=foo']],
    ['{"foo.bar",b!=""}', ['__name__=foo.bar', 'b!=']],
    ['offset', ['__name__=offset']],
    ['{}', []],
  ];
  test.each(cases)('%s', (text, want) => {
    expect(parseSelector(text).map(({ name, op, value }) => name + op + value)).toEqual(want);
  });

  const bad: [text: string, message: string][] = [
    ['', '1:1: parse error: no expression found in input'],
    ['foo + bar', '1:5: parse error: unexpected <op:+>'],
    ['foo offset 5m', '1:5: parse error: unexpected <offset>'],
    ['foo[5m]', '1:4: parse error: unexpected "["'],
    ['rate(foo)', '1:5: parse error: unexpected "("'],
    ['-foo', '1:1: parse error: unexpected <op:->'],
    ['5', '1:1: parse error: unexpected number "5"'],
    ['{a="b"} foo', '1:9: parse error: unexpected identifier "foo"'],
  ];
  test.each(bad)('not %s', (text, message) => {
    expect(() => parseSelector(text)).toThrow(expect.objectContaining({ name: 'ParseError', message }));
  });
});

describe('matchers', () => {
  const cases: [matcher: string, value: string, want: boolean][] = [
    ['a="x"', 'x', true],
    ['a="x"', 'xx', false],
    ['a!="x"', 'x', false],
    ['a=~"x"', 'xx', false],
    ['a=~"x+"', 'xx', true],
    ['a!~"x+"', 'xx', false],
    ['a!~"x+"', '', true],
    ['a=~"x.y"', 'x\ny', true],
  ];
  test.each(cases)('%s with %j', (matcher, value, want) => {
    expect(parseSelector(`{${matcher}}`)[0]?.matches(value)).toBe(want);
  });
});
