// Templates that would not end, or fill the memory: each ends soon, with an error that says where.

import { expect, test } from 'vitest';
import { alertmanagerFunctions } from '../../src/template/alertmanager.js';
import { TimeUp, withinTime } from '../../src/template/guard.js';
import { Template } from '../../src/template/template.js';

/** A list of ten lists of ten lists ..., small in memory. */
const NESTED = '{{ $l := list "a" }}'.concat('{{ $l = list $l $l $l $l $l $l $l $l $l $l }}'.repeat(8));
const DICT = '{{ $l := dict "a" "b" }}'.concat('{{ $l = dict "a" $l "b" $l "c" $l "d" $l }}'.repeat(15));
/** Twelve bytes doubled a number of times. */
const long = (times: number) =>
  '{{ $x := "aaaaaaaaaaaa" }}'.concat('{{ $x = printf "%s%s" $x $x }}'.repeat(times));

function filled(text: string): string {
  const template = new Template(
    'message',
    alertmanagerFunctions(() => 0),
  );
  template.parse(text, 'message');
  return template.execute(null);
}

test.each<{ name: string; text: string; error: string }>([
  { name: 'a nested list as JSON', text: `${NESTED}{{ toJson $l }}`, error: 'makes too long a value' },
  { name: 'a nested list compared', text: `${NESTED}{{ eq $l $l }}`, error: 'makes too long a value' },
  { name: 'a nested list printed', text: `${NESTED}{{ $l }}`, error: 'makes too long a value' },
  { name: 'a nested map as JSON', text: `${DICT}{{ toJson $l }}`, error: 'makes too long a value' },
  { name: 'a text doubled', text: long(60), error: 'makes too long a value' },
  {
    name: 'a list within itself',
    text: '{{ $l := list }}{{ range 200 }}{{ $l = list $l }}{{ end }}',
    error: 'makes too long a value',
  },
  {
    name: 'a template that calls itself twice',
    text: '{{ define "r" }}{{ template "r" . }}{{ template "r" . }}{{ end }}{{ template "r" . }}',
    error: 'exceeded maximum template depth',
  },
  {
    name: 'loops within loops',
    text: '{{ range 1000 }}{{ range 1000 }}{{ range 1000 }}{{ end }}{{ end }}{{ end }}',
    error: 'takes too many steps',
  },
  {
    name: 'endless text',
    text: `${long(10)}{{ range 1000 }}{{ $x }}{{ end }}`,
    error: 'puts out too much text',
  },
])('$name', ({ text, error }) => {
  let message = '';
  try {
    filled(text);
  } catch (thrown) {
    message = (thrown as Error).message;
  }
  expect(message).toContain(error);
  expect(message).toMatch(/^template: (?:message:\d+:\d+: executing|message: )/);
});

test.each([
  ['a loop that is left at once', '{{ range 1000000 }}{{ break }}{{ end }}'.repeat(50), ''],
  ['an empty loop', '{{ range 0 }}a{{ else }}b{{ end }}', 'b'],
  [
    'a list of a thousand',
    '{{ $l := list }}{{ range 1000 }}{{ $l = append $l "a" }}{{ end }}{{ len $l }}',
    '1000',
  ],
])('%s is no trouble', (_, text, want) => {
  expect(filled(text)).toBe(want);
});

test('an error repeats no more than a piece of the template', () => {
  const text = `{{ match "${'('.repeat(900)}" "a" }}`;
  expect(() => filled(text)).toThrow(/^.{100,1000}$/s);
});

test('a call that does not look at the clock is ended when its time is over', () => {
  const endless = () => {
    for (;;) Math.sqrt(2);
  };
  expect(() => withinTime(endless, 50)).toThrow(TimeUp);
  expect(withinTime(() => 'again', 10_000)).toBe('again');
  expect(() => withinTime(() => JSON.parse('{'), 10_000)).toThrow(SyntaxError);
  expect(() => withinTime(() => 'late', 0)).toThrow(TimeUp);
});
