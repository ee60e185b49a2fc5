// Matchers as texts: both of Alertmanager's grammars, and which of them wins.

import { describe, expect, test } from 'vitest';
import { MatcherError } from '../../src/alertmanager/matchers/error.js';
import {
  compareMatchers,
  formatMatchers,
  Matcher,
  matchesAll,
} from '../../src/alertmanager/matchers/matcher.js';
import { parseMatcher, parseMatchers } from '../../src/alertmanager/matchers/parse.js';
import { Labels } from '../../src/model/labels.js';

describe('what is written and what it means', () => {
  test.each<[text: string, want: string]>([
    ['', '{}'],
    ['{}', '{}'],
    ['  ', '{}'],
    ['{ }', '{}'],
    ['a=b', '{a="b"}'],
    ['{a=b}', '{a="b"}'],
    ['{a="b",}', '{a="b"}'],
    ['a="b", c!="d",e=~"f.*",g!~h', '{a="b",c!="d",e=~"f.*",g!~"h"}'],
    [' a = b ', '{a="b"}'],
    ['a=""', '{a=""}'],
    // Only the classic grammar.
    ['a=', '{a=""}'],
    ['a=b c', '{a="b c"}'],
    ['a=b"c', 'matcher value contains unescaped double quote: b"c'],
    ['a=~b|c,d=e', '{a=~"b|c",d="e"}'],
    // A brace at the end is taken off, whatever it belongs to.
    ['a=~[a-z]{2}', '{a=~"[a-z]{2"}'],
    ['a=~"[a-z]{2}"', '{a=~"[a-z]{2}"}'],
    ['{a=b', '{a="b"}'],
    ['a=b}', '{a="b"}'],
    ['a="\\d"', '{a="\\\\d"}'],
    ['a=\\', '{a="\\\\"}'],
    ['a="b,c"', '{a="b,c"}'],
    ['a="}"', '{a="}"}'],
    ['a="b\nc"', '{a="b\\nc"}'],
    ["a='b'", `{a="'b'"}`],
    ['a:b=c', '{a:b="c"}'],
    ['a==b', '{a="=b"}'],
    ['a=!b', '{a="!b"}'],
    // Only the newer one.
    ['a.b=c', '{a.b="c"}'],
    ['größe="XL"', '{größe="XL"}'],
    ['"a b"="c"', '{"a b"="c"}'],
    ['"a\\"b"=~c', '{"a\\"b"=~"c"}'],
    ['1=2', '{1="2"}'],
    ['{"\\u0061.\\x62"="c"}', '{a.b="c"}'],
    // Both, differently: the classic one is right.
    ['a="\\x41"', '{a="\\\\x41"}'],
    ['a="\\t"', '{a="\\\\t"}'],
    ['a="\\n"', '{a="\\n"}'],
    // Neither.
    ['a', 'bad matcher format: a'],
    ['a!b', 'bad matcher format: a!b'],
    ['=b', 'bad matcher format: =b'],
    [',', 'bad matcher format: '],
    ['a=b,,c=d', 'bad matcher format: '],
    ['{,a=b}', 'bad matcher format: '],
    ['a.b', 'bad matcher format: a.b'],
    ['a.b=c}', 'bad matcher format: a.b=c'],
    ['"\\xff"=a', 'bad matcher format: "\\xff"=a'],
    ['"a"b=c', 'bad matcher format: "a"b=c'],
    ['a="b', 'matcher value contains unescaped double quote: "b'],
    ['a=~"("', 'error parsing regexp: missing closing ): `(`'],
    ['a.b=~"("', 'bad matcher format: a.b=~"("'],
  ])('%j', (text, want) => {
    let got: string;
    try {
      got = formatMatchers(parseMatchers(text));
    } catch (error) {
      expect(error).toBeInstanceOf(MatcherError);
      got = (error as Error).message;
    }
    expect(got).toBe(want);
  });
});

describe('one matcher alone', () => {
  test.each<[text: string, want: string]>([
    ['a=b', 'a="b"'],
    ['a.b!~"c"', 'a.b!~"c"'],
    ['a=b,c', 'a="b,c"'],
    ['{a=b', 'unexpected open or close brace: {a=b'],
    ['a=b}', 'unexpected open or close brace: a=b}'],
    ['a=b,c=d', 'a="b,c=d"'],
    ['a.b=b,c.d=d', 'bad matcher format: a.b=b,c.d=d'],
    ['', 'bad matcher format: '],
  ])('%j', (text, want) => {
    let got: string;
    try {
      got = String(parseMatcher(text));
    } catch (error) {
      expect(error).toBeInstanceOf(MatcherError);
      got = (error as Error).message;
    }
    expect(got).toBe(want);
  });
});

test('long texts take no more than their share of time', () => {
  const spaces = ' '.repeat(200_000);
  expect(parseMatchers(`a=b${spaces}c`)).toHaveLength(1);
  expect(() => parseMatchers(`a${spaces}`)).toThrow(MatcherError);
  expect(() => parseMatchers('"'.repeat(200_001))).toThrow(MatcherError);
});

describe('labels that match', () => {
  const labels = Labels.of({ a: 'x', b: 'one\ntwo' });
  test.each<[text: string, want: boolean]>([
    ['a=x', true],
    ['a!=x', false],
    ['a=~x|y', true],
    ['a=~"x.+"', false],
    ['a!~y', true],
    ['c=""', true],
    ['c!=""', false],
    ['c=~".*"', true],
    ['c=~".+"', false],
    ['b=~"one.*"', false],
    ['b=~"(?s)one.*"', true],
    ['b=~"one\\ntwo"', true],
    ['a=x,c=y', false],
    ['', true],
  ])('%j: %j', (text, want) => {
    expect(matchesAll(parseMatchers(text), labels)).toBe(want);
  });
});

test('they are sorted by name, value and type', () => {
  const sorted = ['a!="1"', 'a=~"1"', 'a="2"', 'b="0"'];
  const shuffled = [2, 0, 3, 1].map(i => parseMatcher(sorted[i] as string));
  expect(shuffled.sort(compareMatchers).map(String)).toEqual(sorted);
  expect(new Matcher('a', '=', '\\"\n\t').toString()).toBe('a="\\\\\\"\\n\t"');
});
