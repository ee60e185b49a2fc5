// deploy/shards: four monitors, VictoriaMetrics, vmalert and two Alertmanagers. Each file in the hands of its own tool, and all of
// it at work.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFailed, test, vi } from 'vitest';
import { shardOf } from '../../src/app/sharding.js';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import type { ClusterHealth } from '../e2e/cluster-health.js';
import { flushes } from '../support/alertmanager.js';
import { type Endpoint, startEndpoint } from '../support/endpoint.js';
import { composeFile, read } from './compose-file.js';
import { recipesOf } from './recipes.js';
import { Sandbox } from './sandbox.js';
import { ALERTMANAGERS, commandOf, SHARDS, ShardsExample, victoriaMetricsFlags } from './shards-example.js';
import { ROOT, tool } from './tool.js';

const FOLDER = 'deploy/shards';
const UNITS = ['langgraph-monitor@.service', 'vmalert.service', 'alertmanager@.service'] as const;
const PATIENCE = { timeout: 90_000, interval: 200 };

interface Example {
  readonly services: Readonly<Record<string, object>>;
}
const example = load(read(`${FOLDER}/monitor.yml`)) as Example;
const ids = Object.keys(example.services);
const checkedBy = (shard: number) => ids.filter(id => shardOf(id, 4).index === shard);

test('each shard checks some of the services', () => {
  expect(SHARDS.map(shard => checkedBy(shard).length)).toEqual([2, 2, 2, 2]);
});

