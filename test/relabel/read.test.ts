// What may stand in a relabelling step, beside promtool.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Decoder } from '../../src/config/decode.js';
import { parseYamlTree } from '../../src/config/yaml-tree.js';
import { parseModelDuration } from '../../src/promql/duration.js';
import { readRelabelConfigs } from '../../src/relabel/read.js';
import { makeFolder, removeFolder } from '../support/child.js';

let folder = '';
beforeAll(() => {
  folder = makeFolder('relabel');
});
afterAll(() => removeFolder(folder));

const of = 'target relabeling rule in scrape config';

function read(list: string) {
  const decoder = new Decoder(parseModelDuration);
  const configs = readRelabelConfigs(decoder, parseYamlTree(list), { of, nameValidation: 'legacy' });
  return { configs, problems: decoder.problems.map(({ reason }) => reason) };
}

/** What promtool says; empty when it has nothing to say. */
function promtool(list: string): string {
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, `scrape_configs:\n  - job_name: a\n    relabel_configs: ${list}\n`);
  try {
    execFileSync('promtool', ['check', 'config', file], { stdio: 'pipe' });
    return '';
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr);
  }
}

test.each([
  '[]',
  '~',
  '[{target_label: a}]',
  '[{action: Replace, target_label: a}]',
  '[{action: KEEP}]',
  '[{target_label: "$1_x", source_labels: [a]}]',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Go's template
  '[{target_label: "a${1}b$2", source_labels: [__meta_a, b]}]',
  '[{action: hashmod, modulus: 8, target_label: a}]',
  '[{action: labelmap}]',
  '[{action: labelmap, regex: "a_(.+)", replacement: "b_$1"}]',
  '[{action: labeldrop, regex: a}]',
  '[{action: labelkeep, regex: a}]',
  '[{action: lowercase, source_labels: [a], target_label: b}]',
  '[{action: keepequal, source_labels: [a], target_label: b}]',
  '[{action: dropequal, source_labels: [a], target_label: b, separator: ;}]',
  '[{regex: , target_label: a}]',
  '[{separator: , target_label: a}]',
  '[{source_labels: , target_label: a}]',
])('%s is valid to both', list => {
  expect(read(list).problems).toEqual([]);
  expect(promtool(list)).toBe('');
});

test.each([
  '[{}]',
  '[~]',
  '[a]',
  '{}',
  '[{foo: 1, target_label: a}]',
  '[{action: bogus}]',
  '[{action: }]',
  '[{action: hashmod, target_label: a}]',
  '[{action: hashmod, modulus: -1, target_label: a}]',
  '[{action: hashmod, modulus: x, target_label: a}]',
  '[{action: hashmod, modulus: 2}]',
  '[{action: hashmod, modulus: 2, target_label: a-b}]',
  '[{target_label: a-b}]',
  '[{target_label: "$"}]',
  '[{target_label: a, regex: "a{2,1}"}]',
  '[{target_label: a, source_labels: b}]',
  '[{target_label: a, source_labels: [b-c]}]',
  '[{target_label: a, source_labels: [""]}]',
  '[{action: lowercase, source_labels: [a]}]',
  '[{action: uppercase, source_labels: [a], target_label: b, replacement: c}]',
  '[{action: labelmap, replacement: "a-$1"}]',
  '[{action: labeldrop, target_label: a}]',
  '[{action: labelkeep, source_labels: [a]}]',
  '[{action: labelkeep, modulus: 3}]',
  '[{action: keepequal, source_labels: [a], target_label: b, regex: "(.*)"}]',
  '[{action: dropequal, source_labels: [a], target_label: b, separator: x}]',
  '[{action: keepequal, source_labels: [a], target_label: b, replacement: x}]',
])('%s is refused by both, in the same words', list => {
  const [problem = 'none'] = read(list).problems;
  expect(promtool(list)).toContain(problem);
});

test('a step has defaults', () => {
  expect(read('[{source_labels: [a, b], target_label: c}]').configs).toEqual([
    {
      action: 'replace',
      sourceLabels: ['a', 'b'],
      separator: ';',
      regex: '(.*)',
      modulus: 0,
      targetLabel: 'c',
      replacement: '$1',
      nameValidation: 'legacy',
    },
  ]);
});
