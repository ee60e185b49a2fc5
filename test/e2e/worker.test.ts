// The thread of checks dies or stops answering. Only here the program runs in the test's own process, for access to its
// thread.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../../src/app/log.js';
import { type Monitor, startMonitor } from '../../src/app/monitor.js';
import { json } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { runInWorker } from '../../src/probes/worker.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { DIST, writeConfiguration } from '../support/monitor.js';
import { QUERY_SETTINGS } from '../support/query-settings.js';
import type { ClusterHealth } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 20 };
const DIED = 'The thread that makes the checks died; every service is unknown until it is back';

let server: SimulatedServer;
let folder: string;
let monitor: Monitor | undefined;
let log: string;

beforeEach(async () => {
  process.env.DIST = DIST.href;
  folder = makeFolder('worker');
  server = await startServer({ answer: () => json({ status: 'healthy' }) });
  log = '';
});
afterEach(async () => {
  await monitor?.close();
  monitor = undefined;
  await server.close();
  removeFolder(folder);
  delete process.env.DIST;
});

/** Starts a monitor whose checks run in a thread of this folder. */
async function start(thread: string): Promise<Monitor> {
  const threadFile = new URL(`threads/${thread}`, import.meta.url);
  const tools = { name: 'Tools Server', url: `${server.url}/health`, critical: true, timeout: '5s' };
  monitor = await startMonitor({
    configFile: writeConfiguration(folder, {
      scan: { intervals: { critical: '100ms', other: '100ms' } },
      services: { tools },
    }),
    webConfigFile: undefined,
    listen: { host: '127.0.0.1', port: 0 },
    externalUrl: undefined,
    enableLifecycle: false,
    storage: { path: join(folder, 'data'), retention: 86_400_000, maxBytes: 0 },
    ...QUERY_SETTINGS,
    version: '0.0.0',
    log: createLog('info', 'logfmt', { write: line => (log += line) }),
    runChecks: events => runInWorker(events, { threadFile, pingEvery: 1000 }),
  });
  return monitor;
}

async function ask<T>(path: string): Promise<T> {
  return (await (await fetch(`${monitor?.url}${path}`)).json()) as T;
}

async function tools(): Promise<string | undefined> {
  return (await ask<ClusterHealth>('/cluster_health')).services.tools?.health.status;
}

async function overall(): Promise<string> {
  return (await ask<ClusterHealth>('/cluster_health')).overall_status;
}

async function metrics(): Promise<string> {
  return (await fetch(`${monitor?.url}/metrics`)).text();
}

const valueIn = (page: string, name: string) => page.match(new RegExp(`^${name} (.*)$`, 'm'))?.[1];

async function metric(name: string): Promise<string | undefined> {
  return valueIn(await metrics(), name);
}

function order(how: string): void {
  const orders = new BroadcastChannel('checks');
  orders.postMessage(how);
  orders.close();
}

describe('a thread that', () => {
  test.each([
    ['throws', 'the cable was pulled; starting again in 1 s'],
    ['rejects', 'uncaught rejection; starting again in 1 s'],
    ['exits', 'exit code 7; starting again in 1 s'],
    ['hangs', /no sign of life after \d+ pings; starting again in 1 s/],
  ])('%s is replaced; meanwhile services are unknown', async (how, reason) => {
    await start('mortal.mjs');
    await expect.poll(tools, PATIENCE).toBe('healthy');
    await expect.poll(overall, PATIENCE).toBe('healthy');
    await expect.poll(() => metric('langgraph_monitor_probe_worker_up'), PATIENCE).toBe('1');

    order(how);
    await expect.poll(tools, { ...PATIENCE, interval: 5 }).toBe('unknown');
    // At once: a new thread is started in a second.
    const [health, page] = await Promise.all([ask('/cluster_health'), metrics()]);
    expect(health).toMatchObject({ overall_status: 'degraded', alerts: [] });
    expect(valueIn(page, 'langgraph_monitor_probe_worker_up')).toBe('0');
    expect(valueIn(page, 'langgraph_monitor_service_status\\{target="tools",status="unknown"\\}')).toBe('1');
    expect(valueIn(page, 'probe_success\\{target="tools"\\}')).toBeUndefined();
    expect(valueIn(page, 'langgraph_monitor_service_up\\{target="tools"\\}')).toBeUndefined();

    // The new thread has the configuration.
    await expect.poll(tools, PATIENCE).toBe('healthy');
    await expect.poll(overall, PATIENCE).toBe('healthy');
    expect(await metric('langgraph_monitor_probe_worker_up')).toBe('1');
    expect(await metric('langgraph_monitor_probe_worker_restarts_total')).toBe('1');
    expect(log.split('\n').filter(line => line.includes(DIED))).toEqual([expect.stringMatching(reason)]);
  });

  test('dies at once every time is restarted with increasing delays', async () => {
    await start('stillborn.mjs');
    await expect
      .poll(() => [...log.matchAll(/starting again in (\d+) s/g)].map(match => match[1]), PATIENCE)
      .toEqual(['1', '2', '4']);
    expect(await tools()).toBe('unknown');
    expect(log).toContain('no such library');
  });

  test('gets a configuration that was loaded while it was dead', async () => {
    const configFile = join(folder, 'monitor.yml');
    const running = await start('mortal.mjs');
    await expect.poll(tools, PATIENCE).toBe('healthy');
    order('exits');
    await expect.poll(tools, { ...PATIENCE, interval: 5 }).toBe('unknown');
    const before = JSON.parse(readFileSync(configFile, 'utf8')) as { services: object };
    writeConfiguration(folder, {
      ...before,
      services: { ...before.services, added: { url: `${server.url}/health` } },
    });
    await running.reload();
    await expect
      .poll(async () => (await ask<ClusterHealth>('/cluster_health')).services.added?.health.status, PATIENCE)
      .toBe('healthy');
  });
});
