// A monitor whose log cannot be written goes on, and ends when it is asked to.

import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { DIST, writeConfiguration } from '../support/monitor.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const SERVICES = 12;
/** Their names are in the log again and again: more than a pipe and the monitor hold. */
const LONG = 'x'.repeat(100_000);

let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = makeFolder('log');
});
afterEach(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  removeFolder(folder);
});

async function start(stderr: StdioOptions, port: number, name = 'Away'): Promise<ChildProcess> {
  const away = `http://127.0.0.1:${await freePort()}/`;
  const services = Object.fromEntries(
    Array.from({ length: SERVICES }, (_, i) => [
      `s${i}`,
      { name: `${i} ${name}`, url: away, confirm: { failures: 1 } },
    ]),
  );
  return spawn(
    process.execPath,
    [
      fileURLToPath(new URL('main.js', DIST)),
      `--config.file=${writeConfiguration(folder, { services, scan: { intervals: { critical: '200ms', other: '200ms' } } })}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--storage.path=${join(folder, 'data')}`,
    ],
    { stdio: ['ignore', 'ignore', ...(stderr as [])] },
  );
}

/** Waits until alerts were found, and so were logged. */
async function isAtWork(port: number): Promise<void> {
  const alerts = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    return ((await response?.json()) as { alerts_count: number } | undefined)?.alerts_count;
  };
  await expect.poll(alerts, PATIENCE).toBe(SERVICES);
}

async function endOf(process: ChildProcess): Promise<unknown> {
  const ended = once(process, 'exit');
  process.kill('SIGTERM');
  return (await ended)[0];
}

test.each<[string, (port: number) => Promise<ChildProcess>]>([
  [
    'a full disk',
    async port => {
      const full = openSync('/dev/full', 'w');
      const started = await start([full], port);
      closeSync(full);
      return started;
    },
  ],
  [
    'a reader that went away',
    async port => {
      const started = await start(['pipe'], port);
      started.stderr?.once('data', () => started.stderr?.destroy());
      return started;
    },
  ],
])('goes on and ends in order with %s', async (_, begin) => {
  const port = await freePort();
  child = await begin(port);
  await isAtWork(port);
  expect(await endOf(child)).toBe(0);
});

test('says how many lines were lost while its reader did not read, and ends without it', async () => {
  const port = await freePort();
  child = await start(['pipe'], port, LONG);
  await isAtWork(port);
  let log = '';
  child.stderr?.on('data', chunk => {
    log += chunk;
  });
  await expect.poll(() => log.length, PATIENCE).toBeGreaterThan(500_000);
  // Reloads are logged: the next lines.
  const reloaded = () => {
    child?.kill('SIGHUP');
    return log;
  };
  await expect.poll(reloaded, PATIENCE).toMatch(/level=warn msg="Log lines were lost" lines=[1-9]\d*\n/);
  child.stderr?.pause();
  for (let i = 0; i < 3; i++) child.kill('SIGHUP');
  expect(await endOf(child)).toBe(0);
});
