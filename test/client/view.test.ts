// The view of a cluster in memory: connecting, updates, and loss of the connection.

import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { type Follower, follow, type Mode } from '../../src/client/follow.js';
import { LangGraphMonitoring, type WatchOptions } from '../../src/client/monitoring.js';
import { Origins } from '../../src/client/origins.js';
import type { ClusterView } from '../../src/client/view.js';
import type { FeedLimits } from '../../src/http/events/feed.js';
import { result, startMonitor, type TestMonitor } from '../http/monitor.js';
import { startHaproxy } from '../support/haproxy.js';
import { listen, portOf, stop } from '../support/http.js';

const eventually = <T>(what: () => T) => expect.poll(what, { interval: 20 });

const BAD = { status: 'error', error: 'Connection refused', reason: 'refused', level: 'down' } as const;
const SILENT = { warn: () => {}, error: () => {} };

let monitor: TestMonitor | undefined;
let view: ClusterView | undefined;
let server: Server | undefined;
afterEach(async () => {
  view?.close();
  await monitor?.[Symbol.asyncDispose]();
  if (server?.listening) await stop(server);
  monitor = view = server = undefined;
});

async function start(feed: FeedLimits = {}): Promise<TestMonitor> {
  monitor = await startMonitor({ feed });
  feedAll(monitor);
  return monitor;
}

function feedAll({ cluster, feed }: TestMonitor, ...down: string[]): void {
  for (const { id } of cluster.services) feed(result(id, down.includes(id) ? BAD : {}));
}

async function watching(url: string, options: WatchOptions = {}) {
  const client = new LangGraphMonitoring({ url, log: SILENT });
  const watched = client.watch(options);
  view = watched;
  expect(await watched.ready()).toBe(true);
  return { client, view: watched };
}

const statusOf = (id: string) => view?.health?.services[id]?.health.status;

