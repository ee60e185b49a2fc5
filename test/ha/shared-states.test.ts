// States that two monitors share in a real Redis: changes of both, a Redis that loses them, entries that are damaged.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LeaseRedis } from '../../src/ha/lease-redis.js';
import { type FoundState, type SharedKind, SharedStates } from '../../src/ha/shared-states.js';
import { systemClock } from '../../src/model/time.js';
import { type RedisServer, startRedis } from '../support/redis.js';

const HASH = '{m}:states';
const HOUR = 3_600_000;

let server: RedisServer;
let redis: LeaseRedis;
beforeAll(async () => {
  server = await startRedis();
  redis = new LeaseRedis({ host: { host: '127.0.0.1', port: server.port } });
});
afterAll(async () => {
  await redis.close();
  await server.close();
});
beforeEach(() => server.command('FLUSHALL'));

/** Texts with a number: the higher one counts. */
class Texts implements SharedKind {
  readonly name = 'text';
  readonly all = new Map<string, { readonly n: number; readonly text: string; readonly ttl?: number }>();
  readonly from: string[] = [];

  set(key: string, n: number, text: string, ttl?: number): void {
    this.all.set(key, { n, text, ...(ttl !== undefined && { ttl }) });
  }

  revisions(): Map<string, string> {
    return new Map([...this.all].map(([key, { n }]) => [key, String(n)]));
  }

  write(key: string) {
    const { ttl = HOUR, ...value } = this.all.get(key) as { n: number; text: string; ttl?: number };
    return { value, ttl };
  }

  merge(found: readonly FoundState[]): FoundState[] {
    return found.filter(({ key, value, replica }) => {
      const { n, text } = value as { n: number; text: string };
      if (typeof n !== 'number') return true;
      if (n > (this.all.get(key)?.n ?? 0)) {
        this.from.push(replica);
        this.set(key, n, text);
      }
      return false;
    });
  }

  get texts(): Record<string, string> {
    return Object.fromEntries([...this.all].map(([key, { text }]) => [key, text]));
  }
}

function monitor(replica: string) {
  const kind = new Texts();
  const problems: string[] = [];
  const shared = new SharedStates({
    ...{ redis, key: 'm', self: { replica, id: replica }, kinds: [kind], clock: systemClock },
    onProblem: problem => problems.push(problem),
  });
  return { kind, problems, exchange: () => shared.exchange() };
}

test('what either has is known to both, and to one that comes later', async () => {
  const [a, b, c] = [monitor('a'), monitor('b'), monitor('c')];
  a.kind.set('x', 1, 'of a');
  b.kind.set('y', 1, 'of b');
  for (const each of [a, b, a, c]) await each.exchange();
  const want = { x: 'of a', y: 'of b' };
  expect([a.kind.texts, b.kind.texts, c.kind.texts]).toEqual([want, want, want]);
  expect(c.kind.from.sort()).toEqual(['a', 'b']);
  b.kind.set('x', 2, 'of b');
  await b.exchange();
  await a.exchange();
  expect(a.kind.texts).toEqual({ x: 'of b', y: 'of b' });
});

test('what both have changed at one time is the later one everywhere', async () => {
  const [a, b] = [monitor('a'), monitor('b')];
  a.kind.set('x', 1, 'first');
  await a.exchange();
  await b.exchange();
  a.kind.set('x', 3, 'later');
  b.kind.set('x', 2, 'earlier');
  await a.exchange();
  // It is read before it would be overwritten.
  await b.exchange();
  expect(b.kind.texts).toEqual({ x: 'later' });
  await a.exchange();
  expect(a.kind.texts).toEqual({ x: 'later' });
});

test('more than one question takes are all known after one exchange', async () => {
  const [a, b] = [monitor('a'), monitor('b')];
  for (let i = 0; i < 1203; i++) a.kind.set(`k${i}`, 1, 'x'.repeat(10_000));
  await a.exchange();
  await b.exchange();
  expect(b.kind.all.size).toBe(1203);
});

describe('a Redis that loses', () => {
  test.each([
    ['everything', 'FLUSHALL'],
    ['the states', `DEL ${HASH}`],
    ['their order', `DEL ${HASH}-order`],
    ['when each may go', `DEL ${HASH}-expiry`],
    ['what the states are', `HDEL ${HASH} ""`],
    ['the number of the last one', `ZADD ${HASH}-order 100 other`],
  ])('%s gets all of it again', async (_, command) => {
    const [a, b] = [monitor('a'), monitor('b')];
    a.kind.set('x', 1, 'both');
    await a.exchange();
    await b.exchange();
    // Put, and lost before the other one has read it.
    a.kind.set('y', 1, 'of a');
    await a.exchange();
    expect(await server.command(command)).toMatch(/^[+:][^0]/);
    // The number of the last one is as high as before.
    b.kind.set('z', 1, 'of b');
    b.kind.set('x', 2, 'again');
    for (const each of [b, a, b]) await each.exchange();
    const want = { x: 'again', y: 'of a', z: 'of b' };
    expect([a.kind.texts, b.kind.texts]).toEqual([want, want]);
    const later = monitor('c');
    await later.exchange();
    expect(later.kind.texts).toEqual(want);
  });
});

