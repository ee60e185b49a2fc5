// deploy/haproxy.cfg with two monitors behind it: when one of them is gone, or comes back, clients of the front end go on.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { LangGraphMonitoring } from '../../src/client/monitoring.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { ROOT } from './tool.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
/** Longest time without a monitor, in milliseconds: five seconds, and as much again and more on a busy machine. */
const LONGEST_GAP = 20_000;

const running: RunningMonitor[] = [];
let haproxy: ChildProcess | undefined;
let folder = '';
afterEach(async () => {
  if (haproxy?.exitCode === null) {
    haproxy.kill('SIGTERM');
    await once(haproxy, 'exit');
  }
  for (const monitor of running.splice(0)) await monitor[Symbol.asyncDispose]();
  removeFolder(folder);
});

async function monitor(node: string, port: number): Promise<RunningMonitor> {
  const started = await startMonitor(
    {
      node,
      scan: { intervals: { critical: '1s', other: '1s' } },
      host: { enabled: false },
      services: { a: { url: 'http://127.0.0.1:1/', critical: false } },
    },
    { flags: [`--web.listen-address=127.0.0.1:${port}`] },
  );
  running.push(started);
  return started;
}

/** Starts HAProxy before two ports. @returns the URL of its front end */
async function frontEnd(first: number, second: number): Promise<string> {
  folder = makeFolder('haproxy-switch');
  const [front, health, stats] = [await freePort(), await freePort(), await freePort()];
  const config = readFileSync(join(ROOT, 'deploy/haproxy.cfg'), 'utf8')
    .replace(':9004"', `:${front}"`)
    .replace(':8888"', `:${health}"`)
    .replace(':8404"', `:${stats}"`)
    .replace(':8083"', `:${first}"`);
  writeFileSync(join(folder, 'haproxy.cfg'), config);
  const env = { ...process.env, MONITORING_BIND: '127.0.0.1', SECOND_MONITOR: `127.0.0.1:${second}` };
  haproxy = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { env, stdio: 'ignore' });
  return `http://127.0.0.1:${front}`;
}

async function nodeAt(url: string): Promise<string | undefined> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  if (!response?.ok) return undefined;
  return ((await response.json()) as { monitoring_node: string }).monitoring_node;
}

test.each([
  ['behind the front end', (front: string) => front],
  ['each by its own address', (_: string, own: readonly string[]) => own],
] as const)(
  'a view of two monitors, %s, goes on when the first is killed and comes back',
  async (_, urls) => {
    const ports = [await freePort(), await freePort()] as const;
    const front = await frontEnd(...ports);
    const first = await monitor('first', ports[0]);
    await monitor('second', ports[1]);
    await vi.waitFor(async () => expect(await nodeAt(front)).toBe('first'), PATIENCE);

    const own = ports.map(port => `http://127.0.0.1:${port}`);
    const view = new LangGraphMonitoring({ url: urls(front, own) }).watch();
    let longest = 0;
    let heard = performance.now();
    const watching = setInterval(() => {
      if (view.mode !== 'connecting') heard = performance.now();
      longest = Math.max(longest, performance.now() - heard);
    }, 20);
    // Behind a front end that has just answered 503 it asks every second, which is as good.
    const isFollowing = () => vi.waitFor(() => expect(view.mode).toMatch(/streaming|polling/), PATIENCE);
    try {
      await isFollowing();
      await first.kill();
      await vi.waitFor(async () => expect(await nodeAt(front)).toBe('second'), PATIENCE);
      await isFollowing();
      await monitor('first', ports[0]);
      await vi.waitFor(async () => expect(await nodeAt(front)).toBe('first'), PATIENCE);
      await isFollowing();
      expect(longest).toBeLessThan(LONGEST_GAP);
    } finally {
      clearInterval(watching);
      view.close();
    }
  },
);