describe('a watched cluster', () => {
  test('has the current state and every change in memory', async () => {
    const { url, feed, json } = await start();
    const { client, view } = await watching(url);
    expect([view.mode, view.health, view.current]).toEqual([
      'streaming',
      await json('/cluster_health'),
      view.health,
    ]);
    expect(view.age).toBeLessThan(Number.POSITIVE_INFINITY);
    const changes: string[] = [];
    const off = view.onChange(({ overall_status }) => changes.push(overall_status));
    feed(result('tools', BAD));
    await eventually(() => statusOf('tools')).toBe('error');
    off();
    feed(result('tools'));
    await eventually(() => statusOf('tools')).toBe('healthy');
    expect(changes).toEqual(['degraded']);
    expect(client.current).toBe(view.health);
  });

  test('is read without requests', async () => {
    const monitor = await start();
    const { client } = await watching(monitor.url);
    let before = 0;
    // It may be requesting the endpoints.
    await eventually(async () => {
      before = monitor.answered.length;
      await client.getBestLlmEndpoint();
      return monitor.answered.length - before;
    }).toBe(0);
    expect(await client.checkClusterHealth()).toMatchObject({ overall_status: 'healthy' });
    expect(await client.getServiceHealth('tools')).toMatchObject({ health: { status: 'healthy' } });
    expect(await client.getBestLlmEndpoint()).toBe('http://127.0.0.1:11434');
    feedAll(monitor, 'jetson_ollama');
    await eventually(() => client.getBestLlmEndpoint()).toBe('http://127.0.0.1:8080');
    feedAll(monitor, 'jetson_ollama', 'cpu_llama');
    await eventually(() => client.getBestLlmEndpoint()).toBe('http://127.0.0.1:9000');
    expect(await client.waitForHealthyCluster({ timeout: 0 })).toBe(false);
    expect(monitor.answered).toHaveLength(before);
    await client.getBestLlmEndpoint({ prefer: 'latency' });
    monitor.clock.advance(1);
    void client.checkClusterHealth({ fresh: true });
    await eventually(() => monitor.wanted.length).toBe(1);
    expect(monitor.answered.length).toBeGreaterThan(before);
  });

  test('ends a wait when it becomes healthy, however long the interval', async () => {
    const monitor = await start();
    feedAll(monitor, 'tools');
    const { client } = await watching(monitor.url);
    const waiting = client.waitForHealthyCluster({ interval: 3_600_000, timeout: 3_600_000 });
    feedAll(monitor);
    expect(await waiting).toBe(true);
  });

  test('is the same object until it is closed', async () => {
    const { url, events } = await start();
    const { client, view } = await watching(url);
    expect(client.watch()).toBe(view);
    view.close();
    expect([view.mode, view.current, view.health?.overall_status]).toEqual(['closed', undefined, 'healthy']);
    await eventually(() => events.subscribers).toBe(0);
    expect(client.watch()).not.toBe(view);
    expect(await client.watch().ready()).toBe(true);
    client.watch().close();
  });

  test('reconnects after the monitor has ended its stream, and requests the endpoints again', async () => {
    const monitor = await start();
    const { client } = await watching(monitor.url);
    await eventually(() => monitor.answered.filter(each => each === '/best_endpoint 200')).toHaveLength(1);
    monitor.events.disconnectAll();
    await eventually(() => monitor.answered.filter(each => each === '/best_endpoint 200')).toHaveLength(2);
    feedAll(monitor, 'tools');
    await eventually(() => client.current?.overall_status).toBe('degraded');
  });

  test('is not used when it is old', async () => {
    const { url, server } = await start({ heartbeat: 20 });
    const { client, view } = await watching(url, { maxAge: 400 });
    expect(client.current?.overall_status).toBe('healthy');
    await new Promise(resolve => setTimeout(resolve, 600));
    // Nothing has changed, which the heartbeat confirms.
    await eventually(() => client.current?.overall_status).toBe('healthy');
    await server.close();
    await eventually(() => client.current).toBeUndefined();
    expect([view.mode, view.health?.overall_status]).toEqual(['connecting', 'healthy']);
    expect(view.age).toBeGreaterThan(400);
    expect(await client.checkClusterHealth()).toEqual({
      error: expect.stringMatching(/^Failed to reach monitoring service: connect ECONNREFUSED/),
    });
    expect(await client.getBestLlmEndpoint()).toBe('http://127.0.0.1:9000');
  });

  test('streams through HAProxy', async () => {
    const { port, feed } = await start({ heartbeat: 500 });
    const haproxy = await startHaproxy(
      1,
      front => `listen monitor\n  bind 127.0.0.1:${front}\n  server one 127.0.0.1:${port}`,
    );
    const { view } = await watching(`http://127.0.0.1:${haproxy.ports[0]}`);
    expect(view.mode).toBe('streaming');
    feed(result('tools', BAD));
    await eventually(() => statusOf('tools')).toBe('error');
    view.close();
    await haproxy.close();
  });

  test('is not ready while there is no connection', async () => {
    view = new LangGraphMonitoring('http://127.0.0.1:1').watch();
    expect(await view.ready(50)).toBe(false);
    expect([view.mode, view.age, view.health]).toEqual(['connecting', Number.POSITIVE_INFINITY, undefined]);
    const waiting = view.ready();
    view.close();
    expect(await waiting).toBe(false);
    expect(await view.ready()).toBe(false);
  });
});

describe('without a stream it polls', () => {
  test('when there are too many subscribers', async () => {
    const { url, feed } = await start({ maxSubscribers: 0 });
    const { client, view } = await watching(url, { pollInterval: 20 });
    expect(view.mode).toBe('polling');
    feed(result('tools', BAD));
    await eventually(() => client.current?.services.tools?.health.status).toBe('error');
    expect(await client.getBestLlmEndpoint()).toBe('http://127.0.0.1:11434');
  });

  test('calls back on changes only, though it polls', async () => {
    const { url, feed, answered } = await start({ maxSubscribers: 0 });
    const { view } = await watching(url, { pollInterval: 10 });
    const changes: string[] = [];
    view.onChange(({ overall_status }) => changes.push(overall_status));
    const asked = () => answered.filter(each => each === '/cluster_health 200').length;
    const before = asked();
    await eventually(asked).toBeGreaterThan(before + 3);
    feed(result('tools', BAD));
    await eventually(() => changes).toEqual(['degraded']);
  });

  test('and continues after the monitor was away', async () => {
    let isAway = false;
    server = await listen((request, response) => {
      if (isAway) request.socket.destroy();
      else answerPlainly(request, response);
    });
    const { view } = await watching(`http://127.0.0.1:${portOf(server)}`, { pollInterval: 10 });
    isAway = true;
    await eventually(() => view.mode).toBe('connecting');
    isAway = false;
    await eventually(() => view.mode).toBe('polling');
  });
});

