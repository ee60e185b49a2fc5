// What does not parse, and the exact words for it. They are Prometheus' own wherever it has some.

import { describe, expect, test } from 'vitest';
import { ParseError } from '../../src/promql/error.js';
import { parse } from '../../src/promql/parse.js';

function messageFor(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ParseError) return error.message.replace(': parse error:', '');
    throw error;
  }
  return 'no error';
}

type Case = readonly [text: string, message: string];

describe('words', () => {
  const cases: Case[] = [
    ['', '1:1 no expression found in input'],
    [' # why', '1:1 no expression found in input'],
    ['a + $', "1:5 unexpected character: '$'"],
    ['a + ä', "1:5 unexpected character: 'ä'"],
    ['a\u00a0+ b', "1:2 unexpected character: '\\u00a0'"],
    ['a = b', '1:3 unexpected "="'],
    ['a =~ b', "1:3 unexpected character after '=': '~'"],
    ['a ! b', "1:3 unexpected character after '!': ' '"],
    ['"abc', '1:1 unterminated quoted string'],
    ['"a\nb"', '1:1 unterminated quoted string'],
    ['`abc', '1:1 unterminated raw string'],
    ['"\\q"', "1:1 unknown escape sequence U+0071 'q'"],
    ['"\\\'"', "1:1 unknown escape sequence U+0027 '''"],
    ['"\\x4"', "1:1 illegal character U+0022 '\"' in escape sequence"],
    ['"\\400"', '1:1 escape sequence is an invalid Unicode code point'],
    ['"\\ud800"', '1:1 escape sequence is an invalid Unicode code point'],
    ['"\\', '1:1 escape sequence not terminated'],
    ['1f', '1:1 bad number or duration syntax: "1"'],
    ['foo[5mx]', '1:5 bad number or duration syntax: "5mx"'],
    ['foo[5m5]', '1:5 bad number or duration syntax: "5m5"'],
    ['0x', '1:1 error parsing number: strconv.ParseFloat: parsing "0x": invalid syntax'],
    ['1__0', '1:1 error parsing number: strconv.ParseFloat: parsing "1__0": invalid syntax'],
    ['1e999', '1:1 error parsing number: strconv.ParseFloat: parsing "1e999": value out of range'],
    ['1.5h', '1:1 not a valid duration string: "1.5h"'],
    ['foo[1m1h]', '1:5 not a valid duration string: "1m1h"'],
    ['foo[999999y]', '1:5 duration out of range'],
    ['foo[1e300]', '1:5 duration out of range'],
    ['foo offset NaN', '1:12 duration out of range'],
    ['{a+="b"}', "1:3 unexpected character inside braces: '+'"],
    ['{a!b}', "1:3 unexpected character after '!' inside braces: 'b'"],
    ['{{', "1:2 unexpected left brace '{'"],
    ['{a="b"', '1:7 unexpected end of input inside braces'],
    ['(a', '1:3 unclosed left parenthesis'],
    ['a)', "1:3 unexpected right parenthesis ')'"],
    ['a[5m', '1:5 unclosed left bracket'],
    ['a]', "1:2 unexpected right bracket ']'"],
    ['a[[', "1:3 unexpected left bracket '['"],
    ['a[5m:1m:1m]', "1:8 unexpected colon ':'"],
    ['a[x]', "1:3 unexpected character: 'x', expected ':'"],
    ['a b $', '1:3 unexpected identifier "b"'],
  ];
  test.each(cases)('%s', (text, message) => {
    expect(messageFor(text)).toBe(message);
  });
});

