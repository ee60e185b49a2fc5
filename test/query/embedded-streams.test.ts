// Scrapes of targets beside the monitor's own, through the engine with its real thread.

import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StreamScrape } from '../../src/model/scrape.js';
import { EmbeddedEngine } from '../../src/query/embedded.js';
import { StreamSender } from '../../src/query/stream-sender.js';
import { readRuleFile } from '../../src/rules/read.js';
import { toTransfer } from '../../src/rules/transfer.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { DIST } from '../support/monitor.js';

const BEGIN = 1_700_000_000_000;
const RULES = `
groups:
  - name: g
    interval: 15s
    rules: [{ record: "sum:x", expr: "sum(x)" }]
`;

let folder: string;
let engine: EmbeddedEngine;
let sender: StreamSender;

function open(): EmbeddedEngine {
  return new EmbeddedEngine({
    file: join(folder, 'samples.db'),
    retention: 100 * 365 * 86_400_000,
    maxBytes: 0,
    timeout: 60_000,
    limits: { maxSamples: 1e6, maxWaiting: 20, lookback: 300_000, defaultInterval: 60_000 },
    metadata: () => [],
    log: () => {},
    threadFile: new URL('query/thread/thread.js', DIST),
  });
}

/** The sender's scrapes go to the engine of the moment. */
function connect(): void {
  const { port1, port2 } = new MessageChannel();
  engine.connectStreams(port1);
  sender.connect(port2);
}

beforeEach(() => {
  folder = makeFolder('streams');
  engine = open();
  sender = new StreamSender();
  connect();
});
afterEach(async () => {
  sender.close();
  await engine.close();
  removeFolder(folder);
});

const scrape = (stream: string, at: number, value: number): StreamScrape => ({
  stream,
  at,
  gone: [],
  parts: [{ source: 's', layout: { series: [['__name__', 'x', 'instance', stream]] }, values: [value] }],
});
const append = (each: StreamScrape) => sender.append(each);
const own = (at: number) => engine.append({ at, gone: [], parts: [] });
const valuesOf = async (query: string, at: number) =>
  (await engine.instant(query, at)).samples.map(({ labels, value }) => `${labels} ${value}`);

test('what became of a scrape is said when it is kept, and it is there after the engine was closed', async () => {
  const none = { outOfOrder: 0, duplicates: 0, outOfBounds: 0, unknown: 0 };
  expect(await append(scrape('a', BEGIN, 1))).toEqual({ appended: 1, ...none });
  expect(await append(scrape('b', BEGIN - 7000, 2))).toEqual({ appended: 1, ...none });
  expect(await append(scrape('a', BEGIN, 3))).toEqual({ appended: 0, ...none, outOfOrder: 1 });
  await engine.close();
  const lost = append(scrape('a', BEGIN + 15_000, 1));
  await setTimeout(200);
  engine = open();
  connect();
  expect(await lost).toBeUndefined();
  expect(await valuesOf('x', BEGIN)).toEqual(['x{instance="a"} 1', 'x{instance="b"} 2']);
});

test('scrapes that come together are kept together, each with what became of it, in their order', async () => {
  const streams = Array.from({ length: 50 }, (_, i) => `stream ${i}`);
  const results = await Promise.all([
    ...streams.map((stream, i) => append(scrape(stream, BEGIN, i))),
    append(scrape('stream 7', BEGIN - 1, 0)),
    append({ stream: 'stream 8', at: BEGIN, parts: [{ source: 'unheard', values: [1, 2] }], gone: [] }),
  ]);
  expect(results.map(result => result?.appended)).toEqual([...streams.map(() => 1), 0, 0]);
  expect(results.slice(-2)).toMatchObject([{ outOfOrder: 1 }, { unknown: 2 }]);
  expect(await valuesOf('sum(x)', BEGIN)).toEqual([`{} ${(50 * 49) / 2}`]);
});

test("rules read the newest of all streams at the monitor's own scrape", async () => {
  engine.setRules({
    files: [toTransfer(readRuleFile('rules.yml', RULES))],
    externalUrl: 'http://localhost',
    externalLabels: {},
    interval: 15_000,
    status: 'sum(x)',
  });
  await append(scrape('a', BEGIN + 100, 1));
  await append(scrape('b', BEGIN + 9000, 10));
  expect((await own(BEGIN + 15_000))?.status).toBe(11);
  await append(scrape('a', BEGIN + 15_100, 2));
  await append({ stream: 'b', at: BEGIN + 24_000, parts: [], gone: [], ends: true });
  expect((await own(BEGIN + 30_000))?.status).toBe(2);
  expect(await valuesOf('sum:x', BEGIN + 29_999)).toEqual(['sum:x 11']);
  expect(await valuesOf('sum:x', BEGIN + 30_000)).toEqual(['sum:x 2']);
});

test('a scrape that comes while rules are read is evaluated with them, though queries are answered meanwhile', async () => {
  const rules = Array.from(
    { length: 200 },
    (_, i) => `{ record: "r:${i}", expr: "sum by (a) (rate(x[5m])) / ${i + 1}" }`,
  );
  const text = `groups: [{ name: g, interval: 15s, rules: [${rules.join(', ')}] }]`;
  const files = Array.from({ length: 40 }, (_, i) => toTransfer(readRuleFile(`${i}.yml`, text)));
  await own(BEGIN);
  const settings = { interval: 15_000, externalUrl: '', externalLabels: {}, status: 'vector(1)' };
  engine.setRules({ files, ...settings });
  let isEvaluated = false;
  const evaluated = own(BEGIN + 15_000).finally(() => {
    isEvaluated = true;
  });
  while (!isEvaluated) {
    await engine.instant('vector(1)', BEGIN);
    await setTimeout(5);
  }
  expect((await evaluated)?.status).toBe(1);
});
