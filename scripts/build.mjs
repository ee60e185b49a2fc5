// src/ in, dist/ out, only when src/ has changed. Called by start.mjs and test.mjs; `npm run build` runs it alone.

import './node-version.mjs';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, packageBin, ROOT, run } from './command.mjs';
import { ensureDependencies } from './dependencies.mjs';

const DIST = join(ROOT, 'dist');
/** Holds the fingerprint of the sources that dist/ was built from. */
const STAMP = join(DIST, '.sources');

/**
 * Compiles when dist/ is not what these sources give. A failed build leaves the last good one as it was.
 * @throws StepFailure after the compiler has printed what is wrong.
 */
export function ensureBuilt() {
  const { outputs, fingerprint, isBuilt } = state();
  if (isBuilt) return;
  run(process.execPath, [packageBin('typescript/bin/tsc'), '-p', 'tsconfig.json', '--noEmitOnError']);
  removeOrphans(new Set(outputs));
  chmodSync(join(DIST, 'main.js'), 0o755);
  writeFileSync(STAMP, fingerprint);
}

/** Whether dist/ is what these sources and the locked dependencies give. Needs no package. */
export function isBuilt() {
  return existsSync(STAMP) && state().isBuilt;
}

function state() {
  const sources = files(join(ROOT, 'src')).filter(path => path.endsWith('.ts') && !path.endsWith('.d.ts'));
  const outputs = sources.map(path => path.replace(/\.ts$/, '.js'));
  const fingerprint = fingerprintOf(sources);
  const isBuilt = readStamp() === fingerprint && outputs.every(path => existsSync(join(DIST, path)));
  return { outputs, fingerprint, isBuilt };
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
  const inputs = ['package-lock.json', 'tsconfig.json', ...sources.map(path => `src/${path}`)];
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
  for (const path of files(DIST)) {
    const module = path.replace(/(\.d\.ts|\.js)(\.map)?$/, '.js');
    if (!outputs.has(module)) rmSync(join(DIST, path));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(() => {
    ensureDependencies();
    ensureBuilt();
  });
}
