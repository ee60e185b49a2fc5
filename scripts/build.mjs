// src/ in, dist/ out, only when src/ has changed. What applications import is put together in dist/client-package/,
// what the program's threads run in dist/program/, the status page in dist/page/. With --types, as for tests and packages,
// types are checked and are there for applications to compile with.

import './node-version.mjs';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLIENT_PACKAGE, clientOutputs, DECLARATIONS, hasClient } from './client-package.mjs';
import { main, packageBin, ROOT, run } from './command.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { PAGE, PAGE_INPUTS, pageOutputs } from './page.mjs';
import { bundleOf, PROGRAM, threadsOf } from './program.mjs';
import { files, sourcesOf } from './sources.mjs';

const DIST = join(ROOT, 'dist');
/** Holds the fingerprint of the sources that dist/ was built from. */
const STAMP = join(DIST, '.sources');

/**
 * Builds when dist/ is not what these sources give. A failed build leaves the last good one as it was.
 * @param types whether types are checked and are there for applications; needs the compiler
 * @throws StepFailure after what is wrong was printed.
 */
export function ensureBuilt({ types = false } = {}) {
  const { modules, page, fingerprint, isBuilt } = state(types);
  if (isBuilt) return;
  if (types) checkTypes(page);
  step('transpile');
  removeOrphans(new Set(modules));
  if (hasClient(modules)) step('client-package');
  rmSync(DECLARATIONS, { recursive: true, force: true });
  step('program');
  if (page.length > 0) step('page');
  chmodSync(join(DIST, 'main.js'), 0o755);
  writeFileSync(STAMP, fingerprint);
}

/** Whether dist/ is what these sources and the locked dependencies give. Needs no package. */
export function isBuilt() {
  return existsSync(STAMP) && state(false).isBuilt;
}

function step(name) {
  run(process.execPath, [join(ROOT, `scripts/${name}.mjs`)]);
}

function checkTypes(page) {
  const compile = (...args) => run(process.execPath, [packageBin('typescript/bin/tsc'), ...args]);
  rmSync(DECLARATIONS, { recursive: true, force: true });
  mkdirSync(DECLARATIONS, { recursive: true });
  compile('-p', 'tsconfig.json', '--noEmitOnError', '--emitDeclarationOnly', '--outDir', DECLARATIONS);
  if (page.length > 0) compile('-p', `src/${PAGE}`);
}

function state(types) {
  const { modules: sources, page } = sourcesOf(join(ROOT, 'src'));
  const modules = sources.map(path => path.replace(/\.ts$/, '.js'));
  const threads = threadsOf(modules).map(bundleOf);
  const outputs = [...modules, ...threads, ...clientOutputs(modules, types), ...pageOutputs(page)];
  const fingerprint = fingerprintOf([...sources, ...page]);
  const isBuilt = readStamp() === fingerprint && outputs.every(path => existsSync(join(DIST, path)));
  return { modules, page, fingerprint, isBuilt };
}

/** By content, not by time: a checkout or a copy gives files times that mean nothing. */
function fingerprintOf(sources) {
  const hash = createHash('sha256');
  const program = ['transpile', 'program', 'program-loader', 'record-code'].map(
    name => `scripts/${name}.mjs`,
  );
  const scripts = [...program, 'scripts/client-package.mjs', ...PAGE_INPUTS];
  const own = ['package-lock.json', 'tsconfig.json', ...scripts];
  const inputs = [...own, ...sources.map(path => `src/${path}`)];
  for (const path of inputs)
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update('\0');
  return hash.digest('hex');
}

function readStamp() {
  return existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : undefined;
}

/** A module whose source is gone must not be imported by accident. */
function removeOrphans(outputs) {
  const made = [PROGRAM, CLIENT_PACKAGE, PAGE, basename(DECLARATIONS)].map(folder => `${folder}/`);
  const others = files(DIST).filter(path => !made.some(folder => path.startsWith(folder)));
  for (const path of others) if (!outputs.has(path)) rmSync(join(DIST, path));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(() => {
    const types = process.argv.includes('--types');
    ensureDependencies(types ? 'tests' : 'build');
    ensureBuilt({ types });
  });
}
