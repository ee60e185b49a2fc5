import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { FeedLimits } from '../../src/http/events/feed.js';
import { EventReader } from './event-reader.js';
import { result, startMonitor, type TestMonitor } from './monitor.js';
import { request, send } from './wire.js';

const eventually = <T>(what: () => T) => expect.poll(what, { timeout: 15_000, interval: 20 });

let monitor: TestMonitor | undefined;
afterEach(async () => {
  await monitor?.[Symbol.asyncDispose]();
  monitor = undefined;
});

async function start(feed: FeedLimits = {}): Promise<TestMonitor> {
  const started = await startMonitor({ feed });
  monitor = started;
  for (const { id } of started.cluster.services) started.feed(result(id));
  return started;
}

const down = (over = {}) =>
  result('tools', {
    status: 'error',
    error: 'Connection refused',
    reason: 'refused',
    level: 'down',
    ...over,
  });
const statusOf = (reader: EventReader, id: string) => reader.last?.health.services[id]?.health.status;

describe('whoever connects', () => {
  test('is told the state at once', async () => {
    const { url, json } = await start();
    using reader = await EventReader.open(url);
    await eventually(() => reader.events.length).toBe(1);
    expect([...reader.response.headers]).toEqual(
      expect.arrayContaining([
        ['content-type', 'text/event-stream'],
        ['cache-control', 'no-cache, no-transform'],
      ]),
    );
    expect(reader.text).toMatch(/^retry: 1000\n\nid: \d+\nevent: health\ndata: \{.*\}\n\n$/);
    expect(reader.last?.health).toEqual(await json('/cluster_health'));
  });

  test('is told of every change of a status, under a larger number', async () => {
    const { url, feed } = await start();
    using reader = await EventReader.open(url);
    await eventually(() => statusOf(reader, 'tools')).toBe('healthy');
    feed(down());
    await eventually(() => statusOf(reader, 'tools')).toBe('error');
    expect(reader.last?.health.overall_status).toBe('degraded');
    feed(result('tools'));
    await eventually(() => statusOf(reader, 'tools')).toBe('healthy');
    const ids = reader.events.map(({ id }) => Number(id));
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(ids).toHaveLength(3);
  });

  test('is told in one event what a check and the rules say', async () => {
    const { url, cluster } = await start();
    using reader = await EventReader.open(url);
    await eventually(() => reader.events.length).toBe(1);
    cluster.update(down());
    await new Promise(resolve => setImmediate(resolve));
    cluster.setStatus({ overall: 'unhealthy', alerts: [] }, Date.now());
    await eventually(() => reader.last?.health.overall_status).toBe('unhealthy');
    expect([reader.events.length, statusOf(reader, 'tools')]).toEqual([2, 'error']);
  });

  test('is told the figures of the latest checks with the heartbeat', async () => {
    const { url, feed } = await start({ heartbeat: 50 });
    using reader = await EventReader.open(url);
    await eventually(() => reader.text).toContain(': still here\n\n');
    expect(reader.events).toHaveLength(1);
    feed(result('tools', { responseTime: 0.5 }));
    await eventually(() => reader.last?.health.services.tools?.health.response_time).toBe(0.5);
  });

  test('understands a service whose JSON has lines', async () => {
    const { url, feed } = await start();
    feed(result('tools', { data: '{\n  "status":\r\n "well"\r}' }));
    using reader = await EventReader.open(url);
    await eventually(() => reader.last?.health.services.tools?.health.data).toEqual({ status: 'well' });
  });
});

describe('whoever comes back', () => {
  test('is told nothing while there is nothing new, and everything from then on', async () => {
    const { url, feed } = await start({ heartbeat: 20 });
    using first = await EventReader.open(url);
    await eventually(() => first.events.length).toBe(1);
    using second = await EventReader.open(url, { 'last-event-id': first.last?.id ?? '' });
    await eventually(() => second.text).toContain(': still here');
    expect(second.events).toEqual([]);
    feed(down());
    await eventually(() => statusOf(second, 'tools')).toBe('error');
  });

  test('is told the latest state when there was something new, also while nobody read along', async () => {
    const { url, feed, events } = await start();
    const first = await EventReader.open(url);
    await eventually(() => first.events.length).toBe(1);
    first[Symbol.dispose]();
    await eventually(() => events.subscribers).toBe(0);
    feed(down());
    using second = await EventReader.open(url, { 'last-event-id': first.last?.id ?? '' });
    await eventually(() => statusOf(second, 'tools')).toBe('error');
    expect(Number(second.last?.id)).toBeGreaterThan(Number(first.last?.id));
  });

  test.each(['0', 'x', '99999999999999999'])('is told the state after an event %s nobody knows', async id => {
    const { url } = await start();
    using reader = await EventReader.open(url, { 'last-event-id': id });
    await eventually(() => reader.events.length).toBe(1);
  });
});

