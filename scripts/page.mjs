// src/page in, dist/page/ out: what browsers load (assets/, each also as .gz and .br), what the server draws the first
// page with (server.js), and which asset is which (manifest.json). Run by build.mjs.

import './node-version.mjs';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { main, ROOT } from './command.mjs';
import { licences } from './program.mjs';

/** Below dist/, and the folder below src/. */
export const PAGE = 'page';

/** Paths below dist/ that a finished build has. @param sources paths below src/ */
export function pageOutputs(sources) {
  return sources.some(path => path.startsWith(`${PAGE}/`))
    ? [`${PAGE}/server.js`, `${PAGE}/manifest.json`]
    : [];
}

/** What the page is made of besides its sources. */
export const PAGE_INPUTS = ['scripts/page.mjs'];

const SOURCE = join(ROOT, 'src', PAGE);
const OUT = join(ROOT, 'dist', PAGE);
const ASSETS = join(OUT, 'assets');

/** Entries: the name in the manifest, and the file. */
const ENTRIES = { script: 'browser.tsx', theme: 'theme.ts' };

async function bundle(options, plugin) {
  const { build } = await import('vite');
  return build({
    root: SOURCE,
    configFile: false,
    logLevel: 'warn',
    base: './',
    publicDir: false,
    plugins: [plugin],
    // Preact only warns of wrong use in development.
    define: { 'process.env.NODE_ENV': '"production"' },
    ...options,
  });
}

/** Chunks of the editor's packages: all in one would keep the browser busy too long. Each stands on those above it. */
const EDITOR = [
  ['editor-view', /\/@codemirror\/(?:state|view)\/|\/(?:style-mod|crelt|w3c-keyname|find-cluster-break)\//],
  ['editor-language', /\/@lezer\/|\/@codemirror\/language\//],
  ['editor-commands', /\/@codemirror\/commands\//],
  ['editor-completion', /\/@codemirror\/(?:autocomplete|lint)\//],
  ['editor-promql', /\/@prometheus-io\/|\/lru-cache\//],
];

/**
 * The chunk of a module that does not have one to itself: `base` for what the first view of the overview loads, `shared`
 * for what more than one of the later views stands on. @param info of a module, as Rolldown knows it
 */
function chunkOf(id, info) {
  const path = relative(SOURCE, id).replaceAll('\\', '/');
  if (id.startsWith('\0') || Object.values(ENTRIES).includes(path)) return null;
  if (isAtOnce(id, info, new Set())) return 'base';
  return path.startsWith('view/') || /^[^/.]+\.tsx?$/.test(path) ? 'shared' : null;
}

/** Whether the browser's entry needs a module before it can run: it is imported, and not only when it is needed. */
function isAtOnce(id, info, seen) {
  if (id === join(SOURCE, ENTRIES.script)) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return (info(id)?.importers ?? []).some(importer => isAtOnce(importer, info, seen));
}

async function bundleBrowser() {
  const { output } = await bundle(
    {
      build: {
        outDir: OUT,
        emptyOutDir: true,
        target: 'es2022',
        cssCodeSplit: false,
        modulePreload: { polyfill: false },
        rolldownOptions: {
          input: Object.fromEntries(
            Object.entries(ENTRIES).map(([name, file]) => [name, join(SOURCE, file)]),
          ),
          output: {
            entryFileNames: 'assets/[name]-[hash].js',
            chunkFileNames: 'assets/[name]-[hash].js',
            assetFileNames: 'assets/[name]-[hash][extname]',
            // What every view stands on is one request, not one for each set of views that share it.
            codeSplitting: {
              groups: [
                ...EDITOR.map(([name, test], i) => ({ name, test, priority: EDITOR.length - i })),
                {
                  debugName: 'base and shared',
                  name: (id, modules) => chunkOf(id, each => modules.getModuleInfo(each)),
                },
              ],
            },
          },
        },
      },
    },
    licences('LICENSES.txt'),
  );
  return output;
}

async function bundleServer() {
  await bundle(
    {
      build: {
        ssr: join(SOURCE, 'server.tsx'),
        outDir: OUT,
        emptyOutDir: false,
        target: 'node20',
        minify: true,
        rolldownOptions: { output: { entryFileNames: 'server.js', codeSplitting: false } },
      },
      ssr: { noExternal: true },
    },
    licences('LICENSES-server.txt'),
  );
}

function nameOf(path) {
  return path.slice('assets/'.length);
}

function writeManifest(output) {
  const entry = name => output.find(file => file.type === 'chunk' && file.isEntry && file.name === name);
  const style = output.find(file => file.fileName.endsWith('.css'));
  const theme = entry('theme');
  if (theme.imports.length + theme.exports.length > 0)
    throw new Error('theme.ts must stand alone: it is no module');
  const manifest = {
    script: nameOf(entry('script').fileName),
    theme: nameOf(theme.fileName),
    // Asked for together with the script, not after it.
    preload: entry('script').imports.map(nameOf),
    style: nameOf(style.fileName),
    files: readdirSync(ASSETS).sort(),
  };
  writeFileSync(join(OUT, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return manifest;
}

/** Once at build time as small as it gets, rather than at every request. */
function compress(name) {
  const path = join(ASSETS, name);
  const bytes = readFileSync(path);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    rmSync(OUT, { recursive: true, force: true });
    const output = await bundleBrowser();
    await bundleServer();
    for (const name of writeManifest(output).files) compress(name);
  });
}
