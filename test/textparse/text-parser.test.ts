// Pages of the text format 0.0.4: what is accepted, and what is said of the rest. Source of the words: Prometheus,
// model/textparse/promparse_test.go.

import { expect, test } from 'vitest';
import { entriesOf } from './pages.js';

test.each<[string, string, string[]]>([
  ['a plain sample', 'up 1\n', ['up 1']],
  ['no line end at the end', 'up 1', ['up 1']],
  ['labels', 'a{b="c",d="e"} 2\n', ['a{b="c", d="e"} 2']],
  ['a comma behind the last label', 'a{b="c",} 2', ['a{b="c"} 2']],
  ['labels without commas', 'a{b="c" d="e"} 2', ['a{b="c", d="e"} 2']],
  ['white space everywhere', 'a  { b = "c" ,\td="e" }\t 2  3 ', ['a{b="c", d="e"} 2 @3']],
  ['no labels in braces', 'a{} 1', ['a 1']],
  ['empty lines, blank ones too', '\n  \na 1\n\n', ['a 1']],
  ['a time in milliseconds', 'a 1 1700000000123', ['a 1 @1700000000123']],
  ['colons in a name', 'job:a:rate5m 1', ['job:a:rate5m 1']],
  [
    'numbers',
    'a -1.5e-3\na +2\na .5\na 5.\na -0\na 1e+06',
    ['a -0.0015', 'a 2', 'a 0.5', 'a 5', 'a -0', 'a 1000000'],
  ],
  [
    'numbers that are none',
    'a NaN\na +Inf\na -Inf\na inf\na nan',
    ['a NaN', 'a Infinity', 'a -Infinity', 'a Infinity', 'a NaN'],
  ],
  ['escapes', String.raw`a{b="\"x\" \\ \n \t"} 1`, [String.raw`a{b="\"x\" \\ \n \\t"} 1`]],
  ['a line end within a value', 'a{b="x\ny"} 1\nc 2', [String.raw`a{b="x\ny"} 1`, 'c 2']],
  ['names in quotes', '{"my.metric","my.label"="x"} 1', ['my.metric{my.label="x"} 1']],
  ['a name in quotes behind labels', '{a="b", "my.metric"} 1', ['my.metric{a="b"} 1']],
  ['a label in quotes of a plain name', 'a{"b.c"="d"} 1', ['a{b.c="d"} 1']],
  ['the same label twice', 'a{b="c",b="d"} 1', ['[["__name__","a"],["b","c"],["b","d"]] 1']],
  [
    'a metadata line',
    '# HELP a Some \\\\ text\\n\n# TYPE a counter\na 1',
    ['HELP a "Some \\\\ text\\n"', 'TYPE a counter', 'a 1'],
  ],
  ['metadata without text', '# HELP a\n# HELP b ', ['HELP a ""', 'HELP b ""']],
  ['a family in quotes', '# HELP "a.b" c\n# TYPE "a.b" gauge', ['HELP a.b "c"', 'TYPE a.b gauge']],
  ['tabs in metadata', '#\tTYPE\ta\tgauge', ['TYPE a gauge']],
  ['comments', '#\n# \n#HELP a b\n# HELPa b\n# TYPE', Array(5).fill('comment')],
  ['an untyped family', '# TYPE a untyped', ['TYPE a unknown']],
  [
    'bounds of buckets',
    '# TYPE a histogram\na_bucket{le="1"} 1\na_bucket{le="0.5"} 1\na_bucket{le="+Inf"} 1\na_bucket{le="1e6"} 1\na_bucket{le="x",quantile="1"} 1',
    [
      'TYPE a histogram',
      'a_bucket{le="1.0"} 1',
      'a_bucket{le="0.5"} 1',
      'a_bucket{le="+Inf"} 1',
      'a_bucket{le="1000000.0"} 1',
      'a_bucket{le="x", quantile="1"} 1',
    ],
  ],
  [
    'quantiles',
    '# TYPE a summary\na{quantile="0"} 1\na{quantile="1e-10",le="1"} 1',
    ['TYPE a summary', 'a{quantile="0.0"} 1', 'a{le="1", quantile="1e-10"} 1'],
  ],
  ['bounds of a family that is no histogram', '# TYPE a gauge\na{le="1"} 1', ['TYPE a gauge', 'a{le="1"} 1']],
  ['what follows a zero byte is left out', 'a 1\n\0b 2', ['a 1']],
  ['a zero byte in a value', 'a{b="\0x"} 1', ['a{b="\0x"} 1']],
  ['a name with white space before it keeps it', ' a 1', ['\u0020a 1']],
])('%s', (_, page, want) => {
  expect(entriesOf(page)).toEqual(want);
});

