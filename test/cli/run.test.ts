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

const ROUTES = `route: {receiver: a, routes: [{matchers: [x=y], receiver: b, continue: true}, {matchers: [x!=""]}]}
receivers: [{name: a}, {name: b}]`;

let folder: string;
beforeEach(() => {
  folder = makeFolder('cli');
  writeFileSync(join(folder, 'good.yml'), 'services: {a: {url: "http://127.0.0.1/"}}');
  writeFileSync(join(folder, 'bad.yml'), 'nodes: n\nservices: {a: {url: x}}');
  writeFileSync(join(folder, 'web.yml'), '{}');
  writeFileSync(join(folder, 'bad-web.yml'), 'tls: {}');
  writeFileSync(join(folder, 'am.yml'), ROUTES);
  writeFileSync(
    join(folder, 'odd-am.yml'),
    'route: {receiver: a}\nreceivers: [{name: a, discord_configs: [{webhook_url: "http://127.0.0.1/", title: "{{ .A"}]}]',
  );
  writeFileSync(
    join(folder, 'odd.yml'),
    'services: {a: {url: "http://127.0.0.1/"}}\nalerting: {config_file: odd-am.yml}',
  );
  const shared =
    'services: {a: {url: "http://127.0.0.1/"}, e: {url: "http://127.0.0.1/"}}\nshard: {index: 0, of: 2}\n';
  writeFileSync(join(folder, 'shard.yml'), `${shared}alerting: {alertmanagers: ["http://127.0.0.1:9"]}`);
  writeFileSync(join(folder, 'shard-stored.yml'), `${shared}query: {url: "http://127.0.0.1:9"}`);
  writeFileSync(
    join(folder, 'shard-local.yml'),
    `${shared}query: {url: "http://127.0.0.1:9", rules: local}\nalerting: {alertmanagers: ["http://127.0.0.1:9"]}`,
  );
  writeFileSync(join(folder, 'bad-am.yml'), 'route: {receiver: a, foo: 1}\nreceivers: []');
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

const UNFILLED =
  'warning: FOLDER/odd-am.yml: 2:83: receivers[0].discord_configs[0].title: template: :1: unclosed action';

describe('commands', () => {
  test.each<[string, number, unknown[], unknown[]]>([
    ['--version', 0, [`langgraph-monitor, version ${VERSION} (node ${process.version})`], []],
    ['--help', 0, [expect.stringMatching(/^usage: langgraph-monitor/)], []],
    ['help', 0, [expect.stringMatching(/^usage: langgraph-monitor \[FLAGS\]/)], []],
    ['help test rules', 0, [expect.stringMatching(/^usage: langgraph-monitor test-rules FILE/)], []],
    ['demo --speed=2', 2, [], ['langgraph-monitor: unknown flag --speed; --help lists them']],
    ['demo now', 2, [], ['langgraph-monitor: demo: unexpected now; it takes flags alone']],
    ['import --storage.path=FOLDER/new FOLDER/none', 1, [], ['FOLDER/none: no such file']],
    ['import --storage.path=FOLDER/new FOLDER', 1, [], ['FOLDER: is a directory']],
    [
      'import --storage.path=FOLDER/am.yml FOLDER/good.yml',
      1,
      [],
      ['--storage.path: FOLDER/am.yml: is a file; name a folder'],
    ],
    [
      'import --storage.path=FOLDER/am.yml/data FOLDER/good.yml',
      1,
      [],
      ['--storage.path: FOLDER/am.yml/data: a part of the path is not a directory; name a folder'],
    ],
    ['check-config FOLDER/good.yml', 0, ['FOLDER/good.yml: valid, 1 service'], []],
    ['check-config FOLDER/bad.yml', 1, [], MISTAKES],
    ['check-config FOLDER/bad.yml FOLDER/good.yml', 1, ['FOLDER/good.yml: valid, 1 service'], MISTAKES],
    [
      'check-config FOLDER/am.yml FOLDER/good.yml',
      0,
      [
        'FOLDER/am.yml: valid, 3 routes, 2 receivers, 0 inhibit rules, 0 time intervals, 0 templates',
        'FOLDER/good.yml: valid, 1 service',
      ],
      [],
    ],
    [
      'check-config FOLDER/bad-am.yml',
      1,
      [],
      ['FOLDER/bad-am.yml: yaml: line 1: field foo not found in type config.plain'],
    ],
    [
      'check-config FOLDER/odd-am.yml',
      0,
      ['FOLDER/odd-am.yml: valid, 1 route, 1 receiver, 0 inhibit rules, 0 time intervals, 0 templates'],
      [UNFILLED],
    ],
    ['check-config FOLDER/odd.yml', 0, ['FOLDER/odd.yml: valid, 1 service'], [UNFILLED]],
    ['--config.file=FOLDER/odd.yml --config.check', 0, ['FOLDER/odd.yml: valid, 1 service'], [UNFILLED]],
    ['check-routes --config.file=FOLDER/am.yml x=y', 0, ['b,a'], []],
    [
      'check-config FOLDER/shard.yml',
      0,
      ['FOLDER/shard.yml: valid, 2 services, 1 of them checked here'],
      [
        'warning: FOLDER/shard.yml: shard: services of other shards are shown as unknown; set query.url to the storage that has the metrics of all',
      ],
    ],
    [
      'check-config FOLDER/shard-stored.yml',
      0,
      ['FOLDER/shard-stored.yml: valid, 2 services, 1 of them checked here'],
      [],
    ],
    [
      'check-config FOLDER/shard-local.yml',
      0,
      ['FOLDER/shard-local.yml: valid, 2 services, 1 of them checked here'],
      [
        'warning: FOLDER/shard-local.yml: shard: with query.rules: local the status and alerts of other shards are known by remote_write only; add it, to the storage at query.url',
      ],
    ],
    ['check config FOLDER/good.yml', 0, ['FOLDER/good.yml: valid, 1 service'], []],
    [
      'test rules',
      2,
      [],
      ['langgraph-monitor: test-rules wants the name of a file, or - for standard input'],
    ],
    [
      'check-config --log.lvel=debug FOLDER/good.yml',
      2,
      [],
      ['langgraph-monitor: unknown flag --log.lvel, did you mean "--log.level"?; --help lists them'],
    ],
    ['--verify.receivers b,a check-routes --config.file=FOLDER/am.yml x=y', 0, ['b,a'], []],
    ['--config.file FOLDER/am.yml check-routes x=z', 0, ['a'], []],
    ['check-routes --config.file=FOLDER/am.yml --verify.receivers=b,a x=y', 0, ['b,a'], []],
    [
      'check-routes --config.file=FOLDER/am.yml --verify.receivers=b x=y',
      1,
      ['b,a', 'WARNING: Expected receivers did not match resolved receivers.'],
      [],
    ],
    ['check-routes --config.file=FOLDER/am.yml --verify.receivers=a', 0, ['a'], []],
    [
      'check-routes --config.file=FOLDER/am.yml --tree x=y',
      0,
      [
        'Matching routes:\n.\n└── default-route\n    ├── {x="y"}  receiver: b\n    └── {x!=""}  receiver: a\n\n',
        'b,a',
      ],
      [],
    ],
    ['check-routes --config.file=FOLDER/am.yml', 0, ['a'], []],
    ['check-routes test --config.file=FOLDER/am.yml', 0, ['a'], []],
    ['check-routes test --config.file=FOLDER/am.yml x=y', 0, ['b,a'], []],
    [
      'check-routes show --config.file=FOLDER/am.yml x=y',
      2,
      [],
      ['langgraph-monitor: check-routes show: unexpected x=y; labels are for check-routes test'],
    ],
    [
      'check-routes --config.file=FOLDER/am.yml show',
      0,
      [
        'Routing tree:\n.\n└── default-route  receiver: a\n    ├── {x="y"}  continue: true  receiver: b\n    └── {x!=""}  receiver: a\n',
      ],
      [],
    ],
    [
      'check-routes --config.file=FOLDER/am.yml x',
      1,
      [],
      ['langgraph-monitor: Failed to parse labels: bad matcher format: x'],
    ],
    [
      'check-routes --config.file=FOLDER/am.yml x=~y',
      1,
      [],
      ['langgraph-monitor: Failed to parse labels: labels must be specified as key=value pairs'],
    ],
    [
      'check-routes --config.file=FOLDER/bad-am.yml x=y',
      1,
      [],
      ['FOLDER/bad-am.yml: yaml: line 1: field foo not found in type config.plain'],
    ],
    ['check-routes --config.file=FOLDER/none.yml', 1, [], ['FOLDER/none.yml: no such file']],
    [
      'test-receiver --config.file=FOLDER/am.yml',
      2,
      [],
      ['langgraph-monitor: test-receiver wants the name of a receiver; there are: a, b'],
    ],
    [
      'test-receiver --config.file=FOLDER/am.yml c',
      2,
      [],
      ['langgraph-monitor: test-receiver: there is no receiver "c"; there are: a, b'],
    ],
    [
      'test-receiver --config.file=FOLDER/am.yml a',
      1,
      ['a has no integrations: what it gets is only written to the log; add some in FOLDER/am.yml'],
      [],
    ],
    [
      'test-receiver --config.file=FOLDER/odd.yml a',
      1,
      [
        expect.stringMatching(/^0 discord to http:\/\/127\.0\.0\.1: failed in .*/),
        expect.stringMatching(/^ {4}warning: Template failed; sending a plain message/),
        expect.stringMatching(/^ {4}Nothing listens on that port/),
      ],
      [],
    ],
    ['test-receiver --config.file=FOLDER/none.yml a', 1, [], ['FOLDER/none.yml: no such file']],
    [
      'test-receiver --config.file=FOLDER/am.yml --integration=x a',
      2,
      [],
      ['langgraph-monitor: test-receiver: --integration wants a number from 0, not "x"'],
    ],
    [
      'check-routes --web.x=1',
      2,
      [],
      [
        "langgraph-monitor: check-routes: Unknown option '--web.x'; there are --config.file, --verify.receivers, --tree",
      ],
    ],
    ['check-config FOLDER/none.yml', 1, [], ['FOLDER/none.yml: no such file']],
    [
      'check-rules',
      2,
      [],
      ['langgraph-monitor: check-rules wants the name of a file, or - for standard input'],
    ],
    [
      'test-rules',
      2,
      [],
      ['langgraph-monitor: test-rules wants the name of a file, or - for standard input'],
    ],
    ['import', 2, [], ['langgraph-monitor: import wants the name of a file']],
    [
      'check-config',
      2,
      [],
      ['langgraph-monitor: check-config wants the name of a file, or - for standard input'],
    ],
    [
      'chek-config x',
      2,
      [],
      [
        'langgraph-monitor: unknown command "chek-config", did you mean "check-config"?; there are init, check-config, check-rules, test-rules, check-routes, test-receiver, import, backfill-rules, report, demo',
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
  test.each([
    ['cat monitor.yml | node dist/main.js check-config -', '/dev/stdin: valid, 6 services'],
    ['node dist/main.js check-config - < alertmanager.yml', '/dev/stdin: valid, 10 routes, 5 receivers,'],
    ['node dist/main.js check-config <(cat alertmanager.yml)', '/dev/fd/63: valid, 10 routes, 5 receivers,'],
    ['node dist/main.js --config.check --config.file=<(cat monitor.yml)', '/dev/fd/63: valid, 6 services'],
    ['cat rules/redis.rules.yml | node dist/main.js check-rules -', 'Checking /dev/stdin\n  SUCCESS:'],
  ])('reads a pipe: %s', (line, want) => {
    const done = spawnSync('bash', ['-c', line], { cwd: ROOT, encoding: 'utf8' });
    expect(done).toMatchObject({ status: 0, stdout: expect.stringContaining(want), stderr: '' });
  });

  test('reads what another program gives it', () => {
    const input = readFileSync(join(ROOT, 'alertmanager.yml'));
    const args = ['dist/main.js', 'check-config', '-'];
    const done = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', input });
    expect(done).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\/dev\/stdin: valid, 10 routes/),
    });
  });

  test.each<[string[], number, RegExp, RegExp]>([
    [['--version'], 0, /^langgraph-monitor, version \d/, /^$/],
    [['--nope'], 2, /^$/, /^langgraph-monitor: unknown flag --nope; --help lists them\n$/],
    [['check-config', 'monitor.yml'], 0, /^monitor\.yml: valid, 6 services\n$/, /^$/],
    [['check-config', 'alertmanager.yml'], 0, /^alertmanager\.yml: valid, 10 routes, 5 receivers, /, /^$/],
    [['check-routes', 'severity=critical'], 0, /^slack\n$/, /^$/],
    [['check-config', 'none.yml'], 1, /^$/, /^none\.yml: no such file\n$/],
  ])('%j', (args, code, out, err) => {
    const done = spawnSync(process.execPath, ['dist/main.js', ...args], { cwd: ROOT, encoding: 'utf8' });
    expect(done.stdout).toMatch(out);
    expect(done.stderr).toMatch(err);
    expect(done.status).toBe(code);
  });
});
