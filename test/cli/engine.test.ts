// How V8 runs the program, as a process of its own shows it.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ENGINE = fileURLToPath(new URL('../../dist/cli/engine.js', import.meta.url));

/**
 * Starts a thread, calls what is to be done some seconds later, then keeps many objects for a while each; prints the size of the
 * nursery in MiB.
 */
const USE = `
import { getHeapSpaceStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
const later = [];
globalThis.setTimeout = call => (later.push(call), { unref() {} });
const worker = new Worker('setTimeout(() => {}, 100)', { eval: true });
await new Promise(resolve => worker.once('exit', resolve));
for (const call of later) call();
const live = [];
for (let i = 0; i < 4e6; i++) live[i % 200_000] = { at: i, values: [i] };
const nursery = getHeapSpaceStatistics().find(each => each.space_name === 'new_space');
console.log(nursery.space_size / 1024 / 1024);
`;

async function nursery(imported = ''): Promise<number> {
  // Not by --import, which would load it in the other thread, too.
  const args = ['--input-type=module', '-e', `${imported}${USE}`];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

test('the nursery of the main thread stays small, also once there are other threads', async () => {
  expect(await nursery()).toBeGreaterThan(4);
  expect(await nursery(`import ${JSON.stringify(ENGINE)};`)).toBeLessThanOrEqual(4);
});

/**
 * Works before, while and after V8 compacts, and in between, when a collection may end that began before; timers are called by hand.
 * `--trace-gc` prints each collection.
 */
const COMPACT = `
const every = [];
const later = [];
globalThis.setInterval = call => (every.push(call), { unref() {} });
globalThis.setTimeout = call => (later.push(call), { unref() {} });
await import(${JSON.stringify(ENGINE)});
const use = name => {
  console.log('PART ' + name);
  const live = [];
  for (let i = 0; i < 2e6; i++) live[i % 100_000] = { at: i, values: [i] };
};
use('before');
for (const call of every) call();
use('begin');
use('while');
for (const call of later) call();
use('end');
use('after');
process.exit();
`;

test('heaps are compacted now and then, and not always', async () => {
  const args = ['--trace-gc', '--input-type=module', '-e', COMPACT];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 16 * 1024 * 1024 });
  const [, ...parts] = stdout.split('PART ');
  const counts = parts.map(part => [
    /^\w+/.exec(part)?.[0],
    part.includes('Mark-Compact (reduce)'),
    /Mark-Compact \d/.test(part),
  ]);
  expect(counts.filter(([name]) => name !== 'begin' && name !== 'end')).toEqual([
    ['before', false, true],
    ['while', true, false],
    ['after', false, true],
  ]);
});
