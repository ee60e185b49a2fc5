// What the script does in a real Redis, also with entries that are damaged there.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LeaseRedis } from '../../src/ha/lease-redis.js';
import { readSyncReply, SYNC, type SyncReply } from '../../src/ha/lease-script.js';
import { type RedisServer, startRedis } from '../support/redis.js';

const KEYS = ['lease', 'log', 'order', 'counter', 'epoch'];
const RETENTION = 60_000;

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

const sync = (since: number, ...words: string[]) => syncAs('', since, ...words);

/** @param id of the entries that were read before */
async function syncAs(id: string, since: number, ...words: string[]): Promise<SyncReply> {
  const bounds = [10_000, since, RETENTION, 1_000_000, id].map(String);
  return readSyncReply(await redis.eval(SYNC, KEYS, ['me', ...bounds, ...words]));
}

test('entries come in the order in which they were put, each once', async () => {
  await sync(0, 'a', '{"x":1}', 'b', '{"x":2}');
  const { found, last, holder } = await sync(0, 'a', '{"x":3}');
  expect({ last, holder }).toEqual({ last: 3, holder: 'me' });
  expect(found).toEqual([
    { key: 'b', number: 2, age: expect.any(Number), text: '{"x":2}' },
    { key: 'a', number: 3, age: expect.any(Number), text: '{"x":3}' },
  ]);
  expect((await sync(3)).found).toEqual([]);
});

test.each([
  ['without a number and a time', 'garbage'],
  ['that is empty', ''],
  ['whose time is none', '1 yesterday {}'],
])('an entry %s is read as damaged, counts as read, and goes with the next that is put', async (_, put) => {
  await sync(0, 'a', '{}', 'b', '{}');
  await server.command(`HSET log a "${put}"`);
  const { found, last } = await sync(0);
  expect(found.map(({ key, number, text }) => [key, number, text])).toEqual([
    ['a', 1, ''],
    ['b', 2, '{}'],
  ]);
  expect(last).toBe(2);
  const after = await sync(0, 'c', '{}');
  expect(after.found.map(({ key }) => key)).toEqual(['b', 'c']);
});

describe('entries have an id', () => {
  test('that stays as long as they are there', async () => {
    const { id } = await sync(0, 'a', '{}');
    expect(id).not.toBe('');
    expect((await syncAs(id, 1, 'b', '{}')).id).toBe(id);
    expect((await syncAs(id, 2)).id).toBe(id);
    expect(await server.command('PTTL epoch')).toMatch(/^:\d+$/);
  });

  test('that is another one once they are lost, though there are as many again', async () => {
    const { id } = await sync(0, 'a', '{}', 'b', '{}');
    await server.command('FLUSHALL');
    const other = await sync(0, 'c', '{}', 'd', '{}', 'e', '{}');
    expect(other.id).not.toBe(id);
    // The other monitor has read two, and is to read all.
    expect((await syncAs(id, 2)).id).toBe(other.id);
  });

  test('that is another one once the last of them are lost, for all monitors', async () => {
    const { id } = await sync(0, 'a', '{}');
    // Redis has started with what it had written before.
    const found = await syncAs(id, 2);
    expect(found).toMatchObject({ last: 1 });
    expect(found.id).not.toBe(id);
    expect((await syncAs(id, 1)).id).toBe(found.id);
    expect((await syncAs(id, 2)).id).toBe(found.id);
  });
});
