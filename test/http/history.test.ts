import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isoLocal } from '../../src/model/time.js';
import { START, startMonitor, type TestMonitor } from './monitor.js';
import { request } from './wire.js';

interface History {
  readonly history: { readonly timestamp: string; readonly n: number }[];
  readonly count: number;
}

/** Scans 30 s apart, numbered from the oldest; `padding` makes each as large as wanted. */
function fill(monitor: TestMonitor, scans: number, padding = ''): void {
  for (let n = 0; n < scans; n++) {
    const at = START + n * 30_000;
    monitor.store.append({ at, entry: JSON.stringify({ timestamp: isoLocal(at), n, padding }) });
  }
}

/** Follows the pages from one end to the other. */
async function follow(monitor: TestMonitor, query: string, limit: number): Promise<number[]> {
  const seen: number[] = [];
  for (let before = ''; ; ) {
    const path = `/history?limit=${limit}${query}${before === '' ? '' : `&before=${before}`}`;
    const { history } = (await monitor.json(path)) as History;
    seen.push(...history.map(({ n }) => n));
    if (history.length < limit) return seen;
    before = encodeURIComponent(history.at(-1)?.timestamp ?? '');
  }
}

const downFrom = (first: number, last: number) =>
  Array.from({ length: first - last + 1 }, (_, i) => first - i);

describe('250 scans', () => {
  let monitor: TestMonitor;
  beforeAll(async () => {
    monitor = await startMonitor();
    fill(monitor, 250);
  });
  afterAll(() => monitor[Symbol.asyncDispose]());

  const at = (n: number) => encodeURIComponent(isoLocal(START + n * 30_000));

  test.each([
    ['', downFrom(249, 200)],
    ['?limit=1', [249]],
    ['?limit=99', downFrom(249, 151)],
    ['?limit=100', downFrom(249, 150)],
    ['?limit=101', downFrom(249, 149)],
    ['?limit=250', downFrom(249, 0)],
    ['?limit=10000', downFrom(249, 0)],
    [`?before=${at(3)}`, [2, 1, 0]],
    [`?after=${at(247)}`, [249, 248]],
    [`?after=${at(10)}&before=${at(13)}`, [12, 11]],
    [`?after=${at(13)}&before=${at(10)}`, []],
    [`?before=${at(0)}`, []],
    [`?after=${at(0)}&limit=10000`, downFrom(249, 1)],
  ])('/history%s', async (query, want) => {
    const { history, count } = (await monitor.json(`/history${query}`)) as History;
    expect(history.map(({ n }) => n)).toEqual(want);
    expect(count).toBe(250);
  });

  test.each([1, 7, 50, 100, 125, 249, 250])('pages of %i have no gap and no repeat', async limit => {
    expect(await follow(monitor, '', limit)).toEqual(downFrom(249, 0));
  });

  test('pages end at after=', async () => {
    expect(await follow(monitor, `&after=${at(99)}`, 40)).toEqual(downFrom(249, 100));
  });

  test('a scan added between two pages moves neither', async () => {
    const first = (await monitor.json('/history?limit=100')) as History;
    const late = START + 250 * 30_000;
    monitor.store.append({ at: late, entry: JSON.stringify({ timestamp: isoLocal(late), n: 250 }) });
    const before = encodeURIComponent(first.history.at(-1)?.timestamp ?? '');
    const second = (await monitor.json(`/history?limit=100&before=${before}`)) as History;
    expect(second.history[0]?.n).toBe(149);
    expect(second.count).toBe(251);
  });
});

describe('a long answer', () => {
  const SCANS = 10_000;
  const PADDING = 'x'.repeat(4096);
  let monitor: TestMonitor;
  beforeAll(async () => {
    monitor = await startMonitor();
    fill(monitor, SCANS, PADDING);
  });
  afterAll(() => monitor[Symbol.asyncDispose]());

  /** A number once it has stopped growing; other requests are answered meanwhile. */
  async function settled(count: () => number): Promise<number> {
    for (let [before, now] = [-1, count()]; ; [before, now] = [now, count()]) {
      if (before === now) return now;
      expect((await fetch(`${monitor.url}/cluster_health`)).status).toBe(200);
      await delay(300);
    }
  }

  test('is read from the store no faster than the client reads, and delays no other request', async () => {
    const reads = vi.spyOn(monitor.store, 'scans');
    const socket = connect(monitor.port, '127.0.0.1');
    let length = 0;
    let tail = '';
    socket.on('data', chunk => {
      length += chunk.length;
      tail = (tail + chunk.toString()).slice(-100);
    });
    socket.write(request('GET', `/history?limit=${SCANS}`));
    await once(socket, 'data');
    socket.pause();
    // Continues until the buffers are full, and no further.
    expect(await settled(() => reads.mock.calls.length)).toBeLessThan(SCANS / 100 / 2);
    socket.resume();
    await once(socket, 'close');
    expect(reads.mock.calls.length).toBeGreaterThanOrEqual(SCANS / 100);
    expect(length).toBeGreaterThan(SCANS * PADDING.length);
    expect(tail).toContain(`],"count":${SCANS}}`);
    reads.mockRestore();
  });

  test('ends when the client disconnects', async () => {
    const reads = vi.spyOn(monitor.store, 'scans');
    const socket = connect(monitor.port, '127.0.0.1');
    socket.write(request('GET', `/history?limit=${SCANS}`));
    await once(socket, 'data');
    socket.destroy();
    expect(await settled(() => reads.mock.calls.length)).toBeLessThan(SCANS / 100 / 2);
    reads.mockRestore();
  });

  test('HEAD reads none of it', async () => {
    const reads = vi.spyOn(monitor.store, 'scans');
    const response = await fetch(`${monitor.url}/history?limit=${SCANS}`, { method: 'HEAD' });
    expect([response.status, await response.text(), reads.mock.calls]).toEqual([200, '', []]);
    reads.mockRestore();
  });
});
