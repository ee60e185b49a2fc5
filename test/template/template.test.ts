// Templates as a rule's author writes them, with what Prometheus makes of them. promtool judges.

import { describe, expect, test } from 'vitest';
import { type Case, DEFINITIONS, expand, sameAsPromtool } from './promtool.js';

/** Template and text; promtool is asked for the same, so a pair here is a fact about Prometheus. */
const SAME: readonly Case[] = [
  ['{{ $value }}', '1.234567e+06'],
  ['{{ $labels.a }}-{{ .Labels.b }}-{{ $labels.nope }}', 'b-c-'],
  ['{{ with query "x" }}{{ range . }}{{ .Labels.a }}={{ .Value }} {{ end }}{{ end }}', 'b=1.234567e+06 '],
  ['{{ printf "%.2f" $value }} {{ $value | printf "%8.1f|" }}', '1234567.00 1234567.0|'],
  [
    '{{ humanize 1234567.0 }} {{ humanize 0.0001234 }} {{ humanize 0.0 }} {{ humanize -1500.0 }}',
    '1.235M 123.4u 0 -1.5k',
  ],
  ['{{ humanize1024 1048576.0 }} {{ humanize1024 0.5 }}', '1Mi 0.5'],
  [
    '{{ humanizeDuration 3723.5 }} {{ humanizeDuration 86400 }} {{ humanizeDuration 59.9 }} {{ humanizeDuration 0.0012 }}',
    '1h 2m 3s 1d 0h 0m 0s 59.9s 1.2ms',
  ],
  ['{{ humanizePercentage 0.1234567 }}', '12.35%'],
  [
    '{{ humanizeTimestamp 1435065584.128 }} {{ humanizeTimestamp 1435065584 }}',
    '2015-06-23 13:19:44.128 +0000 UTC 2015-06-23 13:19:44 +0000 UTC',
  ],
  ['{{ reReplaceAll "(a)(b)?" "<$1-$2>" "xabya" }} {{ match "a.*b" "xaab" }}', 'x<a-b>y<a-> true'],
  ['{{ title "foo bar-baz it\'s" }} {{ toUpper "aBc" }} {{ toLower "ABC" }}', "Foo Bar-Baz It'S ABC abc"],
  [
    '{{ stripPort "host:80" }} {{ stripPort "[::1]:80" }} {{ stripPort "nohost" }} {{ stripDomain "a.b.c:80" }} {{ stripDomain "1.2.3.4:80" }}',
    'host ::1 nohost a:80 1.2.3.4:80',
  ],
  ['{{ parseDuration "1h30m" }}', '5400'],
  [
    '{{ graphLink "up > 1" }} {{ tableLink "a{b=\\"c\\"}" }}',
    '/graph?g0.expr=up+%3E+1&g0.tab=0 /graph?g0.expr=a%7Bb%3D%22c%22%7D&g0.tab=1',
  ],
  ['{{ if eq $labels.a "b" }}yes{{ else }}no{{ end }}', 'yes'],
  ['{{ if and true (gt $value 1.0) }}A{{ else if false }}B{{ else }}C{{ end }}', 'A'],
  ['{{ if false }}A{{ else if eq 1 1 }}B{{ else }}C{{ end }}', 'B'],
  ['{{ range $i, $x := query "y" | sortByLabel "n" }}{{ $i }}:{{ $x.Labels.n }};{{ end }}', '0:a;1:b;2:c;'],
  ['{{ range query "nope" }}x{{ else }}none{{ end }}', 'none'],
  [
    '{{ range query "y" | sortByLabel "n" }}{{ if eq .Labels.n "c" }}{{ break }}{{ end }}{{ .Labels.n }}{{ end }}',
    'ab',
  ],
  [
    '{{ range query "y" | sortByLabel "n" }}{{ if eq .Labels.n "b" }}{{ continue }}{{ end }}{{ .Labels.n }}{{ end }}',
    'ac',
  ],
  [
    '{{ define "t" }}[{{ . }}]{{ end }}{{ template "t" $value }}{{ block "b" 5 }}<{{ . }}>{{ end }}',
    '[1.234567e+06]<5>',
  ],
  ['{{ $x := 5 }}{{ $x = 6 }}{{ $x }}{{ with $y := "v" }}{{ $y }}{{ . }}{{ end }}', '6vv'],
  ['a  {{- " b " -}}  c {{/* gone */ -}}  d', 'a b c d'],
  ['{{ args "a" 2 }} {{ (args "a" 2).arg0 }}', 'map[arg0:a arg1:2] a'],
  ['{{ index $labels "a" }} {{ len "héllo" }} {{ slice "hello" 1 3 }}', 'b 6 el'],
  ['{{ print 1 2 "a" "b" 3 }} {{ println "a" 1 }}', '1 2ab3 a 1\n'],
  ['{{ html "<a&\\"" }} {{ js "it\'s" }} {{ urlquery "a b&c" }}', "&lt;a&amp;&#34; it\\'s a+b%26c"],
  [
    '{{ printf "%d %s %q %v %t %x %5d|%-5d|%05d %e %g" 5 "s" "q" 1.5 true 255 42 42 42 12345.678 1e-7 }}',
    '5 s "q" 1.5 true ff    42|42   |00042 1.234568e+04 1e-07',
  ],
  [
    '{{ printf "%d" 1.5 }} {{ printf "%s" 5 }} {{ printf "%d" }} {{ printf "a" 1 }}',
    '%!d(float64=1.5) %!s(int=5) %!d(MISSING) a%!(EXTRA int=1)',
  ],
  [
    '{{ printf "%6.2f|%+.1f|% d" 3.14159 2.0 7 }} {{ printf "%.0f %.0f %.1f %.3g %.10g" 0.5 1.5 0.25 1234.5678 1234.5678 }}',
    '  3.14|+2.0| 7 0 2 0.2 1.23e+03 1234.5678',
  ],
  [
    '{{ or "" "x" }}{{ and 0 "y" }}{{ not true }} {{ lt 1 2 }} {{ ge 2.5 2.5 }} {{ ne "a" "b" }} {{ eq 1 2 3 1 }}',
    'x0false true true true true',
  ],
  [
    '{{ query "x" | first | value }} {{ query "x" | first | label "a" }} {{ query "y" | len }} {{ (query "x" | first).Labels.a }}',
    '1.234567e+06 b 3 b',
  ],
  [
    '{{ 0x1F }} {{ 1_000 }} {{ \'a\' }} {{ 1e3 }} {{ .5 }} {{ -3 }} {{ "a\\tb\\u00e9\\x41" }} {{ `raw\\n` }}',
    '31 1000 97 1000 0.5 -3 a\tbéA raw\\n',
  ],
  [
    '{{ 100000.0 }} {{ 1e20 }} {{ 0.0001 }} {{ 0.00001 }} {{ toTime 1435065584.128 }} {{ (toTime 1435065584.0).Year }}',
    '100000 1e+20 0.0001 1e-05 2015-06-23 13:19:44.128 +0000 UTC 2015',
  ],
  [
    '{{ safeHtml "<b>" }} {{ strvalue (query "x" | first) }}|{{ $externalLabels }}|{{ $externalURL }}',
    '<b> |map[]|http://host:9090/prefix',
  ],
];

