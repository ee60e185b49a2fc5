// The imports each room may have. The rooms and their order are the table below; everything else is read from the sources.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** A room imports `model` and rooms of a lower number; files directly in src/ are rooms of their own. */
const NUMBER: Record<string, number> = {
  model: 0,
  concurrency: 0.5,
  go: 0.5,
  tls: 0.5,
  config: 1,
  net: 1,
  probes: 1,
  store: 1,
  promql: 1,
  template: 1,
  demo: 1,
  relabel: 1.5,
  textparse: 1.5,
  'http-client': 2,
  metrics: 2,
  rules: 2,
  tsdb: 2,
  alertmanager: 3,
  query: 3,
  cluster: 3,
  ha: 3.1,
  alerts: 3.2,
  scrape: 3.3,
  'remote-write': 3.3,
  analysis: 3.5,
  report: 3.7,
  http: 4,
  client: 5,
  langgraph: 6,
  page: 6,
  app: 7,
  cli: 8,
  main: 9,
};
/**
 * A section of the configuration is made of the config room's fields by the room it belongs to; probes connect by the
 * same names and addresses as everything else.
 */
const ALLOWED_BESIDE = new Set(['probes -> config', 'probes -> net']);
/** Packages that are a language rather than a tool, or whose objects two rooms exchange. */
const SHARED_PACKAGES: Record<string, readonly string[]> = {
  zod: ['app', 'cluster', 'config', 'http', 'probes', 'query'],
  'prom-client': ['app', 'metrics'],
  re2js: ['go', 'template'],
};

/** Peer dependencies of other packages. */
const PEERS = ['@lezer/highlight', '@lezer/lr'];

