// Expressions as text again: on one line, and broken over several as the query editor shows them.

import { describe, expect, test } from 'vitest';
import { parse } from '../../src/promql/parse.js';
import { quote, quoteCharacter, quoteStart } from '../../src/promql/print/quote.js';
import { pretty, print } from '../../src/promql/print.js';

describe('on one line', () => {
  const cases: [text: string, want: string][] = [
    ['1e3', '1000'],
    ['1e21', '1000000000000000000000'],
    ['1e-7', '0.0000001'],
    ['-0', '-0'],
    ['0.1', '0.1'],
    ['1048576', '1048576'],
    ['Inf', '+Inf'],
    ['-Inf', '-Inf'],
    ['nan', 'NaN'],
    ['90m', '1h30m'],
    ['-7d', '-1w'],
    ['8d', '8d'],
    ['730d', '2y'],
    ['1500ms', '1s500ms'],
    ['0s', '0s'],
    ["'a\"b'", '"a\\"b"'],
    ['foo{b="1",a=~"2"}', 'foo{a=~"2",b="1"}'],
    ['foo{a="\\n\\x00é"}', 'foo{a="\\n\\x00é"}'],
    ['{"a b"="c",""="d"}', '{""="d","a b"="c"}'],
    ['{__name__=~"a.*"}', '{__name__=~"a.*"}'],
    ['{__name__="",a="b"}', '{__name__="",a="b"}'],
    ['sum(a)by(b)', 'sum by (b) (a)'],
    ['quantile by("x.y")(0.9,a)', 'quantile by ("x.y") (0.9, a)'],
    ['a+on()b', 'a + on () b'],
    ['a*ignoring(c)group_left(d,e)b', 'a * ignoring (c) group_left (d, e) b'],
    ['a*ignoring()group_left()b', 'a * ignoring () group_left () b'],
    ['a>bool on(c)b', 'a > bool on (c) b'],
    ['a[5m]offset 1d@3.25', 'a[5m] @ 3.250 offset 1d'],
    ['(a+b)[1h:]offset-5m', '(a + b)[1h:] offset -5m'],
    ['a @ 1e16', 'a @ 10000000000000000.000'],
    ['a @ 9e18', 'a @ 9000000000000000000.000'],
    ['- a', '-a'],
  ];
  test.each(cases)('%s', (text, want) => {
    expect(print(parse(text))).toBe(want);
    expect(print(parse(want))).toBe(want);
  });
});

describe('over several lines', () => {
  const long = 'a_metric_with_a_long_name{and_a_label="with a long value",another_label=~"long|too"}';
  const cases: [name: string, text: string, want: string][] = [
    ['what fits stays on its line', 'sum by (a) (rate(b[5m])) / c', 'sum by (a) (rate(b[5m])) / c'],
    ['100 characters fit', `${'a'.repeat(96)} + b`, `${'a'.repeat(96)} + b`],
    ['101 do not', `${'a'.repeat(97)} + b`, `  ${'a'.repeat(97)}\n+\n  b`],
    [
      'a selector is never broken',
      `${long.slice(0, -1)},more="${'x'.repeat(30)}"}`,
      `${long.slice(0, -1)},more="${'x'.repeat(30)}"}`,
    ],
    [
      'an aggregation',
      `topk by (x, y) (5, rate(${long}[5m]) )`,
      `topk by (x, y) (\n  5,\n  rate(${long}[5m])\n)`,
    ],
    [
      'a call',
      `label_replace(${long}, "a", "$1", "b", "(.*)")`,
      `label_replace(\n  ${long},\n  "a",\n  "$1",\n  "b",\n  "(.*)"\n)`,
    ],
    [
      'an operation',
      `${long} * on (x) group_left (y) ${long}`,
      `  ${long}\n* on (x) group_left (y)\n  ${long}`,
    ],
    ['parentheses', `(${long} > bool ${long})`, `(\n    ${long}\n  > bool\n    ${long}\n)`],
    ['a sign', `-(${long} + ${long})`, `-(\n    ${long}\n  +\n    ${long}\n)`],
    [
      'a subquery',
      `sum(${long}+${long})[1h:5m] offset 1d`,
      `sum(\n    ${long}\n  +\n    ${long}\n)[1h:5m] offset 1d`,
    ],
    [
      'operations within each other',
      `${long} + ${long} * ${long}`,
      `  ${long}\n+\n    ${long}\n  *\n    ${long}`,
    ],
  ];
  test.each(cases)('%s', (_, text, want) => {
    const formatted = pretty(parse(text));
    expect(formatted).toBe(want);
    expect(print(parse(formatted))).toBe(print(parse(text)));
  });
});

describe('quoting as Go does', () => {
  const cases: [text: string, want: string][] = [
    ['', '""'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['\x07\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    ['\x00\x1f\x7f', '"\\x00\\x1f\\x7f"'],
    ['é你😀', '"é你😀"'],
    ['\u00a0\u200b\ufeff', '"\\u00a0\\u200b\\ufeff"'],
    ['\u{e0001}', '"\\U000e0001"'],
    ['\udcff', '"\\xff"'],
  ];
  test.each(cases)('%j', (text, want) => {
    expect(quote(text)).toBe(want);
  });

  test('a character', () => {
    expect([`'`, '"', '\n', 'ä'].map(quoteCharacter)).toEqual([`'\\''`, `'"'`, `'\\n'`, `'ä'`]);
  });

  test('the first characters', () => {
    expect(quoteStart('0123456789', 10)).toBe('"0123456789"');
    expect(quoteStart('0123456789a', 10)).toBe('"0123456789"...');
    expect(quoteStart('😀'.repeat(11), 10)).toBe(`"${'😀'.repeat(10)}"...`);
  });
});
