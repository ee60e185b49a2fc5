// The client needs nothing that a browser does not have.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const TSC = join(HERE, '../../node_modules/typescript/bin/tsc');

test("compiles against a browser's library alone", () => {
  const compile = () =>
    execFileSync(process.execPath, [TSC, '-p', HERE], { encoding: 'utf8', stdio: 'pipe' });
  expect(compile()).toBe('');
});
