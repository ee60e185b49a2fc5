// The first configuration: written by the package as it is published, into folders of every state.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FIRST_MONITOR } from '../../src/cli/first-monitor.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { installPacked } from '../support/packed.js';
import { startRedis } from '../support/redis.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let installed: string;
let main: string;
let folder: string;
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

function link(to: string, from: string): void {
  mkdirSync(dirname(from), { recursive: true });
  symlinkSync(to, from);
}

beforeAll(() => {
  installed = makeFolder('init');
  main = join(installPacked(ROOT, installed, 'langgraph-monitor'), 'dist/main.js');
  // What npm would install beside it.
  for (const name of Object.keys(dependencies))
    link(join(ROOT, 'node_modules', name), join(installed, 'node_modules', name));
});
afterAll(() => removeFolder(installed));
beforeEach(() => {
  folder = makeFolder('init-in');
  return () => removeFolder(folder);
});

function program(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, npm_command: '', ...env },
  });
  return { status, stdout, stderr };
}

test('an empty folder: what to do, a first configuration, a valid one, and a monitor', async () => {
  const hint = program([]);
  expect(hint).toMatchObject({ status: 1, stdout: '' });
  expect(hint.stderr).toMatch(
    /^monitor\.yml: no such file; .*"langgraph-monitor init".*"langgraph-monitor demo"/,
  );

  expect(program(['init'])).toEqual({
    status: 0,
    stdout: `Put the addresses of your services into monitor.yml, then check it: langgraph-monitor check-config monitor.yml
Start the monitor with: langgraph-monitor   and open http://127.0.0.1:8083
`,
    stderr: '',
  });
  expect(readdirSync(folder).sort()).toEqual(['alertmanager.yml', 'monitor.yml']);
  const text = readFileSync(join(folder, 'monitor.yml'), 'utf8');
  // What stands in a comment is taken over one day.
  const hosts = [...text.matchAll(/(?:\/\/|host: )([^\s:/"]+)/g)].map(match => match[1]);
  expect(new Set(hosts)).toEqual(new Set(['127.0.0.1']));

  expect(program(['check-config', 'monitor.yml', 'alertmanager.yml'])).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^monitor\.yml: valid, 2 services\nalertmanager\.yml: valid, \d+ routes, /),
    stderr: '',
  });

  const monitor = spawn(process.execPath, [main, '--web.listen-address=127.0.0.1:0'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(monitor, 'exit');
  try {
    let url: string | undefined;
    for await (const line of createInterface({ input: monitor.stderr })) {
      url = /msg=Listening .*url=(\S+)/.exec(line)?.[1];
      if (url) break;
    }
    const health = await (await fetch(`${url}/cluster_health`)).json();
    expect(Object.keys((health as { services: object }).services).sort()).toEqual(['ollama', 'tools']);
  } finally {
    monitor.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
});

test('what is commented out is valid too', () => {
  program(['init']);
  const path = join(folder, 'monitor.yml');
  const lines = readFileSync(path, 'utf8').split('\n');
  const settings = lines.map(line => line.replace(/^( *)# ((?: *)(?:[a-z_]+:( .*)?))$/, '$1$2'));
  for (const name of ['tools.password', 'redis.password']) writeFileSync(join(folder, name), 'x');
  writeFileSync(join(folder, 'backup.token'), 'x'.repeat(16));
  mkdirSync(join(folder, 'rules'));
  for (const name of readdirSync(join(ROOT, 'rules')).filter(each => each.endsWith('.yml')))
    writeFileSync(join(folder, 'rules', name), readFileSync(join(ROOT, 'rules', name)));
  writeFileSync(path, settings.join('\n'));
  expect(settings).not.toEqual(lines);
  expect(program(['check-config', 'monitor.yml'])).toEqual({
    status: 0,
    stdout: 'monitor.yml: valid, 5 services\n',
    stderr: '',
  });
});

test('a folder is made, and its name is fit for a shell', () => {
  const { status, stdout } = program(['init', "--dir=a/b's"], { npm_command: 'exec' });
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: `Put the addresses of your services into a/b's/monitor.yml, then check it: npx langgraph-monitor check-config 'a/b'\\''s/monitor.yml'
Start the monitor with: cd 'a/b'\\''s' && npx langgraph-monitor   and open http://127.0.0.1:8083
`,
  });
  expect(existsSync(join(folder, "a/b's/monitor.yml"))).toBe(true);
});

describe('nothing is overwritten', () => {
  test.each<[string, () => void, string[], RegExp]>([
    ['monitor.yml', () => put('monitor.yml'), [], /^monitor\.yml is there already and nothing was written; /],
    ['alertmanager.yml', () => put('alertmanager.yml'), [], /^alertmanager\.yml is there already/],
    [
      'both',
      () => {
        put('monitor.yml');
        put('alertmanager.yml');
      },
      [],
      /^monitor\.yml and alertmanager\.yml are there already/,
    ],
    [
      'a link to nothing',
      () => symlinkSync('none', join(folder, 'monitor.yml')),
      [],
      /^monitor\.yml is there/,
    ],
    ['a folder', () => mkdirSync(join(folder, 'monitor.yml')), [], /^monitor\.yml is there already/],
    [
      'a file for the folder',
      () => put('x'),
      ['--dir=x'],
      /^x: cannot be written: something else is there; name another/,
    ],
    [
      'a file above the folder',
      () => put('x'),
      ['--dir', 'x/y'],
      /^x\/y: cannot be written: a file is where a folder has/,
    ],
  ])('%s', (_, prepare, args, want) => {
    prepare();
    const before = readdirSync(folder);
    const { status, stdout, stderr } = program(['init', ...args]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(want);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(before);
  });

  const put = (name: string) => writeFileSync(join(folder, name), 'mine');
});

describe('nothing is written', () => {
  test.each<[string, string[], number, RegExp]>([
    [
      'for a host without an address',
      ['no-such-host.invalid'],
      1,
      /^no-such-host\.invalid: no such host, and /,
    ],
    ['for a network', ['127.0.0.0/8'], 2, /127\.0\.0\.0\/8 is no single host; .* scans no network$/],
    ['for a file that is not there', ['--from=none.cfg'], 1, /^none\.cfg: no such file$/],
    ['for a file of another kind', ['--from=other.yml'], 1, /^other\.yml: .* name one of these$/],
    ['for a flag without a value', ['--from'], 2, /--from wants a value/],
  ])('%s', (_, args, code, want) => {
    writeFileSync(join(folder, 'other.yml'), 'a: b');
    const { status, stdout, stderr } = program(['init', ...args]);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr.trimEnd()).toMatch(want);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['other.yml']);
  });
});

test('of a file and a host: what both say, in one valid file', async () => {
  const redis = await startRedis();
  try {
    const compose = {
      services: { ollama: { image: 'ollama/ollama', ports: ['1234:11434'] }, app: { build: '.' } },
    };
    writeFileSync(join(folder, 'docker-compose.yml'), JSON.stringify(compose));
    const host = `127.0.0.1:${redis.port}`;
    const { status, stderr } = program(['init', '--from=docker-compose.yml', host]);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: `${host} Redis\ndocker-compose.yml: 1 part not taken over; monitor.yml says which and why\n`,
    });
    expect(program(['check-config', 'monitor.yml'])).toEqual({
      status: 0,
      stdout: 'monitor.yml: valid, 2 services\n',
      stderr: '',
    });
  } finally {
    await redis.close();
  }
});

test('of a host that does not answer: a line that says so, and the usual file', async () => {
  const host = `127.0.0.1:${await freePort()}`;
  const { status, stderr } = program(['init', host]);
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: expect.stringMatching(
      /^127\.0\.0\.1 did not answer on port \d+\nNothing was found; monitor\.yml is the /,
    ),
  });
  expect(readFileSync(join(folder, 'monitor.yml'), 'utf8')).toBe(FIRST_MONITOR);
});