/** Templates that fail while they run, with the message. promtool says the same. */
const FAILING: readonly Case[] = [
  [
    '{{ first (query "nope") }}',
    '<first (query "nope")>: error calling first: first() called on vector with no elements',
  ],
  [
    '{{ humanize "abc" }}',
    '<humanize "abc">: error calling humanize: strconv.ParseFloat: parsing "abc": invalid syntax',
  ],
  ['{{ eq 1 1.0 }}', '<eq 1 1.0>: error calling eq: incompatible types for comparison'],
  ['{{ index $labels 1 }}', '<index $labels 1>: error calling index: value has type int; should be string'],
  ['{{ stripPort }}', '<stripPort>: wrong number of args for stripPort: want 1 got 0'],
  [
    '{{ query "x{" }}',
    '<query "x{">: error calling query: 1:3: parse error: unexpected end of input inside braces',
  ],
  [
    '{{ reReplaceAll "(" "x" "y" }}',
    '<reReplaceAll "(" "x" "y">: error calling reReplaceAll: regexp: Compile(`(`): error parsing regexp: missing closing ): `(`',
  ],
  ['{{ nil }}', '<nil>: nil is not a command'],
  ['{{ call 5 }}', '<call 5>: error calling call: non-function of type int'],
];

/** Templates that are none, with the message. promtool says the same. */
const BROKEN: readonly Case[] = [
  ['{{ nofunc }}', 'function "nofunc" not defined'],
  ['{{ if }}', 'missing value for if'],
  ['{{ end }}', 'unexpected {{end}}'],
  ['{{ "unterminated }}', 'unterminated quoted string'],
  ['{{ 1 | 2 }}', 'non executable command in pipeline stage 2'],
  ['{{ $undefined }}', 'undefined variable "$undefined"'],
  ['{{ break }}', '{{break}} outside {{range}}'],
];

describe('what comes out', () => {
  sameAsPromtool([
    ...SAME,
    ...FAILING.map(
      ([text, want]): Case => [
        text,
        `<template: __alert_A:1:${column(text)}: executing "__alert_A" at ${want}>`,
      ],
    ),
  ]);
  test.each(BROKEN)('%s', (text, want) => expect(expand(text)).toBe(`<template: __alert_A:1: ${want}>`));
});

function column(text: string): number {
  return DEFINITIONS.length + (/^\{\{ /.exec(text)?.[0].length ?? 0);
}

describe('what is hostile ends', () => {
  test.each([
    [
      'a template that calls itself',
      '{{ define "t" }}{{ template "t" }}{{ end }}{{ template "t" }}',
      'maximum template depth',
    ],
    ['endless brackets', `{{ ${'('.repeat(100_000)} }}`, 'maximum nesting depth'],
    ['endless blocks', '{{ if true }}'.repeat(100_000), 'maximum nesting depth'],
    ['a flood of text', '{{ range 1000000 }}0123456789{{ end }}', 'too much text'],
    ['loops in loops', '{{ range 10000 }}{{ range 10000 }}{{ end }}{{ end }}', 'too many steps'],
    ['a width without measure', '{{ printf "%*d" 999999999 1 }}', '%!(BADWIDTH)'],
  ])('%s', (_, text, want) => expect(expand(text)).toContain(want));
});
