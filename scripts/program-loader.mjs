// dist/program/load.js: loads what program.mjs put together, with the code that V8 compiled of it before when there is
// some for this very Node. Compiling it again, function by function, would be a third of what a start costs.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

const HERE = fileURLToPath(new URL('.', import.meta.url));
/** V8 looks at its version and its flags only. */
const MADE_FOR = `${process.version}-${process.platform}-${process.arch}`;

/** What a file finds there beside globals. */
const PARAMETERS = 'exports, require, module, __filename, __dirname, moduleUrl, importModule';

/** One number of all threads, 1 while one of them loads its code: src/concurrency/thread-loading.ts sets it and knows the name. */
const LOADING = 'langgraph-monitor loading';
const loading = getEnvironmentData(LOADING) ?? new Int32Array(new SharedArrayBuffer(4));
setEnvironmentData(LOADING, loading);

/** Of this thread. */
const loaded = [];
let name;

/** The name of this thread. */
export const begun = () => name;

/** Loads a thread's first file and what that requires. @returns what it exports */
export function load(thread) {
  name = thread;
  const folder = join(HERE, name);
  const requireElse = createRequire(join(folder, 'load.cjs'));
  const modules = new Map();
  const requireHere = specifier =>
    specifier.startsWith('./') ? loadFile(specifier.slice(2)) : underUsualFlags(() => requireElse(specifier));
  const loadFile = file => {
    let module = modules.get(file);
    if (!module) {
      module = { exports: {} };
      modules.set(file, module);
      const path = join(folder, file);
      const body = compile(path).runInThisContext();
      body(module.exports, requireHere, module, path, folder, moduleUrl, importModule);
    }
    return module.exports;
  };
  try {
    return loadFile(`${name}.cjs`);
  } finally {
    limitGrowth();
  }
}

/** Writes the compiled code of what this thread has loaded and run so far. */
export function saveCode() {
  for (const { path, script } of loaded) {
    const file = codeFile(path);
    writeFileSync(
      `${file}.new`,
      underUsualFlags(() => script.createCachedData()),
    );
    renameSync(`${file}.new`, file);
  }
}

function compile(path) {
  // Latin 1 costs V8 half of what anything else does, and the files are ASCII.
  const source = `(function (${PARAMETERS}) {${readFileSync(path, 'latin1')}\n})`;
  const cachedData = read(codeFile(path));
  const script = underUsualFlags(() => new Script(source, { filename: path, cachedData }));
  loaded.push({ path, script });
  return script;
}

/**
 * V8 takes code that was compiled under the same flags, of Node's own modules those that are not yet loaded included. All others
 * src/cli/engine.ts sets when the code of the start is loaded; this one keeps the young generation small meanwhile, and V8 itself
 * puts it back to its default whenever it sets up the heap of another thread.
 */
function underUsualFlags(work) {
  setFlagsFromString('--semi-space-growth-factor=2');
  try {
    return work();
  } finally {
    limitGrowth();
  }
}

/** In milliseconds: while no thread but this one has much to do the other has begun by then. Young generations grow meanwhile. */
const PATIENCE = 60;
let loadingSince;

/** Not while a thread begins: it would have to compile all that it uses of Node. */
function limitGrowth() {
  if (Atomics.load(loading, 0) === 1) {
    loadingSince ??= performance.now();
    if (performance.now() - loadingSince < PATIENCE) return;
  }
  setFlagsFromString('--semi-space-growth-factor=1');
}

const codeFile = path => path.replace(/\.cjs$/, `.${MADE_FOR}.code`);

function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** What `import.meta.url` is in a module at this path below dist/. */
function moduleUrl(path) {
  return new URL(`../${path}`, import.meta.url).href;
}

/** A package, or a module by its whole URL. */
const importModule = specifier => import(specifier);