/** A proxy without streaming. */
const answerPlainly: RequestListener = (request, response) => {
  if (request.url === '/events') response.setHeader('content-type', 'text/html');
  response.end(HEALTH);
};
const HEALTH = '{"overall_status":"healthy","services":{},"alerts":[]}';

describe('a stream', () => {
  const states: string[] = [];
  const modes: Mode[] = [];
  const follower: Follower = {
    onHealth: ({ overall_status }) => void states.push(overall_status),
    onAlive: () => {},
    onContact: () => {},
    onMode: mode => {
      if (modes.at(-1) !== mode) modes.push(mode);
    },
  };
  let over: AbortController;
  const followed = async (answer: RequestListener, silence = { first: 20_000, later: 20_000 }) => {
    states.length = modes.length = 0;
    over = new AbortController();
    server = createServer(answer);
    await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve));
    const config = {
      url: `http://127.0.0.1:${portOf(server)}`,
      headers: {},
      timeout: 1000,
      fetch: globalThis.fetch,
    };
    const options = { origins: new Origins([config]), pollInterval: 20, mayHoldProcess: false, silence };
    void follow(options, follower, over.signal);
  };
  afterEach(() => over.abort());
  const EVENTS = { 'content-type': 'text/event-stream' };
  const event = (id: number, status: string) =>
    `id: ${id}\nevent: health\ndata: {"overall_status":"${status}","services":{},"alerts":[]}\n\n`;

  test.each<[name: string, silent: RequestListener]>([
    ['that a proxy keeps to itself', (_, response) => response.writeHead(200, EVENTS).flushHeaders()],
    ['of which not even the headers come', () => {}],
    ['that is refused', (_, response) => response.writeHead(404).end()],
  ])('%s leads to polling', async (_, silent) => {
    await followed(
      (request, response) => {
        if (request.url === '/events') silent(request, response);
        else response.end(HEALTH);
      },
      { first: 100, later: 20_000 },
    );
    await eventually(() => states.length).toBeGreaterThan(2);
    expect(modes).toEqual(['polling']);
  });

  test('that falls silent is replaced by another one with the last event id', async () => {
    const known: (string | undefined)[] = [];
    await followed(
      (request, response) => {
        known.push(request.headers['last-event-id']?.toString());
        response
          .writeHead(200, EVENTS)
          .write(known.length === 1 ? event(5, 'degraded') : event(6, 'healthy'));
      },
      { first: 20_000, later: 150 },
    );
    await eventually(() => states.length).toBeGreaterThan(1);
    expect(states.slice(0, 2)).toEqual(['degraded', 'healthy']);
    expect(known.slice(0, 2)).toEqual([undefined, '5']);
    expect(modes.slice(0, 3)).toEqual(['streaming', 'connecting', 'streaming']);
  });

  test('with invalid data, or that breaks in the middle, is opened again; half an event is ignored', async () => {
    const pieces = [
      'event: health\ndata: {"overall',
      'event: health\ndata: nonsense\n\n',
      event(1, 'healthy'),
    ];
    let count = 0;
    await followed((_, response) => {
      const piece = pieces[Math.min(count++, 2)] as string;
      response.writeHead(200, EVENTS);
      if (count === 1) response.write(piece, () => response.destroy());
      else response.write(piece);
    });
    await eventually(() => states).toEqual(['healthy']);
    expect(count).toBe(3);
  });

  test('ignores other events', async () => {
    await followed((_, response) => {
      response.writeHead(200, EVENTS).write(`event: other\ndata: x\n\n${event(1, 'healthy')}`);
    });
    await eventually(() => states).toEqual(['healthy']);
  });
});
