// All of Go's fmt that a template can reach: verbs, flags, widths, precisions and argument numbers, by the type of the
// value. promtool judges.

import { describe, expect, test } from 'vitest';
import { type Case, expand, sameAsPromtool } from '../template/promtool.js';

/** A format, its arguments as a template has them, and the text. */
const row = (format: string, args: string, want: string): Case => [
  `{{ printf ${JSON.stringify(format)} ${args} }}`,
  want,
];

describe('argument numbers', () => {
  sameAsPromtool([
    row('%[2]s %[1]s', '"a" "b"', 'b a'),
    row('[%[1]s](https://wiki.example.org/%[1]s)', '"web"', '[web](https://wiki.example.org/web)'),
    row('%[1]d %d %[1]q', '1 2', "1 2 '\\x01'"),
    row('%[3]*.[2]*[1]f|', '12.0 2 6', ' 12.00|'),
    row('%[1]*d|%[2]*[1]d|', '5 7', '    7|      5|'),
    row('%[2]d', '1 2', '2'),
    row('%[1]d', '1 2', '1'),
    row(
      '%[3]d|%[0]d|%[x]d|%[]d|%[1d|%[-1]d|%[1]',
      '1 2',
      '%!d(BADINDEX)|%!d(BADINDEX)|%!d(BADINDEX)|%!d(BADINDEX)|%!d(BADINDEX)|%!(NOVERB)',
    ),
    row('%[2]2d|%[2].2d|%[1]d', '1 2', '%!d(BADINDEX)|%!d(BADINDEX)|1'),
    row('%2[1]d|%.2[2]d|%-4[1]d|', '1 2', ' 1|02|1   |'),
    row('%.[2]d', '1 2', '2'),
    row('%[5]%|%[1]%', '1', '%|%'),
  ]);
});

describe('what is wrong', () => {
  sameAsPromtool([
    row('%d %d', '1', '1 %!d(MISSING)'),
    row('%', '1', '%!(NOVERB)%!(EXTRA int=1)'),
    row('%-5', '1', '%!(NOVERB)%!(EXTRA int=1)'),
    row('%z %! %ä', '1 "a" true', '%!z(int=1) %!!(string=a) %!ä(bool=true)'),
    row('%5d|%-7x|', '"ab" true', '%!d(string=   ab)|%!x(bool=true   )|'),
    row(
      '%s|%d|%t|%q|%f|%v|%5v|',
      'nil nil nil nil nil nil nil',
      '%!s(<nil>)|%!d(<nil>)|%!t(<nil>)|%!q(<nil>)|%!f(<nil>)|<nil>|<nil>|',
    ),
    row('a', '1 "b" 2.5 nil true', 'a%!(EXTRA int=1, string=b, float64=2.5, <nil>, bool=true)'),
    row('%*d|%.*f|%-*d|%*d', '5 1 2 3.14159 4 7 -4 8', '    1|3.14|7   |8   '),
    row('%*d', '"x" 1', '%!(BADWIDTH)1'),
    row('%.*d|%.*d|', '-1 1 "x" 2', '%!(BADPREC)1|%!(BADPREC)2|'),
    row('%*', '1', '%!(NOVERB)'),
    row('%999999999d', '1', '%!(NOVERB)%!(EXTRA int=1)'),
    row('%d%%|%5%|%-5%|', '1', '1%|%|%|'),
    row('%!', '', '%!!(MISSING)'),
    row('%w', '"e"', '%!w(string=e)'),
  ]);
});

describe('strings', () => {
  sameAsPromtool([
    row(
      '%s|%5s|%-5s|%05s|%.2s|%5.1s|%.0s|',
      '"abc" "abc" "abc" "abc" "abc" "abc" "abc"',
      'abc|  abc|abc  |00abc|ab|    a||',
    ),
    row('%5s|%.1s|%-3s|', '"äö" "äö" "é"', '   äö|ä|é  |'),
    row(
      '%q|%#q|%+q|%#+q|%8q|%-8q|%.2q',
      '"a\\"ü" "d" "ü😀" "a`b" "ab" "ab" "abc"',
      '"a\\"ü"|`d`|"\\u00fc\\U0001f600"|"a`b"|    "ab"|"ab"    |"ab"',
    ),
    row('%q|%#q|%#q', '"\\x01\\n\\t\\\\" "a\\tb" "a\\nb"', '"\\x01\\n\\t\\\\"|`a\tb`|"a\\nb"'),
    row('%q', '"\u00a0\u200b\u2028\u00ad"', '"\\u00a0\\u200b\\u2028\\u00ad"'),
    row(
      '% x|%#x|%# x|%X|% X|%#X|%.2x|%x|',
      '"abc" "abc" "abc" "jk" "jk" "jk" "abc" ""',
      '61 62 63|0x616263|0x61 0x62 0x63|6A6B|6A 6B|0X6A6B|6162||',
    ),
    row('%10x|%-10x|%010x|% 8.2x|', '"ab" "ab" "ab" "abc"', '      6162|6162      |0000006162|   61 62|'),
    row('%v|%#v|%+v|%T|%10T|', '"a\\"" "a" "a" "a" "a"', 'a"|"a"|a|string|    string|'),
    row(
      '%d|%c|%t|%U|%e',
      '"a" "a" "a" "a" "a"',
      '%!d(string=a)|%!c(string=a)|%!t(string=a)|%!U(string=a)|%!e(string=a)',
    ),
    row('%x', '"äß"', 'c3a4c39f'),
  ]);
});

