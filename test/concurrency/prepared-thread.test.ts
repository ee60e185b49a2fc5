// A thread that is started before its data are known.

import { BroadcastChannel } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PreparedThread } from '../../src/concurrency/prepared-thread.js';
import { SupervisedWorker } from '../../src/concurrency/supervised-worker.js';

type Message = { readonly type: string; readonly [field: string]: unknown };

const FILE = new URL('threads/prepared.mjs', import.meta.url);
const TIMEOUT = { timeout: 60_000, interval: 10 };

let worker: SupervisedWorker<string, Message, Message> | undefined;
let events: Message[] = [];
let downs: string[] = [];
let channel: BroadcastChannel;
/** What threads did before their data were there. */
let meanwhile: unknown[];

beforeEach(() => {
  meanwhile = [];
  channel = new BroadcastChannel('meanwhile');
  channel.onmessage = event => meanwhile.push((event as { data: unknown }).data);
});
afterEach(async () => {
  channel.close();
  await worker?.close();
  worker = undefined;
  events = [];
  downs = [];
});

const prepare = (file = FILE) => new PreparedThread<string>({ name: 'test', file });

function supervise(prepared: PreparedThread<string>, data = 'of the worker') {
  worker = new SupervisedWorker<string, Message, Message>({
    ...{ name: 'test', file: FILE, firstBackoff: 0, prepared },
    data: () => data,
    onEvent: event => events.push(event),
    onDown: reason => downs.push(reason),
  });
  return worker;
}

test('a prepared thread gets the data of the worker that takes it, and then its requests', async () => {
  supervise(prepare()).post({ type: 'echo' });
  await expect
    .poll(() => events, TIMEOUT)
    .toEqual([{ type: 'data', data: 'of the worker' }, { type: 'echo' }]);
  expect(downs).toEqual([]);
});

test('data that were given before go on; what the thread sent meanwhile is not lost', async () => {
  const prepared = prepare();
  prepared.give('given');
  prepared.give('given later');
  await new Promise(resolve => setTimeout(resolve, 200));
  supervise(prepared);
  await expect.poll(() => events, TIMEOUT).toEqual([{ type: 'data', data: 'given' }]);
});

test('until its data are there a thread does what it can do without them', async () => {
  const prepared = prepare();
  await expect.poll(() => meanwhile, TIMEOUT).toEqual(['done']);
  prepared.give('given');
  supervise(prepared);
  await expect.poll(() => events, TIMEOUT).toEqual([{ type: 'data', data: 'given' }]);
});

test('and nothing of it when they are there', async () => {
  const prepared = prepare();
  prepared.give('given');
  supervise(prepared);
  await expect.poll(() => events, TIMEOUT).toEqual([{ type: 'data', data: 'given' }]);
  expect(meanwhile).toEqual([]);
});

test('one that dies of its data is followed by another', async () => {
  const prepared = prepare();
  prepared.give('throw');
  supervise(prepared);
  await expect.poll(() => events, TIMEOUT).toEqual([{ type: 'data', data: 'of the worker' }]);
});

test('one that has died before it is taken is left', async () => {
  const prepared = prepare(new URL('threads/none.mjs', import.meta.url));
  await expect.poll(() => prepared.hasEnded, TIMEOUT).toBe(true);
  supervise(prepared);
  await expect.poll(() => events, TIMEOUT).toEqual([{ type: 'data', data: 'of the worker' }]);
  expect(downs).toEqual([]);
});

test('a thread is taken once', async () => {
  const prepared = prepare();
  supervise(prepared);
  await expect.poll(() => events, TIMEOUT).toHaveLength(1);
  expect(prepared.take()).toBeUndefined();
});

test('a thread that waits for its data can be ended', async () => {
  const prepared = prepare();
  await prepared.discard();
  expect(prepared.hasEnded).toBe(true);
  expect(prepared.take()).toBeUndefined();
});

test('discarding does nothing to a thread that was taken', async () => {
  const prepared = prepare();
  supervise(prepared);
  await prepared.discard();
  await expect.poll(() => events, TIMEOUT).toHaveLength(1);
});
