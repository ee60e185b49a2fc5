// What users get wrong with two monitors: one clear line in the log and in /health each.

import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { portOf } from '../support/http.js';
import { type RedisConfig, type RedisServer, startRedis } from '../support/redis.js';
import { TwoMonitors } from '../support/two-monitors.js';

const PATIENCE = { timeout: 60_000, interval: 100 };

let two: TwoMonitors | undefined;
let peer: Server | undefined;
const redises: RedisServer[] = [];
afterEach(async () => {
  await two?.close();
  peer?.close();
  peer?.closeAllConnections();
  [two, peer] = [undefined, undefined];
  for (const redis of redises.splice(0)) await redis.close();
});

async function redis(config?: RedisConfig): Promise<RedisServer> {
  const server = await startRedis(config);
  redises.push(server);
  return server;
}

describe('a Redis that cannot keep a lease', () => {
  const cases: [name: string, open: () => Promise<object>, want: RegExp][] = [
    [
      'a read-only replica',
      async () => {
        const master = await redis();
        const replica = await redis({ lines: [`replicaof 127.0.0.1 ${master.port}`] });
        return { host: `127.0.0.1:${replica.port}` };
      },
      /^ha\.lease\.redis 127\.0\.0\.1:\d+: is a read-only replica, which cannot keep a lease; name its master \(READONLY /,
    ],
    [
      'a wrong password',
      async () => ({
        host: `127.0.0.1:${(await redis({ password: 'right' })).port}`,
        password: 'wrong-secret',
      }),
      /^ha\.lease\.redis 127\.0\.0\.1:\d+: does not let this monitor in; set username and password there \(WRONGPASS /,
    ],
    [
      'no password',
      async () => ({ host: `127.0.0.1:${(await redis({ password: 'right' })).port}` }),
      /^ha\.lease\.redis 127\.0\.0\.1:\d+: does not let this monitor in; set username and password there \(NOAUTH /,
    ],
    [
      'a user that may not run scripts',
      async () => {
        const server = await redis();
        await server.command('ACL SETUSER guest on >guest ~* +ping');
        return { host: `127.0.0.1:${server.port}`, username: 'guest', password: 'guest' };
      },
      /^ha\.lease\.redis 127\.0\.0\.1:\d+: its user may not run EVAL on the keys of ha\.lease\.key; allow it \(NOPERM /,
    ],
    [
      'no memory left',
      async () => {
        const server = await redis();
        await server.command('CONFIG SET maxmemory 1');
        return { host: `127.0.0.1:${server.port}` };
      },
      /^ha\.lease\.redis 127\.0\.0\.1:\d+: is full, and takes nothing; raise its maxmemory \(.*OOM /,
    ],
    [
      'no disk that it can write to',
      async () => {
        const server = await redis({ lines: ['enable-protected-configs yes'] });
        // Where no file can be made.
        await server.command('CONFIG SET dir /proc');
        await server.command('CONFIG SET save "3600 1"');
        await server.command('SET something 1');
        await vi.waitFor(async () => {
          await server.command('BGSAVE');
          expect(await server.command('SET something 2')).toMatch(/^-MISCONF/);
        }, PATIENCE);
        return { host: `127.0.0.1:${server.port}` };
      },
      /^ha\.lease\.redis 127\.0\.0\.1:\d+: cannot write to its own disk, and takes nothing until it can; look at its log \(.*MISCONF /,
    ],
  ];
  test.each(cases)('%s', async (_, open, want) => {
    two = await TwoMonitors.open({ lease: { redis: await open() } });
    await two.start('a');
    const monitor = two.get('a');
    // On a busy machine an answer may be late.
    const errors = () =>
      monitor
        .logged('Lease is not certain')
        .map(({ err }) => err ?? '')
        .filter(err => !err.includes('no answer within'));
    await vi.waitFor(async () => {
      expect([...new Set(errors())]).toEqual([expect.stringMatching(want)]);
      expect(await two?.lease('a')).toMatchObject({ status: expect.stringMatching(want) });
    }, PATIENCE);
    expect(await monitor.metric('langgraph_monitor_lease_up')).toBe(0);
    expect(monitor.output).not.toContain('wrong-secret');
  });
});

describe('peers', () => {
  /** A server that answers as another monitor would. */
  async function answering(status: number, body: object): Promise<string> {
    peer = createServer((_, response) => void response.writeHead(status).end(JSON.stringify(body)));
    await new Promise<void>(resolve => peer?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${portOf(peer)}`;
  }
  const replica = { replica: 'b', id: 'x', lease: 'none', services: {} };
  const NEWER = { lease: 'draining', zone: 'west', services: { s0: true, s1: { up: true, slow: false } } };
  const cases: [name: string, url: (two: TwoMonitors) => Promise<string>, want: string, up: number][] = [
    ['itself', async pair => pair.url('a'), 'is this monitor itself; take it out of ha.peers', 1],
    [
      'another version',
      () => answering(200, { ...replica, version: '99.0.0' }),
      'runs version 99.0.0, this monitor 0.1.0; update the older one',
      1,
    ],
    [
      'a newer version with more keys and states',
      () => answering(200, { ...replica, ...NEWER, version: '99.0.0' }),
      'runs version 99.0.0, this monitor 0.1.0; update the older one',
      1,
    ],
    [
      'an older version without the endpoint',
      () => answering(404, {}),
      'answers HTTP 404 to /replica: it has no section ha, or is an older version; update it',
      0,
    ],
    [
      'something else',
      () => answering(200, { hello: 1 }),
      'its answer to /replica is not that of a langgraph-monitor',
      0,
    ],
    ['nothing', async pair => pair.url('b'), 'connection refused', 0],
  ];
  test.each(cases)('%s', async (_, url, want, up) => {
    const urls: { a?: string } = {};
    two = await TwoMonitors.open({ peerUrls: urls });
    urls.a = await url(two);
    await two.start('a');
    const monitor = two.get('a');
    await vi.waitFor(async () => {
      const { ha } = await monitor.json<{ ha: { peers: object[] } }>('/health');
      expect(ha.peers).toEqual([expect.objectContaining({ url: urls.a, status: want })]);
    }, PATIENCE);
    const lines = monitor.log.filter(({ peer: of }) => of === urls.a);
    expect(lines.map(({ err }) => err)).toEqual([want]);
    expect(await monitor.metric(`langgraph_monitor_peer_up{peer="${urls.a}"}`)).toBe(up);
  });
});

test('what a newer peer sees counts as far as it is understood', async () => {
  const pair = await TwoMonitors.open({});
  two = pair;
  peer = createServer((_, response) =>
    response.end(
      JSON.stringify({
        ...{ replica: 'b', id: 'x', version: '99.0.0', lease: 'draining' },
        services: { s0: true, s1: { up: true } },
      }),
    ),
  );
  await new Promise<void>(resolve => peer?.listen(pair.ports.b, '127.0.0.1', resolve));
  await pair.start('a');
  await vi.waitFor(async () => {
    const seen = 'langgraph_monitor_replica_service_up{target="s0",seen_from="b"}';
    expect(await pair.get('a').metric(seen)).toBe(1);
  }, PATIENCE);
});

describe('a monitor that is killed and starts again', () => {
  const conflicts = (name: 'a' | 'b') =>
    two?.get(name).log.filter(({ err }) => err?.includes('calls itself')) ?? [];
  const running = async (name: 'a' | 'b') => {
    const { cluster_stats } = await (two as TwoMonitors)
      .get(name)
      .json<{ cluster_stats: { monitoring_uptime: number } }>('/cluster_health');
    return cluster_stats.monitoring_uptime;
  };

  test('takes its lease again, and is no other one of its name', async () => {
    const { port } = await redis();
    const pair = await TwoMonitors.open({ redis: `127.0.0.1:${port}` });
    two = pair;
    await pair.start('a');
    const held = () =>
      vi.waitFor(
        async () =>
          expect(await pair.lease('a')).toMatchObject({ state: 'held', status: 'ok', is_sending: true }),
        PATIENCE,
      );
    await held();
    await pair.get('a').kill();
    await pair.start('a');
    await held();
    expect(conflicts('a')).toEqual([]);
  });

  test('waits for the lease that its peer has taken, and is no other one of its name for that', async () => {
    const { port } = await redis();
    const pair = await TwoMonitors.open({ redis: `127.0.0.1:${port}` });
    two = pair;
    await pair.start('a');
    await vi.waitFor(async () => expect((await pair.lease('a')).state).toBe('held'), PATIENCE);
    await pair.start('b');
    await pair.get('a').kill();
    await vi.waitFor(async () => expect((await pair.lease('b')).state).toBe('held'), PATIENCE);
    await pair.start('a');
    // By then another one of its name would have been found.
    await vi.waitFor(async () => expect(await running('a')).toBeGreaterThan(14), PATIENCE);
    expect(await pair.lease('a')).toMatchObject({ state: 'standby', holder: 'b', status: 'ok' });
    for (const name of ['a', 'b'] as const) {
      expect(conflicts(name)).toEqual([]);
      expect(await pair.get(name).metric('langgraph_monitor_replica_conflict')).toBe(0);
    }
  });
});

test('the same name twice is found by peers, and at the lease', async () => {
  const { port } = await redis();
  two = await TwoMonitors.open({ redis: `127.0.0.1:${port}`, replicas: { a: 'same', b: 'same' } });
  await two.start('a', 'b');
  const pair = two;
  for (const name of ['a', 'b'] as const) {
    const monitor = pair.get(name);
    await vi.waitFor(async () => {
      expect(await monitor.metric('langgraph_monitor_replica_conflict')).toBe(1);
      const { ha } = await monitor.json<{ ha: { peers: object[] } }>('/health');
      expect(ha.peers).toEqual([
        expect.objectContaining({
          status: 'calls itself "same" too; give each monitor a ha.replica of its own',
        }),
      ]);
    }, PATIENCE);
    expect(monitor.logged('Peer is not configured right').map(({ err }) => err)).toEqual([
      'calls itself "same" too; give each monitor a ha.replica of its own',
    ]);
  }
  await vi.waitFor(async () => {
    const statuses = [(await pair.lease('a')).status, (await pair.lease('b')).status].sort();
    expect(statuses).toEqual([
      'another monitor calls itself "same" too and holds the lease; give each monitor a ha.replica of its own',
      'ok',
    ]);
  }, PATIENCE);
  // The one that has no lease takes over all the same, and the other one is kept from nothing but the lease when it starts again.
  const holder = (await pair.lease('a')).state === 'held' ? 'a' : 'b';
  const other = holder === 'a' ? 'b' : 'a';
  await pair.get(holder).kill();
  await vi.waitFor(async () => expect((await pair.lease(other)).state).toBe('held'), PATIENCE);
  await pair.start(holder);
  await vi.waitFor(async () => {
    expect(await pair.lease(holder)).toMatchObject({ state: 'standby', holder: 'same' });
  }, PATIENCE);
});
