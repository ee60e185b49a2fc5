// Regular expressions: what they match, how they fill templates, and what is none.

import { describe, expect, test } from 'vitest';
import { compileRegexp, RegexpError } from '../../src/go/regexp.js';

describe('matches', () => {
  const cases: [source: string, yes: string[], no: string[]][] = [
    ['', [''], ['a']],
    ['abc', ['abc'], ['', 'ab', 'abcd', 'ABC']],
    ['a|b|', ['a', 'b', ''], ['ab', 'a|b']],
    ['(a|b)', ['a', 'b'], ['', '(a|b)']],
    ['(?:a|b)', ['a', 'b'], ['?:a']],
    ['.*', ['', 'a', 'a\nb'], []],
    ['.+', ['a', '\n', '😀'], ['']],
    ['.+.+', ['ab', '😀a'], ['', 'a', '😀']],
    ['.*.+', ['a'], ['']],
    ['ab.*', ['ab', 'abc', 'ab\n'], ['a', 'xab']],
    ['ab.+', ['abc'], ['ab']],
    ['.*ab', ['ab', 'xab'], ['abx']],
    ['.+ab', ['xab'], ['ab']],
    ['.*ab.*', ['ab', 'xabx'], ['axb']],
    ['.+ab.+', ['xabx', 'ababab'], ['ab', 'xab', 'abx']],
    ['.+ab.*', ['xab', 'abab'], ['ab', 'abx']],
    ['a.c', ['abc', 'a\nc', 'a😀c'], ['ac']],
    ['a\\.c', ['a.c'], ['abc']],
    ['a\\.b\\|c|d\\\\|\\_', ['a.b|c', 'd\\', '_'], ['axb|c', 'd', 'c', '']],
    ['(?:10\\.0\\.0\\.1:80|\\-)', ['10.0.0.1:80', '-'], ['10a0.0.1:80']],
    ['a\\.|b\\d', ['a.', 'b1'], ['b\\d']],
    ['(a\\(|b)', ['a(', 'b'], ['a']],
    ['^abc$', ['abc'], ['abcd']],
    ['a|ab|', ['a', 'ab', ''], ['abc']],
    ['a(|b)', ['a', 'ab'], ['b']],
    ['(?i)stra(ss|ß)e', ['STRASSE', 'straße'], ['stra']],
    ['(?i:a)b', ['Ab'], ['AB']],
    ['(?-s)a.c', ['abc'], ['a\nc']],
    ['\\pL+', ['äbc', 'жук'], ['a1', '']],
    ['\\p{Greek}+', ['αβγ'], ['abc']],
    ['\\d{3}', ['123'], ['12', '٣٣٣']],
    ['[[:alpha:]_]+', ['a_b'], ['ä']],
    ['[^a-c]', ['d', 'ä', '😀'], ['a']],
    ['\\Qa.b\\E', ['a.b'], ['axb']],
    ['\\x{1F600}', ['😀'], ['a']],
    ['a{2,3}?', ['aa', 'aaa'], ['a', 'aaaa']],
    ['(?P<n>a)b', ['ab'], ['a']],
    ['(?<n>a)b', ['ab'], ['a']],
    ['\\bab\\b', ['ab'], ['abc']],
    ['__proto__|constructor', ['__proto__', 'constructor'], ['toString']],
  ];
  test.each(cases)('%s', (source, yes, no) => {
    const regexp = compileRegexp(source);
    expect(yes.filter(text => !regexp.matches(text))).toEqual([]);
    expect(no.filter(text => regexp.matches(text))).toEqual([]);
  });
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are Go's templates
describe('templates', () => {
  const cases: [source: string, text: string, template: string, want: string | undefined][] = [
    ['(.*)-(.*)', 'a-b', '$2-$1', 'b-a'],
    ['(.*)-(.*)', 'ab', '$2-$1', undefined],
    ['abc', 'abc', 'x', 'x'],
    ['abc', 'abc', '[$0]', '[abc]'],
    ['.*', 'abc', '$1', ''],
    ['(?P<first>.)(.*)', 'abc', '${first}/$first/$2', 'a/a/bc'],
    ['(.)(.*)', 'abc', '$1x', ''],
    ['(.)(.*)', 'abc', '${1}x', 'ax'],
    ['(.)(.*)', 'abc', '$$1', '$1'],
    ['(.)(.*)', 'abc', '$', '$'],
    ['(.)(.*)', 'abc', 'a$ b${ ${} ${1', 'a$ b${ ${} ${1'],
    ['(.)(.*)', 'abc', '$01', ''],
    ['(.)(.*)', 'abc', '$9', ''],
    ['(.)(.*)', 'abc', '$99999999999999999999', ''],
    ['(a)|(b)', 'b', '[$1$2]', '[b]'],
    ['(?P<x>a)', 'a', '$constructor', ''],
    ['(.*)', '😀', '<$1>', '<😀>'],
    ['(a|ab)(.*)', 'abc', '$1-$2', 'a-bc'],
    ['(a|ab)', 'ab', '$1', 'ab'],
    ['(.*?)(b*)', 'abb', '$1-$2', 'a-bb'],
    ['(.*)', 'a', '$1.x', 'a.x'],
    ['(.*)', '', '$1.x', '.x'],
    ['a*|', '', '[$0]', '[]'],
    // Of several groups of one name the first that took part.
    ['(?P<x>a)(?P<x>b)|(?P<x>c)(?P<x>d)', 'cd', '$x-$1-$3', 'c--c'],
    ['(?P<x>a)(?P<x_1>b)(?<x>c?)', 'ab', '$x $x_1', 'a b'],
    ['[(?P<x>]\\Q(?P<x>\\E(?P<x>)(?P<x>a)', '((?P<x>a', '[$x]', '[]'],
  ];
  test.each(cases)('%s of %s into %s', (source, text, template, want) => {
    expect(compileRegexp(source).expand(text, template)).toBe(want);
  });
});

// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above

describe('none', () => {
  const cases: [source: string, message: string][] = [
    ['(', 'missing closing ): `(`'],
    [')', 'unexpected ): `)`'],
    ['[a', 'missing closing ]: `[a`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['*a', 'missing argument to repetition operator: `*`'],
    ['a)|(b', 'unexpected ): `a)|(b`'],
    ['a\\', 'trailing backslash at end of expression'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['\\pX', 'invalid character class range: `\\pX`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(a)\\1', 'invalid escape sequence: `\\1`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['((a{1000}){1000})', 'invalid repeat count: `{1000}`'],
  ];
  test.each(cases)('%s', (source, message) => {
    expect(() => compileRegexp(source)).toThrow(new RegexpError(`error parsing regexp: ${message}`));
  });

  test('the message about a long one is short', () => {
    expect(() => compileRegexp(`(${'a'.repeat(50_000)}`)).toThrow(
      /^error parsing regexp: missing closing \).{1,500}$/,
    );
  });
});

describe('what makes a backtracking engine hang is answered', () => {
  const text = 'a'.repeat(5000);
  test.each([
    '(a*)*b',
    '(a|aa)+b',
    '(a+a+)+b',
    '(?:a?){100}a{100}b',
    '(.*){50}x',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
  ])('%s', source => {
    expect(compileRegexp(source).matches(text)).toBe(false);
  });
});

test('more expressions than are kept give the same answers again', () => {
  const answers = () =>
    Array.from({ length: 1500 }, (_, i) => compileRegexp(`x[${i % 10}]{1}y?${i}`).matches(`x${i % 10}${i}`));
  expect(answers()).toEqual(Array(1500).fill(true));
  expect(answers()).toEqual(Array(1500).fill(true));
});