describe('the monitor accepts monitor.yml', () => {
  test.each(SHARDS)('as shard %s', shard => {
    const env = { ...process.env, SHARD: String(shard) };
    const args = ['dist/main.js', 'check-config', `${FOLDER}/monitor.yml`];
    expect(tool(process.execPath, args, { env })).toEqual({
      status: 0,
      stdout: `${FOLDER}/monitor.yml: valid, 8 services, 2 of them checked here, 1 remote write\n`,
      stderr: '',
    });
  });

  test.each([
    ['4', 'shard.index: 4 is none of 4: the first is 0, the last 3'],
    ['one', 'shard.index: expected a whole number from 0 to 999'],
    [
      undefined,
      `shard.index: the environment variable SHARD is not set; set it or give a default: $\{SHARD:-value}`,
    ],
  ])('not as shard %s', (shard, want) => {
    const { SHARD: _, ...rest } = process.env;
    const env = { ...rest, ...(shard !== undefined && { SHARD: shard }) };
    const args = ['dist/main.js', 'check-config', `${FOLDER}/monitor.yml`];
    const { status, stderr } = tool(process.execPath, args, { env });
    expect([status, stderr]).toEqual([1, expect.stringContaining(`${FOLDER}/monitor.yml: ${want}\n`)]);
  });

  test('with rules: local, as it says there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'langgraph-monitor-'));
    const file = join(folder, 'monitor.yml');
    const switched = read(`${FOLDER}/monitor.yml`)
      .replace('# rules: local\n', 'rules: local\n')
      .replace(/^# alerting:.*\n# ( +alertmanagers:.*)$/m, 'alerting:\n$1');
    expect(switched).toMatch(/^alerting:\n +alertmanagers:/m);
    writeFileSync(file, switched);
    const env = { ...process.env, SHARD: '0' };
    const { status, stderr } = tool(process.execPath, ['dist/main.js', 'check-config', file], { env });
    rmSync(folder, { recursive: true });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('vmalert accepts rules/', () => {
  const dryRun = (pattern: string) => tool('vmalert', ['-dryRun', `-rule=${pattern}`, '-loggerLevel=ERROR']);

  test('but for keep_firing_for, where it is older than 1.92', () => {
    const folder = mkdtempSync(join(tmpdir(), 'langgraph-monitor-'));
    cpSync(join(ROOT, 'rules'), folder, { recursive: true });
    const before = dryRun(`${folder}/*.rules.yml`);
    if (before.status !== 0)
      expect(before.stdout + before.stderr).toMatch(/unknown fields in rule: keep_firing_for$/m);
    tool('sed', ['-i', '/keep_firing_for/d', join(folder, 'anomalies.rules.yml')]);
    const after = dryRun(`${folder}/*.rules.yml`);
    rmSync(folder, { recursive: true });
    expect(after).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

describe('systemd accepts', () => {
  test.each([...UNITS, 'langgraph-shards.target'])('%s without a warning', unit => {
    expect(tool('systemd-analyze', ['verify', `${FOLDER}/${unit}`])).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('the unit of a shard is that of one monitor but for what it is told', () => {
    const different = (path: string, other: string) => {
      const known = new Set(read(other).split('\n'));
      return read(path)
        .split('\n')
        .filter(line => !known.has(line) && !line.startsWith('#'))
        .map(line => line.replace(/=.*/, ''));
    };
    const [shard, one] = [`${FOLDER}/langgraph-monitor@.service`, 'deploy/langgraph-monitor.service'];
    expect(different(shard, one)).toEqual([
      'Description',
      'PartOf',
      'ExecStart',
      'Environment',
      'StateDirectory',
      'WantedBy',
    ]);
    expect(different(one, shard)).toEqual([
      'Description',
      'ExecStart',
      'StateDirectory',
      'WantedBy',
      'Alias',
    ]);
  });

  test('every unit that the target wants', () => {
    const wanted = [...read(`${FOLDER}/langgraph-shards.target`).matchAll(/[\w-]+(?:@\d)?\.service/g)].map(
      String,
    );
    expect(wanted).toEqual([
      ...SHARDS.map(shard => `langgraph-monitor@${shard}.service`),
      'victoria-metrics.service',
      'vmalert.service',
      'alertmanager@0.service',
      'alertmanager@1.service',
    ]);
  });
});

describe('docker-compose.yml', () => {
  const compose = composeFile({}, `${FOLDER}/docker-compose.yml`);
  const services = Object.entries(compose.services);
  const flagsOf = (name: string) => compose.services[name]?.command ?? [];
  /** Names of flags, without those that say where files are and who listens. */
  const names = (args: readonly string[]) =>
    args
      .map(arg => arg.replace(/^-+/, '').replace(/=.*/, ''))
      .filter(name => !/^(httpListenAddr|web\.listen-address)$/.test(name));

  test('has the same processes as the units', () => {
    expect(services.map(([name]) => name)).toEqual([
      ...SHARDS.map(shard => `shard-${shard}`),
      'victoria-metrics',
      'vmalert',
      'alertmanager-0',
      'alertmanager-1',
    ]);
  });

  test.each([
    ['victoria-metrics', () => victoriaMetricsFlags()],
    ['vmalert', () => commandOf('vmalert.service', undefined).args.slice(1)],
    ['alertmanager-0', () => commandOf('alertmanager@.service', 0).args.slice(1)],
    ['alertmanager-1', () => commandOf('alertmanager@.service', 1).args.slice(1)],
  ])('%s has the flags that its unit has', (name, flags) => {
    expect(names(flagsOf(name)).sort()).toEqual(names(flags()).sort());
  });

  test.each(SHARDS)('shard-%s has its index, a name, and a volume of its own', shard => {
    expect(compose.services[`shard-${shard}`]).toMatchObject({
      hostname: `shard-${shard}`,
      environment: { SHARD: String(shard), STORAGE: 'victoria-metrics:8428' },
      ports: [`127.0.0.1:818${shard}:8083`],
      volumes: [
        './monitor.yml:/opt/langgraph-monitor/monitor.yml:ro',
        `shard-${shard}-data:/opt/langgraph-monitor/data`,
      ],
    });
  });

  test('images have one version, ports are open on this machine only and once, volumes are there', () => {
    for (const [name, { image, build }] of services)
      expect(`${name} ${image} ${build ?? ''}`).toMatch(/langgraph-monitor \.\.\/\.\.$|:v\d+\.\d+\.\d+ $/);
    const ports = services.flatMap(([, { ports = [] }]) => ports);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(new Set(ports.map(port => port.split(':')[1])).size).toBe(ports.length);
    const named = services
      .flatMap(([, { volumes = [] }]) => volumes.map(volume => volume.split(':')[0] as string))
      .filter(source => !source.startsWith('.'));
    expect(named.sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  test('processes name each other by their names there', () => {
    const known = new Set(services.map(([name]) => name));
    const addresses = services.flatMap(([, { command = [] }]) =>
      command.flatMap(flag => /(?:http:\/\/|peer=)([a-z][\w-]*):\d+/.exec(flag)?.[1] ?? []),
    );
    expect(addresses.length).toBeGreaterThan(6);
    for (const name of addresses) expect(known).toContain(name);
  });
});

describe('docs/scaling.md', () => {
  test('its commands prepare and start the units', async () => {
    const sandbox = await Sandbox.make();
    try {
      for (const folder of ['etc/langgraph-monitor', 'etc/default'])
        mkdirSync(join(sandbox.root, folder), { recursive: true });
      cpSync(join(ROOT, 'rules'), join(sandbox.root, 'etc/langgraph-monitor/rules'), { recursive: true });
      const main = join(ROOT, 'dist/main.js');
      sandbox.program('langgraph-monitor', `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`);
      sandbox.program(
        'systemctl',
        '#!/bin/sh\necho "systemctl $*" >> "$SANDBOX/calls"\n[ "$1" != daemon-reload ] || exec systemd-analyze verify "$SANDBOX"/etc/systemd/system/*\n',
      );
      for (const { commands } of recipesOf('docs/scaling.md')) {
        const { status, stdout, stderr } = sandbox.run(commands);
        expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
        if (commands.some(command => command.includes('check-config')))
          expect(stdout.match(/valid, 8 services, 2 of them checked here/g)).toHaveLength(4);
      }
      expect(sandbox.calls).toEqual([
        'docker compose -f deploy/shards/docker-compose.yml up -d',
        'systemctl daemon-reload',
        'systemctl restart victoria-metrics',
        'systemctl enable --now langgraph-shards.target',
      ]);
    } finally {
      sandbox.close();
    }
  });
});

describe('all of it at work', () => {
  const servers = new Map<string, SimulatedServer>();
  let receiver: Endpoint;
  let running: ShardsExample;

  beforeAll(async () => {
    receiver = await startEndpoint();
    for (const id of ids) servers.set(id, await startServer({ answer: () => json({ status: 'healthy' }) }));
    const service = (id: string) => ({
      url: `${servers.get(id)?.url}/health`,
      critical: true,
      timeout: '2s',
      confirm: { failures: 2, successes: 1, every: '200ms' },
    });
    const written = load(read(`${FOLDER}/monitor.yml`)) as { query: object };
    running = await ShardsExample.open(
      {
        host: { enabled: false },
        scan: { intervals: { critical: '1s', other: '1s' } },
        // A third of the example's, so that the storage keeps up where other tests run too: what it answers late fires again.
        query: { ...written.query, scrape_interval: '5s' },
        services: Object.fromEntries(ids.map(id => [id, service(id)])),
      },
      receiver.url,
    );
    await running.start();
  });
  afterAll(async () => {
    await running?.close();
    await receiver?.close();
    await Promise.all([...servers.values()].map(server => server.close()));
  });
  afterEach(() => {
    receiver.requests.length = 0;
  });

  const health = async (shard: number) =>
    (await (await fetch(`${running.url(8180 + shard)}/cluster_health`)).json()) as ClusterHealth;
  const everywhere = async (check: (health: ClusterHealth) => void) => {
    for (const shard of SHARDS) check(await health(shard));
  };
  /** Messages about an alert, as `firing llm_1`. */
  const messages = (alertname: string, label: string) =>
    receiver.requests
      .map(({ body }) => JSON.parse(body) as { status: string; alerts: { labels: Record<string, string> }[] })
      .flatMap(({ status, alerts }) => alerts.map(({ labels }) => ({ status, labels })))
      .filter(({ labels }) => labels.alertname === alertname)
      .map(({ status, labels }) => `${status} ${labels[label]}`);
  const flushesOf = (alertmanager: number, target: string, state: 'active' | 'resolved') =>
    flushes(running.alertmanagerLog(alertmanager), { alertname: 'ServiceDown', target }, state);

  test('an alert of a service of each shard arrives once, and all four show it', {
    timeout: 360_000,
  }, async () => {
    // What was sent twice, and what each Alertmanager took for its cluster then.
    onTestFailed(() => {
      for (const i of ALERTMANAGERS) console.error(`Alertmanager ${i}\n${running.alertmanagerLog(i)}`);
    });
    await vi.waitFor(
      () =>
        everywhere(({ overall_status, alerts }) => expect([overall_status, alerts]).toEqual(['healthy', []])),
      PATIENCE,
    );
    const failing = SHARDS.map(shard => checkedBy(shard)[0] as string);
    for (const id of failing) await servers.get(id)?.setFault({ kind: 'refused' });
    const lines = failing.map(id => `CRITICAL: ${id} is error - Connection refused`).sort();
    await vi.waitFor(
      () =>
        everywhere(({ overall_status, alerts }) =>
          expect([overall_status, [...alerts].sort()]).toEqual(['unhealthy', lines]),
        ),
      PATIENCE,
    );
    const flushed = (target: string, state: 'active' | 'resolved', times: number) =>
      vi.waitFor(() => {
        for (const alertmanager of ALERTMANAGERS)
          expect(flushesOf(alertmanager, target, state)).toBeGreaterThanOrEqual(times);
      }, PATIENCE);
    // Both Alertmanagers take up what has ended when they begin, at the same time; so it ends right after both have begun.
    await Promise.all(
      failing.map(async target => {
        const before = ALERTMANAGERS.map(alertmanager => flushesOf(alertmanager, target, 'active'));
        await flushed(target, 'active', Math.max(...before) + 1);
        await servers.get(target)?.setFault(OK);
      }),
    );
    const want = failing.flatMap(id => [`firing ${id}`, `resolved ${id}`]).sort();
    await vi.waitFor(() => expect(messages('ServiceDown', 'target').sort()).toEqual(want), PATIENCE);
    await vi.waitFor(
      () => everywhere(({ overall_status }) => expect(overall_status).toBe('healthy')),
      PATIENCE,
    );
    // The second time begins after the first, in which one of them waits for the other.
    for (const target of failing) await flushed(target, 'resolved', 2);
    expect(messages('ServiceDown', 'target').sort()).toEqual(want);
  });

  test('a monitor that is gone is an alert, and its services are unknown everywhere', {
    timeout: 240_000,
  }, async () => {
    await running.killShard(2);
    await vi.waitFor(
      async () => {
        for (const shard of [0, 1, 3]) {
          const { overall_status, services } = await health(shard);
          expect(overall_status).not.toBe('healthy');
          for (const id of checkedBy(2)) expect(services[id]?.health.status).toBe('unknown');
        }
        expect(messages('MonitorShardMissing', 'shard')).toEqual(['firing 2']);
      },
      { ...PATIENCE, timeout: 200_000 },
    );
  });
});
