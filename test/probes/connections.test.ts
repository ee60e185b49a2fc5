import type { Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type Connection,
  Connections,
  type ConnectionTarget,
  DEFAULT_LIMITS,
} from '../../src/probes/http/connections.js';
import { prepare } from '../../src/probes/http/request.js';
import { Transfer } from '../../src/probes/http/transfer.js';
import { listen, portOf, stop } from '../support/http.js';

const servers: Server[] = [];
const pools: Connections[] = [];

afterEach(async () => {
  for (const pool of pools.splice(0)) pool.close();
  for (const server of servers.splice(0)) await stop(server);
});

async function endpoint(): Promise<ConnectionTarget> {
  const server = await listen((_, response) => response.end('x'));
  servers.push(server);
  const origin = `http://127.0.0.1:${portOf(server)}`;
  return { key: origin, origin, tls: undefined, protocol: { fallback: true } };
}

function pool(total: number, perHost: number, keepAlive = 60_000): Connections {
  const connections = new Connections();
  connections.setLimits({ ...DEFAULT_LIMITS, total, perHost, keepAlive });
  pools.push(connections);
  return connections;
}

async function use(connection: Connection): Promise<void> {
  await new Transfer(
    prepare(connection.endpoint.origin, { follow_redirects: false }).now(),
    connection,
  ).send();
}

/** Whether a promise is settled after everything that was ready has run. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await new Promise(resolve => setTimeout(resolve, 20));
  return done;
}

describe('the pool of connections', () => {
  test('gives the same connection again, and a new one while it is in use', async () => {
    const to = await endpoint();
    const connections = pool(50, 10);
    const first = await connections.acquire(to);
    const second = await connections.acquire(to);
    expect(second).not.toBe(first);
    connections.release(first, true);
    expect(await connections.acquire(to)).toBe(first);
    expect(connections.open).toBe(2);
  });

  test('lets one wait for a host that has as many as it may', async () => {
    const to = await endpoint();
    const connections = pool(50, 2);
    const first = await connections.acquire(to);
    await connections.acquire(to);
    const third = connections.acquire(to);
    expect(await settled(third)).toBe(false);
    connections.release(first, true);
    expect(await third).toBe(first);
  });

  test('gives up the connection unused longest when the total is reached', async () => {
    const [a, b, c] = [await endpoint(), await endpoint(), await endpoint()];
    const connections = pool(2, 10);
    for (const to of [a, b]) {
      const connection = await connections.acquire(to);
      await use(connection);
      connections.release(connection, true);
    }
    const again = await connections.acquire(a);
    connections.release(again, true);
    await connections.acquire(c);
    expect(connections.open).toBe(2);
    expect(again.alive).toBe(true);
    expect(await connections.acquire(a)).toBe(again);
  });

  test('lets one wait when all of the total are in use, whatever host comes free, many times over', async () => {
    const ends = await Promise.all(Array.from({ length: 6 }, endpoint));
    const connections = pool(2, 1);
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const connection = await connections.acquire(ends[i % ends.length] as ConnectionTarget);
        most = Math.max(most, ++running);
        await new Promise(resolve => setImmediate(resolve));
        running--;
        connections.release(connection, i % 3 !== 0);
      }),
    );
    expect(most).toBe(2);
    expect(connections.open).toBeLessThanOrEqual(2);
  });

  test('keeps none where a new one did not serve', async () => {
    const to = await endpoint();
    const connections = pool(50, 10);
    const kept = await connections.acquire(to);
    await use(kept);
    const fresh = await connections.acquire(to, true);
    fresh.served++;
    connections.release(kept, true);
    expect(connections.open).toBe(2);
    connections.release(fresh, false);
    expect([connections.open, kept.alive]).toEqual([0, false]);
  });

  test('forgets a connection the other side closed', async () => {
    const to = await endpoint();
    const connections = pool(50, 10);
    const connection = await connections.acquire(to);
    await use(connection);
    connections.release(connection, true);
    servers[0]?.closeAllConnections();
    await expect.poll(() => connections.open).toBe(0);
    expect(await connections.acquire(to)).not.toBe(connection);
  });

  test('closes a connection that was not used for long enough', async () => {
    const to = await endpoint();
    const connections = pool(50, 10, 100);
    const connection = await connections.acquire(to);
    await use(connection);
    connections.release(connection, true);
    await expect.poll(() => connections.open).toBe(0);
  });
});

test('what is done with a part of an answer is no part of its time', async () => {
  const to = await endpoint();
  const connection = await pool(50, 10).acquire(to);
  const request = prepare(to.origin, { follow_redirects: false }).now();
  const busyFor = (time: number) => {
    for (const end = performance.now() + time; performance.now() < end; );
  };
  const transfer = new Transfer(request, connection, { onSent() {}, onData: () => busyFor(50) });
  await transfer.send();
  // Head and body came in one piece.
  expect(transfer.ended).toBe(transfer.firstByte);
});

test('a connection that was in use when its time without use was over is closed after the next one', async () => {
  const held: (() => void)[] = [];
  const server = await listen((_, response) => held.push(() => response.end('x')));
  servers.push(server);
  const origin = `http://127.0.0.1:${portOf(server)}`;
  const KEEP_ALIVE = 300;
  const connection = await pool(50, 10, KEEP_ALIVE).acquire({
    ...{ key: origin, origin, tls: undefined, protocol: { fallback: true } },
  });
  const ask = async (time: number) => {
    const used = use(connection);
    await expect.poll(() => held.length).toBe(1);
    await new Promise(resolve => setTimeout(resolve, time));
    held.pop()?.();
    await used;
  };
  await ask(50);
  await ask(2 * KEEP_ALIVE);
  expect(connection.alive).toBe(true);
  await expect.poll(() => connection.alive).toBe(false);
});
