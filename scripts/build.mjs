// src/ in, dist/ out, only when src/ has changed. What applications import is put together in dist/client-package/,
// what the program's threads run in dist/program/, the status page in dist/page/.

import './node-version.mjs';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLIENT_PACKAGE, clientOutputs, hasClient } from './client-package.mjs';
import { main, packageBin, ROOT, run } from './command.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { PAGE, PAGE_INPUTS, pageOutputs } from './page.mjs';
import { bundleOf, PROGRAM, threadsOf } from './program.mjs';

const DIST = join(ROOT, 'dist');
/** Holds the fingerprint of the sources that dist/ was built from. */
const STAMP = join(DIST, '.sources');

/**
 * Compiles when dist/ is not what these sources give. A failed build leaves the last good one as it was.
 * @throws StepFailure after the compiler has printed what is wrong.
 */
export function ensureBuilt() {
  const { modules, page, fingerprint, isBuilt } = state();
  if (isBuilt) return;
  run(process.execPath, [packageBin('typescript/bin/tsc'), '-p', 'tsconfig.json', '--noEmitOnError']);
  removeOrphans(new Set(modules));
  if (hasClient(modules)) run(process.execPath, [join(ROOT, 'scripts/client-package.mjs')]);
  run(process.execPath, [join(ROOT, 'scripts/program.mjs')]);
  if (page.length > 0) run(process.execPath, [join(ROOT, 'scripts/page.mjs')]);
  chmodSync(join(DIST, 'main.js'), 0o755);
  writeFileSync(STAMP, fingerprint);
}

/** Whether dist/ is what these sources and the locked dependencies give. Needs no package. */
export function isBuilt() {
  return existsSync(STAMP) && state().isBuilt;
}

function state() {
  const all = files(join(ROOT, 'src'));
  // The page has a compiler, a style sheet and a bundle of its own.
  const page = all.filter(path => path.startsWith(`${PAGE}/`));
  const sources = all.filter(path => !page.includes(path) && path.endsWith('.ts') && !path.endsWith('.d.ts'));
  const modules = sources.map(path => path.replace(/\.ts$/, '.js'));
  const threads = threadsOf(modules).map(bundleOf);
  const outputs = [...modules, ...threads, ...clientOutputs(modules), ...pageOutputs(page)];
  const fingerprint = fingerprintOf([...sources, ...page]);
  const isBuilt = readStamp() === fingerprint && outputs.every(path => existsSync(join(DIST, path)));
  return { modules, page, fingerprint, isBuilt };
}

/** Paths of the files below a folder, relative to it, sorted. */
function files(folder, prefix = '') {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .flatMap(entry => {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      return entry.isDirectory() ? files(folder, path) : [path];
    })
    .sort();
}

/** By content, not by time: a checkout or a copy gives files times that mean nothing. */
function fingerprintOf(sources) {
  const hash = createHash('sha256');
  const program = ['program', 'program-loader', 'record-code'].map(name => `scripts/${name}.mjs`);
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
  const made = [`${PROGRAM}/`, `${CLIENT_PACKAGE}/`, `${PAGE}/`];
  for (const path of files(DIST).filter(path => !made.some(folder => path.startsWith(folder)))) {
    // Maps are of earlier versions: without the sources, which do not ship, they lead nowhere.
    const module = path.replace(/\.d\.ts$/, '.js');
    if (!outputs.has(module)) rmSync(join(DIST, path));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(() => {
    ensureDependencies();
    ensureBuilt();
  });
}
