// Silences, announcements and pushes of two monitors with one lease: made, changed and ended at either, while the other one is away,
// while Redis is away, and with clocks that differ.

import { afterEach, expect, test, vi } from 'vitest';
import { makeFolder, removeFolder } from '../support/child.js';
import { type RedisServer, startRedis } from '../support/redis.js';
import { Cable, type Name, TwoMonitors } from '../support/two-monitors.js';
import { HAS_WALL_CLOCK, WallClock } from '../support/wall-clock.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
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

const until = (check: () => void | Promise<void>) => vi.waitFor(check, PATIENCE);

async function open(services: number, more: object = {}): Promise<TwoMonitors> {
  redis = await startRedis();
  two = await TwoMonitors.open({ redis: `127.0.0.1:${redis.port}`, ...more }, services);
  return two;
}

/** Both run, one holds the lease. @returns its name, and the other's */
function settled(pair: TwoMonitors): Promise<[holder: Name, standby: Name]> {
  return vi.waitFor(async () => {
    const states = { a: (await pair.lease('a')).state, b: (await pair.lease('b')).state };
    expect(Object.values(states).sort()).toEqual(['held', 'standby']);
    return states.a === 'held' ? ['a', 'b'] : ['b', 'a'];
  }, PATIENCE);
}

interface Shown {
  readonly id: string;
  readonly status: { readonly state: string };
  readonly comment: string;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** Makes a silence of a service at a monitor, as of its own clock. */
async function silence(
  pair: TwoMonitors,
  name: Name,
  service: number,
  { id, comment = 'upgrade', now = Date.now() }: { id?: string; comment?: string; now?: number } = {},
): Promise<string> {
  const known = id && (await pair.get(name).json<Shown>(`/api/v2/silence/${id}`));
  const body = {
    ...(id && { id }),
    matchers: [{ name: 'target', value: `s${service}`, isRegex: false }],
    startsAt: known ? known.startsAt : new Date(now).toISOString(),
    endsAt: new Date(now + 3_600_000).toISOString(),
    createdBy: 'ann',
    comment,
  };
  const response = await pair.get(name).get('/api/v2/silences', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { silenceID: string }).silenceID;
}

async function end(pair: TwoMonitors, name: Name, id: string): Promise<void> {
  expect((await pair.get(name).get(`/api/v2/silence/${id}`, { method: 'DELETE' })).status).toBe(200);
}

/** What a monitor shows of each silence, by its id. */
async function states(pair: TwoMonitors, name: Name): Promise<Record<string, string>> {
  const all = await pair.get(name).json<Shown[]>('/api/v2/silences');
  return Object.fromEntries(all.map(({ id, status, comment }) => [id, `${status.state} ${comment}`]));
}

const known = (pair: TwoMonitors, want: Record<string, string>, ...names: Name[]) =>
  until(async () => {
    for (const name of names) expect(await states(pair, name)).toEqual(want);
  });

/** A service is down, and a monitor does not send it for a silence. */
const muted = (pair: TwoMonitors, name: Name, service: number, id: string) =>
  until(async () => {
    const alerts = await pair
      .get(name)
      .json<{ status: { state: string; silencedBy: string[] } }[]>(
        `/api/v2/alerts?filter=target=s${service}`,
      );
    expect(alerts.map(({ status }) => [status.state, status.silencedBy])).toEqual([['suppressed', [id]]]);
  });

const got = (pair: TwoMonitors, service: number, want: string[]) =>
  until(() => expect(pair.about(service)).toEqual(want));

test('what is silenced at either is silenced at both, and after a takeover; ended at either, it is sent', async () => {
  const pair = await open(4);
  await pair.start('a', 'b');
  const [holder, standby] = await settled(pair);
  const id0 = await silence(pair, standby, 0);
  const id1 = await silence(pair, holder, 1, { comment: 'maintenance: disk' });
  await known(pair, { [id0]: 'active upgrade', [id1]: 'active maintenance: disk' }, holder, standby);
  // A maintenance window is one wherever the service is shown.
  const services = await pair
    .get(standby)
    .json<{ services: Record<string, { maintenance?: { comment: string } }> }>('/cluster_health');
  expect(services.services.s1?.maintenance?.comment).toBe('maintenance: disk');
  pair.set(0, false);
  pair.set(1, false);
  for (const name of [holder, standby]) {
    await muted(pair, name, 0, id0);
    await muted(pair, name, 1, id1);
  }
  pair.set(2, false);
  await got(pair, 2, ['firing']);

  await pair.get(holder).kill();
  pair.set(3, false);
  await got(pair, 3, ['firing']);
  expect([pair.about(0), pair.about(1)]).toEqual([[], []]);

  await pair.start(holder);
  await settled(pair);
  await known(pair, { [id0]: 'active upgrade', [id1]: 'active maintenance: disk' }, holder);
  // The one that does not send ends it: the other one sends.
  await end(pair, holder, id1);
  await got(pair, 1, ['firing']);
  await end(pair, standby, id0);
  await got(pair, 0, ['firing']);
  await known(pair, { [id0]: 'expired upgrade', [id1]: 'expired maintenance: disk' }, holder, standby);
  const ended = { by: `monitor ${holder}`, id: id1 };
  await until(() => expect(pair.get(standby).logged('Silence expired')[0]).toMatchObject(ended));
});

test('what was made and ended while a monitor was away is known to it before it sends', async () => {
  const pair = await open(3);
  await pair.start('a');
  await until(async () => expect((await pair.lease('a')).state).toBe('held'));
  const before = await silence(pair, 'a', 0, { comment: 'before' });
  await pair.start('b');
  await known(pair, { [before]: 'active before' }, 'b');
  await pair.get('b').stop();
  await end(pair, 'a', before);
  const meanwhile = await silence(pair, 'a', 1, { comment: 'meanwhile' });
  pair.set(1, false);
  await muted(pair, 'a', 1, meanwhile);
  // It is the only one, and takes the lease at once.
  await pair.get('a').stop();
  await pair.start('b');
  pair.set(0, false);
  await got(pair, 0, ['firing']);
  await muted(pair, 'b', 1, meanwhile);
  pair.set(2, false);
  await got(pair, 2, ['firing']);
  expect(pair.about(1)).toEqual([]);
  await known(pair, { [before]: 'expired before', [meanwhile]: 'active meanwhile' }, 'b');
});

test('while Redis is away each keeps its own; when it is back without its data both have all of them', async () => {
  redis = await startRedis();
  let { port } = redis;
  const way = await Cable.to(() => port);
  cables.push(way);
  two = await TwoMonitors.open({ redis: `127.0.0.1:${way.port}` }, 3);
  const pair = two;
  await pair.start('a', 'b');
  await settled(pair);
  const shared = await silence(pair, 'a', 0);
  await known(pair, { [shared]: 'active upgrade' }, 'a', 'b');
  await redis.close();
  for (const name of ['a', 'b'] as const)
    await until(async () => expect(await pair.get(name).metric('langgraph_monitor_lease_up')).toBe(0));
  const ofA = await silence(pair, 'a', 1, { comment: 'of a' });
  const ofB = await silence(pair, 'b', 2, { comment: 'of b' });
  await end(pair, 'a', shared);
  // The other one does not know that it has ended, and makes it longer later.
  await silence(pair, 'b', 0, { id: shared });
  await known(pair, { [shared]: 'expired upgrade', [ofA]: 'active of a' }, 'a');
  await known(pair, { [shared]: 'active upgrade', [ofB]: 'active of b' }, 'b');
  redis = await startRedis();
  port = redis.port;
  way.mend();
  await known(pair, { [shared]: 'expired upgrade', [ofA]: 'active of a', [ofB]: 'active of b' }, 'a', 'b');
});

test.runIf(HAS_WALL_CLOCK).each([
  ['behind', -30],
  ['ahead', 30],
])('the clock of one is 30 s %s: a silence begins and ends at both at once', async (_, offset) => {
  folder = makeFolder('clock');
  const { env } = new WallClock(folder, offset);
  const pair = await open(2, { options: { b: { env } } });
  await pair.start('a', 'b');
  await settled(pair);
  const now = { a: () => Date.now(), b: () => Date.now() + offset * 1000 };
  const ofA = await silence(pair, 'a', 0, { comment: 'of a', now: now.a() });
  const ofB = await silence(pair, 'b', 1, { comment: 'of b', now: now.b() });
  pair.set(0, false);
  pair.set(1, false);
  for (const name of ['a', 'b'] as const) {
    await muted(pair, name, 0, ofA);
    await muted(pair, name, 1, ofB);
  }
  // Each is ended at the other one.
  await end(pair, 'b', ofA);
  await end(pair, 'a', ofB);
  const over = { [ofA]: 'expired of a', [ofB]: 'expired of b' };
  await known(pair, over, 'a', 'b');
  await got(pair, 0, ['firing']);
  await got(pair, 1, ['firing']);
  // Nor does it come back with a monitor that starts again, or with a Redis that has lost it.
  await redis?.command('FLUSHALL');
  await pair.get('b').kill();
  await pair.start('b');
  await settled(pair);
  await until(async () => expect(await redis?.command('ZCARD {langgraph-monitor}:states-order')).toBe(':2'));
  await known(pair, over, 'a', 'b');
});

test('a damaged silence in Redis is one line of the log, and harms nothing', async () => {
  const pair = await open(3);
  await pair.start('a');
  await until(async () => expect((await pair.lease('a')).state).toBe('held'));
  const damaged = await silence(pair, 'a', 0, { comment: 'damaged' });
  const whole = await silence(pair, 'a', 1);
  const field = `"silence\\n${damaged}"`;
  await until(async () =>
    expect(await redis?.command(`HEXISTS {langgraph-monitor}:states ${field}`)).toBe(':1'),
  );
  await redis?.command(`HSET {langgraph-monitor}:states ${field} garbage`);
  await pair.start('b');
  await known(pair, { [whole]: 'active upgrade' }, 'b');
  const after = await silence(pair, 'b', 2);
  await known(
    pair,
    { [damaged]: 'active damaged', [whole]: 'active upgrade', [after]: 'active upgrade' },
    'a',
  );
  const lines = pair.get('b').logged('State not shared between monitors');
  expect(lines.map(({ err }) => err)).toEqual([
    `${field} in {langgraph-monitor}:states in Redis is damaged and left out; delete that key, and the monitors put all they have again`,
  ]);
  await redis?.command('DEL {langgraph-monitor}:states');
  await known(
    pair,
    { [damaged]: 'active damaged', [whole]: 'active upgrade', [after]: 'active upgrade' },
    'a',
    'b',
  );
});

test('what stands in the place of the silences keeps no monitor from sending, and is said once', async () => {
  const pair = await open(1);
  await redis?.command('SET {langgraph-monitor}:states something');
  await pair.start('a', 'b');
  await settled(pair);
  pair.set(0, false);
  await got(pair, 0, ['firing']);
  for (const name of ['a', 'b'] as const) {
    // On a busy machine an answer may be late.
    const errors = () =>
      pair
        .get(name)
        .logged('Silences are not shared between monitors')
        .map(({ err }) => err ?? '')
        .filter(err => !err.includes('no answer within'));
    const wrong = expect.stringMatching(/^ha\.lease\.redis .*WRONGTYPE/);
    await until(() => expect([...new Set(errors())]).toEqual([wrong]));
  }
  await redis?.command('DEL {langgraph-monitor}:states');
  const id = await silence(pair, 'a', 0);
  await known(pair, { [id]: 'active upgrade' }, 'a', 'b');
});

test('announcements and pushes at either are known to both', async () => {
  const token = 'feedfacefeedface';
  const backup = { kind: 'push', token, push_interval: '1h' };
  const pair = await open(1, { moreServices: { backup } });
  await pair.start('a', 'b');
  await settled(pair);
  const call = async (name: Name, method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await pair
      .get(name)
      .get(path, { method, ...(body && { headers, body: JSON.stringify(body) }) });
    expect(response.status).toBe(200);
    return (await response.json()) as { id: string };
  };
  const titles = (want: string[], ...names: Name[]) =>
    until(async () => {
      for (const name of names) {
        const { announcements } = await pair
          .get(name)
          .json<{ announcements: { title: string }[] }>('/announcements');
        expect(announcements.map(({ title }) => title)).toEqual(want);
      }
    });
  const content = { title: 'Upgrade', message: 'Tonight.' };
  const { id } = await call('a', 'POST', '/announcements', content);
  await titles(['Upgrade'], 'a', 'b');
  await call('b', 'PUT', `/announcements/${id}`, { ...content, title: 'Upgrade, later' });
  await titles(['Upgrade, later'], 'a', 'b');
  await call('a', 'DELETE', `/announcements/${id}`);
  await titles([], 'a', 'b');

  const backups = (want: object) =>
    until(async () => {
      for (const name of ['a', 'b'] as const) {
        const { services } = await pair
          .get(name)
          .json<{ services: Record<string, { health: object }> }>('/cluster_health');
        expect(services.backup?.health).toMatchObject(want);
      }
    });
  await call('b', 'POST', `/push/backup?token=${token}&status=down&msg=disk+is+full`);
  await backups({ error: 'disk is full', push_message: 'disk is full' });
  await call('a', 'POST', `/push/backup?token=${token}&status=up`);
  await backups({ status: 'healthy' });
});
