// dist/ in, dist/program/ out: what each thread of the program runs, put together. A module by itself costs
// time and memory in every thread that loads it, and so does every comment. Run by build.mjs.

import './node-version.mjs';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './command.mjs';
import { recordCode } from './record-code.mjs';

/** Below dist/. */
export const PROGRAM = 'program';

/** Where each thread begins: its folder's and file's name in dist/program/, and the module's below src/ and dist/. */
const THREADS = {
  main: 'cli/run',
  checks: 'probes/thread',
  query: 'query/thread/thread',
  scrapes: 'scrape/thread',
  remotes: 'remote-write/thread',
};

/** Native dependencies, and those that are loaded when a configuration asks for them, stay where they are. */
const LEFT_OUT = [
  '@photostructure/sqlite',
  'bcrypt',
  'csv-parse',
  'ioredis',
  'nodemailer',
  'pg',
  'systeminformation',
  'undici',
];

const DIST = join(ROOT, 'dist');

/** What loads a thread's files; the folders of the threads are beside it. */
const LOADER = join(DIST, PROGRAM, 'load.js');

/** The threads that are among these modules, paths below dist/: [name in dist/program/, path without its ending]. */
export function threadsOf(modules) {
  return Object.entries(THREADS).filter(([, path]) => modules.includes(`${path}.js`));
}

/** Where a thread begins, below dist/. */
export function bundleOf([name]) {
  return `${PROGRAM}/${name}/${name}.cjs`;
}

/** A folder per thread, because no two use the same parts of a module. @returns names of what the thread exports */
async function putTogether([name, path]) {
  const { build } = await import('rolldown');
  const { output } = await build({
    cwd: ROOT,
    logLevel: 'warn',
    // The main thread has re2js anyway; what is imported when needed is left out of the checks' thread.
    checks: { ineffectiveDynamicImport: false },
    input: { [name]: join(DIST, `${path}.js`) },
    platform: 'node',
    tsconfig: false,
    resolve: { mainFields: ['module', 'main'] },
    external: isLeftOut,
    plugins: [ownPlace, importElsewhere, englishAlone, ownBodies, licences('LICENSES.txt')],
    output: {
      dir: join(DIST, PROGRAM, name),
      cleanDir: true,
      // Scripts, because only of those V8 can keep the compiled code.
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name].cjs',
      // Packages in CommonJS may be written for V8's sloppy mode; all else are modules, which are strict.
      strict: false,
      banner: chunk => (chunk.name === COMMONJS ? '' : `'use strict';`),
      codeSplitting: { groups: [{ name: COMMONJS, test: isCommonJs }] },
      comments: false,
      // Names and lines stay, for stack traces. A single dash, or anything else beyond Latin 1, and V8 keeps a
      // file's whole text in two bytes per character.
      minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
    },
  });
  return output.find(({ isEntry }) => isEntry).exports;
}

function isLeftOut(specifier) {
  return LEFT_OUT.some(name => specifier === name || specifier.startsWith(`${name}/`));
}

/** Name of the file with the packages in CommonJS. */
const COMMONJS = 'commonjs';

function isCommonJs(id) {
  if (!id.includes('/node_modules/')) return false;
  if (/\.[cm]js$/.test(id)) return id.endsWith('.cjs');
  let folder = dirname(id);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return readManifest(folder).type !== 'module' && !/^(import|export)\b/m.test(readFileSync(id, 'utf8'));
}

/** A file in dist/program/ is made of modules that name paths as seen from their own places. */
const ownPlace = {
  name: 'own-place',
  transform(code, id) {
    const path = relative(DIST, id);
    if (path.startsWith('..') || !code.includes('import.meta.url')) return null;
    // No line moves, so there is no map to give. The loader gives the function.
    return { code: code.replaceAll('import.meta.url', `moduleUrl('${path}')`), map: null };
  },
};

/** Scripts cannot import modules themselves once V8 has their code from before; the loader does it for them. */
const importElsewhere = {
  name: 'import-elsewhere',
  renderChunk: code => ({ code: code.replace(/\bimport\(/g, 'importModule('), map: null }),
};

/** Zod's messages are there in fifty languages, of which none but its default is asked for. */
const englishAlone = {
  name: 'english-alone',
  load: id => (/\/zod\/v4\/locales\/index\.js$/.test(id) ? `export { default as en } from './en.js';` : null),
};

/** Bodies are read by src/http/body.ts alone; the reader that Express loads brings tables of all character sets. */
const ownBodies = {
  name: 'own-bodies',
  load: id => (/\/body-parser\/index\.js$/.test(id) ? 'module.exports = {};' : null),
};

/** A plugin: the licences of what is put in go with it. @param fileName where they are written */
export const licences = fileName => ({
  name: 'licences',
  generateBundle(_, files) {
    const ids = Object.values(files).flatMap(file => (file.type === 'chunk' ? file.moduleIds : []));
    const folders = ids.flatMap(id => /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []);
    const source = [...new Set(folders)].sort().map(licenceOf).join('\n');
    if (source !== '') this.emitFile({ type: 'asset', fileName, source });
  },
});

function licenceOf(folder) {
  const { name, version } = readManifest(folder);
  const file = readdirSync(folder).find(each => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`${name} comes without its licence and cannot be put in`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** A thread's first module gives way. */
function beginThere([name, path], exported) {
  const up = '../'.repeat(path.split('/').length - 1);
  const lines = [
    `import { load } from '${up}${PROGRAM}/load.js';`,
    `const begun = load('${name}');`,
    ...exported.map(each => `export const ${each} = begun.${each};`),
  ];
  writeFileSync(join(DIST, `${path}.js`), `${lines.join('\n')}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const threads = threadsOf(readdirSync(DIST, { recursive: true, encoding: 'utf8' }));
  rmSync(join(DIST, PROGRAM), { recursive: true, force: true });
  for (const thread of threads) beginThere(thread, await putTogether(thread));
  if (threads.length > 0) copyFileSync(join(ROOT, 'scripts/program-loader.mjs'), LOADER);
  if (threads.length === Object.keys(THREADS).length) await recordCode(join(DIST, 'main.js'), LOADER);
}
