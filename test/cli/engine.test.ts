// How V8 runs the program, as a process of its own shows it.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ENGINE = fileURLToPath(new URL('../../dist/cli/engine.js', import.meta.url));

/** Starts a thread, then keeps many objects for a while each; prints the size of the nursery in MiB. */
const USE = `
import { getHeapSpaceStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
const worker = new Worker('setTimeout(() => {}, 100)', { eval: true });
await new Promise(resolve => worker.once('exit', resolve));
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