describe('a native module without its binary is one line', () => {
  const SQLITE =
    /^langgraph-monitor: @photostructure\/sqlite has no binary for Node \S+ on \S+ \S+, and npm compiled none \([^)]+\)\. In (\S+) run: npm rebuild @photostructure\/sqlite --ignore-scripts=false\n$/;

  test.each([
    ['start', []],
    ['import', ['import', 'samples.txt']],
  ] as [string, string[]][])('%s', (_, args) => {
    // As `npm ci --ignore-scripts` leaves it on a platform that the package has no binary for: nothing compiled.
    const bare = makeFolder('bare');
    try {
      const modules = join(bare, 'node_modules');
      // Node looks for packages beside the real path of a file, so these are copies and not links.
      for (const name of ['langgraph-monitor', '@photostructure/sqlite'])
        cpSync(realpathSync(join(installed, 'node_modules', name)), join(modules, name), {
          recursive: true,
          filter: path => !/sqlite\/(prebuilds|src)\b/.test(path),
        });
      for (const name of Object.keys({ ...dependencies, 'node-gyp-build': '' }))
        if (!existsSync(join(modules, name))) link(join(ROOT, 'node_modules', name), join(modules, name));
      program(['init']);
      const done = spawnSync(process.execPath, [join(modules, 'langgraph-monitor/dist/main.js'), ...args], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(done.stderr).toMatch(SQLITE);
      expect([done.status, done.stdout, SQLITE.exec(done.stderr)?.[1]]).toEqual([1, '', bare]);
      expect(existsSync(join(folder, 'data'))).toBe(false);
    } finally {
      removeFolder(bare);
    }
  });
});
