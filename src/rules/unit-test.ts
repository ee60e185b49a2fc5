// Rules' unit tests, as `promtool test rules` runs them. Comes in: paths of test files; goes out: what to print and the
// exit code. Source: Prometheus, cmd/promtool/unittest.go.

import { dirname, isAbsolute, join } from 'node:path';
import { glob, PatternError } from '../config/glob.js';
import { ConfigError } from '../config/load.js';
import { readText } from '../config/text-file.js';
import type { CommandResult } from './check.js';
import { loadEach } from './load.js';
import { readTestFile, type TestFile } from './unit-test/file.js';
import { runTest } from './unit-test/run.js';

const FAILED = 1;

/** Runs the tests of all files; code 1 when something does not hold. */
export function testRules(files: readonly string[]): CommandResult {
  const outcomes = files.map(testFile);
  const output = outcomes.flatMap(({ warnings, problems }, i) => [
    `Unit Testing:  ${files[i]}`,
    ...warnings,
    ...(problems.length === 0 ? ['  SUCCESS'] : ['  FAILED:']),
    ...problems.flatMap(problem => [...problem.split('\n'), '']),
    '',
  ]);
  return { output, code: outcomes.some(({ problems }) => problems.length > 0) ? FAILED : 0 };
}

interface TestOutcome {
  readonly warnings: string[];
  readonly problems: readonly string[];
}

function testFile(file: string): TestOutcome {
  const warnings: string[] = [];
  try {
    const tests = readTestFile(file, readText(file));
    const ruleFiles = tests.ruleFiles.flatMap(pattern => matching(pattern, file, warnings));
    return { warnings, problems: problemsOf(tests, ruleFiles) };
  } catch (error) {
    if (error instanceof ConfigError) return { warnings, problems: error.mistakes };
    if (error instanceof PatternError) return { warnings, problems: [error.message] };
    throw error;
  }
}

function matching(pattern: string, file: string, warnings: string[]): string[] {
  const path = isAbsolute(pattern) ? pattern : join(dirname(file), pattern);
  const found = glob(path);
  if (found.length === 0) warnings.push(`  WARNING: no file match pattern ${path}`);
  return found;
}

function problemsOf(tests: TestFile, ruleFiles: readonly string[]): string[] {
  const { groupOrder } = tests;
  const repeated = groupOrder.find((name, i) => groupOrder.indexOf(name) !== i);
  if (repeated !== undefined) return [`group name repeated in evaluation order: ${repeated}`];
  // Without a test nothing looks at the rules.
  if (tests.tests.length === 0) return [];
  const settings = { ...tests, rules: loadEach(ruleFiles) };
  return tests.tests.flatMap(test => runTest(test, settings));
}
