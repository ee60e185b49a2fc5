// `alerting.alert_relabel_configs` in monitor.yml: what is read, and what is wrong with it, a line each.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/app/configuration.js';
import { ConfigError } from '../../src/config/config-error.js';
import { makeFolder, removeFolder } from '../support/child.js';

let folder = '';
beforeAll(() => {
  folder = makeFolder('relabel-configs');
});
afterAll(() => removeFolder(folder));

function load(text: string) {
  const file = join(folder, 'monitor.yml');
  writeFileSync(file, `services: {a: {url: "http://127.0.0.1:1/"}}\n${text}`);
  try {
    return loadConfiguration(file, {}).alertRelabelConfigs;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map(line => line.replaceAll(`${file}: `, ''));
  }
}

const alerting = (steps: string) => `alerting:\n  alert_relabel_configs:\n${steps}`;

const TEMPLATE = ['{x}-', '{1}'].map(each => `$${each}`).join('');

test('steps are those of relabel_configs, in which groups are no variables', () => {
  const steps = `  - {source_labels: [a, b], regex: "(?P<x>.*)", target_label: c, replacement: "${TEMPLATE}"}
`;
  expect(load(alerting(steps))).toEqual([
    {
      ...{ action: 'replace', sourceLabels: ['a', 'b'], separator: ';', regex: '(?P<x>.*)', modulus: 0 },
      ...{ targetLabel: 'c', replacement: TEMPLATE, nameValidation: 'utf8' },
    },
  ]);
});

test('without the key there are none', () => {
  expect(load('')).toEqual([]);
});

describe('mistakes', () => {
  const cases: [name: string, text: string, want: string[]][] = [
    [
      'an unknown action',
      alerting('  - {action: erase}\n'),
      ['yaml: line 4: unknown relabel action "erase"'],
    ],
    ['a step that is none', alerting('  -\n'), ['yaml: line 3: empty or null alert relabeling rule']],
    [
      'an unknown key',
      alerting('  - {target: a}\n'),
      ['yaml: line 4: field target not found in type relabel.plain'],
    ],
    [
      'with query.url',
      `query: {url: "http://127.0.0.1:9090"}\n${alerting('  - {action: labeldrop, regex: a}\n')}`,
      [
        'alerting.alert_relabel_configs: with query.url the Prometheus there sends the alerts; put it into its configuration, or set query.rules: local',
      ],
    ],
  ];
  test.each(cases)('%s', (_, text, want) => expect(load(text)).toEqual(want));
});
