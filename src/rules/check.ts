// Rule files, checked as `promtool check rules` does. Comes in: paths; goes out: what to print and the exit code.
// Source: Prometheus, cmd/promtool/main.go.

import { ConfigError } from '../config/load.js';
import type { RuleFile, Texts } from './definition.js';
import { loadRuleFile } from './load.js';

/** What a command prints, and how it exits. */
export interface CommandResult {
  readonly output: readonly string[];
  readonly code: number;
}

interface LintOptions {
  /** Whether duplicate rules (same name and labels in one file) are reported; the default is true. */
  readonly duplicateRules?: boolean;
  /** What lint finds makes the command fail, with code 3. */
  readonly fatal?: boolean;
}

const FAILED = 1;
const LINT_FAILED = 3;

/** Checks files: code 1 when one cannot be loaded, 3 when only lint found something and that is fatal. */
export function checkRules(files: readonly string[], lint: LintOptions = {}): CommandResult {
  const verdicts = files.map(file => checkFile(file, lint));
  const output = verdicts.flatMap(({ lines }, i) => [`Checking ${files[i]}`, ...lines, '']);
  if (verdicts.some(({ kind }) => kind === 'failed')) return { output, code: FAILED };
  const isLinted = lint.fatal === true && verdicts.some(({ kind }) => kind === 'linted');
  return { output, code: isLinted ? LINT_FAILED : 0 };
}

interface Verdict {
  readonly kind: 'good' | 'linted' | 'failed';
  readonly lines: readonly string[];
}

function checkFile(file: string, { duplicateRules = true }: LintOptions): Verdict {
  try {
    const loaded = loadRuleFile(file);
    const duplicates = duplicateRules ? duplicatesIn(loaded) : [];
    if (duplicates.length > 0) return { kind: 'linted', lines: ['  FAILED:', ...duplicateLines(duplicates)] };
    const count = loaded.groups.reduce((sum, group) => sum + group.rules.length, 0);
    return { kind: 'good', lines: [`  SUCCESS: ${count} rules found`] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { kind: 'failed', lines: ['  FAILED:', ...error.mistakes] };
  }
}

interface Duplicate {
  readonly name: string;
  readonly labels: Texts;
}

/** Rules that are there more than once, each reported once, sorted. */
function duplicatesIn({ groups }: RuleFile): Duplicate[] {
  const counts = new Map<string, { rule: Duplicate; count: number }>();
  for (const rule of groups.flatMap(group => group.rules)) {
    const key = JSON.stringify([rule.name, Object.entries(rule.labels)]);
    const known = counts.get(key);
    counts.set(key, { rule, count: (known?.count ?? 0) + 1 });
  }
  return [...counts]
    .filter(([, { count }]) => count > 1)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { rule }]) => rule);
}

function duplicateLines(duplicates: readonly Duplicate[]): string[] {
  return [
    `lint error ${duplicates.length} duplicate rule(s) found.`,
    ...duplicates.flatMap(({ name, labels }) => [
      `Metric: ${name}`,
      'Label(s):',
      ...Object.entries(labels).map(([label, value]) => `\t${label}: ${value}`),
    ]),
    'Might cause inconsistency while recording expressions',
  ];
}