describe('ints', () => {
  sameAsPromtool([
    row(
      '%d|%5d|%-5d|%05d|%+d|% d|%+05d|% 05d|%x|',
      '42 42 42 42 42 42 42 42 42',
      '42|   42|42   |00042|+42| 42|+0042| 0042|2a|',
    ),
    row('%d|%5d|%-5d|%05d|%+d|% d|', '-42 -42 -42 -42 -42 -42', '-42|  -42|-42  |-0042|-42|-42|'),
    row(
      '%-05d|%0-5d|%.3d|%8.3d|%08.3d|%-8.3d|%+.3d|',
      '7 7 7 7 7 7 7',
      '7    |7    |007|     007|     007|007     |+007|',
    ),
    row('%.0d|%.d|%5.0d|%05.0d|%.0d', '0 0 0 0 1', '||     |     |1'),
    row(
      '%b|%#b|%o|%#o|%O|%x|%X|%#x|%#X|%#o',
      '10 10 64 64 64 255 255 255 255 0',
      '1010|0b1010|100|0100|0o100|ff|FF|0xff|0XFF|0',
    ),
    row(
      '%#08x|%#8x|%#-8x|%08b|%#.4x|%x|%X',
      '255 255 255 5 255 -255 -255',
      '0x000000ff|    0xff|0xff    |00000101|0x00ff|-ff|-FF',
    ),
    row('%c|%5c|%-5c|%05c|%c|%c', '65 228 65 65 -1 1114112', 'A|    ä|A    |0000A|\ufffd|\ufffd'),
    row('%q|%+q|%#q|%6q|%q|%q', '120 228 120 120 10 39', "'x'|'\\u00e4'|'x'|   'x'|'\\n'|'\\''"),
    row(
      '%U|%#U|%#U|%8U|%#.6U|%-8U|%U',
      '65 9731 10 65 9731 65 -1',
      "U+0041|U+2603 '☃'|U+000A|  U+0041|U+002603 '☃'|U+0041  |U+FFFFFFFFFFFFFFFF",
    ),
    row('%v|%#v|%+v|%5v|%T|%05v', '1 1 1 1 1 1', '1|1|1|    1|int|00001'),
    row('%s|%t|%f|%e|%p', '1 1 1 1 1', '%!s(int=1)|%!t(int=1)|%!f(int=1)|%!e(int=1)|%!p(int=1)'),
    row('%d %d %d', "'a' 0x1F -9223372036854775808", '97 31 -9223372036854775808'),
  ]);
});

