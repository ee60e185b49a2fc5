// The compiler's dist/ in, dist/program/ out: what each thread of the program runs, put together. A module by itself costs
// memory in every thread that loads it, and so does every comment. Run by build.mjs, right after the compiler.

import './node-version.mjs';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './command.mjs';

/** Below dist/. */
export const PROGRAM = 'program';

/** Where each thread begins: its file's name in dist/program/, and the module's below src/ and dist/. */
const THREADS = { main: 'cli/run', checks: 'probes/thread', query: 'query/thread' };

/**
 * Dependencies put in, with what they import: large ones in modules of today. Those in CommonJS gain nothing by it;
 * native ones and those loaded when a configuration asks for them stay where they are.
 */
const PUT_IN = ['@lezer/highlight', '@lezer/lr', '@prometheus-io/lezer-promql', 'js-yaml', 're2js', 'zod'];

const DIST = join(ROOT, 'dist');

/** The threads that are among these modules, paths below dist/: [name in dist/program/, path without its ending]. */
export function threadsOf(modules) {
  return Object.entries(THREADS).filter(([, path]) => modules.includes(`${path}.js`));
}

async function putTogether(threads) {
  const { build } = await import('rolldown');
  await build({
    cwd: ROOT,
    logLevel: 'warn',
    input: Object.fromEntries(threads.map(([name, path]) => [name, join(DIST, `${path}.js`)])),
    platform: 'node',
    tsconfig: false,
    external: isLeftOut,
    plugins: [ownPlace, englishAlone, licences('LICENSES.txt')],
    output: {
      dir: join(DIST, PROGRAM),
      cleanDir: true,
      chunkFileNames: '[name].js',
      sourcemap: true,
      comments: false,
      // Names and lines stay, for whoever reads a stack. A single dash, or anything else beyond Latin 1, and V8 keeps a
      // file's whole text in two bytes per character.
      minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
    },
  });
}

function isLeftOut(specifier) {
  const { dependencies, optionalDependencies } = readManifest(ROOT);
  return Object.keys({ ...dependencies, ...optionalDependencies }).some(
    name => !PUT_IN.includes(name) && (specifier === name || specifier.startsWith(`${name}/`)),
  );
}

/** A file in dist/program/ is made of modules that name paths as seen from their own places. */
const ownPlace = {
  name: 'own-place',
  transform(code, id) {
    const path = relative(DIST, id);
    if (path.startsWith('..') || !code.includes('import.meta.url')) return null;
    const ownUrl = `new URL('../${path}', import.meta.url).href`;
    // No line moves, so there is no map to give.
    return { code: code.replaceAll('import.meta.url', ownUrl), map: null };
  },
};

/** Zod's messages are there in fifty languages, of which none but its default is asked for. */
const englishAlone = {
  name: 'english-alone',
  load: id => (/\/zod\/v4\/locales\/index\.js$/.test(id) ? `export { default as en } from './en.js';` : null),
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

/** What the compiler made of a thread's first module gives way. */
function beginThere([name, path]) {
  const up = '../'.repeat(path.split('/').length - 1);
  writeFileSync(join(DIST, `${path}.js`), `export * from '${up}${PROGRAM}/${name}.js';\n`);
  rmSync(join(DIST, `${path}.js.map`), { force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const threads = threadsOf(readdirSync(DIST, { recursive: true, encoding: 'utf8' }));
  if (threads.length > 0) await putTogether(threads);
  threads.forEach(beginThere);
}
