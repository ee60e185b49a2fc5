// An expression that finds the very answer of the last time: its alerts go on as if it had been found again.

import { expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { AlertingRule } from '../../src/rules/alerting.js';
import type { AlertingDefinition } from '../../src/rules/definition.js';
import type { InstantSample } from '../../src/rules/query-func.js';
import { MINUTE, ruleFile } from './world.js';

const one = (service: string, value = 1): InstantSample[] => [{ labels: Labels.of({ service }), value }];
const A = one('a');
const B = one('b');
const A_AGAIN = one('a', 2);
const BOTH = [...A, ...B];
const NONE: InstantSample[] = [];

function ruleOf(text: string, asked: () => InstantSample[] = () => []): AlertingRule {
  const [definition] = ruleFile(text).groups[0]?.rules ?? [];
  const context = { externalLabels: {}, externalUrl: 'http://here', query: asked };
  return new AlertingRule(definition as AlertingDefinition, 'x', context, true);
}

/** A line a minute: what is written of alerts. Each answer is given as it is, or as a copy. */
function linesOf(rule: AlertingRule, answers: readonly InstantSample[][], isCopied: boolean): unknown[] {
  return answers.map((answer, minute) => {
    const moment = { at: minute * MINUTE, queryOffset: 0, limit: 1 };
    try {
      const written = rule.evaluate(moment, () => (isCopied ? [...answer] : answer));
      return [
        written.map(({ labels, value }) => `${labels.key} ${value}`),
        rule.alerts.map(({ state, value, annotations, activeAt }) => [
          state,
          value,
          annotations.text,
          activeAt,
        ]),
      ];
    } catch (error) {
      return (error as Error).message;
    }
  });
}

test.each<[name: string, rule: string, answers: InstantSample[][]]>([
  ['fires after its `for`', 'for: 2m', [A, A, A, A, NONE, NONE]],
  ['with another value', '', [A, A, A_AGAIN, A_AGAIN, A]],
  ['another one in its place', 'for: 1m', [A, A, B, B, A, A]],
  ['comes again after its end', 'for: 1m', [A, A, NONE, A, A, NONE, NONE, A]],
  ['goes on for a while', 'keep_firing_for: 2m', [A, NONE, NONE, A, NONE, NONE, NONE, NONE]],
  ['too many, and then not', 'for: 1m', [A, BOTH, BOTH, A, A, A]],
])('%s', (_, keys, answers) => {
  const text = `- alert: Down\n  expr: x\n  ${keys}\n  annotations: { text: "{{ $labels.service }} {{ $value }}" }`;
  const got = linesOf(ruleOf(text), answers, false);
  expect(got).toEqual(linesOf(ruleOf(text), answers, true));
  expect(JSON.stringify(got)).toContain('firing');
});

test.each([
  ['the time', '{{ now }}'],
  ['what a query finds', '{{ query "y" | first | value }}'],
])('a text that depends on %s is written again', (_, text) => {
  let count = 0;
  const rule = ruleOf(`- alert: Down\n  expr: x\n  annotations: { text: '${text}' }`, () =>
    one('y', ++count),
  );
  const texts = [0, 1, 2].map(minute => {
    rule.evaluate({ at: minute * MINUTE, queryOffset: 0, limit: 0 }, () => A);
    return rule.alerts[0]?.annotations.text;
  });
  expect(new Set(texts).size).toBe(3);
});

test('the samples of an alert that is as before are the very same', () => {
  const rule = ruleOf('- alert: Down\n  expr: x\n  for: 1m');
  const [first, second, third] = [0, 1, 2].map(minute =>
    rule.evaluate({ at: minute * MINUTE, queryOffset: 0, limit: 0 }, () => A),
  );
  expect(third?.[0]).toBe(second?.[0]);
  expect(second?.[0]).not.toBe(first?.[0]);
});
