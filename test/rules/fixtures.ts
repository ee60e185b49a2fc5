// Files named for their verdict. A bad one says in comments at its top what is wrong with it; `# promtool 2.42: ...` stands
// where the promtool that is installed is too old to agree.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file and what has to be said of it. */
export interface Fixture {
  readonly file: string;
  readonly good: boolean;
  /** Lines, white space at their ends taken off. */
  readonly errors: readonly string[];
  /** Promtool's verdict. */
  readonly goodForPromtool: boolean;
}

/** The folder of a set of fixtures. */
export function folderOf(set: 'check' | 'unit-test'): string {
  return fileURLToPath(new URL(`${set}/`, import.meta.url));
}

/** All fixtures of a set. */
export function fixtures(set: 'check' | 'unit-test'): Fixture[] {
  const files = readdirSync(folderOf(set)).filter(file => /\.(good|bad)\.yml$/.test(file));
  return files.sort().map(file => fixture(file, readFileSync(folderOf(set) + file, 'utf8')));
}

function fixture(file: string, text: string): Fixture {
  const good = file.endsWith('.good.yml');
  const promtool = /^# promtool 2\.42: (good|bad)$/m.exec(text)?.[1];
  const errors = [...text.matchAll(/^# error: (.*)$/gm)].map(match => (match[1] as string).trimEnd());
  return { file, good, errors, goodForPromtool: promtool === undefined ? good : promtool === 'good' };
}
