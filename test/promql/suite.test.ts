// PromQL cases in Prometheus' test language: our own beside this file, and Prometheus' where they are at hand.

import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { testFiles } from '../support/promqltest/command.js';
import { runScript } from '../support/promqltest/run.js';

const OWN = fileURLToPath(new URL('.', import.meta.url));
/** Data that only some machines have. */
const PROMETHEUS = fileURLToPath(new URL('../../../shared/promqltest', import.meta.url));

const folders: [name: string, folder: string][] = [
  ['our own cases', OWN],
  ['cases of Prometheus', PROMETHEUS],
];

describe.each(folders.filter(([, folder]) => existsSync(folder)))('%s', (_name, folder) => {
  test.each(testFiles(folder).map(file => [basename(file), file]))('%s', (name, file) => {
    const outcomes = runScript(readFileSync(file, 'utf8'));
    expect(outcomes.length).toBeGreaterThan(0);
    const failing = outcomes.filter(({ problem }) => problem !== undefined);
    expect(failing.map(({ line, expr, problem }) => `${name}:${line}: ${expr}: ${problem}`)).toEqual([]);
  });
});
