// Long, deep and hostile texts: an error with its place, or an answer, and never a stack overflow.

import { describe, expect, test } from 'vitest';
import { ParseError } from '../../src/promql/error.js';
import { MAX_TEXT, MAX_TOKENS, parse } from '../../src/promql/parse.js';
import { pretty, print } from '../../src/promql/print.js';

const selector = 'sum by (a, b) (rate(x{a="b",c=~"d|e",f!="g"}[5m] offset 5m))';
const times = (text: string, count: number) => text.repeat(count);
const list = (text: string, count: number, between: string) => Array(count).fill(text).join(between);

describe('answered', () => {
  const cases: [name: string, text: string][] = [
    ['a long chain', list('a', 950, ' + ')],
    ['a long chain of large operands', list(selector, 900, ' or ')],
    ['a long chain with modifiers', `a[5m:] ${times(' offset 0', 300)}`],
    ['powers', list('a', 450, ' ^ ')],
    ['signs', `${times('-', 450)}a`],
    ['parentheses', `${times('(', 450)}a${times(')', 450)}`],
    ['calls', `${times('abs(-', 200)}a${times(')', 200)}`],
    ['aggregations', `${times('sum by (a) (', 450)}a${times(')', 450)}`],
    ['every precedence', `${times('(a or a and a == a + a * a^-', 60)}a${times(')', 60)}`],
    ['many matchers', `{${times('a="b",', 5000)}}`],
    ['many labels', `sum by (${times('a,', 20_000)}) (x)`],
    ['many arguments', `label_join(a, "b", ","${times(',"c"', 10_000)})`],
    ['a long string', `"${times('x', 300_000)}"`],
    ['a long list of escaped addresses', `{i=~"${list('10\\\\.0\\\\.0\\\\.1:9100', 40_000, '|')}"}`],
  ];
  test.each(cases)('%s', (_, text) => {
    const expr = parse(text);
    expect(print(parse(print(expr)))).toBe(print(expr));
    expect(pretty(expr).replace(/\s+/g, '').length).toBe(print(expr).replace(/\s+/g, '').length);
  });
});

describe('refused', () => {
  const deep = 'expression is nested too deeply: more than 500 levels';
  const chain = 'expression is nested too deeply: more than 1000 operators or calls within each other';
  const cases: [name: string, text: string, message: string][] = [
    [
      'too long a text',
      times('(', 2_000_000),
      `1:1: parse error: expression is too long: 2000000 characters, at most ${MAX_TEXT} are allowed`,
    ],
    [
      'too many tokens',
      `sum by (${times('a,', 100_000)}) (x)`,
      `1:1: parse error: expression is too long: 200007 tokens, at most ${MAX_TOKENS} are allowed`,
    ],
    [
      'too long a regular expression',
      `{a=~"${times('.', 300_000)}"}`,
      '1:2: parse error: regular expression is too long: 300000 characters, at most 262144 are allowed',
    ],
    ['parentheses', times('(', 100_000), `1:501: parse error: ${deep}`],
    ['signs', times('-', 100_000), `1:501: parse error: ${deep}`],
    ['signs of numbers', times('-1', 50_000), `1:1: parse error: ${chain}`],
    ['powers', list('a', 30_000, '^'), `1:1002: parse error: ${deep}`],
    ['a chain', list('a', 30_000, '+'), `1:1: parse error: ${chain}`],
    ['calls', times('abs(', 20_000), `1:2004: parse error: ${deep}`],
    ['aggregations', times('sum(', 20_000), `1:2004: parse error: ${deep}`],
    ['subqueries', `a${times('[1:1]', 20_000)}`, `1:1: parse error: ${chain}`],
    ['offsets', `a${times(' offset 1', 10_000)}`, `1:1: parse error: ${chain}`],
    ['braces', times('{', 100_000), "1:2: parse error: unexpected left brace '{'"],
    ['words', times('a ', 50_000), '1:3: parse error: unexpected identifier "a"'],
    ['backslashes', `"${times('\\', 99_999)}`, '1:1: parse error: escape sequence not terminated'],
    [
      'digits',
      times('1', 100_000),
      `1:1: parse error: error parsing number: strconv.ParseFloat: parsing "${times('1', 100)}"...: value out of range`,
    ],
    [
      'hexadecimal digits with an underscore at their end',
      `0x${times('f', 50_000)}_`,
      `1:1: parse error: error parsing number: strconv.ParseFloat: parsing "0x${times('f', 98)}"...: invalid syntax`,
    ],
  ];
  test.each(cases)('%s', (_, text, message) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ name: 'ParseError', message }));
  });

  test('a regular expression that would be too large a program', () => {
    expect(() => parse('{a=~"((x{1000}){1000})"}')).toThrow(ParseError);
  });
});
