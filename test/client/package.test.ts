// The packages as they are published: what is in them, and an application's view of it in every module system.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, removeFolder } from '../support/child.js';
import { installPacked } from '../support/packed.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

let folder: string;
beforeAll(() => {
  folder = makeFolder('package');
  for (const [name, from] of [
    ['langgraph-monitor', ROOT],
    ['langgraph-monitor-client', join(ROOT, 'dist/client-package')],
  ] as const)
    installPacked(from, folder, name);
  // What an application has beside it.
  mkdirSync(join(folder, 'node_modules/@types'));
  for (const name of [
    '@langchain',
    '@types/node',
    'undici-types',
    'zod',
    'langsmith',
    'uuid',
    'p-queue',
    'mustache',
  ])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
});
afterAll(() => removeFolder(folder));

function run(command: string, args: readonly string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { status, stdout, output: stdout + stderr };
}

const files = (name: string) =>
  readdirSync(join(folder, 'node_modules', name), { recursive: true, encoding: 'utf8' });
const read = (path: string) => readFileSync(join(folder, 'node_modules', path), 'utf8');

test("the client's package needs no other package, and is small", () => {
  const manifest = JSON.parse(read('langgraph-monitor-client/package.json'));
  expect([manifest.dependencies, Object.keys(manifest.peerDependenciesMeta)]).toEqual([
    undefined,
    Object.keys(manifest.peerDependencies),
  ]);
  const code = files('langgraph-monitor-client').filter(name => /\.(js|d\.ts)$/.test(name));
  const imported = code.flatMap(name =>
    [
      ...read(`langgraph-monitor-client/${name}`).matchAll(
        /(?:from |require\(|import\()["']([^.][^"']*)["']/g,
      ),
    ].map(match => match[1]),
  );
  expect([...new Set(imported)].sort()).toEqual([
    '@langchain/core/messages',
    '@langchain/core/runnables',
    '@langchain/langgraph',
  ]);
});

test.each(['langgraph-monitor', 'langgraph-monitor-client'])('%s has no map without its sources', name => {
  const maps = files(name).filter(each => each.endsWith('.map'));
  for (const map of maps) {
    const { sources, sourcesContent } = JSON.parse(read(`${name}/${map}`));
    expect([map, sourcesContent?.length]).toEqual([map, sources.length]);
  }
  const mapped = files(name).filter(
    each => /\.c?js$/.test(each) && /^\/\/# sourceMappingURL=/m.test(read(`${name}/${each}`)),
  );
  expect(mapped.map(each => `${each}.map`).sort()).toEqual(maps.sort());
});

test('code that V8 compiled here is not part of the package', () => {
  expect(files('langgraph-monitor')).toContain('dist/program/query/query.cjs');
  expect(files('langgraph-monitor').filter(each => each.endsWith('.code'))).toEqual([]);
});

const USE = (client: string, nodes: string) => `
import { LangGraphMonitoring, type ClusterHealth, isAnswer } from '${client}';
import { MonitoredState, healthCheckNode, intelligentRouting } from '${nodes}';
import { END, START, StateGraph } from '@langchain/langgraph';
const monitoring = new LangGraphMonitoring({ url: 'http://127.0.0.1:9', timeout: 1000 });
export const graph = new StateGraph(MonitoredState)
  .addNode('check', healthCheckNode({ monitoring }))
  .addEdge(START, 'check')
  .addConditionalEdges('check', intelligentRouting({ monitoring, nodes: { standard: END } }));
export const health: Promise<ClusterHealth | { error: string }> = monitoring.checkClusterHealth();
void health.then(() => monitoring.checkClusterHealth()).then(it => console.log(typeof it.error, isAnswer(it)));
`;
const NAMES = [
  ['langgraph-monitor/client', 'langgraph-monitor/langgraph'],
  ['langgraph-monitor-client', 'langgraph-monitor-client/langgraph'],
] as const;
const WAYS = [
  ['cts', 'nodenext', 'nodenext'],
  ['mts', 'nodenext', 'nodenext'],
  ['cts', 'node16', 'node16'],
  ['mts', 'node16', 'node16'],
  ['ts', 'esnext', 'bundler'],
] as const;

describe.each(NAMES)('an application with %s', (client, nodes) => {
  test.each(WAYS)(
    'as .%s, module %s, moduleResolution %s',
    (ending, module, moduleResolution) => {
      const name = `app-${client.replace('/', '-')}-${module}`;
      writeFileSync(join(folder, `${name}.${ending}`), USE(client, nodes));
      const flags = ['--strict', '--target', 'es2023', '--skipLibCheck', '--module', module];
      const { status, output } = run(process.execPath, [
        TSC,
        ...flags,
        '--moduleResolution',
        moduleResolution,
        `${name}.${ending}`,
      ]);
      expect({ status, output }).toEqual({ status: 0, output: '' });
      if (ending === 'ts') return;
      const ran = run(process.execPath, [`${name}.${ending.replace('t', 'j')}`]);
      expect(ran).toMatchObject({ status: 0, stdout: 'string false\n' });
    },
    60_000,
  );
});