describe('a client that goes', () => {
  test.each<[how: string, leave: (port: number) => Promise<unknown>]>([
    [
      'in the midst of it',
      async port => {
        const reader = await EventReader.open(`http://127.0.0.1:${port}`);
        await eventually(() => reader.events.length).toBe(1);
        reader[Symbol.dispose]();
      },
    ],
    [
      'with a reset',
      port =>
        new Promise<void>(resolve => {
          const socket = connect(port, '127.0.0.1', () => socket.write(request('GET', '/events')));
          socket.once('data', () => socket.resetAndDestroy());
          socket.once('close', () => resolve());
        }),
    ],
    ['having asked for the headers alone', port => send(port, request('HEAD', '/events'))],
  ])('%s leaves nothing behind', async (_, leave) => {
    const { port, events } = await start();
    await leave(port);
    await eventually(() => events.subscribers).toBe(0);
  });

  test('without a word is let go when it takes nothing any more', async () => {
    const { port, events, feed } = await start({ stallTimeout: 200 });
    const socket = connect(port, '127.0.0.1', () => socket.write(request('GET', '/events')));
    socket.on('error', () => {});
    await eventually(() => events.subscribers).toBe(1);
    socket.pause();
    // More than the kernel keeps for a reader that does not read.
    const data = JSON.stringify('x'.repeat(60_000));
    for (let i = 0; events.subscribers > 0; i++) {
      for (const { id } of monitor?.cluster.services ?? [])
        feed(result(id, { status: i % 2 ? 'healthy' : 'degraded', data }));
      await new Promise(resolve => setTimeout(resolve, 30));
    }
    socket.destroy();
    expect(events.subscribers).toBe(0);
  });
});

describe('a client that is slow', () => {
  test('gets the latest state when it is ready again, not all it missed', async () => {
    const { port, feed, events } = await start();
    const socket = connect(port, '127.0.0.1', () => socket.write(request('GET', '/events')));
    await eventually(() => events.subscribers).toBe(1);
    socket.pause();
    const data = JSON.stringify('x'.repeat(60_000));
    const told = 150;
    for (let i = 0; i < told; i++) {
      for (const { id } of monitor?.cluster.services ?? [])
        feed(result(id, { status: 'degraded', error: `change ${i}`, data }));
      await new Promise(resolve => setTimeout(resolve, 25));
    }
    let text = '';
    socket.on('data', chunk => {
      text += chunk.toString();
    });
    socket.resume();
    await eventually(() => text.includes(`change ${told - 1}`)).toBe(true);
    // Of the states in between only those came that the kernel had taken.
    expect([...text.matchAll(/^id: /gm)].length).toBeLessThan(told / 2);
    socket.destroy();
  });
});

describe('the server', () => {
  test('has a limit, says so, and takes the next one when somebody has gone', async () => {
    const { url, events } = await start({ maxSubscribers: 2 });
    using first = await EventReader.open(url);
    const second = await EventReader.open(url);
    const third = await fetch(`${url}/events`);
    expect([third.status, third.headers.get('retry-after'), await third.json()]).toEqual([
      503,
      '30',
      { error: '2 clients are subscribed already; use /cluster_health instead' },
    ]);
    second[Symbol.dispose]();
    await eventually(() => events.subscribers).toBe(1);
    using fourth = await EventReader.open(url);
    await eventually(() => [first.events.length, fourth.events.length]).toEqual([1, 1]);
  });

  test('lets no client take all places from others', async () => {
    const { url, events } = await start({ maxSubscribers: 4 });
    const streams: Awaited<ReturnType<typeof openStream>>[] = [];
    const open = async (localAddress: string) => {
      const stream = await openStream(url, localAddress);
      streams.push(stream);
      return stream;
    };
    const greedy: Awaited<ReturnType<typeof openStream>>[] = [];
    for (let i = 0; i < 4; i++) greedy.push(await open('127.0.0.1'));
    expect((await open('127.0.0.1')).status).toBe(503);
    const others = [await open('127.0.0.2'), await open('127.0.0.3')];
    expect(others.map(({ status }) => status)).toEqual([200, 200]);
    await eventually(() => greedy.map(({ isOver }) => isOver)).toEqual([false, false, true, true]);
    // Two have a stream more than it would have: they make room for no third client's second.
    expect((await open('127.0.0.2')).status).toBe(503);
    expect(events.subscribers).toBe(4);
    for (const { close } of streams) close();
  });

  test('lets everybody come anew from time to time, and when it is told to', async () => {
    const { url, clock, events } = await start({ heartbeat: 20, maxLifetime: 1000 });
    using old = await EventReader.open(url);
    await eventually(() => old.events.length).toBe(1);
    clock.advance(600);
    using young = await EventReader.open(url);
    await eventually(() => young.events.length).toBe(1);
    clock.advance(600);
    await eventually(() => old.isOver).toBe(true);
    expect(young.isOver).toBe(false);
    events.disconnectAll();
    await eventually(() => young.isOver).toBe(true);
    expect(events.subscribers).toBe(0);
  });

  test('does not wait for its readers when it closes', async () => {
    const { url, server } = await start();
    using reader = await EventReader.open(url);
    await eventually(() => reader.events.length).toBe(1);
    await server.close();
    await eventually(() => reader.isOver).toBe(true);
    // Ended as a stream is, not torn off.
    expect(reader.text.endsWith('\n\n')).toBe(true);
  });
});

/** A stream from an address of the loopback network. */
async function openStream(url: string, localAddress: string) {
  const asked = get(`${url}/events`, { localAddress, agent: false });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const stream = { status: response.statusCode, isOver: false, close: () => asked.destroy() };
  response.resume().on('close', () => {
    stream.isOver = true;
  });
  asked.on('error', () => {});
  return stream;
}
