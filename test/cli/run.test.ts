// Commands from their words to their exit code; the last ones as the compiled program.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.js';
import { makeFolder, removeFolder } from '../support/child.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const VERSION = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;

let folder: string;
beforeEach(() => {
  folder = makeFolder('cli');
  writeFileSync(join(folder, 'good.yml'), 'services: {a: {url: "http://127.0.0.1/"}}');
  writeFileSync(join(folder, 'bad.yml'), 'nodes: n\nservices: {a: {url: x}}');
  writeFileSync(join(folder, 'web.yml'), '{}');
  writeFileSync(join(folder, 'bad-web.yml'), 'tls: {}');
});
afterEach(() => removeFolder(folder));

/** What a command gives; FOLDER stands for the test's own. */
async function command(line: string) {
  const [out, err]: [string[], string[]] = [[], []];
  const words = line.split(' ').map(word => word.replace('FOLDER', folder));
  const code = await run(words, { out: text => out.push(text), err: text => err.push(text) });
  const plain = (lines: string[]) => lines.map(each => each.replaceAll(folder, 'FOLDER'));
  return { code, out: plain(out), err: plain(err) };
}

const MISTAKES = [
  'FOLDER/bad.yml: services.a.url: not a URL; write http://HOST:PORT/PATH or https://...',
  expect.stringMatching(/^FOLDER\/bad\.yml: unknown key "nodes"/),
];

describe('commands', () => {
  test.each<[string, number, unknown[], unknown[]]>([
    ['--version', 0, [`langgraph-monitor, version ${VERSION} (node ${process.version})`], []],
    ['--help', 0, [expect.stringMatching(/^usage: langgraph-monitor/)], []],
    ['check-config FOLDER/good.yml', 0, ['FOLDER/good.yml: valid, 1 service'], []],
    ['check-config FOLDER/bad.yml', 1, [], MISTAKES],
    ['check-config FOLDER/bad.yml FOLDER/good.yml', 1, ['FOLDER/good.yml: valid, 1 service'], MISTAKES],
    ['check-config FOLDER/none.yml', 1, [], ['FOLDER/none.yml: no such file']],
    ['check-rules', 2, [], ['langgraph-monitor: check-rules wants the name of a file']],
    ['test-rules', 2, [], ['langgraph-monitor: test-rules wants the name of a file']],
    ['import', 2, [], ['langgraph-monitor: import wants the name of a file']],
    ['check-config', 2, [], ['langgraph-monitor: check-config wants the name of a file']],
    [
      'chek-config x',
      2,
      [],
      [
        'langgraph-monitor: unknown command "chek-config"; there are check-config, check-rules, test-rules, check-routes, import',
      ],
    ],
    ['--config.check --config.file=FOLDER/good.yml', 0, ['FOLDER/good.yml: valid, 1 service'], []],
    ['--config.check --config.file=FOLDER/bad.yml', 1, [], MISTAKES],
    [
      '--config.check --config.file=FOLDER/good.yml --web.config.file=FOLDER/web.yml',
      0,
      ['FOLDER/good.yml: valid, 1 service', 'FOLDER/web.yml: valid'],
      [],
    ],
    [
      '--config.check --config.file=FOLDER/good.yml --web.config.file=FOLDER/bad-web.yml',
      1,
      ['FOLDER/good.yml: valid, 1 service'],
      [expect.stringMatching(/^FOLDER\/bad-web\.yml: unknown key "tls"/)],
    ],
    ['--log.level=x', 2, [], ['langgraph-monitor: --log.level: "x" is none of debug, info, warn, error']],
    ['--config.file=FOLDER/bad.yml --storage.path=FOLDER/data', 1, [], MISTAKES],
  ])('%s', async (line, code, out, err) => {
    const result = await command(line);
    expect({ ...result, err: [...result.err].sort() }).toEqual({ code, out, err });
  });
});

describe('the compiled program', () => {
  test.each<[string[], number, RegExp, RegExp]>([
    [['--version'], 0, /^langgraph-monitor, version \d/, /^$/],
    [['--nope'], 2, /^$/, /^langgraph-monitor: unknown flag --nope; --help lists them\n$/],
    [['check-config', 'monitor.yml'], 0, /^monitor\.yml: valid, 6 services\n$/, /^$/],
    [['check-config', 'none.yml'], 1, /^$/, /^none\.yml: no such file\n$/],
  ])('%j', (args, code, out, err) => {
    const done = spawnSync(process.execPath, ['dist/main.js', ...args], { cwd: ROOT, encoding: 'utf8' });
    expect(done.stdout).toMatch(out);
    expect(done.stderr).toMatch(err);
    expect(done.status).toBe(code);
  });
});
