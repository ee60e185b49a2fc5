// Hostile clients of the HTTP server. Their effect is bounded, and afterwards the monitor is as before.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { json } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { healthOf } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const MEBIBYTE = 1024 * 1024;

let server: SimulatedServer;
let monitor: RunningMonitor;
let port: number;

beforeAll(async () => {
  server = await startServer({ answer: () => json({ status: 'healthy' }) });
  const tools = { url: `${server.url}/health`, critical: true, timeout: '5s' };
  monitor = await startMonitor({
    scan: { intervals: { critical: '200ms', other: '200ms' } },
    services: { tools },
  });
  port = Number(new URL(monitor.url).port);
  await vi.waitFor(
    async () => expect(await healthOf(monitor, 'tools')).toMatchObject({ status: 'healthy' }),
    PATIENCE,
  );
});
afterAll(async () => {
  await monitor?.[Symbol.asyncDispose]();
  await server?.close();
});

async function open(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  // The monitor may close a connection at any time.
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Sends each text over a connection of its own and reads all answers. */
async function throwIn(texts: Iterable<string | Buffer>): Promise<void> {
  for (const text of texts) {
    const socket = await open();
    socket.resume();
    socket.end(text);
    await Promise.race([once(socket, 'close'), delay(1000)]);
    socket.destroy();
  }
}

function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) * 1024;
}

function* repeat<T>(times: number, make: (i: number) => T): Generator<T> {
  for (let i = 0; i < times; i++) yield make(i);
}

const GET = 'GET /cluster_health HTTP/1.1\r\nhost: x\r\n';

describe('the monitor survives', () => {
  test.each<[string, () => Promise<void>]>([
    ['random bytes', () => throwIn(repeat(200, () => randomBytes(512)))],
    ['half requests', () => throwIn(repeat(200, i => GET.slice(0, (i % GET.length) + 1)))],
    ['huge URLs', () => throwIn(repeat(50, i => `GET /${'x'.repeat(1000 * (i + 1))} HTTP/1.1\r\n\r\n`))],
    ['huge headers', () => throwIn(repeat(50, () => `${GET}x: ${'y'.repeat(100_000)}\r\n\r\n`))],
    ['thousands of headers', () => throwIn(repeat(20, () => `${GET}${'a: b\r\n'.repeat(5000)}\r\n`))],
    [
      'unexpected bodies',
      () =>
        throwIn(
          repeat(
            20,
            () =>
              `POST /-/reload HTTP/1.1\r\nhost: x\r\ncontent-length: 9999999\r\n\r\n${'z'.repeat(MEBIBYTE)}`,
          ),
        ),
    ],
    ['bad chunks', () => throwIn(repeat(50, () => `${GET}transfer-encoding: chunked\r\n\r\nzz\r\n\r\n`))],
    [
      'odd paths',
      () =>
        throwIn(
          [
            '/%',
            '/%00',
            '//',
            '/../../etc/passwd',
            '/history?limit=1&limit=2',
            '/history?before[]=x',
            '*',
            '/?__proto__=1',
          ].map(path => `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
        ),
    ],
    ['pipelined requests never read', neverRead],
    ['200 slow connections', slowly],
  ])('%s', async (_, treat) => {
    const before = residentBytes(monitor.pid);
    const checked = (await healthOf(monitor, 'tools'))?.last_check ?? '';
    await treat();
    const answer = await monitor.get('/health');
    expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'healthy' }]);
    await expect
      .poll(async () => ((await healthOf(monitor, 'tools'))?.last_check ?? '') > checked, PATIENCE)
      .toBe(true);
    expect(residentBytes(monitor.pid)).toBeLessThan(before + 150 * MEBIBYTE);
    expect(monitor.log.filter(line => line.level === 'error')).toEqual([]);
  });
});

/** Requests large answers over some connections and reads nothing. */
async function neverRead(): Promise<void> {
  const sockets = await Promise.all(repeat(10, open));
  for (const socket of sockets) {
    socket.pause();
    socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(500));
  }
  await delay(1000);
  for (const socket of sockets) socket.destroy();
}

/** 200 connections at once, of which each sends a byte now and then; meanwhile others are answered. */
async function slowly(): Promise<void> {
  const sockets = await Promise.all(repeat(200, open));
  for (let i = 0; i < 10; i++) {
    for (const socket of sockets) socket.write(GET.charAt(i));
    expect((await monitor.get('/cluster_health')).status).toBe(200);
    await delay(50);
  }
  for (const socket of sockets) socket.destroy();
}
