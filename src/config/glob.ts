// File names by pattern, as Go's filepath.Glob finds them: `*`, `?`, `[a-z]` and `\` within a name, no `**`.

import { existsSync, readdirSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileProblem } from './file-problem.js';

const MISSING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/** A pattern that is none (`[` without its end, or a `\` at the end), or whose folder cannot be read. */
export class PatternError extends Error {
  constructor(pattern: string, reason = 'syntax error in pattern') {
    super(`${pattern}: ${reason}`);
    this.name = 'PatternError';
  }
}

/** One step of a name's pattern: any number of characters, or one character that `fits`. */
type Step = 'any' | { readonly fits: (char: string) => boolean };

/** Whether a path has something in it that stands for more than itself. */
export function isPattern(path: string): boolean {
  return /[*?[\\]/.test(path);
}

/**
 * The paths a pattern matches, sorted within each folder. A folder that is not there holds nothing, nor does one that a
 * pattern found and that cannot be read.
 * @throws PatternError, also when a folder that is named cannot be read: its files would silently not count any more
 */
export function glob(pattern: string): string[] {
  if (!isPattern(pattern)) return existsSync(pattern) ? [pattern] : [];
  const steps = stepsOf(pattern.slice(pattern.lastIndexOf('/') + 1), pattern);
  const parent = dirname(pattern);
  const isNamed = !isPattern(parent);
  const folders = isNamed ? [parent] : glob(parent);
  const isBare = !isAbsolute(pattern) && !pattern.includes('/');
  return folders.flatMap(folder =>
    namesIn(folder, isNamed)
      .filter(name => matches(steps, name))
      .map(name => (isBare ? name : join(folder, name))),
  );
}

function namesIn(folder: string, isNamed: boolean): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    const isGone = MISSING.has((error as NodeJS.ErrnoException).code ?? '');
    if (isNamed && !isGone) throw new PatternError(folder, `cannot read this folder: ${fileProblem(error)}`);
    return [];
  }
}

function stepsOf(name: string, pattern: string): Step[] {
  const steps: Step[] = [];
  const chars = [...name];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] as string;
    if (char === '*') steps.push('any');
    else if (char === '?') steps.push({ fits: () => true });
    else if (char === '[') {
      const end = classEnd(chars, at, pattern);
      steps.push({ fits: classOf(chars.slice(at + 1, end), pattern) });
      at = end;
    } else {
      const literal = char === '\\' ? chars[++at] : char;
      if (literal === undefined) throw new PatternError(pattern);
      steps.push({ fits: other => other === literal });
    }
  }
  return steps;
}

function classEnd(chars: readonly string[], from: number, pattern: string): number {
  for (let at = from + 1; at < chars.length; at++) {
    if (chars[at] === '\\') at++;
    else if (chars[at] === ']') return at;
  }
  throw new PatternError(pattern);
}

/** What stands between brackets: `^` first turns it round, `a-z` is a span. */
function classOf(inner: readonly string[], pattern: string): (char: string) => boolean {
  const isNegated = inner[0] === '^';
  const chars = inner.slice(isNegated ? 1 : 0);
  const spans: (readonly [string, string])[] = [];
  let at = 0;
  const take = (): string => {
    if (chars[at] === '\\') at++;
    const char = chars[at++];
    if (char === undefined || (char === '-' && chars[at - 2] !== '\\')) throw new PatternError(pattern);
    return char;
  };
  while (at < chars.length) {
    const low = take();
    if (chars[at] === '-') {
      at++;
      spans.push([low, take()]);
    } else spans.push([low, low]);
  }
  if (spans.length === 0) throw new PatternError(pattern);
  return char => spans.some(([low, high]) => low <= char && char <= high) !== isNegated;
}

/** Going back to the last `*` only is enough, so that a name is matched in square time at worst. */
function matches(steps: readonly Step[], name: string): boolean {
  const chars = [...name];
  let [step, at, star, starAt] = [0, 0, -1, 0];
  while (at < chars.length) {
    const now = steps[step];
    if (now === 'any') [star, starAt, step] = [step, at, step + 1];
    else if (now?.fits(chars[at] as string)) [step, at] = [step + 1, at + 1];
    else if (star >= 0) [step, at, starAt] = [star + 1, starAt + 1, starAt + 1];
    else return false;
  }
  return steps.slice(step).every(each => each === 'any');
}