describe('structure', () => {
  const cases: Case[] = [
    ['a +', '1:4 unexpected end of input'],
    ['1\n+\n+ * 2', '3:3 unexpected <op:*>'],
    ['a b', '1:3 unexpected identifier "b"'],
    ['a b:c', '1:3 unexpected metric identifier "b:c"'],
    ['a 5', '1:3 unexpected number "5"'],
    ['1.5.5', '1:4 unexpected number ".5"'],
    ['a 5m', '1:3 unexpected duration "5m"'],
    ['a "a long string"', '1:3 unexpected string "\\"a long st"...'],
    ['a and', '1:6 unexpected end of input'],
    ['a by (b)', '1:3 unexpected <by>'],
    ['bool', '1:1 unexpected <bool>'],
    ['on.5', '1:1 unexpected <on>'],
    ['5{a="b"}', '1:2 unexpected "{"'],
    ['()', '1:2 unexpected ")"'],
    ['sum', 'no error'],
    ['sum(a b)', '1:7 unexpected identifier "b" in aggregation'],
    ['sum by (a) b', '1:12 unexpected identifier "b" in aggregation'],
    ['sum(rate(a b))', '1:12 unexpected identifier "b" in aggregation'],
    ['sum by a', '1:8 unexpected identifier "a" in grouping opts, expected "("'],
    ['sum by (5) (a)', '1:9 unexpected number "5" in grouping opts, expected label'],
    ['sum by (a b) (a)', '1:11 unexpected identifier "b" in grouping opts, expected "," or ")"'],
    ['sum by (a:b) (a)', '1:9 unexpected metric identifier "a:b" in grouping opts, expected label'],
    ['sum by ("") (a)', '1:9 invalid label name for grouping: ""'],
    ['a + on b', '1:8 unexpected identifier "b" in grouping opts, expected "("'],
    ['a + group_left b', '1:5 unexpected <group_left>'],
    ['{a}', '1:3 unexpected "}" in label matching, expected label matching operator'],
    ['{a=5}', "1:4 unexpected character inside braces: '5'"],
    ['{a=b}', '1:4 unexpected identifier "b" in label matching, expected string'],
    ['{a=="b"}', '1:4 unexpected "=" in label matching, expected string'],
    ['{a="b" c="d"}', '1:8 unexpected identifier "c" in label matching, expected "," or "}"'],
    ['{,}', '1:2 unexpected "," in label matching, expected identifier or "}"'],
    ['{a="b",,}', '1:8 unexpected "," in label matching, expected identifier or "}"'],
    [
      'a[]',
      '1:3 unexpected "]" in subquery or range selector, expected number, duration, step(), or range()',
    ],
    [
      'a["5m"]',
      '1:3 unexpected string "\\"5m\\"" in subquery or range selector, expected number, duration, step(), or range()',
    ],
    ['a[5m 5m]', '1:6 unexpected duration "5m" in subquery or range, expected ":" or "]"'],
    [
      'a[5m:"x"]',
      '1:6 unexpected string "\\"x\\"" in subquery selector, expected number, duration, step(), range(), or "]"',
    ],
    ['a[5m:1m 1m]', '1:9 unexpected duration "1m" in subquery selector, expected "]"'],
    ['a offset', '1:9 unexpected end of input in offset, expected number, duration, step(), or range()'],
    [
      'a offset foo',
      '1:10 unexpected identifier "foo" in offset, expected number, duration, step(), or range()',
    ],
    ['a @', '1:4 unexpected end of input in @, expected timestamp'],
    ['a @ foo', '1:5 unexpected identifier "foo" in @, expected timestamp'],
    ['a @ start', '1:10 unexpected end of input in @, expected timestamp'],
    ['a @ start(5)', '1:11 unexpected number "5" in @, expected timestamp'],
    ['abs(a,)', '1:6 trailing commas not allowed in function call args'],
    ['topk(1,)', '1:7 trailing commas not allowed in function call args'],
    ['foo(a)', '1:1 unknown function with name "foo"'],
    ['1 + RATE(a[5m])', '1:5 unknown function with name "RATE"'],
    ['foo(a b)', '1:1 unknown function with name "foo"'],
    ['foo(a $', "1:7 unexpected character: '$'"],
    ['a:b(c)', '1:4 unexpected "("'],
  ];
  test.each(cases)('%s', (text, message) => {
    expect(messageFor(text)).toBe(message);
  });
});

describe('modifiers', () => {
  const offsetPlace =
    'offset modifier must be preceded by an instant vector selector or range vector selector or a subquery';
  const atPlace =
    '@ modifier must be preceded by an instant vector selector or range vector selector or a subquery';
  const cases: Case[] = [
    ['(a)[5m]', '1:4 ranges only allowed for vector selectors'],
    ['1[5m]', '1:2 ranges only allowed for vector selectors'],
    ['a[5m][5m]', '1:6 ranges only allowed for vector selectors'],
    ['a offset 5m [5m]', '1:13 no offset modifiers allowed before range'],
    ['a @ 5 [5m]', '1:7 no @ modifiers allowed before range'],
    ['a[0]', '1:3 duration must be greater than 0'],
    ['a[0s:1m]', '1:3 duration must be greater than 0'],
    ['a[5m:0s]', '1:6 duration must be greater than 0'],
    ['(a) offset 5m', `1:1 ${offsetPlace}`],
    ['b + 1 offset 5m', `1:5 ${offsetPlace}`],
    ['a offset 5m offset 5m', '1:1 offset may not be set multiple times'],
    ['sum(a) @ 5', `1:1 ${atPlace}`],
    ['a @ 5 @ 6', '1:1 @ <timestamp> may not be set multiple times'],
    ['a @ NaN', '1:1 timestamp out of bounds for @ modifier: NaN'],
    ['a @ -Inf', '1:1 timestamp out of bounds for @ modifier: -Inf'],
    ['a @ 1e20', '1:1 timestamp out of bounds for @ modifier: 100000000000000000000.000000'],
  ];
  test.each(cases)('%s', (text, message) => {
    expect(messageFor(text)).toBe(message);
  });
});

