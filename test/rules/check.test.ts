import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkRules } from '../../src/rules/check.js';
import { fixtures, folderOf } from './fixtures.js';

const FOLDER = folderOf('check');
const scratch = mkdtempSync(join(tmpdir(), 'check-rules-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function written(name: string, text: string): string {
  const file = join(scratch, name);
  writeFileSync(file, text);
  return file;
}

describe('every file has its exact result', () => {
  test.each(fixtures('check'))('$file', ({ file, good, errors }) => {
    const path = FOLDER + file;
    const { output, code } = checkRules([path], { duplicateRules: false });
    expect(code).toBe(good ? 0 : 1);
    expect(output[0]).toBe(`Checking ${path}`);
    const lines = output.slice(1).filter(line => line !== '');
    if (good) expect(lines).toEqual([expect.stringMatching(/^ {2}SUCCESS: \d+ rules found$/)]);
    else
      expect(lines.map(line => line.trimEnd())).toEqual([
        '  FAILED:',
        ...errors.map(error => `${path}: ${error}`.trimEnd()),
      ]);
  });
});

describe('promtool agrees', () => {
  test.each(fixtures('check'))('$file', ({ file, goodForPromtool }) => {
    const { status } = spawnSync('promtool', ['check', 'rules', '--lint=none', FOLDER + file]);
    expect(status).toBe(goodForPromtool ? 0 : 1);
  });
});

const TWICE = `groups:
  - name: a
    rules:
      - { record: x, expr: up, labels: { a: b } }
      - { record: x, expr: up }
  - name: b
    rules:
      - { record: x, expr: down, labels: { a: b } }
      - { alert: x, expr: down, labels: { a: b } }
`;

describe('duplicate rules', () => {
  const file = written('twice.yml', TWICE);
  const report = [
    '  FAILED:',
    'lint error 1 duplicate rule(s) found.',
    'Metric: x',
    'Label(s):',
    '\ta: b',
    'Might cause inconsistency while recording expressions',
  ];

  test.each([
    ['are reported', {}, report, 0, []],
    ['fail with --lint-fatal', { fatal: true }, report, 3, ['--lint-fatal']],
    [
      'are ignored with --lint=none',
      { duplicateRules: false, fatal: true },
      ['  SUCCESS: 4 rules found'],
      0,
      ['--lint=none'],
    ],
  ])('%s', (_, lint, lines, code, flags) => {
    expect(checkRules([file], lint)).toEqual({ output: [`Checking ${file}`, ...lines, ''], code });
    expect(spawnSync('promtool', ['check', 'rules', ...flags, file]).status).toBe(code);
  });

  test('the exit code of a file that cannot be loaded comes first', () => {
    const bad = written('bad.yml', 'groups: 1');
    expect(checkRules([file, bad, join(scratch, 'missing.yml')], { fatal: true })).toEqual({
      output: [
        `Checking ${file}`,
        ...report,
        '',
        `Checking ${bad}`,
        '  FAILED:',
        `${bad}: yaml: line 1: cannot unmarshal !!int \`1\` into []rulefmt.RuleGroup`,
        '',
        `Checking ${join(scratch, 'missing.yml')}`,
        '  FAILED:',
        `${join(scratch, 'missing.yml')}: no such file`,
        '',
      ],
      code: 1,
    });
  });
});

test('a file that is no UTF-8 is an error', () => {
  const file = join(scratch, 'latin1.yml');
  writeFileSync(file, Buffer.from([0x23, 0xe4, 0x0a]));
  expect(checkRules([file]).output).toContain(`${file}: yaml: invalid UTF-8; save the file as UTF-8`);
});
