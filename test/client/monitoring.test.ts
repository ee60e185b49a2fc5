// Requests to a monitor that answers, to one that does not, and to other servers.

import type { RequestListener, Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isAnswer, LangGraphMonitoring } from '../../src/client/monitoring.js';
import { result, startMonitor, type TestMonitor } from '../http/monitor.js';
import { freePort } from '../support/child.js';
import { listen, portOf, stop } from '../support/http.js';

const eventually = <T>(what: () => T) => expect.poll(what, { interval: 20 });

const BAD = { status: 'error', error: 'Connection refused', reason: 'refused', level: 'down' } as const;

class NotedLog {
  readonly lines: string[] = [];
  warn = (line: string) => void this.lines.push(`warn ${line}`);
  error = (line: string) => void this.lines.push(`error ${line}`);
}

let monitor: TestMonitor;
let log: NotedLog;
let client: LangGraphMonitoring;
beforeAll(async () => {
  monitor = await startMonitor();
});
afterAll(() => monitor[Symbol.asyncDispose]());
afterEach(() => {
  monitor.wanted.length = 0;
});

function feedAll(...down: string[]): void {
  for (const { id } of monitor.cluster.services)
    monitor.feed(result(id, down.includes(id) ? BAD : { at: monitor.clock.now() }));
}

const using = (options: object = {}) => {
  log = new NotedLog();
  client = new LangGraphMonitoring({ url: monitor.url, log, ...options });
  return client;
};

describe('a monitor that answers', () => {
  test('returns the health of /cluster_health', async () => {
    feedAll('cpu_llama');
    const health = await using({ url: `${monitor.url}//` }).checkClusterHealth();
    expect(health).toEqual(await monitor.json('/cluster_health'));
    expect([isAnswer(health), health.overall_status, health.services?.cpu_llama?.health.status]).toEqual([
      true,
      'healthy',
      'error',
    ]);
  });

  test.each<[name: string, fresh: boolean | number | undefined, age: number, asks: boolean]>([
    ['no service for the state in memory', undefined, 60_000, false],
    ['no service with fresh: false', false, 60_000, false],
    ['all services for the current state', true, 1, true],
    ['services whose check is older than the limit', 2000, 2500, true],
    ['no service whose check is younger', 2000, 1500, false],
  ])('checks %s', async (_, fresh, age, asks) => {
    feedAll();
    monitor.clock.advance(age);
    const answer = using().checkClusterHealth({ fresh });
    if (asks) {
      await eventually(() => monitor.wanted.flat().length).toBe(5);
      feedAll('tools');
    }
    expect((await answer).services?.tools?.health.status).toBe(asks ? 'error' : 'healthy');
  });

  test("returns one service's health, or an error for an unknown one", async () => {
    feedAll();
    expect(await using().getServiceHealth('redis')).toMatchObject({
      name: 'Redis Cache',
      critical: true,
      health: { status: 'healthy' },
    });
    expect(await client.getServiceHealth('unknown')).toEqual({ error: 'Service not found' });
    expect(await client.getServiceHealth('toString')).toEqual({ error: 'Service not found' });
  });

  test.each([
    ['the first that is healthy', [], 'http://127.0.0.1:11434'],
    ['the next', ['jetson_ollama'], 'http://127.0.0.1:8080'],
    ['the load balancer last', ['jetson_ollama', 'cpu_llama'], 'http://127.0.0.1:9000'],
  ])('knows the best endpoint: %s', async (_, down, want) => {
    feedAll(...down);
    expect(await using({ fallbackEndpoint: 'http://127.0.0.1:1' }).getBestLlmEndpoint()).toBe(want);
    expect(await client.getBestLlmEndpoint({ prefer: 'latency' })).toBe(want);
  });

  test('knows why it is the best', async () => {
    feedAll();
    expect(await using().getBestEndpoint('llm')).toMatchObject({ service: 'jetson_ollama', prefer: 'order' });
    expect(await client.getBestEndpoint('vision')).toEqual({
      error:
        'Monitoring service returned 404: no endpoints for "vision"; there are llm; name them below endpoints: in the configuration',
    });
  });

  test('gets the configured headers', async () => {
    const seen: unknown[] = [];
    const server = await listen((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    });
    const url = `http://127.0.0.1:${portOf(server)}`;
    await using({ url, headers: { authorization: 'Bearer x' } }).checkClusterHealth();
    await stop(server);
    expect(seen).toEqual(['Bearer x']);
  });
});

