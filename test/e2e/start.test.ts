// Start and stop of the program.

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SERVICE_IDS, startCluster } from '../../src/demo/cluster.js';
import { monitorConfiguration } from '../../src/demo/configuration.js';
import { json } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { portOf, stop } from '../support/http.js';
import { DIST, launch, runToEnd, startMonitor, writeConfiguration } from '../support/monitor.js';
import { clusterHealth } from './cluster-health.js';
import { type Connection, connectionsOf } from './sockets.js';

const PATIENCE = { timeout: 60_000, interval: 50 };

let server: SimulatedServer;
let folder: string;

beforeEach(async () => {
  server = await startServer({ answer: () => json({ status: 'healthy' }) });
  folder = makeFolder('start');
});
afterEach(async () => {
  await server.close();
  removeFolder(folder);
});

function watching(): { scan: object; services: object } {
  return {
    scan: { intervals: { critical: '200ms', other: '200ms' } },
    services: { tools: { url: `${server.url}/health`, critical: true, timeout: '5s' } },
  };
}

describe('answers and ends', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  test.each([
    ['--version', 0, new RegExp(`^langgraph-monitor, version ${version} \\(node v\\d+`), /^$/],
    ['--help', 0, /^usage: langgraph-monitor[\s\S]*--config\.file=FILE[\s\S]*--storage\.path=DIR/, /^$/],
    ['-h', 0, /^usage: langgraph-monitor/, /^$/],
    [
      '--web.listen-addres=:1',
      2,
      /^$/,
      /^langgraph-monitor: unknown flag --web\.listen-addres, did you mean "--web\.listen-address"/,
    ],
    [
      '--web.listen-address=nowhere',
      2,
      /^$/,
      /^langgraph-monitor: --web\.listen-address: "nowhere" is no address/,
    ],
    ['--storage.retention.time=soon', 2, /^$/, /^langgraph-monitor: --storage\.retention\.time: "soon"/],
    ['--log.format=xml', 2, /^$/, /^langgraph-monitor: --log\.format: "xml" is none of logfmt, json/],
    ['start', 2, /^$/, /^langgraph-monitor: unknown command "start"/],
    ['check-config', 2, /^$/, /^langgraph-monitor: check-config wants the name of a file/],
  ])('%s', async (argument, code, stdout, stderr) => {
    const seen = await runToEnd([argument]);
    expect(seen).toEqual({
      code,
      stdout: expect.stringMatching(stdout),
      stderr: expect.stringMatching(stderr),
    });
    expect(seen.stderr.split('\n').length).toBeLessThanOrEqual(2);
  });
});

test('every mistake of a configuration is printed at once, a line each', async () => {
  const file = writeConfiguration(folder, {
    scan: { intervals: { critical: 'soon' } },
    services: {
      tools: { url: 'ftp://127.0.0.1/', tiemout: '5s' },
      redis: { kind: 'rediss', host: '127.0.0.1:6379' },
    },
  });
  const { code, stdout, stderr } = await runToEnd([
    `--config.file=${file}`,
    '--web.listen-address=127.0.0.1:0',
  ]);
  const mistakes = stderr.split('\n').filter(line => line.startsWith(file));
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(mistakes.sort()).toEqual([
    expect.stringContaining(`${file}: scan.intervals.critical: "soon" is not a duration`),
    expect.stringMatching(/: services\.redis\.kind: .*did you mean "redis"/),
    expect.stringContaining(`${file}: services.tools.url: not a URL`),
    expect.stringMatching(/: services\.tools: unknown key "tiemout", did you mean "timeout"/),
  ]);
  expect(stderr).not.toContain('    at ');
});

test.each([
  ['a configuration that is not there', (): void => {}, /monitor\.yml: no such file/],
  [
    'one that is no YAML',
    () => writeFileSync(join(folder, 'monitor.yml'), 'services: ['),
    /monitor\.yml:1:12: not valid YAML/,
  ],
  [
    'an empty one',
    () => writeFileSync(join(folder, 'monitor.yml'), ''),
    /monitor\.yml: not valid YAML: .*empty/,
  ],
])('%s: exit 1 and a line with the reason', async (_, prepare, line) => {
  prepare();
  const file = join(folder, 'monitor.yml');
  const { code, stderr } = await runToEnd([`--config.file=${file}`, '--web.listen-address=127.0.0.1:0']);
  const lines = stderr.split('\n').filter(each => each.startsWith(file));
  expect({ code, lines }).toEqual({ code: 1, lines: [expect.stringMatching(line)] });
  expect(await runToEnd(['check-config', file])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: `${lines[0]}\n`,
  });
});

