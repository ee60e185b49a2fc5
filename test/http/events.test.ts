import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { FeedLimits } from '../../src/http/events/feed.js';
import { EventReader } from './event-reader.js';
import { result, startMonitor, type TestMonitor } from './monitor.js';
import { request, send } from './wire.js';

const eventually = <T>(what: () => T) => expect.poll(what, { interval: 20 });

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

describe('a client that connects', () => {
  test('gets the state at once', async () => {
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

  test('gets every change of a status, under a larger id', async () => {
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

  test('gets one event for a check and the rules after it', async () => {
    const { url, cluster } = await start();
    using reader = await EventReader.open(url);
    await eventually(() => reader.events.length).toBe(1);
    cluster.update(down());
    await new Promise(resolve => setImmediate(resolve));
    cluster.setStatus({ overall: 'unhealthy', alerts: [] }, Date.now());
    await eventually(() => reader.last?.health.overall_status).toBe('unhealthy');
    expect([reader.events.length, statusOf(reader, 'tools')]).toEqual([2, 'error']);
  });

  test('gets the response times of the latest checks with the heartbeat', async () => {
    const { url, feed } = await start({ heartbeat: 50 });
    using reader = await EventReader.open(url);
    await eventually(() => reader.text).toContain(': still here\n\n');
    expect(reader.events).toHaveLength(1);
    feed(result('tools', { responseTime: 0.5 }));
    await eventually(() => reader.last?.health.services.tools?.health.response_time).toBe(0.5);
  });

  test('can read a service whose JSON has line breaks', async () => {
    const { url, feed } = await start();
    feed(result('tools', { data: '{\n  "status":\r\n "well"\r}' }));
    using reader = await EventReader.open(url);
    await eventually(() => reader.last?.health.services.tools?.health.data).toEqual({ status: 'well' });
  });
});

describe('a client that reconnects', () => {
  test('gets no event while there is nothing new, and all events from then on', async () => {
    const { url, feed } = await start({ heartbeat: 20 });
    using first = await EventReader.open(url);
    await eventually(() => first.events.length).toBe(1);
    using second = await EventReader.open(url, { 'last-event-id': first.last?.id ?? '' });
    await eventually(() => second.text).toContain(': still here');
    expect(second.events).toEqual([]);
    feed(down());
    await eventually(() => statusOf(second, 'tools')).toBe('error');
  });

  test('gets the latest state after a change, also when no client was connected', async () => {
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

  test.each(['0', 'x', '99999999999999999'])('gets the state after an unknown event %s', async id => {
    const { url } = await start();
    using reader = await EventReader.open(url, { 'last-event-id': id });
    await eventually(() => reader.events.length).toBe(1);
  });
});

describe('a client that disconnects', () => {
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

  test('silently is disconnected when it reads no more', async () => {
    const { port, events, feed } = await start({ stallTimeout: 200 });
    const socket = connect(port, '127.0.0.1', () => socket.write(request('GET', '/events')));
    socket.on('error', () => {});
    await eventually(() => events.subscribers).toBe(1);
    socket.pause();
    // More than the kernel buffers for a client that does not read.
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
  test('gets the latest state when it reads again, not all changes between', async () => {
    const { port, feed, events } = await start();
    const socket = connect(port, '127.0.0.1', () => socket.write(request('GET', '/events')));
    await eventually(() => events.subscribers).toBe(1);
    socket.pause();
    const data = JSON.stringify('x'.repeat(60_000));
    const changes = 150;
    for (let i = 0; i < changes; i++) {
      for (const { id } of monitor?.cluster.services ?? [])
        feed(result(id, { status: 'degraded', error: `change ${i}`, data }));
      await new Promise(resolve => setTimeout(resolve, 25));
    }
    let text = '';
    socket.on('data', chunk => {
      text += chunk.toString();
    });
    socket.resume();
    await eventually(() => text.includes(`change ${changes - 1}`)).toBe(true);
    // Of the states between only those in the kernel's buffer were sent.
    expect([...text.matchAll(/^id: /gm)].length).toBeLessThan(changes / 2);
    socket.destroy();
  });
});

describe('the server', () => {
  test('refuses clients above a limit, and accepts one after another has disconnected', async () => {
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

  test('disconnects the streams of a client with most of them for other clients', async () => {
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
    // The second stream of a client does not replace that of another one with two.
    expect((await open('127.0.0.2')).status).toBe(503);
    expect(events.subscribers).toBe(4);
    for (const { close } of streams) close();
  });

  test('ends streams after their lifetime, and all of them on disconnectAll()', async () => {
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

  test('does not wait for its clients when it closes', async () => {
    const { url, server } = await start();
    using reader = await EventReader.open(url);
    await eventually(() => reader.events.length).toBe(1);
    await server.close();
    await eventually(() => reader.isOver).toBe(true);
    // The stream was ended, not reset.
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
