// Go's times and durations as templates reach them: layouts, zones, methods, and numbers that become one. promtool
// judges.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GoTime } from '../../src/go/time.js';
import { alertmanagerFunctions } from '../../src/template/alertmanager.js';
import { Template } from '../../src/template/template.js';
import { type Case, DEFINITIONS, expand, sameAsPromtool } from './promtool.js';

/** 5 September 2021, 07:08:09.124 UTC. */
const AT = '(toTime 1630825689.125)';
const formatted = (layout: string, want: string): Case => [
  `{{ ${AT}.Format ${JSON.stringify(layout)} }}`,
  want,
];

describe('layouts', () => {
  sameAsPromtool([
    formatted('2006-01-02T15:04:05.999999999Z07:00', '2021-09-05T07:08:09.124Z'),
    formatted('Mon, 02 Jan 2006 15:04:05 MST', 'Sun, 05 Sep 2021 07:08:09 UTC'),
    formatted('Monday January _2 3:04PM pm 2006|06', 'Sunday September  5 7:08AM am 2021|21'),
    formatted('1/2 01/02 002 __2 _2', '9/5 09/05 248 248  5'),
    formatted('3 03 15 4 04 5 05', '7 07 07 8 08 9 09'),
    formatted('-0700 -07:00 -07 -070000 -07:00:00', '+0000 +00:00 +00 +000000 +00:00:00'),
    formatted('Z0700 Z07:00 Z07 Z070000 Z07:00:00', 'Z Z Z Z Z'),
    formatted('.000 ,000 .999 .0 .00000 .99999999999 .0001 .00x', '.124 ,124 .124 .1 .12400 .124 .0009 .12x'),
    formatted('January Janet Jan. Mondays Months Mon. MSTx', 'September Janet Sep. Sundays Months Sun. UTCx'),
    formatted('2006_2006 _2006 20060 200602', '2021_2021 _2021 20210 202105'),
    formatted('07 08 0 00 010 9 x\u00fc', '07 08 0 00 090 9 xü'),
    formatted('', ''),
  ]);
});

describe('methods', () => {
  sameAsPromtool([
    [
      `{{ with ${AT} }}{{ .Year }} {{ .Month }} {{ .Day }} {{ .Weekday }} {{ .YearDay }}{{ end }}`,
      '2021 September 5 Sunday 248',
    ],
    [`{{ with ${AT} }}{{ .Hour }} {{ .Minute }} {{ .Second }} {{ .Nanosecond }}{{ end }}`, '7 8 9 124000000'],
    [
      `{{ with ${AT} }}{{ .Unix }} {{ .UnixMilli }} {{ .UnixMicro }} {{ .UnixNano }}{{ end }}`,
      '1630825689 1630825689124 1630825689124000 1630825689124000000',
    ],
    [
      `{{ with ${AT} }}{{ .IsZero }} {{ .IsDST }} {{ .Location }} {{ .UTC }} {{ .String }}{{ end }}`,
      'false false UTC 2021-09-05 07:08:09.124 +0000 UTC 2021-09-05 07:08:09.124 +0000 UTC',
    ],
    [
      `{{ with ${AT} }}{{ .AddDate 1 2 30 }}|{{ (.In .Location).Hour }}{{ end }}`,
      '2022-12-05 07:08:09.124 +0000 UTC|7',
    ],
    [
      `{{ $a := ${AT} }}{{ $b := toTime 1630825600 }}{{ $a.Sub $b }} {{ $a.After $b }} {{ $a.Before $b }} {{ $a.Equal $a }}`,
      '1m29.124s true false true',
    ],
    [
      `{{ $a := ${AT} }}{{ $d := $a.Sub (toTime 1630822089) }}{{ $a.Add $d }} {{ $a.Round $d }} {{ $a.Truncate $d }}`,
      '2021-09-05 08:08:09.248 +0000 UTC 2021-09-05 07:05:23.34 +0000 UTC 2021-09-05 07:05:23.34 +0000 UTC',
    ],
    [
      `{{ with ${AT} }}{{ printf "%d %02d %s %v %q %x %T" .Month .Month .Month .Month .Month .Weekday .Month }}{{ end }}`,
      '9 09 September September "September" 53756e646179 time.Month',
    ],
    [
      `{{ with ${AT} }}{{ eq .Month 9 }} {{ lt .Weekday 1 }} {{ if .Weekday }}yes{{ else }}Sunday{{ end }}{{ end }}`,
      'true true Sunday',
    ],
    [
      `{{ with (${AT}.Sub (toTime 1630820000)) }}{{ . }} {{ .Seconds }} {{ .Minutes }} {{ .Hours }} {{ .Milliseconds }} {{ .Microseconds }} {{ .Nanoseconds }}{{ end }}`,
      '1h34m49.124s 5689.124 94.81873333333333 1.5803122222222221 5689124 5689124000 5689124000000',
    ],
    [
      `{{ with (${AT}.Sub (toTime 1630829000)) }}{{ . }} {{ .Abs }} {{ printf "%d %s %.1f" . . . }}{{ end }}`,
      '-55m10.876s 55m10.876s -3310876000000 -55m10.876s %!f(time.Duration=-3310876000000)',
    ],
    [
      `{{ printf "%v %s %T" ${AT} ${AT} ${AT} }}`,
      '2021-09-05 07:08:09.124 +0000 UTC 2021-09-05 07:08:09.124 +0000 UTC *time.Time',
    ],
  ]);
});

