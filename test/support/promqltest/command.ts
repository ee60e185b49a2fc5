// `npm run test:promql -- DIR...`: runs the *.test files below folders.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runScript } from './run.js';

/** Prints a line for each block that does not hold, and how many did and did not. Answers with the exit code. */
export function runFolders(folders: readonly string[], print: (line: string) => void): number {
  let passed = 0;
  let failed = 0;
  for (const file of folders.flatMap(testFiles)) {
    for (const { line, expr, problem } of runScript(readFileSync(file, 'utf8'))) {
      if (problem === undefined) passed++;
      else failed++;
      if (problem !== undefined) print(`${file}:${line}: ${expr}: ${problem}`);
    }
  }
  print(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

/** The *.test files below a folder, sorted; a file stands for itself. @throws when there is no such folder. */
export function testFiles(folder: string): string[] {
  if (statSync(folder).isFile()) return [folder];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.test'))
    .sort()
    .map(path => join(folder, path));
}
