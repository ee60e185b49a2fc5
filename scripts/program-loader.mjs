// dist/program/load.js: loads what program.mjs put together, with the code that V8 compiled of it before when there is
// some for this very Node. Compiling it again, function by function, would be a third of what a start costs.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

const HERE = fileURLToPath(new URL('.', import.meta.url));
/** V8 looks at its version and its flags only. */
const MADE_FOR = `${process.version}-${process.platform}-${process.arch}`;

/** What a file finds there beside globals. */
const PARAMETERS = 'exports, require, module, __filename, __dirname, moduleUrl, importModule';

/** Of this thread. */
const loaded = [];

/** Loads a thread's first file and what that requires. @returns what it exports */
export function load(name) {
  const folder = join(HERE, name);
  const requireElse = createRequire(join(folder, 'load.cjs'));
  const modules = new Map();
  const requireHere = specifier =>
    specifier.startsWith('./') ? loadFile(specifier.slice(2)) : requireElse(specifier);
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
  return loadFile(`${name}.cjs`);
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
 * V8 takes code that was compiled under the same flags. This one src/cli/engine.ts keeps at 1, and V8 puts it back to its default
 * whenever it sets up the heap of another thread, which may be at any moment of the start: so code is made and taken under the default.
 */
function underUsualFlags(work) {
  setFlagsFromString('--semi-space-growth-factor=2');
  try {
    return work();
  } finally {
    setFlagsFromString('--semi-space-growth-factor=1');
  }
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
