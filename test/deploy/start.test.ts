// The scripts behind `npm start`, copied to a small project, with the real compiler.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ROOT, tool } from './tool.js';

let folder: string;
const inFolder = (path: string) => join(folder, path);
const write = (path: string, text: string) => {
  mkdirSync(dirname(inFolder(path)), { recursive: true });
  writeFileSync(inFolder(path), text);
};
const node = (...args: string[]) => tool(process.execPath, args, { cwd: folder });
const start = (...flags: string[]) => node('scripts/start.mjs', ...flags);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'langgraph-monitor-'));
  cpSync(join(ROOT, 'scripts'), inFolder('scripts'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the project's scripts say of its node_modules. */
function staleness(project: string, purpose: 'program' | 'build' | 'tests' = 'tests') {
  const script = `import { staleness } from './scripts/dependencies.mjs'; console.log(String(staleness(${JSON.stringify(purpose)})))`;
  const { stdout, stderr } = tool(process.execPath, ['--input-type=module', '-e', script], { cwd: project });
  return { stdout, stderr };
}

describe('with every dependency there', () => {
  beforeAll(() => {
    // Otherwise the copies below, which link to node_modules, would install over it.
    expect(staleness(ROOT)).toEqual({ stdout: 'undefined\n', stderr: '' });
  });

  beforeEach(() => {
    for (const path of ['package.json', 'package-lock.json', 'tsconfig.json', 'test/package.json'])
      cpSync(join(ROOT, path), inFolder(path));
    symlinkSync(join(ROOT, 'node_modules'), inFolder('node_modules'));
    write('src/answer.ts', 'export const answer: number = 42;\n');
    write(
      'src/main.ts',
      `#!/usr/bin/env node
import { answer } from './answer.js';

console.log(JSON.stringify({ answer, flags: process.argv.slice(2), program: process.argv[1] }));
process.exitCode = 3;
`,
    );
  });

  test('builds, then runs the program with the flags given, its output and its exit code', () => {
    const { status, stdout } = start('--config.file=x.yml', '--log.level=debug');
    expect(JSON.parse(stdout)).toEqual({
      answer: 42,
      flags: ['--config.file=x.yml', '--log.level=debug'],
      program: expect.stringMatching(/\/dist\/main\.js$/),
    });
    expect(status).toBe(3);
    expect(statSync(inFolder('dist/main.js')).mode & 0o777).toBe(0o755);
  });

  test('passes the argument demo on, as any other', () => {
    write('src/main.ts', 'console.log(JSON.stringify(process.argv.slice(1)));\n');
    const { status, stdout } = start('demo', '--web.listen-address=:0');
    expect(JSON.parse(stdout)).toEqual([
      expect.stringMatching(/\/dist\/main\.js$/),
      'demo',
      '--web.listen-address=:0',
    ]);
    expect(status).toBe(0);
  });

  test('`npm start` passes a signal on, and leaves nothing running', async () => {
    write(
      'src/main.ts',
      `process.on('SIGTERM', () => {
  console.log('stopped');
  process.exit(0);
});
setTimeout(() => process.exit(1), 15_000);
console.log('ready');
`,
    );
    const npm = spawn('npm', ['start'], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    npm.stdout.on('data', chunk => {
      output += chunk;
      if (String(chunk).includes('ready')) npm.kill('SIGTERM');
    });
    const [code] = await once(npm, 'close');
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/ready\nstopped\n$/) });
  });

  test('does not build again when nothing has changed', () => {
    start();
    const built = statSync(inFolder('dist/main.js')).mtimeMs;
    start();
    expect(statSync(inFolder('dist/main.js')).mtimeMs).toBe(built);
  });

  test('runs a built program without the development dependencies; builds with them', () => {
    start();
    rmSync(inFolder('node_modules'));
    const installed = JSON.parse(readFileSync(join(ROOT, 'node_modules/.package-lock.json'), 'utf8'));
    const packages: Record<string, { dev?: boolean; link?: boolean }> = installed.packages;
    // Without the workspace of the tests.
    const kept = Object.entries(packages).filter(
      ([path, { dev, link }]) => path.startsWith('node_modules/') && !dev && !link,
    );
    for (const [path] of kept) {
      // A nested package comes with the package it is in.
      if (/node_modules.*node_modules/.test(path)) continue;
      mkdirSync(dirname(inFolder(path)), { recursive: true });
      symlinkSync(join(ROOT, path), inFolder(path));
    }
    write('node_modules/.package-lock.json', JSON.stringify({ packages: Object.fromEntries(kept) }));
    const env = { ...process.env, npm_config_offline: 'true', npm_config_cache: inFolder('cache') };
    const startOffline = () => tool(process.execPath, ['scripts/start.mjs'], { cwd: folder, env });
    expect(startOffline()).toMatchObject({ status: 3, stderr: '' });
    write('src/answer.ts', 'export const answer: number = 43;\n');
    expect(startOffline().stderr).toMatch(/^Installing the dependencies \(\S+ is missing\)/);
  });

  test.each([
    ['a source changed', () => write('src/answer.ts', 'export const answer: number = 43;\n'), 43],
    ['an output is missing', () => rmSync(inFolder('dist/answer.js')), 42],
    ['everything built is missing', () => rmSync(inFolder('dist'), { recursive: true }), 42],
  ])('builds again when %s', (_, change, answer) => {
    start();
    change();
    expect(JSON.parse(start().stdout)).toMatchObject({ answer });
  });

  test('removes the output of a source that was deleted', () => {
    write('src/old/page.ts', 'export const page = 1;\n');
    start();
    expect(existsSync(inFolder('dist/old/page.js'))).toBe(true);
    rmSync(inFolder('src/old'), { recursive: true });
    start();
    expect(existsSync(inFolder('dist/old/page.js'))).toBe(false);
  });

  test('bundles the program of a thread, with the same paths and external packages', () => {
    write('src/place.ts', "export const place = new URL('./thread.js', import.meta.url).pathname;\n");
    write(
      'src/query/thread/thread.ts',
      `import { z } from 'zod';
import { DatabaseSync } from '@photostructure/sqlite';
import { answer } from '../../answer.js';
import { place } from '../../place.js';

// A remark \u2014 that costs.
const sqlite = new DatabaseSync(':memory:').prepare('SELECT 1 AS one').get();
console.log(JSON.stringify({ answer: z.number().parse(answer), dash: '\u2014', place, sqlite }));
`,
    );
    node('scripts/build.mjs');
    const { stdout } = node('dist/query/thread/thread.js');
    expect(JSON.parse(stdout)).toEqual({
      answer: 42,
      dash: '\u2014',
      place: expect.stringMatching(/\/dist\/thread\.js$/),
      sqlite: { one: 1 },
    });
    const text = readFileSync(inFolder('dist/program/query/query.cjs'), 'utf8');
    expect(text).toMatch(/^"use strict";/);
    expect(text).toContain('require("@photostructure/sqlite")');
    expect(text).not.toMatch(/require\("zod"\)|[\u0100-\uffff]/);
    expect(readFileSync(inFolder('dist/program/query/LICENSES.txt'), 'utf8')).toMatch(
      /^zod [\d.]+\n\nMIT License/,
    );
  });

  test.each([
    ['a type error stops a build with types', ['--types'], "'x'", 'src/answer.ts(1,14): error TS2322'],
    ['an error of syntax stops every build', [], '(', 'src/answer.ts:1:'],
  ])('%s, and leaves the last good one', (_, args, value, error) => {
    start();
    const good = readFileSync(inFolder('dist/answer.js'), 'utf8');
    write('src/answer.ts', `export const answer: number = ${value};\n`);
    const { status, stdout, stderr } = node('scripts/build.mjs', ...args);
    expect(status).toBe(1);
    expect(stdout + stderr).toContain(error);
    expect(readFileSync(inFolder('dist/answer.js'), 'utf8')).toBe(good);
  });

  test('a start needs no compiler', () => {
    write('src/answer.ts', "export const answer: number = 'x';\n");
    expect(JSON.parse(start().stdout)).toMatchObject({ answer: 'x' });
  });

  test('an old Node gets an error of one line', () => {
    write('old.mjs', "Object.defineProperty(process.versions, 'node', { value: '20.18.3' });\n");
    expect(node('--import', './old.mjs', 'scripts/start.mjs')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'langgraph-monitor needs Node 20.19 or newer; this is Node 20.18.3.\n',
    });
  });
});

