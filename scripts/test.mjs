// `npm test`: programs the tests run, dependencies, types, lint, tests, in that order; ends with the exit code of
// the first that fails. Arguments go to vitest: `npm test -- test/config`.

import './node-version.mjs';
import { ensureBuilt } from './build.mjs';
import { main, packageBin, run } from './command.mjs';
import { ensurePrograms } from './debian-packages.mjs';
import { ensureDependencies } from './dependencies.mjs';

function node(path, ...args) {
  run(process.execPath, [packageBin(path), ...args]);
}

const STEPS = [
  ['programs', ensurePrograms],
  ['dependencies', () => ensureDependencies('tests')],
  ['types', () => ensureBuilt({ types: true })],
  ['types of the tests', () => node('typescript/bin/tsc', '-p', 'test/tsconfig.json')],
  ['lint', () => node('@biomejs/biome/bin/biome', 'ci')],
  ['tests', () => node('vitest/vitest.mjs', 'run', ...process.argv.slice(2))],
];

await main(() => {
  for (const [name, step] of STEPS) {
    console.log(`\n== ${name}`);
    step();
  }
});