describe('a monitor that does not', () => {
  const down: [name: string, answer: RequestListener | undefined, error: RegExp][] = [
    [
      'is not there',
      undefined,
      /^Failed to reach monitoring service: connect ECONNREFUSED 127\.0\.0\.1:\d+$/,
    ],
    ['never answers', () => {}, /^Failed to reach monitoring service: no answer within 0\.2 s$/],
    [
      'stops in the middle',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"overall');
      },
      /^Failed to reach monitoring service: no answer within 0\.2 s$/,
    ],
    [
      'hangs up',
      request => void request.socket.destroy(),
      /^Failed to reach monitoring service: (other side closed|read ECONNRESET)$/,
    ],
    [
      'is something else',
      (_, response) => response.end('<html>'),
      /does not answer as the monitoring service does: it is not JSON; check the URL$/,
    ],
    [
      'refuses',
      (_, response) => response.writeHead(401).end('{"error":"a user name and password are needed"}'),
      /^Monitoring service returned 401: a user name and password are needed$/,
    ],
    [
      'is a proxy without one',
      (_, response) => response.writeHead(502).end('Bad'),
      /^Monitoring service returned 502$/,
    ],
  ];
  let server: Server | undefined;
  afterEach(async () => {
    if (server) await stop(server);
    server = undefined;
  });

  test.each(down)('%s', async (_, answer, error) => {
    server = answer && (await listen(answer));
    const port = server ? portOf(server) : await freePort();
    // Short where it is reached; a busy machine reaches no other.
    const timeout = error.source.includes('no answer') ? 200 : 60_000;
    using({ url: `http://127.0.0.1:${port}`, timeout });
    const health = await client.checkClusterHealth();
    expect(health).toEqual({ error: expect.stringMatching(error) });
    expect(isAnswer(health)).toBe(false);
    expect(await client.getServiceHealth('tools')).toEqual({ error: 'Unable to get cluster health' });
    expect(await client.getBestLlmEndpoint()).toBe('http://127.0.0.1:9000');
  });

  test('leaves the fallback it has named, or the configured one', async () => {
    const answers = { fallback: 'http://127.0.0.1:7777', candidates: [], endpoint: 'http://127.0.0.1:1' };
    server = await listen((_, response) => response.end(JSON.stringify(answers)));
    const url = `http://127.0.0.1:${portOf(server)}`;
    const learned = using({ url });
    const configured = using({ url, fallbackEndpoint: 'http://127.0.0.1:8888' });
    for (const each of [learned, configured])
      expect(await each.getBestLlmEndpoint()).toBe('http://127.0.0.1:1');
    await stop(server);
    server = undefined;
    expect(await learned.getBestLlmEndpoint()).toBe('http://127.0.0.1:7777');
    expect(await configured.getBestLlmEndpoint()).toBe('http://127.0.0.1:8888');
  });

  test('is not waited for by an aborted request', async () => {
    server = await listen(() => {});
    using({ url: `http://127.0.0.1:${portOf(server)}` });
    const over = new AbortController();
    const reason = new Error('enough');
    const all = [
      client.checkClusterHealth({ signal: over.signal }),
      client.getServiceHealth('tools', { signal: over.signal }),
      client.getBestLlmEndpoint({ signal: over.signal }),
      client.waitForHealthyCluster({ signal: over.signal }),
    ].map(each => each.catch(error => error));
    over.abort(reason);
    expect(await Promise.all(all)).toEqual([reason, reason, reason, reason]);
    await expect(client.checkClusterHealth({ signal: over.signal })).rejects.toBe(reason);
  });
});

describe('waiting for a healthy cluster', () => {
  test('ends at once when it is healthy', async () => {
    feedAll();
    expect(await using().waitForHealthyCluster({ timeout: 0 })).toBe(true);
    expect(log.lines).toEqual([]);
  });

  test('continues while it is degraded, with a call of the callback', async () => {
    feedAll('tools');
    const seen: string[] = [];
    const waiting = using().waitForHealthyCluster({
      interval: 20,
      onDegraded: ({ alerts }) => void seen.push(alerts.join()),
    });
    await eventually(() => seen.length).toBeGreaterThan(1);
    expect(seen[0]).toBe('CRITICAL: Tools Server is error - Connection refused');
    feedAll();
    expect(await waiting).toBe(true);
    expect(log.lines).toEqual([]);
  });

  test('logs why it continues', async () => {
    feedAll('tools');
    expect(await using().waitForHealthyCluster({ timeout: 0 })).toBe(false);
    feedAll('tools', 'redis');
    expect(await client.waitForHealthyCluster({ timeout: 0 })).toBe(false);
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await new LangGraphMonitoring({ url, log }).waitForHealthyCluster({ timeout: 0 })).toBe(false);
    expect(log.lines).toEqual([
      'warn Cluster is degraded, waiting for recovery...',
      'error Cluster unhealthy: CRITICAL: Redis Cache is error - Connection refused; CRITICAL: Tools Server is error - Connection refused',
      expect.stringMatching(
        /^error Cluster unhealthy: Failed to reach monitoring service: connect ECONNREFUSED/,
      ),
    ]);
  });

  test('checks a last time at its timeout', async () => {
    feedAll('tools');
    const seen: number[] = [];
    const waiting = using().waitForHealthyCluster({
      timeout: 3000,
      interval: 60_000,
      onDegraded: () => seen.push(performance.now()),
    });
    expect(await waiting).toBe(false);
    expect(seen).toHaveLength(2);
  });
});
