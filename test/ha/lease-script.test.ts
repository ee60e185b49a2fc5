// What the script does in a real Redis, also with entries that are damaged there.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { LeaseRedis } from '../../src/ha/lease-redis.js';
import { readSyncReply, SYNC, type SyncReply } from '../../src/ha/lease-script.js';
import { type RedisServer, startRedis } from '../support/redis.js';

const KEYS = ['lease', 'log', 'order', 'counter'];
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

async function sync(since: number, ...words: string[]): Promise<SyncReply> {
  const bounds = [10_000, since, RETENTION, 1_000_000].map(String);
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
