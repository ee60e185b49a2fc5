// Pages of OpenMetrics: what is accepted, and what is said of the rest. Source of the words: Prometheus,
// model/textparse/openmetricsparse_test.go.

import { expect, test } from 'vitest';
import { entriesOf } from './pages.js';

const EOF = '# EOF\n';

test.each<[string, string, string[]]>([
  ['nothing', EOF, []],
  ['no line end at the end', '# EOF', []],
  ['a sample', `a_total 1\n${EOF}`, ['a_total 1']],
  ['a time in seconds', `a 1 1700000000.1239\n${EOF}`, ['a 1 @1700000000123']],
  ['a time before 1970', `a 1 -1.5\n${EOF}`, ['a 1 @-1500']],
  [
    'metadata',
    `# TYPE a_seconds counter\n# UNIT a_seconds seconds\n# HELP a_seconds Say \\"x\\"\\n\n${EOF}`,
    ['TYPE a_seconds counter', 'UNIT a_seconds "seconds"', 'HELP a_seconds "Say \\"x\\"\\n"'],
  ],
  ['a unit that is empty', `# UNIT a \n${EOF}`, ['UNIT a ""']],
  [
    'all types',
    ['unknown', 'counter', 'gauge', 'histogram', 'summary', 'gaugehistogram', 'info', 'stateset']
      .map(type => `# TYPE a ${type}\n`)
      .join('') + EOF,
    ['unknown', 'counter', 'gauge', 'histogram', 'summary', 'gaugehistogram', 'info', 'stateset'].map(
      type => `TYPE a ${type}`,
    ),
  ],
  [
    'an exemplar, which is left out',
    `a_bucket{le="1.0"} 5 # {trace_id="x y",n="1"} 0.5\n${EOF}`,
    ['a_bucket{le="1.0"} 5'],
  ],
  ['an exemplar behind a time, with one of its own', `a 5 1.5 # {} 0.5 1.25\n${EOF}`, ['a 5 @1500']],
  [
    'the time of creation, a series as others',
    `# TYPE a counter\na_total 5\na_created 1.7e9\n${EOF}`,
    ['TYPE a counter', 'a_total 5', 'a_created 1700000000'],
  ],
  [
    'names in quotes',
    `# TYPE "a.b" gauge\n{"a.b","c.d"="e"} 1\n${EOF}`,
    ['TYPE a.b gauge', 'a.b{c.d="e"} 1'],
  ],
  ['a comma behind the last label', `a{b="c",} 1\n${EOF}`, ['a{b="c"} 1']],
  [
    'bounds of buckets',
    `# TYPE a histogram\na_bucket{le="10"} 1\n${EOF}`,
    ['TYPE a histogram', 'a_bucket{le="10.0"} 1'],
  ],
])('%s', (_, page, want) => {
  expect(entriesOf(page, true)).toEqual(want);
});

test.each<[string, string, string]>([
  ['an empty page', '', 'data does not end with # EOF'],
  ['a page that was cut', 'a 1\n', 'data does not end with # EOF'],
  ['a line that was cut', 'a 1', 'data does not end with # EOF'],
  [
    'a number that was cut, with a time',
    'a 1 2',
    'expected next entry after timestamp, got "" ("EOF") while parsing: "a 1 2"',
  ],
  ['text behind the end', '# EOF\na 1\n', 'unexpected data after # EOF'],
  ['a second line end', '# EOF\n\n', 'unexpected data after # EOF'],
  [
    'an empty line',
    '\n# EOF\n',
    String.raw`expected a valid start token, got "\n" ("INVALID") while parsing: "\n"`,
  ],
  ['two spaces', 'a  1\n# EOF\n', `expected value after metric, got "  " ("INVALID") while parsing: "a  "`],
  [
    'a space within labels',
    'a{b="c", d="e"} 1\n# EOF\n',
    String.raw`expected label name, got " " ("INVALID") while parsing: "a{b=\"c\", "`,
  ],
  [
    'labels without commas',
    'a{b="c"d="e"} 1\n# EOF\n',
    String.raw`expected comma or brace close, got "d=" ("LNAME") while parsing: "a{b=\"c\"d="`,
  ],
  [
    'a line end within a value',
    'a{b="x\ny"} 1\n# EOF\n',
    String.raw`expected label value, got "\"x\n" ("INVALID") while parsing: "a{b=\"x\n"`,
  ],
  ['a comment', '# a comment\n# EOF\n', 'expected a valid start token'],
  ['a unit that is no suffix', '# UNIT a seconds\n# EOF\n', 'unit "seconds" not a suffix of metric "a"'],
  ['an unknown type', '# TYPE a untyped\n# EOF\n', 'invalid metric type "untyped"'],
  ['a type without a line end', '# TYPE a gauge', 'expected text in TYPE, got INVALID'],
  ['a time that is none', 'a 1 NaN\n# EOF\n', 'invalid timestamp NaN'],
  ['a time that is infinite', 'a 1 -Inf\n# EOF\n', 'invalid timestamp -Inf'],
  ['an exemplar without a value', 'a 1 # {b="c"}\n# EOF\n', 'expected value after exemplar labels'],
  ['an exemplar with a name', 'a 1 # {"b"} 1\n# EOF\n', 'expected equal'],
  [
    'labels without a name',
    '{a="ok"} 1\n# EOF\n',
    String.raw`metric name not set while parsing: "{a=\"ok\"} 1"`,
  ],
])('refuses %s', (_, page, want) => {
  expect(entriesOf(page, true).at(-1)).toContain(`error: ${want}`);
});
