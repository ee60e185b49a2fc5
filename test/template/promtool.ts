// Templates of rules expanded by our functions and by promtool, which judges the tables of this folder.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Struct } from '../../src/go/value.js';
import { Labels } from '../../src/model/labels.js';
import { prometheusFunctions } from '../../src/template/prometheus.js';
import { Template } from '../../src/template/template.js';
import { makeFolder, removeFolder } from '../support/child.js';

const DATA: Record<string, [Record<string, string>, number][]> = {
  x: [[{ __name__: 'x', a: 'b', b: 'c' }, 1_234_567]],
  y: [
    [{ __name__: 'y', n: 'c' }, 1],
    [{ __name__: 'y', n: 'a' }, 2],
    [{ __name__: 'y', n: 'b' }, 3],
  ],
};

/** Answers that need no series. */
const COMPUTED: typeof DATA = {
  'vector(NaN)': [[{}, Number.NaN]],
  'vector(Inf)': [[{}, Number.POSITIVE_INFINITY]],
  'vector(1e20)': [[{}, 1e20]],
};

const functions = prometheusFunctions({
  at: 60_000,
  externalUrl: 'http://host:9090/prefix',
  query(text) {
    if (text === 'x{') throw new Error('1:3: parse error: unexpected end of input inside braces');
    return (DATA[text] ?? COMPUTED[text] ?? []).map(([labels, value]) => ({
      labels: Labels.of(labels),
      value,
    }));
  },
});

/** What stands before the text of an annotation; columns in messages count it. */
export const DEFINITIONS =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}';

/** The text, or what is wrong, as an alert of this name shows it: `<template: ...>`. */
export function expand(text: string, name = '__alert_A'): string {
  const data = new Struct('AlertTemplateData', {
    Labels: new Map([
      ['__name__', 'x'],
      ['a', 'b'],
      ['b', 'c'],
    ]),
    ExternalLabels: new Map(),
    ExternalURL: 'http://host:9090/prefix',
    Value: 1_234_567,
  });
  try {
    return new Template(name, functions).parse(DEFINITIONS + text).execute(data);
  } catch (error) {
    return `<${(error as Error).message}>`;
  }
}

/** A template and the text it must become. */
export type Case = readonly [template: string, want: string];

/** Tests that our functions give the wanted text, and promtool the same. */
export function sameAsPromtool(cases: readonly Case[]): void {
  test.each(cases)('%s', (text, want) => expect(expand(text)).toBe(want));
  describe('promtool expands the same', () => {
    const templates = cases.map(([text]) => text);
    let theirs: ReadonlyMap<string, string> | undefined;
    test.each(templates.map((text, i) => [text, i] as const))('%s', (text, i) => {
      theirs ??= expandedByPromtool(templates);
      expect(theirs.get(text)).toBe(expand(text, `__alert_A${i}`));
    });
  });
}

/** What promtool makes of each template; alerts are called A0, A1, ... in their order. */
function expandedByPromtool(templates: readonly string[]): ReadonlyMap<string, string> {
  const folder = makeFolder('templates');
  const rules = templates.map((text, i) => ({ alert: `A${i}`, expr: 'x', annotations: { text } }));
  writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'g', rules }] }));
  const input_series = Object.values(DATA)
    .flat()
    .map(([labels, value]) => ({
      series: Labels.of(labels).toString().replaceAll(', ', ','),
      values: `${value} ${value}`,
    }));
  const alert_rule_test = templates.map((_, i) => ({ eval_time: '1m', alertname: `A${i}`, exp_alerts: [] }));
  const tests = [{ interval: '1m', external_url: 'http://host:9090/prefix', input_series, alert_rule_test }];
  writeFileSync(join(folder, 'test.yml'), JSON.stringify({ rule_files: ['rules.yml'], tests }));
  const output = promtool(folder);
  removeFolder(folder);
  const answers = new Map<string, string>();
  for (const [, i, text] of output.matchAll(
    /alertname: A(\d+), time[\s\S]*?Annotations:\{text=("(?:[^"\\]|\\.)*")\}/g,
  )) {
    const failed = /^<error expanding template: error executing template __alert_A\d+: (.*)>$/s;
    answers.set(templates[Number(i)] as string, goUnquoted(text as string).replace(failed, '<$1>'));
  }
  return answers;
}

/** Go's %q has escapes that JSON has not. */
function goUnquoted(text: string): string {
  const json = text.replace(
    /\\(?:([abfnrtv\\"])|x(..)|u(....)|U(.{8}))/g,
    (whole, one, byte, unit, point) => {
      if (one === 'a') return '\\u0007';
      if (one === 'v') return '\\u000b';
      if (byte) return `\\u00${byte}`;
      if (point) return JSON.stringify(String.fromCodePoint(Number.parseInt(point, 16))).slice(1, -1);
      return unit ? `\\u${unit}` : whole;
    },
  );
  return JSON.parse(json) as string;
}

/** Its output; it ends with an error because no alert is expected, which is how one reads them. */
function promtool(folder: string): string {
  try {
    return execFileSync('promtool', ['test', 'rules', join(folder, 'test.yml')], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  }
}
