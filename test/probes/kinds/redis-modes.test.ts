// Redis as a node of a cluster and as a Sentinel: real servers, as redis_exporter reads them too.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { redis } from '../../../src/probes/kinds/redis.js';
import { type Exporter, startRedisExporter } from '../../support/exporters.js';
import { type RedisServer, startRedis, startSentinel } from '../../support/redis.js';
import { parseExposition } from './comparison.js';
import { Bench, type Run, run, verdict } from './recording.js';

let bench = new Bench();
afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

/** Families by a common beginning as redis_exporter shows them, and those of ours that are of the same series. */
async function sideBySide(exporter: Exporter, { attempt }: Run, beginning: string) {
  const text = await (await fetch(`${exporter.url}/metrics`)).text();
  const theirs = new Map<string, number>();
  for (const [name, { samples }] of parseExposition(text)) {
    if (!name.startsWith(beginning)) continue;
    for (const [labels, value] of samples) theirs.set(`${name}{${labels}}`, value);
  }
  const ours = new Map(
    [...attempt.measuredSamples]
      .filter(([series]) => series.startsWith(beginning))
      .map(([series, value]) => [series.includes('{') ? series : `${series}{}`, value]),
  );
  return { theirs, ours };
}

describe('a node of a cluster', () => {
  let server: RedisServer;
  let exporter: Exporter;
  beforeAll(async () => {
    server = await startRedis({ lines: ['cluster-enabled yes'] });
    for (const rights of ['+ping +info', '+ping +info +cluster|info'])
      await server.command(`ACL SETUSER u${rights.length} on >users-word -@all ${rights}`);
    exporter = await startRedisExporter(server.port);
  });
  afterAll(async () => {
    await exporter.close();
    await server.close();
  });

  const at = (config: object = {}) => bench.open(redis, { host: `127.0.0.1:${server.port}`, ...config });
  const DOWN =
    'status: CLUSTERDOWN The cluster is down (0 of 16384 slots are served); commands with keys are refused';

  test('that refuses every key is down, though PING and INFO are answered', async () => {
    expect(await server.command('GET a')).toMatch(/^-CLUSTERDOWN/);
    expect(await server.command('PING')).toBe('+PONG');
    const ran = await run(await at());
    expect(verdict(ran)).toBe(DOWN);
    expect(ran.attempt.value('redis_up')).toBe(1);
    expect(ran.attempt.details).toMatchObject({ role: 'master', redis_mode: 'cluster' });
    const { theirs, ours } = await sideBySide(exporter, ran, 'redis_cluster_');
    expect(theirs.get('redis_cluster_state{}')).toBe(0);
    expect(ours).toEqual(theirs);
  });

  test('a user that may ask CLUSTER INFO', async () => {
    expect(verdict(await run(await at({ username: 'u25', password: 'users-word' })))).toBe(DOWN);
  });

  test('one that may not is refused once, and that is no outage', async () => {
    await server.command('ACL LOG RESET');
    const probe = await at({ username: 'u11', password: 'users-word' });
    for (const ran of [await run(probe), await run(probe), await run(probe)]) {
      expect(verdict(ran)).toBe('ok');
      expect(ran.attempt.value('redis_cluster_enabled')).toBe(1);
      expect(ran.attempt.value('redis_cluster_state')).toBeUndefined();
    }
    // Redis counts equal refusals in one entry.
    expect(await server.command('ACL LOG')).toBe('*1');
    expect((await run(probe)).attempt.value('redis_errors_total{err="NOPERM"}')).toBe(1);
  });

  test('that serves all slots is healthy', async () => {
    expect(await server.command('CLUSTER ADDSLOTSRANGE 0 16383')).toBe('+OK');
    const probe = await at();
    await expect.poll(async () => verdict(await run(probe))).toBe('ok');
    const { attempt } = await run(probe);
    expect(attempt.value('redis_cluster_state')).toBe(1);
    expect(attempt.value('redis_cluster_slots_ok')).toBe(16_384);
  });
});

test('a Sentinel: what it sees of its masters, as redis_exporter shows it', async () => {
  const master = await startRedis();
  const sentinel = await startSentinel([
    `sentinel monitor there 127.0.0.1 ${master.port} 1`,
    'sentinel monitor gone 127.0.0.1 1 1',
    'sentinel down-after-milliseconds gone 100',
  ]);
  const exporter = await startRedisExporter(sentinel.port);
  try {
    const probe = await bench.open(redis, { host: `127.0.0.1:${sentinel.port}` });
    const gone = 'master_name="gone",master_address="127.0.0.1:1"';
    const down = `redis_sentinel_master_status{${gone},master_status="odown"}`;
    await expect.poll(async () => (await run(probe)).attempt.value(down)).toBe(0);
    const ran = await run(probe);
    expect(verdict(ran)).toBe('ok');
    const { theirs, ours } = await sideBySide(exporter, ran, 'redis_sentinel_');
    const sorted = (all: Map<string, number>) =>
      [...all]
        .map(([series, value]) => `${series.replace(/[{},]/g, ' ').split(' ').sort().join(' ')} = ${value}`)
        .sort();
    // These need the right to the command SENTINEL.
    const asked = /master_(ckquorum_status|ok_sentinels|ok_slaves|setting_\w+)/;
    expect(sorted(ours)).toEqual(sorted(theirs).filter(series => !asked.test(series)));
    expect(
      ours.get(
        `redis_sentinel_master_status{master_name="there",master_address="127.0.0.1:${master.port}",master_status="ok"}`,
      ),
    ).toBe(1);
  } finally {
    await exporter.close();
    await sentinel.close();
    await master.close();
  }
});

test('Valkey, which has a name of its own for the mode', async () => {
  const lines = [
    ...[
      '# Server',
      'redis_version:7.2.4',
      'server_name:valkey',
      'valkey_version:8.1.0',
      'server_mode:sentinel',
    ],
    ...['# Sentinel', 'master0:name=there,status=ok,address=127.0.0.2:6379,slaves=1,sentinels=3'],
  ];
  const text = lines.map(line => `${line}\r\n`).join('');
  const server = createServer(socket =>
    socket.on('data', chunk =>
      socket.write(/info/i.test(chunk.toString()) ? `$${text.length}\r\n${text}\r\n` : '+PONG\r\n'),
    ),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const { attempt } = await run(await bench.open(redis, { host: `127.0.0.1:${port}` }));
    expect(attempt.details).toMatchObject({ redis_mode: 'sentinel' });
    const master = 'master_name="there",master_address="127.0.0.2:6379"';
    expect(attempt.value(`redis_sentinel_master_sentinels{${master}}`)).toBe(3);
    expect([...attempt.measuredSamples.keys()].join()).toContain('redis_mode="sentinel"');
  } finally {
    await bench.close();
    server.close();
  }
});
