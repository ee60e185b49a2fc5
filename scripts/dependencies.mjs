// package-lock.json and node_modules in; node_modules as the lock file says, with native modules this Node can load,
// out.

import './node-version.mjs';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { isInstalled, ROOT, run, StepFailure } from './command.mjs';

/** What node-gyp needs where a package has no prebuilt binary: command and Debian package. */
const COMPILER = [
  ['python3', 'python3'],
  ['make', 'make'],
  ['g++', 'g++'],
];

/** Native modules, and the smallest statement that makes each one load its binary. */
const NATIVE = {
  '@photostructure/sqlite': `new (require('@photostructure/sqlite').DatabaseSync)(':memory:').close()`,
  bcrypt: `require('bcrypt').genSaltSync(4)`,
};

/** Under which circumstances the native modules were last seen to load; npm ci removes it with everything else. */
const STAMP = join(ROOT, 'node_modules/.native-modules');

// What the tests have of the packages that applications bring for the client would otherwise be installed for a start, too.
const WITHOUT_TESTS = ['--workspaces=false', '--legacy-peer-deps'];
/** What dependencies are for; each has those of the one before. The tests' own are those of the workspace test/. */
const PURPOSES = {
  program: ['--omit=dev', ...WITHOUT_TESTS],
  // With NODE_ENV=production npm would leave the bundler out.
  build: ['--include=dev', ...WITHOUT_TESTS],
  tests: ['--include=dev'],
};
/** Where the tests' own dependencies are named. */
const TESTS = 'test';

/**
 * Installs the locked dependencies when they are missing or stale, and compiles native modules that have no binary for
 * this platform, where npm has not. Quick when there is nothing to do.
 * @param purpose one of PURPOSES @throws StepFailure when npm could not.
 */
export function ensureDependencies(purpose) {
  const stale = staleness(purpose);
  if (stale) {
    console.error(`Installing the dependencies (${stale}); this takes a moment.`);
    npm(['ci', ...PURPOSES[purpose], '--no-audit', '--no-fund', '--loglevel=error']);
  }
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === circumstances()) return;
  const broken = Object.keys(NATIVE).filter(name => loadProblem(name));
  if (broken.length > 0) {
    console.error(
      `Compiling ${broken.join(' and ')} for Node ${process.versions.node}; this takes a minute.`,
    );
    npm(['rebuild', ...broken]);
  }
  for (const name of broken) {
    const problem = loadProblem(name);
    if (problem) throw new StepFailure(`${name} does not load in Node ${process.versions.node}: ${problem}`);
  }
  writeFileSync(STAMP, circumstances());
}

/** Why node_modules is not what package-lock.json says, in a few words; undefined when it is. */
export function staleness(purpose) {
  const lock = readJson('package-lock.json');
  const manifest = readJson('package.json');
  if (!lock || !manifest) throw new StepFailure(`no package.json and package-lock.json in ${ROOT}`);
  const changed = ['', ...(purpose === 'tests' ? (manifest.workspaces ?? []) : [])].find(folder => {
    const own = folder === '' ? manifest : readJson(`${folder}/package.json`);
    // npm ci then names every difference between the two.
    return ['dependencies', 'devDependencies'].some(
      kind => !sameEntries(own?.[kind], lock.packages[folder]?.[kind]),
    );
  });
  if (changed !== undefined) return `${changed === '' ? '' : `${changed}/`}package.json has changed`;
  const installed = readJson('node_modules/.package-lock.json');
  if (!installed) return 'none are installed';
  for (const path of neededFor(purpose, lock.packages)) {
    const { version } = lock.packages[path];
    const name = path.replace(/^.*node_modules\//, '');
    const found = installed.packages[path]?.version;
    if (!found || !existsSync(join(ROOT, path, 'package.json'))) return `${name} is missing`;
    if (found !== version) return `${name} is ${found}, not ${version}`;
  }
  return undefined;
}

/** Paths of the packages that a purpose needs; without optional ones, which are those of other platforms. */
function neededFor(purpose, packages) {
  const needed = new Set();
  const add = (from, kinds) => {
    const { peerDependenciesMeta = {}, ...entry } = packages[from];
    for (const name of kinds.flatMap(kind => Object.keys(entry[kind] ?? {}))) {
      const path = pathOf(name, from, packages);
      if (path === undefined || needed.has(path) || peerDependenciesMeta[name]?.optional) continue;
      if (packages[path].optional || packages[path].link) continue;
      needed.add(path);
      add(path, ['dependencies', 'peerDependencies']);
    }
  };
  add('', purpose === 'program' ? ['dependencies'] : ['dependencies', 'devDependencies']);
  if (purpose === 'tests' && packages[TESTS]) add(TESTS, ['dependencies', 'devDependencies']);
  return needed;
}

/** Where the package at a path finds another, as Node does. */
function pathOf(name, from, packages) {
  for (let folder = from; ; folder = folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[path]) return path;
    if (folder === '') return undefined;
    if (!folder.includes('node_modules/')) folder = '';
  }
}

function sameEntries(a = {}, b = {}) {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => a[key] === b[key]);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new StepFailure(`${path}: ${error.message}`);
  }
}

/** This Node's binary interface and when each module was compiled: what it takes for a look to hold good. */
function circumstances() {
  const compiled = Object.keys(NATIVE).map(name => {
    const build = statSync(join(ROOT, 'node_modules', name, 'build'), { throwIfNoEntry: false });
    return `${name} ${build?.mtimeMs ?? 'prebuilt'}`;
  });
  return [process.platform, process.arch, process.versions.modules, ...compiled].join('\n');
}

/** In a process of its own: one that failed to load a binary cannot load its successor from the same path. */
function loadProblem(name) {
  const { status, stderr } = spawnSync(process.execPath, ['-e', NATIVE[name]], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status === 0) return undefined;
  return /^\w*Error: (.*)/m.exec(stderr)?.[1] ?? 'the process ended';
}

function npm(args) {
  // npm and what it compiles for must be this Node, also when another one comes first on the PATH.
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  // Node's headers beside it, where they are, spare node-gyp a download and are sure to be of the right version.
  const prefix = dirname(dirname(process.execPath));
  if (existsSync(join(prefix, 'include/node/node.h'))) env.npm_package_config_node_gyp_nodedir ??= prefix;
  try {
    run('npm', args, { env, stdout: process.stderr.fd });
  } catch (error) {
    const missing = COMPILER.filter(([command]) => !isInstalled(command)).map(([, debian]) => debian);
    if (missing.length === 0) throw error;
    throw new StepFailure(
      `${error.message}. Native modules without a prebuilt binary are compiled, and a compiler is missing: ` +
        `apt-get install ${missing.join(' ')}`,
      error.code,
    );
  }
}
