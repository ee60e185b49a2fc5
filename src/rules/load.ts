// Rule files from the disk. Comes in: the patterns of `rule_files`; goes out: the files' groups, or every mistake in
// any of them.

import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { doAtOnce } from '../concurrency/time-slicer.js';
import { fileProblem } from '../config/file-problem.js';
import { glob, isPattern, PatternError } from '../config/glob.js';
import { ConfigError } from '../config/load.js';
import { readText } from '../config/text-file.js';
import type { RuleFile } from './definition.js';
import { readingRuleFile, readRuleFile } from './read.js';

/**
 * Loads every file a pattern matches, each once; relative patterns are relative to `baseFolder`. A pattern may match
 * nothing, a file that is named has to be there.
 * @throws ConfigError with the mistakes of all files, each one line: file, line and column, group, rule, reason.
 */
export function loadRuleFiles(patterns: readonly string[], baseFolder: string): RuleFile[] {
  return doAtOnce(loadingRuleFiles(patterns, baseFolder));
}

/** The same, with a stop after each file and before each rule: what parses expressions takes a while. */
export function* loadingRuleFiles(
  patterns: readonly string[],
  baseFolder: string,
): Generator<void, RuleFile[]> {
  const mistakes: string[] = [];
  const files = patterns.flatMap(pattern => collecting(mistakes, () => matching(pattern, baseFolder)));
  const loaded = yield* loadingEach(files, mistakes);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return loaded;
}

/** Loads files, each once. @throws ConfigError with the mistakes of all files */
export function loadEach(files: readonly string[]): RuleFile[] {
  const mistakes: string[] = [];
  const loaded = doAtOnce(loadingEach(files, mistakes));
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return loaded;
}

function* loadingEach(files: readonly string[], mistakes: string[]): Generator<void, RuleFile[]> {
  const loaded: RuleFile[] = [];
  for (const file of new Set(files)) {
    try {
      loaded.push(yield* readingRuleFile(file, readText(file)));
    } catch (error) {
      mistakes.push(...mistakesOf(error));
    }
    yield;
  }
  return loaded;
}

/** Loads one file. @throws ConfigError with every mistake in it. */
export function loadRuleFile(file: string): RuleFile {
  return readRuleFile(file, readText(file));
}

function matching(pattern: string, baseFolder: string): string[] {
  const path = isAbsolute(pattern) ? pattern : join(baseFolder, pattern);
  try {
    const found = glob(path);
    if (found.length > 0 || isPattern(path)) return found;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new ConfigError([`rule_files: ${error.message}`]);
  }
  const why = unreachable(path);
  throw new ConfigError([
    why
      ? `rule_files: ${JSON.stringify(pattern)}: cannot read ${path}: ${why}`
      : `rule_files: ${JSON.stringify(pattern)} does not point to an existing file (looked for ${path})`,
  ]);
}

/** Why a file that may well be there cannot be looked at; undefined when it is simply not there. */
function unreachable(path: string): string | undefined {
  try {
    statSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return fileProblem(error);
  }
  return undefined;
}

function collecting<T>(mistakes: string[], body: () => T[]): T[] {
  try {
    return body();
  } catch (error) {
    mistakes.push(...mistakesOf(error));
    return [];
  }
}

/** @throws the error itself where it is no mistake of the user's */
function mistakesOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.mistakes;
  throw error;
}
