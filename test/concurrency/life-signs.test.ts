// When a thread that does not answer is taken for stuck.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { LifeSigns, ownThread, type ThreadUsage, threadUsage } from '../../src/concurrency/life-signs.js';

const EVERY = 10_000;

/** What the system shows at each ping: processor time in milliseconds, asleep where it is negative. */
type Shown = number | undefined;

/** Pings after which the thread is taken for stuck; undefined when it is not. */
function pingsUntilStuck(shown: (ping: number) => Shown, { hasBegun = true, pings = 200 } = {}) {
  let ping = 0;
  const read = (): ThreadUsage | undefined => {
    const cpu = shown(ping);
    return cpu === undefined ? undefined : { cpu: Math.abs(cpu), isAsleep: cpu < 0 };
  };
  const signs = new LifeSigns(EVERY, read);
  signs.reset();
  signs.named('1/task/2');
  if (hasBegun) signs.received();
  for (; ping < pings; ping++) if (signs.pinged() !== undefined) return ping;
  return undefined;
}

test.each<[name: string, shown: (ping: number) => Shown, want: number]>([
  ['in a loop without end', ping => 1000 + ping * EVERY, 3],
  ['in such a loop on a machine that gives it a third of a processor', ping => 1000 + (ping * EVERY) / 3, 9],
  ['in such a loop with next to no processor: not for ever', ping => 1000 + ping * 10, 30],
  ['asleep', () => -1000, 3],
  ['asleep after some work', ping => -1000 - Math.min(ping, 4) * 10, 7],
  ['waiting for a processor or a disk: not for ever', () => 1000, 30],
  ['on a system that does not show threads', () => undefined, 3],
])('a thread %s', (_, shown, want) => {
  expect(pingsUntilStuck(shown)).toBe(want);
});

test.each<[name: string, shown: (ping: number) => Shown, want: number]>([
  ['at work: a large file is opened', ping => 1000 + ping * EVERY, 180],
  ['asleep', () => -1000, 3],
  ['on a system that does not show threads', () => undefined, 180],
])('a thread that has not begun yet, %s', (_, shown, want) => {
  expect(pingsUntilStuck(shown, { hasBegun: false })).toBe(want);
});

test('every answer begins the count again', () => {
  const signs = new LifeSigns(EVERY, () => ({ cpu: 0, isAsleep: true }));
  signs.named('1/task/2');
  const seen = [1, 2, 3, 4, 5, 6, 7, 8].map(ping => {
    if (ping === 4) signs.received();
    return signs.pinged();
  });
  expect(seen).toEqual([
    ...new Array(6).fill(undefined),
    'no sign of life after 3 pings',
    expect.any(String),
  ]);
  signs.reset();
  expect(signs.pinged()).toBeUndefined();
});

const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

/** A thread of this process, after it has said what it is called, and what it does then. */
async function start(work: string): Promise<string> {
  const code = `
    const { parentPort } = require('node:worker_threads');
    parentPort.postMessage(require('node:fs').readlinkSync('/proc/thread-self'));
    ${work}`;
  const worker = new Worker(code, { eval: true });
  workers.push(worker);
  const [thread] = await once(worker, 'message');
  return thread;
}

test.skipIf(ownThread() === undefined)('what Linux shows of threads', async () => {
  const busy = await start('for (;;);');
  await expect.poll(() => threadUsage(busy)?.cpu).toBeGreaterThan(50);
  expect(threadUsage(busy)?.isAsleep).toBe(false);

  const asleep = await start('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);');
  await expect.poll(() => threadUsage(asleep)?.isAsleep).toBe(true);
  const before = threadUsage(asleep)?.cpu;
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(threadUsage(asleep)?.cpu).toBe(before);

  for (const worker of workers.splice(0)) await worker.terminate();
  expect(threadUsage(busy)).toBeUndefined();
  expect(ownThread()).toMatch(/^\d+\/task\/\d+$/);
});
