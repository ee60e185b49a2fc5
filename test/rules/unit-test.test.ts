import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testRules } from '../../src/rules/unit-test.js';
import { fixtures, folderOf } from './fixtures.js';

// Messages contain the paths of files, so run in their folder.
const before = process.cwd();
beforeEach(() => process.chdir(folderOf('unit-test')));
afterEach(() => process.chdir(before));

describe('every file has its exact result and errors', () => {
  test.each(fixtures('unit-test'))('$file', ({ file, good, errors }) => {
    const { output, code } = testRules([file]);
    expect(code).toBe(good ? 0 : 1);
    const printed = output
      .map(line => line.trimEnd())
      .filter(line => line !== '' && !line.includes('WARNING'));
    expect(printed).toEqual([`Unit Testing:  ${file}`, ...(good ? ['  SUCCESS'] : ['  FAILED:', ...errors])]);
  });
});

describe('promtool agrees', () => {
  test.each(fixtures('unit-test'))('$file', ({ file, goodForPromtool }) => {
    const { status } = spawnSync('promtool', ['test', 'rules', file], { cwd: folderOf('unit-test') });
    expect(status).toBe(goodForPromtool ? 0 : 1);
  });
});

test('failures are printed as by promtool', () => {
  const files = ['wrong-alert.bad.yml', 'wrong-value.bad.yml', 'alerts.good.yml'];
  const { stdout, stderr } = spawnSync('promtool', ['test', 'rules', ...files], {
    cwd: folderOf('unit-test'),
    encoding: 'utf8',
  });
  const lines = (text: string): string[] => text.split('\n').filter(line => line !== '');
  // Promtool prints errors to another stream than the rest, so only all lines together can be compared.
  expect(testRules(files).output.flatMap(lines).sort()).toEqual([...lines(stdout), ...lines(stderr)].sort());
});

test('several files have one exit code', () => {
  const { output, code } = testRules(['nothing.good.yml', 'missing.yml', 'notation.good.yml']);
  expect(output).toEqual([
    'Unit Testing:  nothing.good.yml',
    '  WARNING: no file match pattern missing/*.yml',
    '  SUCCESS',
    '',
    'Unit Testing:  missing.yml',
    '  FAILED:',
    'missing.yml: no such file',
    '',
    '',
    'Unit Testing:  notation.good.yml',
    '  SUCCESS',
    '',
  ]);
  expect(code).toBe(1);
});