interface Import {
  readonly from: string;
  /** A path below src/, or a package. */
  readonly to: string;
  readonly isPackage: boolean;
  /** `import type`: for the compiler only. */
  readonly isType: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(path => /\.tsx?$/.test(path))
  .map(path => path.replaceAll('\\', '/'))
  .sort();
const sources = new Map(files.map(path => [path, readFileSync(join(SRC, path), 'utf8')]));
const imports = [...sources].flatMap(([path, text]) => importsOf(path, text));

function importsOf(from: string, text: string): Import[] {
  const statements = text.matchAll(
    /^(import|export)( type)? ([^;'"`]*from )?'([^']+)';$|\bimport\('([^']+)'\)/gm,
  );
  return [...statements].flatMap(match => {
    const specifier = (match[4] ?? match[5]) as string;
    if (specifier.startsWith('node:') || specifier.endsWith('.css')) return [];
    const isPackage = !specifier.startsWith('.');
    const to = isPackage ? packageOf(specifier) : fileOf(from, specifier);
    return [{ from, to, isPackage, isType: match[2] !== undefined }];
  });
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function fileOf(from: string, specifier: string): string {
  const path = posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
  return sources.has(path) ? path : path.replace(/\.ts$/, '.tsx');
}

function roomOf(path: string): string {
  return path.split('/')[0]?.replace(/\.tsx?$/, '') as string;
}

test('the sources are there and read', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(imports.length).toBeGreaterThan(files.length);
  expect(imports.filter(each => !each.isPackage && !sources.has(each.to))).toEqual([]);
});

test('every room has a number', () => {
  expect([...new Set(files.map(roomOf))].filter(room => NUMBER[room] === undefined)).toEqual([]);
});

test('a room imports model and rooms of a lower number', () => {
  const wrong = imports
    .filter(each => !each.isPackage)
    .filter(({ from, to }) => {
      const [room, other] = [roomOf(from), roomOf(to)];
      if (room === other || ALLOWED_BESIDE.has(`${room} -> ${other}`)) return false;
      return (NUMBER[other] as number) >= (NUMBER[room] as number);
    });
  expect(wrong).toEqual([]);
});

test('the demo imports model only, and no room imports the demo', () => {
  const joints = imports
    .filter(each => !each.isPackage)
    .map(({ from, to }) => [roomOf(from), roomOf(to)])
    .filter(([from, to]) => from !== to && (from === 'demo' || to === 'demo'))
    .map(joint => joint.join(' -> '));
  expect([...new Set(joints)]).toEqual(['demo -> model']);
});

/** Rooms that applications load, with the rooms they import at run time: no server, and no module of Node. */
const LOADED: Record<string, readonly string[]> = {
  client: [],
  langgraph: ['@langchain/core', '@langchain/langgraph', 'client', 'model'],
};

test('an application loads the client only, and with LangGraph the nodes', () => {
  const loaded = Object.keys(LOADED).map(room => {
    const values = imports.filter(({ from, isType }) => roomOf(from) === room && !isType);
    const beside = values.map(({ to, isPackage }) => (isPackage ? to : roomOf(to)));
    return [room, [...new Set(beside)].filter(each => each !== room).sort()];
  });
  expect(Object.fromEntries(loaded)).toEqual(LOADED);
  const nodes = [...sources].filter(
    ([path, text]) => roomOf(path) in LOADED && /(from|import\() ?'node:/.test(text),
  );
  expect(nodes.map(([path]) => path)).toEqual([]);
});

test('no other room imports the client and the nodes', () => {
  const users = imports.filter(
    ({ from, to, isPackage }) =>
      !isPackage && roomOf(to) in LOADED && !(roomOf(from) in LOADED) && roomOf(from) !== 'page',
  );
  expect(users).toEqual([]);
});

test("the page imports the client's types only, and no room imports the page", () => {
  const joints = imports
    .filter(({ isPackage }) => !isPackage)
    .map(({ from, to, isType }) => [roomOf(from), roomOf(to), isType] as const)
    .filter(([from, to]) => from !== to && (from === 'page' || to === 'page'))
    .map(([from, to, isType]) => `${from} -> ${isType ? 'types of ' : ''}${to}`);
  expect([...new Set(joints)]).toEqual(['page -> types of client']);
  const nodes = [...sources].filter(([path, text]) => roomOf(path) === 'page' && /'node:/.test(text));
  expect(nodes.map(([path]) => path)).toEqual([]);
});

test('an npm package belongs to one room', () => {
  const rooms = new Map<string, Set<string>>();
  for (const { from, to } of imports.filter(each => each.isPackage))
    rooms.set(to, (rooms.get(to) ?? new Set()).add(roomOf(from)));
  const shared = [...rooms]
    .filter(([, users]) => users.size > 1)
    .map(([name, users]) => [name, [...users].sort()]);
  expect(Object.fromEntries(shared)).toEqual(SHARED_PACKAGES);
});

test('every package imported is a dependency, and every dependency is imported', () => {
  const manifest = JSON.parse(readFileSync(join(SRC, '../package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    peerDependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const packages = imports.filter(each => each.isPackage);
  // Packages of the page are bundled.
  const isBundled = ({ from }: { readonly from: string }) => roomOf(from) === 'page';
  const bundled = packages.filter(isBundled).map(({ to }) => to);
  const installed = { ...manifest.dependencies, ...manifest.devDependencies };
  expect(bundled.filter(name => !(name in installed))).toEqual([]);
  const used = new Set(packages.filter(each => !isBundled(each)).map(({ to }) => to));
  const named = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
  expect([...used, ...PEERS].sort()).toEqual(named.sort());
});

test('there are no circular imports, of types neither', () => {
  const next = (file: string) => imports.filter(each => !each.isPackage && each.from === file);
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (file: string, path: readonly string[]) => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push([...path.slice(at), file].join(' -> '));
    if (at >= 0 || done.has(file)) return;
    for (const { to } of next(file)) walk(to, [...path, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  expect(circles).toEqual([]);
});

describe('an index.ts is a catalogue: one list and no re-exports', () => {
  const catalogues = [...sources].filter(([path]) => /(^|\/)index\.ts$/.test(path));
  test.each(catalogues)('%s', (_, text) => {
    const exported = text.match(/^export .*/gm) ?? [];
    expect(exported).toEqual([expect.stringMatching(/^export const \w+: readonly \w+\[\] = \[/)]);
  });
});

test('no folder or file has a name for everything', () => {
  expect(
    files.filter(path => /(^|\/)(utils?|helpers?|common|types?|misc|shared)(\/|\.tsx?$)/.test(path)),
  ).toEqual([]);
  expect(
    files.filter(
      path => !path.split('/').every(part => /^[a-z0-9]+(-[a-z0-9]+)*(\.tsx?|\.d\.ts)?$/.test(part)),
    ),
  ).toEqual([]);
});

test.each(['docs/architecture.md', 'CONTRIBUTING.md'])('%s names files and folders that are there', page => {
  const root = join(SRC, '..');
  const text = readFileSync(join(root, page), 'utf8');
  const named = [...text.matchAll(/`((?:[a-z-]+\/)+(?:[a-z-]+\/|[a-z-]+\.(?:[a-z]+\.)?(?:ts|md)))`/g)].map(
    match => match[1] as string,
  );
  expect(named.length).toBeGreaterThan(5);
  const missing = named.filter(path => !existsSync(join(root, path)) && !existsSync(join(SRC, path)));
  expect(missing).toEqual([]);
});
