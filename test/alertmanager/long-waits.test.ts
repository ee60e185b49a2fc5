// Waits longer than a timer can count, some 24 days: of one Node would make none at all.

import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pause } from '../../src/concurrency/backoff.js';
import { firing, openWorld, toldTo, type World } from '../support/alerting.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type Endpoint, startEndpoint } from '../support/endpoint.js';

const PATIENCE = { timeout: 15_000, interval: 20 };

let folder: string;
let ops: Endpoint;
let world: World | undefined;
let warnings: string[];
const onWarning = ({ name }: Error) => warnings.push(name);

beforeEach(async () => {
  folder = makeFolder('long-waits');
  ops = await startEndpoint();
  warnings = [];
  process.on('warning', onWarning);
});
afterEach(async () => {
  process.off('warning', onWarning);
  await world?.close();
  world = undefined;
  await ops.close();
  removeFolder(folder);
});

const open = async (route: string) => {
  world = await openWorld({
    folder,
    alertmanager: `
route: { receiver: ops, ${route} }
receivers: [{ name: ops, webhook_configs: [{ url: "${ops.url}/", timeout: 3000d }] }]
`,
  });
  return world;
};

test('a group that is looked at once in years is told once', async () => {
  const { tell } = await open('group_wait: 0s, group_interval: 3000d, repeat_interval: 3000d');
  tell(firing({ target: 'a' }));
  await expect.poll(() => toldTo(ops), PATIENCE).toEqual(['ops: firing a']);
  await delay(300);
  expect([toldTo(ops), warnings]).toEqual([['ops: firing a'], []]);
});

test('a group that waits for years is not looked at all the time', async () => {
  const { tell } = await open('group_wait: 3000d');
  tell(firing({ target: 'a' }));
  await delay(300);
  expect([toldTo(ops), warnings]).toEqual([[], []]);
});

test('a server that wants to be left alone for years is', async () => {
  const stop = new AbortController();
  let isOver = false;
  const pausing = pause(3000 * 86_400_000, stop.signal).then(() => {
    isOver = true;
  });
  await delay(50);
  expect([isOver, warnings]).toEqual([false, []]);
  stop.abort();
  await pausing;
});
