// dist/client and dist/langgraph in, dist/client-package/ out: what applications load, as a package without
// dependencies and as what the server's package hands on under `/client` and `/langgraph`. Each module system has a folder
// with code and, where they were made, types of its own. Run by build.mjs.

import './node-version.mjs';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './command.mjs';

/** Below dist/. */
export const CLIENT_PACKAGE = 'client-package';

/** What an application imports: its name in the package, and the module below src/ and dist/. */
const ENTRIES = { client: 'client/monitoring', langgraph: 'langgraph/workflow' };
/** Folder, its `type`, and what rolldown calls it. */
const SYSTEMS = [
  ['esm', 'module', 'esm'],
  ['cjs', 'commonjs', 'cjs'],
];

const DIST = join(ROOT, 'dist');
/** What the compiler makes of src/ where types are checked; gone after the build. */
export const DECLARATIONS = join(DIST, '.declarations');
const PACKAGE = join(DIST, CLIENT_PACKAGE);

/** Whether there is a client among these modules, paths below dist/. */
export function hasClient(modules) {
  return Object.values(ENTRIES).every(path => modules.includes(`${path}.js`));
}

/** Paths below dist/ that a finished build has, with or without types. */
export function clientOutputs(modules, types) {
  if (!hasClient(modules)) return [];
  return [
    `${CLIENT_PACKAGE}/package.json`,
    ...SYSTEMS.flatMap(([folder]) =>
      Object.entries(ENTRIES).flatMap(([name, path]) => {
        const code = `${CLIENT_PACKAGE}/${folder}/${name}.js`;
        return types ? [code, `${CLIENT_PACKAGE}/${folder}/${path}.d.ts`] : [code];
      }),
    ),
  ];
}

async function bundle(folder, format) {
  const { build } = await import('rolldown');
  await build({
    cwd: ROOT,
    logLevel: 'warn',
    input: Object.fromEntries(
      Object.entries(ENTRIES).map(([name, path]) => [name, join(DIST, `${path}.js`)]),
    ),
    platform: 'neutral',
    tsconfig: false,
    external: /^@langchain\//,
    output: {
      dir: join(PACKAGE, folder),
      format,
      chunkFileNames: 'shared.js',
      exports: 'named',
      minify: false,
    },
  });
}

/** The same declarations for either: `package.json` beside them says which modules they speak of. */
function copyTypes(folder) {
  for (const room of Object.values(ENTRIES).map(path => path.split('/')[0])) {
    mkdirSync(join(PACKAGE, folder, room), { recursive: true });
    for (const name of readdirSync(join(DECLARATIONS, room)))
      if (name.endsWith('.d.ts')) cpSync(join(DECLARATIONS, room, name), join(PACKAGE, folder, room, name));
  }
}

/** The `exports` of one entry, below a folder of the package that exports it. */
function conditions(name, below) {
  const of = folder => ({
    types: `${below}/${folder}/${ENTRIES[name]}.d.ts`,
    default: `${below}/${folder}/${name}.js`,
  });
  return { import: of('esm'), require: of('cjs') };
}

/** package.json of the client's package, of what the server's says. */
export function clientManifest({ version, license, engines, peerDependencies, peerDependenciesMeta }) {
  return {
    name: 'langgraph-monitor-client',
    version,
    description: 'Client and LangGraph nodes for langgraph-monitor: fetch alone, no dependencies',
    license,
    type: 'module',
    engines,
    main: './cjs/client.js',
    types: `./cjs/${ENTRIES.client}.d.ts`,
    exports: {
      '.': conditions('client', '.'),
      './langgraph': conditions('langgraph', '.'),
      './package.json': './package.json',
    },
    // For TypeScript that does not read `exports`.
    typesVersions: { '*': { langgraph: [`./cjs/${ENTRIES.langgraph}.d.ts`] } },
    sideEffects: false,
    files: ['esm', 'cjs'],
    peerDependencies,
    peerDependenciesMeta,
  };
}

function writeJson(path, value) {
  writeFileSync(join(PACKAGE, path), `${JSON.stringify(value, undefined, 2)}\n`);
}

async function buildPackage() {
  rmSync(PACKAGE, { recursive: true, force: true });
  for (const [folder, type, format] of SYSTEMS) {
    await bundle(folder, format);
    if (existsSync(DECLARATIONS)) copyTypes(folder);
    writeJson(`${folder}/package.json`, { type });
  }
  writeJson('package.json', clientManifest(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))));
  for (const [from, to] of [
    ['LICENSE', 'LICENSE'],
    ['docs/client.md', 'README.md'],
  ])
    if (existsSync(join(ROOT, from))) cpSync(join(ROOT, from), join(PACKAGE, to));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPackage();