describe('the dependencies are stale when', () => {
  interface Entry {
    version: string;
    optional?: boolean;
    dependencies?: Record<string, string>;
    optionalDependencies?: Record<string, string>;
  }
  const locked: Record<string, Entry> = {
    'node_modules/pool': {
      version: '1.2.3',
      dependencies: { '@scope/inner': '4', shared: '1' },
      optionalDependencies: { 'pool-darwin': '1' },
    },
    'node_modules/pool/node_modules/@scope/inner': { version: '4.5.6', dependencies: { pool: '1' } },
    'node_modules/pool-darwin': { version: '1.2.3', optional: true },
    'node_modules/shared': { version: '1.0.0' },
    'node_modules/bundler': { version: '7.8.9', dependencies: { shared: '1' } },
    'node_modules/compiler': { version: '5.0.0' },
  };
  const manifest = {
    workspaces: ['test'],
    dependencies: { pool: '^1.0.0' },
    devDependencies: { bundler: '^7.0.0' },
  };
  const tests = { devDependencies: { compiler: '^5.0.0' } };
  const writeProject = () => {
    write('package.json', JSON.stringify(manifest));
    write('test/package.json', JSON.stringify(tests));
    write('package-lock.json', JSON.stringify({ packages: { '': manifest, test: tests, ...locked } }));
  };
  const install = (packages: Record<string, Entry>) => {
    for (const path of Object.keys(packages)) write(`${path}/package.json`, '{}');
    write('node_modules/.package-lock.json', JSON.stringify({ packages }));
  };
  const without = (path: string) =>
    Object.fromEntries(Object.entries(locked).filter(([key]) => key !== path));
  const inner = 'node_modules/pool/node_modules/@scope/inner';

  test.each<[string, () => void, string | undefined]>([
    ['there are none', () => {}, 'none are installed'],
    ['all are there: not', () => install(locked), undefined],
    ["another platform's is absent: not", () => install(without('node_modules/pool-darwin')), undefined],
    ['one is absent', () => install(without(inner)), '@scope/inner is missing'],
    [
      'one is of another version',
      () => install({ ...locked, 'node_modules/pool': { version: '1.2.2' } }),
      'pool is 1.2.2, not 1.2.3',
    ],
    [
      'a folder was removed by hand',
      () => {
        install(locked);
        rmSync(inFolder(inner), { recursive: true });
      },
      '@scope/inner is missing',
    ],
    [
      'package.json asks for more',
      () => {
        install(locked);
        write(
          'package.json',
          JSON.stringify({ ...manifest, dependencies: { pool: '^1.0.0', more: '^1.0.0' } }),
        );
      },
      'package.json has changed',
    ],
    [
      'that of the tests does',
      () => {
        install(locked);
        write('test/package.json', JSON.stringify({ devDependencies: { compiler: '^6.0.0' } }));
      },
      'test/package.json has changed',
    ],
  ])('%s', (_, prepare, want) => {
    writeProject();
    prepare();
    expect(staleness(folder)).toEqual({ stdout: `${want}\n`, stderr: '' });
  });

  test.each<[string, string, (string | undefined)[]]>([
    ['the compiler', 'node_modules/compiler', [undefined, undefined, 'compiler is missing']],
    ['the bundler', 'node_modules/bundler', [undefined, 'bundler is missing', 'bundler is missing']],
    ['what all need', inner, Array(3).fill('@scope/inner is missing')],
  ])('%s is missing: only for what needs it', (_, path, want) => {
    writeProject();
    install(without(path));
    const found = (['program', 'build', 'tests'] as const).map(purpose => staleness(folder, purpose).stdout);
    expect(found).toEqual(want.map(each => `${each}\n`));
  });
});

test('development dependencies are installed with NODE_ENV=production, too', () => {
  const manifest = { name: 'x', version: '1.0.0', devDependencies: { compiler: 'file:compiler' } };
  const compiler = { name: 'compiler', version: '7.8.9' };
  const packages = {
    '': manifest,
    compiler: { version: '7.8.9', dev: true },
    'node_modules/compiler': { resolved: 'compiler', link: true },
  };
  write('compiler/package.json', JSON.stringify(compiler));
  write('package.json', JSON.stringify(manifest));
  write('package-lock.json', JSON.stringify({ ...manifest, lockfileVersion: 3, requires: true, packages }));
  write('src/main.ts', '');
  tool(process.execPath, ['scripts/start.mjs'], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'production', npm_config_offline: 'true' },
  });
  expect(existsSync(inFolder('node_modules/compiler/package.json'))).toBe(true);
});
