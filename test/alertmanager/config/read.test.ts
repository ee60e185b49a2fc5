// alertmanager.yml as a whole: every fixture has its verdict and its exact mistakes, and amtool agrees. A bad fixture
// says in comments at its top what is wrong with it, FOLDER standing for its own, a good one what it is warned of; `# amtool 0.25: ...` stands where the
// amtool that is installed sees it differently.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadAlertmanagerConfig } from '../../../src/alertmanager/config/load.js';
import { ConfigError } from '../../../src/config/load.js';

const FOLDER = fileURLToPath(new URL('fixtures', import.meta.url));
const fixtures = readdirSync(FOLDER)
  .filter(file => file.endsWith('.yml'))
  .map(file => ({ file, path: `${FOLDER}/${file}`, text: readFileSync(`${FOLDER}/${file}`, 'utf8') }));

function verdictOn(path: string): Record<'errors' | 'warnings', readonly string[]> {
  try {
    return { errors: [], warnings: loadAlertmanagerConfig(path).warnings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { errors: error.mistakes, warnings: [] };
  }
}

test('every fixture is named for its verdict', () => {
  expect(fixtures.length).toBeGreaterThan(20);
  expect(fixtures.filter(({ file }) => !/\.(good|bad)\.yml$/.test(file))).toEqual([]);
});

describe('every file has its verdict, exactly', () => {
  test.each(fixtures)('$file', ({ file, path, text }) => {
    const said = (what: string) =>
      [...text.matchAll(new RegExp(`^# ${what}: (.*)$`, 'gm'))].map(match =>
        `${path}: ${match[1]}`.replaceAll('FOLDER', FOLDER),
      );
    const errors = said('error');
    expect(errors.length > 0).toBe(file.endsWith('.bad.yml'));
    expect(verdictOn(path)).toEqual({ errors, warnings: said('warning') });
  });
});

describe('amtool agrees', () => {
  test.each(fixtures)('$file', ({ file, path, text }) => {
    const otherwise = /^# amtool 0\.25: (good|bad)$/m.exec(text)?.[1];
    const isGood = otherwise === undefined ? file.endsWith('.good.yml') : otherwise === 'good';
    const { status, stdout } = spawnSync('amtool', ['check-config', path], { encoding: 'utf8' });
    expect(stdout).toContain(`Checking '${path}'`);
    // Some files make it panic.
    expect(status === 0).toBe(isGood);
  });
});
