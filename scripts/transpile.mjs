// src/ without the page in, dist/ out: each TypeScript module without its types. Run by build.mjs. Types are checked by the
// compiler, for tests and packages only: what a checkout starts from was checked before.

import './node-version.mjs';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { main, ROOT, StepFailure } from './command.mjs';
import { sourcesOf } from './sources.mjs';

const SOURCE = join(ROOT, 'src');
const DIST = join(ROOT, 'dist');

/** @throws StepFailure with the place of each error; nothing is written then */
async function transpile() {
  const { transformSync } = await import('rolldown/utils');
  const outputs = sourcesOf(SOURCE).modules.map(path => {
    const { code, errors } = transformSync(`src/${path}`, readFileSync(join(SOURCE, path), 'utf8'), {
      target: 'es2023',
      typescript: { onlyRemoveTypeImports: true },
      tsconfig: false,
    });
    for (const { message } of errors) console.error(message);
    return { path, code, isWrong: errors.length > 0 };
  });
  if (outputs.some(({ isWrong }) => isWrong)) throw new StepFailure('The sources have errors');
  for (const { path, code } of outputs) {
    const output = join(DIST, path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, code);
  }
}

await main(transpile);