describe('what cannot be called', () => {
  const START = '{{ $t := toTime 5 }}';
  const failed = (call: string, message: string): Case => [
    `${START}{{ ${call} }}`,
    `<template: __alert_A:1:${DEFINITIONS.length + START.length + 5}: executing "__alert_A" at <${call.split(' ')[0]}>: ${message}>`,
  ];
  sameAsPromtool([
    failed('$t.Clock', `can't call method/function "Clock" with 3 results`),
    failed('$t.ISOWeek', `can't call method/function "ISOWeek" with 2 results`),
    failed('$t.Format', 'wrong number of args for Format: want 1 got 0'),
    failed('$t.Unix 1', 'wrong number of args for Unix: want 0 got 1'),
  ]);
});

describe('numbers that become a time', () => {
  const beyond = (value: string) =>
    `${value} cannot be represented as a nanoseconds timestamp since it overflows int64`;
  const failed = (text: string, message: string): Case => [
    `{{ ${text} }}`,
    `<template: __alert_A:1:${DEFINITIONS.length + 3}: executing "__alert_A" at <${text}>: error calling ${text.split(' ')[0]}: ${message}>`,
  ];
  sameAsPromtool([
    [
      '{{ toTime 1.9999 }} {{ toTime -1.9999 }} {{ toTime 0.1 }}',
      '1970-01-01 00:00:01.999 +0000 UTC 1969-12-31 23:59:58.001 +0000 UTC 1970-01-01 00:00:00.1 +0000 UTC',
    ],
    [
      '{{ toTime "5" }} {{ toTime 5 }} {{ toTime 9223372036 }}',
      '1970-01-01 00:00:05 +0000 UTC 1970-01-01 00:00:05 +0000 UTC 2262-04-11 23:47:16 +0000 UTC',
    ],
    [
      '{{ humanizeTimestamp -1.9999 }} {{ with query "vector(NaN)" }}{{ (first .).Value | humanizeTimestamp }}{{ end }}',
      '1969-12-31 23:59:58.001 +0000 UTC NaN',
    ],
    failed('toTime 1e20', beyond('1e+20')),
    failed('toTime "-1e11"', beyond('-1e+11')),
    failed('humanizeTimestamp 1e20', beyond('1e+20')),
    failed('toTime "NaN"', 'value is NaN or Inf'),
    failed('toTime "-Inf"', 'value is NaN or Inf'),
    failed('toTime true', "can't convert bool to float"),
    ['{{ parseDuration "1h2m10ms" }} {{ parseDuration "0" }} {{ parseDuration "1d" }}', '3720.01 0 86400'],
    failed('parseDuration ""', 'empty duration string'),
    failed('parseDuration "1x"', 'not a valid duration string: "1x"'),
    failed('parseDuration " 1m"', 'not a valid duration string: " 1m"'),
    failed('parseDuration "1m1h"', 'not a valid duration string: "1m1h"'),
    failed('parseDuration "5"', 'not a valid duration string: "5"'),
    failed('parseDuration "400y"', 'duration out of range'),
  ]);
});

