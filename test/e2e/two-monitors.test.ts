// Two monitors with one configuration and a lease: what a real receiver gets is counted through restarts, kills, cut networks, a
// Redis that is gone and a clock that is off.

import { afterEach, expect, test, vi } from 'vitest';
import { makeFolder, removeFolder } from '../support/child.js';
import { type RedisServer, startRedis } from '../support/redis.js';
import { Cable, type Name, TwoMonitors } from '../support/two-monitors.js';
import { HAS_WALL_CLOCK, WallClock } from '../support/wall-clock.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
/** Within 15 s another monitor takes over; a busy machine may be as late again. In milliseconds. */
const TAKEOVER = 30_000;
vi.setConfig({ testTimeout: 180_000 });

let redis: RedisServer | undefined;
let two: TwoMonitors | undefined;
let folder: string | undefined;
const cables: Cable[] = [];
afterEach(async () => {
  await two?.close();
  await redis?.close();
  for (const cable of cables.splice(0)) cable.close();
  if (folder) removeFolder(folder);
  [two, redis, folder] = [undefined, undefined, undefined];
});

async function open(services = 1, more: object = {}): Promise<TwoMonitors> {
  redis = await startRedis();
  two = await TwoMonitors.open({ redis: `127.0.0.1:${redis.port}`, ...more }, services);
  return two;
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, PATIENCE);
const got = (pair: TwoMonitors, service: number, want: string[]) =>
  until(() => expect(pair.about(service)).toEqual(want));

/** Both run, one holds the lease. @returns its name, and the other's */
async function settled(pair: TwoMonitors): Promise<[holder: Name, standby: Name]> {
  const states = await until2(pair);
  return states.a === 'held' ? ['a', 'b'] : ['b', 'a'];
}

function until2(pair: TwoMonitors): Promise<Record<Name, string>> {
  return vi.waitFor(async () => {
    const states = { a: (await pair.lease('a')).state, b: (await pair.lease('b')).state };
    expect(Object.values(states).sort()).toEqual(['held', 'standby']);
    return states;
  }, PATIENCE);
}

/** All that run know that a service is down, and that this was sent. */
function known(pair: TwoMonitors, service: number): Promise<void> {
  return until(async () => {
    for (const monitor of Object.values(pair.running)) {
      if (!monitor?.isRunning) continue;
      const alerts =
        await monitor.json<{ labels: { target: string }; fingerprint: string }[]>('/api/v2/alerts');
      const alert = alerts.find(({ labels }) => labels.target === `s${service}`);
      expect(alert).toBeDefined();
      const path = `/api/v2/alert/${alert?.fingerprint}/notifications`;
      const { next } = await monitor.json<{ next: { what: string }[] }>(path);
      expect(next.map(({ what }) => what)).toEqual(['repeat']);
    }
  });
}

test('a planned restart of either repeats nothing and loses nothing', async () => {
  const pair = await open(3);
  await pair.start('a', 'b');
  const [holder, standby] = await settled(pair);
  pair.set(0, false);
  await got(pair, 0, ['firing']);
  await known(pair, 0);

  await pair.get(holder).stop();
  const stopped = Date.now();
  pair.set(1, false);
  await got(pair, 1, ['firing']);
  expect(pair.messages.at(-1)?.at).toBeLessThan(stopped + TAKEOVER);
  await pair.start(holder);
  await settled(pair);
  await known(pair, 1);
  expect((await pair.lease(standby)).state).toBe('held');

  await pair.get(holder).stop();
  await pair.start(holder);
  pair.set(0, true);
  pair.set(2, false);
  await got(pair, 0, ['firing', 'resolved']);
  await got(pair, 2, ['firing']);

  await known(pair, 2);
  await pair.get(standby).stop();
  pair.set(1, true);
  await got(pair, 1, ['firing', 'resolved']);
  await pair.start(standby);
  await settled(pair);
  pair.set(2, true);
  await got(pair, 2, ['firing', 'resolved']);
  expect(pair.messages).toHaveLength(6);
});