describe('an entry', () => {
  const field = '"text\\nx"';
  const put = (value: object) => `1 1 ${JSON.stringify(value).replaceAll('"', '\\"')}`;
  const whole = { version: 1, by: 'z', replica: 'z', revision: '5', value: { n: 5, text: 'of z' } };
  const damaged =
    '"text\\nx" in {m}:states in Redis is damaged and left out; delete that key, and the monitors put all they have again';
  test.each<[name: string, text: string, problem: string[], want: string]>([
    ['as a monitor puts it', put(whole), [], 'of z'],
    ['with keys of a newer version', put({ ...whole, zone: 1 }), [], 'of z'],
    ['that is garbage', 'garbage', [damaged], 'own'],
    ['that is empty', '', [damaged], 'own'],
    ['that is no JSON', '1 1 {', [damaged], 'own'],
    ['that is null', put(null as never), [damaged], 'own'],
    ['without a revision', put({ ...whole, revision: 5 }), [damaged], 'own'],
    ['whose contents are wrong', put({ ...whole, value: { n: 'x' } }), [damaged], 'own'],
    [
      'of another version',
      put({ ...whole, version: 2 }),
      ['another monitor shares its states in version 2; update the older one'],
      'own',
    ],
  ])('%s', async (_, text, problem, want) => {
    const a = monitor('a');
    a.kind.set('x', 1, 'own');
    a.kind.set('y', 1, 'other');
    await a.exchange();
    expect(await server.command(`HSET ${HASH} ${field} "${text}"`)).toBe(':0');
    const b = monitor('b');
    b.kind.set('x', 1, 'own');
    await b.exchange();
    expect(b.problems).toEqual(problem);
    expect(b.kind.texts).toEqual({ x: want, y: 'other' });
    // A damaged one is put again by a monitor that has it.
    const later = monitor('c');
    await later.exchange();
    expect(later.kind.texts).toEqual(problem[0]?.includes('version 2') ? { y: 'other' } : b.kind.texts);
    // It is said once.
    await b.exchange();
    expect(b.problems).toEqual(problem);
  });
});

test('a Redis that has an older copy of the states gets the later ones again', async () => {
  const [a, b] = [monitor('a'), monitor('b')];
  a.kind.set('x', 1, 'both');
  await a.exchange();
  await b.exchange();
  const head = await redis.eval("return redis.call('HGET', KEYS[1], '')", [HASH], []);
  a.kind.set('y', 1, 'of a');
  await a.exchange();
  // As a replica has it that becomes the master before it has got that.
  await server.command(`HSET ${HASH} "" "${head}"`);
  await server.command(`HDEL ${HASH} "text\\ny"`);
  await server.command(`ZREM ${HASH}-order "text\\ny"`);
  for (const each of [b, a, b]) await each.exchange();
  expect(b.kind.texts).toEqual({ x: 'both', y: 'of a' });
});

test('a state that is over goes with the next that is put, and so do the keys without any monitor', async () => {
  const a = monitor('a');
  a.kind.set('short', 1, 'x', 0);
  a.kind.set('long', 1, 'x');
  await a.exchange();
  a.kind.set('other', 1, 'x');
  await a.exchange();
  expect(await server.command(`HLEN ${HASH}`)).toBe(':3');
  expect(await server.command(`ZCARD ${HASH}-order`)).toBe(':2');
  expect(await server.command(`ZCARD ${HASH}-expiry`)).toBe(':2');
  for (const key of [HASH, `${HASH}-order`, `${HASH}-expiry`]) {
    const ttl = Number((await server.command(`PTTL ${key}`)).slice(1));
    expect(ttl).toBeGreaterThan(119 * HOUR);
    expect(ttl).toBeLessThanOrEqual(120 * HOUR);
  }
  // It is not put again.
  await a.exchange();
  expect(await server.command(`HLEN ${HASH}`)).toBe(':3');
});

test('one that is too long is said, and kept from others', async () => {
  const a = monitor('a');
  a.kind.set('long', 1, 'x'.repeat(200_000));
  a.kind.set('short', 1, 'x');
  await a.exchange();
  await a.exchange();
  expect(a.problems).toEqual(['text long is longer than 128 KiB and not shared; make it shorter']);
  const b = monitor('b');
  await b.exchange();
  expect(Object.keys(b.kind.texts)).toEqual(['short']);
});

test('of more states than there may be those that are over first go', async () => {
  const a = monitor('a');
  for (let i = 0; i < 10_005; i++) a.kind.set(`k${i}`, 1, '', HOUR + i * 1000);
  await a.exchange();
  expect(await server.command(`ZCARD ${HASH}-order`)).toBe(':10000');
  expect(await server.command(`HGET ${HASH} "text\\nk4"`)).toBe('$-1');
  expect(await server.command(`HGET ${HASH} "text\\nk5"`)).not.toBe('$-1');
});