describe('types', () => {
  const cases: Case[] = [
    ['rate(a)', '1:6 expected type range vector in call to function "rate", got instant vector'],
    ['abs(a[5m])', '1:5 expected type instant vector in call to function "abs", got range vector'],
    ['abs("a")', '1:5 expected type instant vector in call to function "abs", got string'],
    ['vector(a)', '1:8 expected type scalar in call to function "vector", got instant vector'],
    ['label_join(a, "b", ",", 5)', '1:25 expected type string in call to function "label_join", got scalar'],
    ['abs()', '1:1 expected 1 argument(s) in call to "abs", got 0'],
    ['1 + abs(a, b)', '1:5 expected 1 argument(s) in call to "abs", got 2'],
    ['round()', '1:1 expected at least 1 argument(s) in call to "round", got 0'],
    ['round(a, 1, 2)', '1:1 expected at most 2 argument(s) in call to "round", got 3'],
    ['label_join(a, "b")', '1:1 expected at least 3 argument(s) in call to "label_join", got 2'],
    ['hour(a, b)', '1:1 expected at most 1 argument(s) in call to "hour", got 2'],
    ['sum()', '1:1 no arguments for aggregate expression provided'],
    ['sum(a, b)', '1:1 wrong number of arguments for aggregate expression provided, expected 1, got 2'],
    ['topk(a)', '1:1 wrong number of arguments for aggregate expression provided, expected 2, got 1'],
    ['sum(5)', '1:5 expected type instant vector in aggregation expression, got scalar'],
    ['sum(a[5m])', '1:5 expected type instant vector in aggregation expression, got range vector'],
    ['topk("x", a)', '1:6 expected type scalar in aggregation parameter, got string'],
    ['count_values(5, a)', '1:14 expected type string in aggregation parameter, got scalar'],
    [
      '-"x"',
      '1:1 unary expression only allowed on expressions of type scalar or instant vector, got "string"',
    ],
    [
      '-a[5m]',
      '1:1 unary expression only allowed on expressions of type scalar or instant vector, got "range vector"',
    ],
    ['1[5m:]', '1:1 subquery is only allowed on instant vector, got scalar instead'],
    ['a[5m][5m:]', '1:1 subquery is only allowed on instant vector, got matrix instead'],
    ['a + "x"', '1:5 binary expression must contain only scalar and instant vector types'],
    ['a[5m] + b', '1:1 binary expression must contain only scalar and instant vector types'],
    ['1 == 1', '1:3 comparisons between scalars must use BOOL modifier'],
    ['1 + bool 1', '1:3 bool modifier can only be used on comparison operators'],
    ['a and 1', '1:1 set operator "and" not allowed in binary scalar expression'],
    ['1 OR 1', '1:1 set operator "or" not allowed in binary scalar expression'],
    ['1 + on (x) a', '1:1 vector matching only allowed between instant vectors'],
    ['a and on (x) group_left b', '1:1 no grouping allowed for "and" operation'],
    ['a + on (x) group_left (x) b', '1:3 label "x" must not occur in ON and GROUP clause at once'],
    ['a{__name__="b"}', '1:1 metric name must not be set twice: "a" or "b"'],
    ['a{"b"}', '1:1 metric name must not be set twice: "a" or "b"'],
    ['{}', '1:1 vector selector must contain at least one non-empty matcher'],
    ['{a=""}', '1:1 vector selector must contain at least one non-empty matcher'],
    ['{a=~".*",b!~"x"}', '1:1 vector selector must contain at least one non-empty matcher'],
    ['{a=~"("}', '1:2 error parsing regexp: missing closing ): `(`'],
    ['a{b="c",d!~"x**"}', '1:9 error parsing regexp: invalid nested repetition operator: `**`'],
  ];
  test.each(cases)('%s', (text, message) => {
    expect(messageFor(text)).toBe(message);
  });
});

describe('what is left out', () => {
  const cases: Case[] = [
    ['1 + info(a)', '1:5 function "info" is experimental and not supported'],
    ['sort_by_label(a, "b")', '1:1 function "sort_by_label" is experimental and not supported'],
    [
      'ts_of_first_over_time(a[5m])',
      '1:1 function "ts_of_first_over_time" is experimental and not supported',
    ],
    ['start()', '1:1 function "start" is experimental and not supported'],
    ['step()', '1:1 function "step" is experimental and not supported'],
    ['LIMITK(1, a)', '1:1 limitk() is experimental and not supported'],
    ['limit_ratio(0.1, a)', '1:1 limit_ratio() is experimental and not supported'],
    [
      'histogram_avg(a)',
      '1:1 function "histogram_avg" works on native histograms only, which are not supported',
    ],
    ['a[5m - 5m]', '1:3 duration must be greater than 0'],
    ['a[-5m]', '1:3 duration must be greater than 0'],
    ['a[5m / 0]', '1:3 division by zero'],
    ['a[5m % (1 - 1)]', '1:3 modulo by zero'],
    ['a[5m:-(1m)]', '1:6 duration must be greater than 0'],
    ['a[300y * 2]', '1:3 duration out of range'],
    ['a offset (2 ^ 100)', '1:10 duration out of range'],
    ['a offset step() offset 5m', '1:1 offset may not be set multiple times'],
    ['rate(a[5m] anchored)', '1:12 anchored modifier is experimental and not supported'],
    ['rate(a[5m] smoothed)', '1:12 smoothed modifier is experimental and not supported'],
    ['a + fill(0) b', '1:5 fill modifiers are experimental and not supported'],
    ['a </ 5', '1:3 operator "</" is for native histograms and not supported'],
  ];
  test.each(cases)('%s', (text, message) => {
    expect(messageFor(text)).toBe(message);
  });
});