describe('floats', () => {
  sameAsPromtool([
    row(
      '%v|%g|%G|%e|%E|%f|%F',
      '1.5 1e21 1e-10 123456.789 123456.789 123456.789 1.0',
      '1.5|1e+21|1E-10|1.234568e+05|1.234568E+05|123456.789000|1.000000',
    ),
    row('%.0f|%.0f|%.0f|%.0f|%.1f|%.2f|%.1f', '0.5 1.5 2.5 3.5 0.25 1.005 0.05', '0|2|2|4|0.2|1.00|0.1'),
    row(
      '%.0e|%.0e|%.1e|%.3e|%.20e|%.25f',
      '2.5 3.5 1.25 0.0 0.1 0.1',
      '2e+00|4e+00|1.2e+00|0.000e+00|1.00000000000000005551e-01|0.1000000000000000055511151',
    ),
    row(
      '%.3g|%.10g|%.0g|%.1g|%.3g|%.3g|%.17g',
      '1234.5678 1234.5678 1234.5678 0.00001234 100000.0 100.0 0.1',
      '1.23e+03|1234.5678|1e+03|1e-05|1e+05|100|0.10000000000000001',
    ),
    row(
      '%8.2f|%-8.2f|%08.2f|%+.2f|% .2f|%+08.2f|% 08.2f|',
      '3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159',
      '    3.14|3.14    |00003.14|+3.14| 3.14|+0003.14| 0003.14|',
    ),
    row(
      '%8.2f|%-8.2f|%08.2f|%+.2f|% .2f|%-08.2f|',
      '-3.14159 -3.14159 -3.14159 -3.14159 -3.14159 -3.14159',
      '   -3.14|-3.14   |-0003.14|-3.14|-3.14|-3.14   |',
    ),
    row(
      '%#g|%#.3g|%#.3g|%#.0f|%#.0e|%#v|%#g|%#g|%#.4g',
      '1.0 1.0 1234567.0 3.0 3.0 1e6 0.0 1e-7 123456.0',
      '1.00000|1.00|1.23e+06|3.|3.e+00|1e+06|0.00000|1.00000e-07|1.235e+05',
    ),
    row(
      '%x|%X|%.2x|%x|%#x|%b|%.0x',
      '1.5 255.75 1.999 0.0 1.0 1.0 1.5',
      '0x1.8p+00|0X1.FF8P+07|0x1.00p+01|0x0p+00|0x1.0000p+00|4503599627370496p-52|0x1p+01',
    ),
    row(
      '%g|%g|%g|%g|%g',
      '100000.0 1000000.0 123456789.0 0.0001 0.00001',
      '100000|1e+06|1.23456789e+08|0.0001|1e-05',
    ),
    row(
      '%f|%.3f|%e',
      '1e22 1e40 5e-324',
      '10000000000000000000000.000000|10000000000000000303786028427003666890752.000|4.940656e-324',
    ),
    row(
      '%s|%d|%q|%c|%t|%U',
      '1.5 1.5 1.5 1.5 1.5 1.5',
      '%!s(float64=1.5)|%!d(float64=1.5)|%!q(float64=1.5)|%!c(float64=1.5)|%!t(float64=1.5)|%!U(float64=1.5)',
    ),
    row('%T|%6v|%-6v|%06v|%+v', '1.5 1.5 1.5 1.5 1.5', 'float64|   1.5|1.5   |0001.5|1.5'),
    [
      '{{ with query "vector(NaN)" }}{{ $v := (first .).Value }}{{ printf "%v|%5.1f|%05.1f|%+f|% f|%x" $v $v $v $v $v $v }}{{ end }}',
      'NaN|  NaN|  NaN|+NaN| NaN|NaN',
    ],
    [
      '{{ with query "vector(Inf)" }}{{ $v := (first .).Value }}{{ printf "%v|%6.1f|%06.1f|%+f|% f|%e" $v $v $v $v $v $v }}{{ end }}',
      '+Inf|  +Inf|  +Inf|+Inf| Inf|+Inf',
    ],
  ]);
});

describe('booleans, maps and structs', () => {
  sameAsPromtool([
    row(
      '%t|%v|%6t|%-6t|%06t|%q|%d|%T',
      'true false true true true true true true',
      'true|false|  true|true  |00true|%!q(bool=true)|%!d(bool=true)|bool',
    ),
    row(
      '%v|%s|%q|%x|%5s|%d',
      '$labels $labels $labels $labels $labels $labels',
      'map[__name__:x a:b b:c]|map[__name__:x a:b b:c]|map["__name__":"x" "a":"b" "b":"c"]|map[5f5f6e616d655f5f:78 61:62 62:63]|map[__name__:    x     a:    b     b:    c]|map[%!d(string=__name__):%!d(string=x) %!d(string=a):%!d(string=b) %!d(string=b):%!d(string=c)]',
    ),
    row(
      '%#v|%+v|%T',
      '$labels $labels $labels',
      'map[string]string{"__name__":"x", "a":"b", "b":"c"}|map[__name__:x a:b b:c]|map[string]string',
    ),
    row('%v', '(args 1.5 "x" nil)', 'map[arg0:1.5 arg1:x arg2:<nil>]'),
    ['{{ print "a" (safeHtml "b") 1 2 true "c" nil nil }}', 'ab1 2 truec<nil> <nil>'],
    ['{{ println nil "a" 1.0 }}', '<nil> a 1\n'],
    ['{{ printf "%s|%q|%T" (safeHtml "<b>") (safeHtml "<b>") (safeHtml "<b>") }}', '<b>|"<b>"|template.HTML'],
  ]);
});

test('wider than any message is refused, where Go goes on to a million', () => {
  expect(expand('{{ printf "%*d" 20000 1 }}')).toBe('%!(BADWIDTH)1');
});