test('kill -9 of the holder: the other sends within 15 s what is new, and repeats nothing', async () => {
  const pair = await open(2);
  await pair.start('a', 'b');
  const [holder, standby] = await settled(pair);
  pair.set(0, false);
  await got(pair, 0, ['firing']);
  await known(pair, 0);
  await pair.get(holder).kill();
  const killed = Date.now();
  pair.set(1, false);
  await got(pair, 1, ['firing']);
  expect(pair.messages.at(-1)?.at).toBeLessThan(killed + TAKEOVER);
  expect(await pair.get(standby).metric('langgraph_monitor_lease_takeovers_total')).toBe(1);
  pair.set(0, true);
  await got(pair, 0, ['firing', 'resolved']);
  await pair.start(holder);
  pair.set(1, true);
  await got(pair, 1, ['firing', 'resolved']);
  await settled(pair);
  expect(pair.messages).toHaveLength(4);
});

test('Redis gone: what is new comes twice at most, what was sent is not repeated, and every end is sent', async () => {
  const pair = await open(2);
  await pair.start('a', 'b');
  await settled(pair);
  pair.set(0, false);
  await got(pair, 0, ['firing']);
  await known(pair, 0);
  await redis?.kill();
  await until(async () => {
    for (const name of ['a', 'b'] as const)
      expect(await pair.lease(name)).toMatchObject({ state: 'unavailable', is_sending: true });
  });
  pair.set(1, false);
  await got(pair, 1, ['firing', 'firing']);
  expect(pair.about(0)).toEqual(['firing']);
  pair.set(0, true);
  await got(pair, 0, ['firing', 'resolved', 'resolved']);
  const lines = pair.get('a').logged('Lease is not certain');
  const refused = `ha.lease.redis 127.0.0.1:${redis?.port}: Connection refused`;
  // What is under way when Redis is killed ends otherwise.
  expect(lines.map(({ err }) => err)).toContain(refused);
});

test('Redis and the peer gone: the one that is left sends', async () => {
  const pair = await open(1);
  await pair.start('a', 'b');
  const [holder, standby] = await settled(pair);
  await redis?.kill();
  await pair.get(holder).kill();
  const gone = Date.now();
  pair.set(0, false);
  await got(pair, 0, ['firing']);
  expect(pair.messages.at(-1)?.at).toBeLessThan(gone + TAKEOVER);
  expect(await pair.lease(standby)).toMatchObject({ state: 'unavailable', is_sending: true });
});

test('a holder that is cut off from Redis, and not from its peer, stops sending when that has taken over', async () => {
  redis = await startRedis();
  const { port } = redis;
  const ways = { a: await Cable.to(() => port), b: await Cable.to(() => port) };
  cables.push(ways.a, ways.b);
  const hosts = { a: `127.0.0.1:${ways.a.port}`, b: `127.0.0.1:${ways.b.port}` };
  two = await TwoMonitors.open({ redis: hosts }, 2);
  const pair = two;
  await pair.start('a', 'b');
  const [holder, standby] = await settled(pair);
  pair.set(0, false);
  await got(pair, 0, ['firing']);
  await known(pair, 0);
  ways[holder].cut();
  await until(async () => {
    expect(await pair.lease(standby)).toMatchObject({ state: 'held', is_sending: true });
    expect(await pair.lease(holder)).toMatchObject({ state: 'unavailable', is_sending: false });
  });
  pair.set(1, false);
  await got(pair, 1, ['firing']);
  pair.set(0, true);
  await got(pair, 0, ['firing', 'resolved']);
  ways[holder].mend();
  await until(async () => expect((await pair.lease(holder)).state).toBe('standby'));
  pair.set(1, true);
  await got(pair, 1, ['firing', 'resolved']);
  expect(pair.messages).toHaveLength(4);
});

test.runIf(HAS_WALL_CLOCK).each([
  ['behind', -30],
  ['ahead', 30],
])('the clock of one is 30 s %s: messages come once, and a takeover repeats nothing', async (_, offset) => {
  folder = makeFolder('clock');
  const { env } = new WallClock(folder, offset);
  const pair = await open(2, { options: { b: { env } } });
  await pair.start('a', 'b');
  const [holder, standby] = await settled(pair);
  pair.set(0, false);
  await got(pair, 0, ['firing']);
  await known(pair, 0);
  await pair.get(holder).kill();
  const killed = Date.now();
  pair.set(1, false);
  await got(pair, 1, ['firing']);
  expect(pair.messages.at(-1)?.at).toBeLessThan(killed + TAKEOVER);
  pair.set(0, true);
  await got(pair, 0, ['firing', 'resolved']);
  await pair.start(holder);
  await settled(pair);
  await known(pair, 1);
  await pair.get(standby).stop();
  pair.set(1, true);
  await got(pair, 1, ['firing', 'resolved']);
  expect(pair.messages).toHaveLength(4);
});