test.each<[string, string | Buffer, string]>([
  ['a name alone', 'a', String.raw`expected value after metric, got "\n" ("INVALID") while parsing: "a\n"`],
  ['single quotes', "a{b='c'} 1\n", `expected label value, got "'" ("INVALID") while parsing: "a{b='"`],
  [
    'no value of a label',
    'a{b=\n',
    String.raw`expected label value, got "\n" ("INVALID") while parsing: "a{b=\n"`,
  ],
  [
    'a name that is no text',
    Buffer.from('a{\xff="foo"} 1\n', 'latin1'),
    String.raw`expected label name, got "\xff" ("INVALID") while parsing: "a{\xff"`,
  ],
  [
    'a value that is no text',
    Buffer.from('a{b="\xff"} 1\n', 'latin1'),
    String.raw`invalid UTF-8 label value: "\"\xff\""`,
  ],
  [
    'a word as a value',
    'a true\n',
    'strconv.ParseFloat: parsing "true": invalid syntax while parsing: "a true"',
  ],
  [
    'a quote that is open',
    'something_weird{problem="',
    String.raw`expected label value, got "\"\n" ("INVALID") while parsing: "something_weird{problem=\"\n"`,
  ],
  [
    'no name of a label',
    'empty_label_name{=""} 0',
    String.raw`expected label name, got "=\"" ("EQUAL") while parsing: "empty_label_name{=\""`,
  ],
  ['an underscore', 'foo 1_2\n', 'unsupported character in float while parsing: "foo 1_2"'],
  ['a hexadecimal number', 'foo 0x1p-3\n', 'unsupported character in float while parsing: "foo 0x1p-3"'],
  [
    'another one',
    'foo 0x10\n',
    'strconv.ParseFloat: parsing "0x10": invalid syntax while parsing: "foo 0x10"',
  ],
  [
    'too large',
    'foo 1e999\n',
    'strconv.ParseFloat: parsing "1e999": value out of range while parsing: "foo 1e999"',
  ],
  [
    'an underscore in a time',
    'foo 0 1_2\n',
    'expected next entry after timestamp, got "_" ("INVALID") while parsing: "foo 0 1_"',
  ],
  [
    'a negative time',
    'foo 0 -1\n',
    'expected timestamp or new record, got "-" ("INVALID") while parsing: "foo 0 -"',
  ],
  [
    'a time too large',
    'foo 0 99999999999999999999\n',
    'strconv.ParseInt: parsing "99999999999999999999": value out of range while parsing: "foo 0 99999999999999999999"',
  ],
  ['labels without a name', '{a="ok"} 1\n', String.raw`metric name not set while parsing: "{a=\"ok\"} 1"`],
  ['two names', '{"a", "b"} 1\n', String.raw`metric name already set while parsing: "{\"a\", \"b\"}"`],
  ['a second name', 'a{"b"} 1\n', String.raw`metric name already set while parsing: "a{\"b\"}"`],
  [
    'Windows line ends',
    'a 1\r\n',
    String.raw`strconv.ParseFloat: parsing "1\r": invalid syntax while parsing: "a 1\r"`,
  ],
  ['an unknown type', '# TYPE a info\n', 'invalid metric type "info"'],
  ['a space behind the type', '# TYPE a gauge \n', 'invalid metric type "gauge "'],
  [
    'a type of nothing',
    '# TYPE 1 gauge\n',
    `expected metric name after TYPE, got "1" ("INVALID") while parsing: "# TYPE 1"`,
  ],
  [
    'help that is no text',
    Buffer.from('# HELP a \xff\n', 'latin1'),
    String.raw`help text "\xff" is not a valid utf8 string`,
  ],
  ['a page of HTML', '<html>\n', 'expected a valid start token, got "<" ("INVALID") while parsing: "<"'],
  ['a number first', '1 1\n', 'expected a valid start token, got "1" ("INVALID") while parsing: "1"'],
  [
    'two commas',
    'a{b="c",,d="e"} 1\n',
    String.raw`expected label name, got ",d" ("COMMA") while parsing: "a{b=\"c\",,d"`,
  ],
])('refuses %s', (_, page, want) => {
  expect(entriesOf(page)).toEqual([`error: ${want}`]);
});

test('a mistake is one short line, however long the page is', () => {
  const [error = ''] = entriesOf(`a{b="${'x'.repeat(100_000)}`);
  expect(error).toMatch(/^error: expected label value, got .*\.\.\.$/);
  expect(error.length).toBeLessThan(2000);
});