test('a port in use: exit 1 and a line with what to do', async () => {
  const taken = createServer();
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve));
  const { code, stderr } = await runToEnd([
    `--config.file=${writeConfiguration(folder, watching())}`,
    `--web.listen-address=127.0.0.1:${portOf(taken)}`,
    `--storage.path=${folder}/data`,
  ]);
  expect(code).toBe(1);
  expect(stderr.split('\n').filter(line => !line.startsWith('time='))).toEqual([
    expect.stringMatching(/^langgraph-monitor: --web\.listen-address: the port is taken .*EADDRINUSE/),
    '',
  ]);
  await stop(taken);
});

describe('stops with 0', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s during the first scan, whatever hangs', async signal => {
    await server.setFault({ kind: 'hang' });
    const slow = { url: `${server.url}/health`, critical: true, timeout: '60s' };
    await using monitor = await startMonitor({ services: { slow } });
    await expect.poll(() => server.requests, PATIENCE).toBe(1);
    expect(await monitor.stop(signal)).toEqual({ code: 0, signal: null });
    expect(monitor.logged('Stopping')).toEqual([expect.objectContaining({ signal })]);
  });

  test('a SIGTERM before it listens is not lost', async () => {
    const program = launch([
      `--config.file=${writeConfiguration(folder, watching())}`,
      '--web.listen-address=127.0.0.1:0',
      `--storage.path=${folder}/data`,
    ]);
    await expect
      .poll(() => program.stderr, { ...PATIENCE, interval: 2 })
      .toContain('Starting langgraph-monitor');
    program.signal('SIGTERM');
    expect(await program.exited).toEqual({ code: 0, signal: null });
  });

  test('after the current answers were sent', async () => {
    await server.setFault({ kind: 'slow', ms: 500 });
    const tools = { url: `${server.url}/health`, critical: true, timeout: '10s' };
    await using monitor = await startMonitor({ services: { tools } });
    // After the first check, so that the next one is the request's own.
    const status = async () => {
      const { services } = await monitor.json<{ services: { tools: { health: { status: string } } } }>(
        '/cluster_health',
      );
      return services.tools.health.status;
    };
    await expect.poll(status, PATIENCE).toBe('healthy');
    const answer = monitor.get('/cluster_health?max_age=0').then(response => response.json());
    // Awaited below; a rejection before that is this test's failure and not the run's.
    answer.catch(() => {});
    // The check it requests has begun, so the request is under way.
    await expect.poll(() => server.requests, PATIENCE).toBe(2);
    expect(await monitor.stop()).toEqual({ code: 0, signal: null });
    // On a busy machine a check may be slow.
    expect(await answer).toMatchObject({ overall_status: expect.stringMatching(/^(healthy|degraded)$/) });
  });
});

test('requests are answered before any check has ended', async () => {
  await server.setFault({ kind: 'hang' });
  const slow = { url: `${server.url}/health`, critical: true, timeout: '60s' };
  await using monitor = await startMonitor({ node: 'worker-node4', services: { slow } });
  const answer = await monitor.get('/health');
  expect([answer.status, await answer.json()]).toEqual([
    200,
    {
      status: 'healthy',
      monitoring_node: 'worker-node4',
      services_monitored: 1,
      last_check: null,
      alerts_count: 0,
      store: 'ok',
      samples: 'ok',
      rules: 'ok',
    },
  ]);
  expect((await monitor.get('/-/healthy')).status).toBe(200);
  expect((await monitor.get('/-/ready')).status).toBe(503);
  expect((await monitor.get('/')).status).toBe(200);
  expect(await clusterHealth(monitor)).toMatchObject({
    overall_status: 'degraded',
    services: { slow: { health: { status: 'unknown' } } },
  });
});

test('results of the first checks are stored as samples at once, at every scrape interval', async () => {
  await using monitor = await startMonitor({ ...watching(), query: { scrape_interval: '2m' } });
  const query = new URLSearchParams({ query: 'avg_over_time(langgraph_monitor_service_up[5m])' });
  const values = async () => {
    const { data } = await monitor.json<{ data: { result: { value: [number, string] }[] } }>(
      `/api/v1/query?${query}`,
    );
    return data.result.map(({ value }) => value[1]);
  };
  await expect.poll(values, { timeout: 60_000, interval: 50 }).toEqual(['1']);
});

