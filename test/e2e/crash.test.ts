// What survives `kill -9`, and what happens when the store cannot be had.

import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { json } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { wholeHistory } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
/** Bytes of one of the database's pages. */
const PAGE = 4096;

let server: SimulatedServer;
let folder: string;
let configuration: object;

beforeEach(async () => {
  folder = makeFolder('crash');
  server = await startServer({ answer: () => json({ status: 'healthy' }) });
  const tools = { url: `${server.url}/health`, critical: true, timeout: '5s' };
  configuration = {
    query: { scrape_interval: '100ms' },
    scan: { intervals: { critical: '100ms', other: '100ms' } },
    services: { tools },
  };
});
afterEach(async () => {
  await server.close();
  removeFolder(folder);
});

const database = () => join(folder, 'data', 'monitor.db');
const count = async (monitor: RunningMonitor) => (await wholeHistory(monitor)).count;

/** Runs a monitor until it has stored so many scans, and stops it. */
async function fill(scans: number): Promise<void> {
  await using monitor = await startMonitor(configuration, { folder });
  await expect.poll(() => count(monitor), PATIENCE).toBeGreaterThanOrEqual(scans);
  await monitor.stop();
}

describe('kill -9', () => {
  test('loses no scan that was seen', async () => {
    await using monitor = await startMonitor(configuration, { folder });
    await expect.poll(() => count(monitor), PATIENCE).toBeGreaterThan(10);
    const before = await wholeHistory(monitor);
    expect(await monitor.kill()).toEqual({ code: null, signal: 'SIGKILL' });

    await using again = await startMonitor(configuration, { folder });
    const after = await wholeHistory(again);
    expect(after.count).toBeGreaterThanOrEqual(before.count);
    const known = new Map(after.history.map(entry => [entry.timestamp, entry]));
    expect(before.history.map(entry => known.get(entry.timestamp))).toEqual(before.history);
    await expect.poll(() => count(again), PATIENCE).toBeGreaterThan(after.count);
  });

  test('twenty times, earlier and later: the store opens every time', async () => {
    let least = 0;
    for (let i = 0; i < 20; i++) {
      await using monitor = await startMonitor(configuration, { folder });
      expect(monitor.logged('Store opened')).toHaveLength(1);
      await delay(i * 40);
      if (i === 19) await expect.poll(() => count(monitor), PATIENCE).toBeGreaterThan(0);
      const { count: stored, history } = await wholeHistory(monitor);
      expect(history).toHaveLength(stored);
      expect(stored).toBeGreaterThanOrEqual(least);
      least = stored;
      await monitor.kill();
    }
    expect(least).toBeGreaterThan(0);
    expect(readdirSync(join(folder, 'data')).filter(name => name.includes('corrupt'))).toEqual([]);
  });
});

describe('a corrupt store is set aside, never deleted', () => {
  test.each([
    ['not a database at all', () => writeFileSync(database(), Buffer.alloc(16_384, 'garbage '))],
    ['every page but the first overwritten', () => smash(PAGE)],
    ['cut short', () => writeFileSync(database(), readFileSync(database()).subarray(0, 5000))],
  ])('%s', async (_, spoil) => {
    await fill(5);
    spoil();
    const spoiled = readFileSync(database());

    await using monitor = await startMonitor(configuration, { folder });
    const isAside = 'The store is corrupt; it was set aside and a new one begun';
    await expect.poll(() => monitor.logged(isAside).length, PATIENCE).toBe(1);
    const aside = readdirSync(join(folder, 'data')).filter(name => name.startsWith('monitor.db.corrupt-'));
    expect(aside).toHaveLength(1);
    const kept = readFileSync(join(folder, 'data', aside[0] as string));
    // Opening writes a counter into the first page.
    expect(kept.subarray(PAGE).equals(spoiled.subarray(PAGE))).toBe(true);

    await expect.poll(() => count(monitor), PATIENCE).toBeGreaterThan(2);
    expect(await monitor.json('/health')).toMatchObject({
      status: 'healthy',
      store: expect.stringMatching(/^damage was found at /),
    });
    expect(await monitor.metric('langgraph_monitor_store_up')).toBe(1);
  });
});

test('a file where the storage folder should be: it serves, and says so', async () => {
  const inTheWay = join(folder, 'file');
  writeFileSync(inTheWay, 'not a folder');
  await using monitor = await startMonitor(configuration, { folder, flags: [`--storage.path=${inTheWay}`] });
  await expect.poll(() => count(monitor), PATIENCE).toBeGreaterThan(2);
  expect((await monitor.get('/health')).status).toBe(200);
  expect(await monitor.json('/health')).toMatchObject({
    status: 'healthy',
    store: expect.stringMatching(/EEXIST|ENOTDIR/),
  });
  expect(await monitor.metric('langgraph_monitor_store_up')).toBe(0);
  expect(monitor.logged('The store cannot be written; scans are kept in memory meanwhile')).toHaveLength(1);
  expect(await monitor.stop()).toEqual({ code: 0, signal: null });
  expect(readFileSync(inTheWay, 'utf8')).toBe('not a folder');
});

test('a disk that takes no more: it serves, says so, and writes what waited when there is room again', async () => {
  await using monitor = await startMonitor(configuration, { folder });
  await expect.poll(() => count(monitor), PATIENCE).toBeGreaterThan(2);

  // What a full disk is to a program, without one: no file of its own may grow.
  limitFiles(monitor.pid, statSync(database()).size);
  const store = async () => (await monitor.json<{ store: string }>('/health')).store;
  await expect.poll(store, PATIENCE).not.toBe('ok');
  await expect.poll(() => monitor.metric('langgraph_monitor_store_up'), PATIENCE).toBe(0);
  await expect
    .poll(() => monitor.metric('langgraph_monitor_store_pending_scans'), PATIENCE)
    .toBeGreaterThan(2);
  expect(await monitor.json('/cluster_health')).toMatchObject({ overall_status: 'healthy' });
  const waiting = await wholeHistory(monitor);
  expect(waiting.history).toHaveLength(waiting.count);

  limitFiles(monitor.pid, 'unlimited');
  await expect.poll(store, PATIENCE).toBe('ok');
  await expect.poll(() => monitor.metric('langgraph_monitor_store_pending_scans'), PATIENCE).toBe(0);
  await monitor.kill();

  await using again = await startMonitor(configuration, { folder });
  const kept = new Set((await wholeHistory(again)).history.map(entry => entry.timestamp));
  expect(waiting.history.filter(entry => !kept.has(entry.timestamp))).toEqual([]);
  const messages = monitor.log.map(line => line.msg);
  expect(messages.filter(message => message?.startsWith('The store can'))).toEqual([
    'The store cannot be written; scans are kept in memory meanwhile',
    'The store can be written again',
  ]);
});

/** Overwrites everything from a position on. */
function smash(from: number): void {
  const rest = statSync(database()).size - from;
  const file = openSync(database(), 'r+');
  writeSync(file, Buffer.alloc(rest, 0xa5), 0, rest, from);
  closeSync(file);
}

function limitFiles(pid: number, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`], { stdio: 'pipe' });
}
