// The plain last line of a test run, from real runs of a small project.

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT, tool } from './tool.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'langgraph-monitor-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const head = "import { beforeAll, expect, test } from 'vitest';\n";
const passing = "test('one', () => expect(1).toBe(1));\ntest('two', () => expect(2).toBe(2));\n";

test.each([
  ['all pass', [passing], '2 passed, 0 failed', 0],
  ['one fails', [passing, "test('three', () => expect(1).toBe(2));\n"], '2 passed, 1 failed', 1],
  ['one is left out', [`${passing}test.${'skip'}('three', () => {});\n`], '2 passed, 0 failed, 1 skipped', 0],
  ['a file does not load', [passing, "throw new Error('broken');\n"], '2 passed, 1 failed', 1],
  [
    'a hook throws',
    [passing, `beforeAll(() => {\n  throw new Error('broken');\n});\n${passing}`],
    '2 passed, 1 failed, 2 skipped',
    1,
  ],
  [
    'an error is not caught',
    [`${passing}test('three', () => void Promise.reject(new Error('lost')));\n`],
    '3 passed, 1 failed',
    1,
  ],
])('when %s', (_, files, line, code) => {
  files.forEach((text, i) => {
    writeFileSync(join(folder, `file${i}.test.ts`), head + text);
  });
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', `--reporter=${join(ROOT, 'scripts/tally.mjs')}`];
  const env = { ...process.env, NO_COLOR: '1' };
  const { status, stdout } = tool(process.execPath, [vitest, 'run', ...reporters], { cwd: folder, env });
  expect(stdout.split('\n')).toContain(line);
  expect(status).toBe(code);
});
