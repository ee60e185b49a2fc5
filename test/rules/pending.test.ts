// When a pending alert fires: what is said beforehand is the evaluation at which the rules do it.

import { expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { RuleManager } from '../../src/rules/manager.js';
import { pendingAlerts } from '../../src/rules/pending.js';
import { readRuleFile } from '../../src/rules/read.js';

const START = Date.UTC(2026, 0, 15, 12) + 123;

test.each<[name: string, held: string, interval: number, want: number]>([
  ['after a multiple of the interval', '1m', 15_000, 60_000],
  ['with the evaluation after it', '50s', 15_000, 60_000],
  ['no later than the next evaluation', '1s', 15_000, 15_000],
  ['of another interval', '1m', 7_000, 63_000],
])('%s', (_, held, interval, want) => {
  const text = `groups:
  - name: g
    rules:
      - { alert: Risen, expr: up == 0, for: ${held}, labels: { escalation: level2 } }`;
  const manager = new RuleManager({
    externalUrl: '',
    externalLabels: {},
    interval,
    queryFunc: () => [{ labels: Labels.of({ target: 'tools' }), value: 0 }],
    write: () => {},
  });
  manager.update([readRuleFile('r.yml', text)]);
  manager.evaluate(START);
  const [said] = pendingAlerts(manager.groups(), START);
  expect(said).toMatchObject({
    labels: { alertname: 'Risen', escalation: 'level2', target: 'tools' },
    addedLabels: ['escalation'],
    firesAt: START + want,
  });
  const isPending = () => pendingAlerts(manager.groups(), START).length > 0;
  let at = START;
  while (isPending()) {
    at += interval;
    manager.evaluate(at);
  }
  expect(at).toBe(said?.firesAt);
});