/** Newer than the promtool of most distributions; from the documentation of Prometheus 3.6. */
describe('negative durations and spans', () => {
  test.each<Case>([
    [
      '{{ parseDuration "-1h30m" }} {{ parseDuration "-0" }} {{ printf "%.2f" (parseDuration "-1h2m10ms") }}',
      '-5400 0 -3720.01',
    ],
    ['{{ ("-30m" | parseDuration | toDuration | (now | toTime).Add).UnixMilli }}', '-1740000'],
    [
      '{{ toDuration -90 }} {{ toDuration "1.5" }} {{ toDuration 1e20 }} {{ toDuration "NaN" }}',
      '-1m30s 1.5s -2562047h47m16.854775808s -2562047h47m16.854775808s',
    ],
  ])('%s', (text, want) => expect(expand(text)).toBe(want));
  test.each([
    ['{{ parseDuration "-" }}', 'empty duration string'],
    ['{{ parseDuration "--1m" }}', 'not a valid duration string: "-1m"'],
    ['{{ parseDuration "-400y" }}', 'duration out of range'],
  ])('%s', (text, want) => expect(expand(text)).toContain(`error calling parseDuration: ${want}>`));
});

describe.each<[zone: string, want: string]>([
  ['Asia/Tokyo', '16:08 JST +0900 false'],
  ['Europe/Dublin', '08:08 IST +0100 true'],
  ['Asia/Kathmandu', '12:53 +0545 +0545 false'],
  ['America/St_Johns', '04:38 NDT -0230 true'],
])('local time in %s', (zone, want) => {
  const before = process.env.TZ;
  beforeAll(() => {
    process.env.TZ = zone;
  });
  afterAll(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });
  const isIrish = zone === 'Europe/Dublin';
  // In Ireland winter is the exception, by the letter of the law and of the zone files.
  const shown = isIrish ? want.replace(/ true$/, '') : want;
  sameAsPromtool([
    [
      `{{ with ${AT}.Local }}{{ .Format "15:04 MST -0700" }}${isIrish ? '' : ' {{ .IsDST }}'}{{ end }}`,
      shown,
    ],
  ]);
});

describe('the function tz', () => {
  const functions = alertmanagerFunctions(() => 0);
  const inZone = (zone: string, at: number) =>
    new Template('t', functions)
      .parse(`{{ . | tz ${JSON.stringify(zone)} | date "15:04 MST" }}`)
      .execute(new GoTime(at));
  const SUMMER = Date.UTC(2024, 6, 1, 12);
  const WINTER = Date.UTC(2024, 0, 1, 12);
  test.each([
    ['Asia/Tokyo', '21:00 JST', '21:00 JST'],
    ['Europe/Moscow', '15:00 MSK', '15:00 MSK'],
    ['Europe/Dublin', '12:00 GMT', '13:00 IST'],
    ['Asia/Kolkata', '17:30 IST', '17:30 IST'],
    ['Asia/Jerusalem', '14:00 IST', '15:00 IDT'],
    ['Asia/Dubai', '16:00 +04', '16:00 +04'],
    ['Asia/Shanghai', '20:00 CST', '20:00 CST'],
    ['Asia/Kathmandu', '17:45 +0545', '17:45 +0545'],
    ['America/Sao_Paulo', '09:00 -03', '09:00 -03'],
    ['America/New_York', '07:00 EST', '08:00 EDT'],
    ['Australia/Lord_Howe', '23:00 +11', '22:30 +1030'],
    ['Africa/Casablanca', '13:00 +01', '13:00 +01'],
    ['Pacific/Guam', '22:00 ChST', '22:00 ChST'],
    ['Etc/GMT+5', '07:00 -05', '07:00 -05'],
    ['EST5EDT', '07:00 EST', '08:00 EDT'],
    ['Etc/UTC', '12:00 UTC', '12:00 UTC'],
  ])('%s', (zone, winter, summer) =>
    expect([inZone(zone, WINTER), inZone(zone, SUMMER)]).toEqual([winter, summer]),
  );

  test.each(['europe/berlin', 'Europe/berlin', 'JST', '+09:00', 'Nowhere/Else'])('%s is no zone', zone => {
    expect(() => inZone(zone, 0)).toThrow(`unknown time zone ${zone}`);
  });
});