test('it connects to the configured services only', async () => {
  const cluster = await startCluster();
  try {
    await using monitor = await startMonitor(monitorConfiguration(cluster, { interval: '200ms' }));
    const allowed = new Set(SERVICE_IDS.map(id => `127.0.0.1:${cluster[id]?.port}`));
    const own = new URL(monitor.url).host;
    const seen = new Map<string, Connection>();
    await expect
      .poll(
        () => {
          for (const each of connectionsOf(monitor.pid)) if (each.local !== own) seen.set(each.remote, each);
          return [...allowed].filter(address => !seen.has(address));
        },
        { ...PATIENCE, interval: 5 },
      )
      .toEqual([]);
    await delay(1000);
    for (const each of connectionsOf(monitor.pid)) if (each.local !== own) seen.set(each.remote, each);
    expect([...seen.keys()].filter(address => !allowed.has(address))).toEqual([]);
  } finally {
    await cluster.close();
  }
});

describe('a storage folder that is in use', () => {
  test('a second monitor is refused in one line, and the first keeps running', async () => {
    const file = writeConfiguration(folder, watching());
    await using monitor = await startMonitor(watching(), { folder });
    const data = join(folder, 'data');
    const second = await runToEnd([
      `--config.file=${file}`,
      '--web.listen-address=127.0.0.1:0',
      `--storage.path=${data}`,
    ]);
    expect(second.code).toBe(1);
    expect(second.stderr.split('\n').filter(line => !line.startsWith('time='))).toEqual([
      `langgraph-monitor: --storage.path: ${data} is in use by another langgraph-monitor (process ${monitor.pid}); stop that one or name another folder`,
      '',
    ]);
    expect((await clusterHealth(monitor)).services).toHaveProperty('tools');
  });

  test('a killed monitor leaves no lock behind', async () => {
    const first = await startMonitor(watching(), { folder });
    await first.kill();
    await using second = await startMonitor(watching(), { folder });
    expect((await clusterHealth(second)).services).toHaveProperty('tools');
  });
});

describe('without a configuration', () => {
  const MAIN = fileURLToPath(new URL('main.js', DIST));

  test('an error of one line has what to do', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN], { cwd: folder, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^monitor\.yml: no such file; write a first one with ".*langgraph-monitor init", .*".*langgraph-monitor demo", .*--config\.file/,
    );
    expect(spawnSync(process.execPath, [MAIN, 'init'], { cwd: folder }).status).toBe(0);
    const checked = spawnSync(process.execPath, [MAIN, 'check-config', 'monitor.yml'], { cwd: folder });
    expect(checked.status).toBe(0);
  });

  test('the demo runs from any folder', async () => {
    const demo = spawn(process.execPath, [MAIN, 'demo', '--web.listen-address=127.0.0.1:0'], { cwd: folder });
    let output = '';
    demo.stdout.on('data', chunk => {
      output += chunk;
    });
    const ended = new Promise(resolve => demo.once('close', resolve));
    try {
      await expect.poll(() => output, PATIENCE).toContain('The monitor runs on http://127.0.0.1:');
    } finally {
      demo.kill('SIGTERM');
      await ended;
    }
  });
});

test.skipIf(process.platform !== 'linux')(
  'a working directory that was deleted is one line, not a stack',
  () => {
    const folder = makeFolder('gone');
    const config = writeConfiguration(folder, { services: { tools: { url: 'http://127.0.0.1:1/' } } });
    const main = fileURLToPath(new URL('main.js', DIST));
    const command = `mkdir '${folder}/x' && cd '${folder}/x' && rmdir '${folder}/x' && exec "$0" "$@"`;
    const args = [
      '-c',
      command,
      process.execPath,
      main,
      `--config.file=${config}`,
      `--storage.path=${folder}/data`,
    ];
    const { status, stderr } = spawnSync('sh', args, { encoding: 'utf8' });
    removeFolder(folder);
    expect(status).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toBe(
      'langgraph-monitor: the working directory does not exist any more; change to one that does and start again',
    );
    expect(stderr).not.toMatch(/^ +at /m);
  },
);
