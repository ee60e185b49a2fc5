// Waits longer than the longest timer, some 24 days: Node would run a longer one at once.

import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pause } from '../../src/concurrency/backoff.js';
import { firing, openWorld, type World, webhooksTo } from '../support/alerting.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type Endpoint, startEndpoint } from '../support/endpoint.js';

const PATIENCE = { timeout: 60_000, interval: 20 };

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

test('a group with an interval of years is notified once', async () => {
  const { send } = await open('group_wait: 0s, group_interval: 3000d, repeat_interval: 3000d');
  send(firing({ target: 'a' }));
  await expect.poll(() => webhooksTo(ops), PATIENCE).toEqual(['ops: firing a']);
  await delay(300);
  expect([webhooksTo(ops), warnings]).toEqual([['ops: firing a'], []]);
});

test('a group that waits for years causes no busy loop', async () => {
  const { send } = await open('group_wait: 3000d');
  send(firing({ target: 'a' }));
  await delay(300);
  expect([webhooksTo(ops), warnings]).toEqual([[], []]);
});

test('a Retry-After of years is a wait of years', async () => {
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
