// The files for Prometheus and Alertmanager in the hands of their own tools, and the rules in the monitor's hands, too.

import { copyFileSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkRules } from '../../src/rules/check.js';
import { testRules } from '../../src/rules/unit-test.js';
import { ROOT, tool } from './tool.js';

const yamlIn = (path: string) =>
  readdirSync(join(ROOT, path))
    .filter(name => name.endsWith('.yml'))
    .map(name => `${path}/${name}`)
    .sort();
const RULE_FILES = yamlIn('rules');
const RULE_TESTS = yamlIn('rules/tests');
const succeeded = (file: string) => `Unit Testing:  ${file}\n  SUCCESS\n\n`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'langgraph-monitor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('Prometheus reads', () => {
  test.each(['deploy/prometheus.yml', 'deploy/compose/prometheus.yml'])('%s, and rules/ beside it', path => {
    copyFileSync(join(ROOT, path), join(folder, 'prometheus.yml'));
    cpSync(join(ROOT, 'rules'), join(folder, 'rules'), { recursive: true });
    const { status, stdout, stderr } = tool('promtool', ['check', 'config', join(folder, 'prometheus.yml')]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const checked = [...stdout.matchAll(/(rules\/\S+\.yml)\s+SUCCESS: \d+ rules found/g)];
    expect(checked.map(match => match[1]).sort()).toEqual(RULE_FILES);
  });
});

describe('promtool and the monitor find nothing wrong', () => {
  test.each(RULE_FILES)('in %s', file => {
    const { status, stdout, stderr } = tool('promtool', ['check', 'rules', file]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [, count] = /SUCCESS: (\d+) rules found/.exec(stdout) ?? [];
    const output = [`Checking ${file}`, `  SUCCESS: ${count} rules found`, ''];
    expect(checkRules([file])).toEqual({ code: 0, output });
  });

  test.each(RULE_TESTS)(
    'by %s',
    file => {
      const { status, stdout, stderr } = tool('promtool', ['test', 'rules', file]);
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: succeeded(file), stderr: '' });
      const { code, output } = testRules([file]);
      expect({ code, stdout: `${output.join('\n')}\n` }).toEqual({ code: 0, stdout: succeeded(file) });
    },
    // The objectives' are thirty days of a minute each.
    180_000,
  );

  test('and every rule file has its tests', () => {
    const tested = RULE_TESTS.map(file =>
      file.replace('rules/tests/', 'rules/').replace('.test.', '.rules.'),
    );
    expect(tested).toEqual(RULE_FILES);
  });
});
